#!/bin/bash
# Submits the shards as an array job, and a job that merges and fits when all its tasks have ended.
# Doing so again is safe: only what is missing is computed.
set -euo pipefail
cd '/scratch/it'\''s "mine" $HOME/`x` #1/ρ'
in_use() {
    echo "$PWD is in use: $1. Wait for its end or cancel it, then try again" >&2
    exit 74
}
# Where there is no flock, or the file system has no locks, nothing is to be known.
exec 9>>logs/submit.lock
flock --nonblock --conflict-exit-code 74 9 || [[ $? != 74 ]] || in_use "another submit.sh is at work in it"
in_queue() { qstat -j "$1"; } >/dev/null 2>&1
if [[ -s logs/job ]] && in_queue "$(<logs/job)"; then
    in_use "job $(<logs/job) computes its shards"
fi
shards=$(qsub -terse shards.sge)
shards=${shards%%.*}
echo "$shards" >logs/job
merge=$(qsub -terse -hold_jid "$shards" merge.sge)
echo "$merge" >logs/merge-job
cp round.txt logs/round
echo "shards: job $shards"
echo "merge:  job $merge"
