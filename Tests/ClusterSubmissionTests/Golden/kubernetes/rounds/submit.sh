#!/bin/bash
# Creates the Job that computes the shards and the one that waits for it and merges.
# Doing so again is safe: only what is missing is computed.
set -euo pipefail
cd '/scratch/it'\''s/run'
in_use() {
    echo "$PWD is in use: $1. Wait for its end or cancel it, then try again" >&2
    exit 74
}
# Where there is no flock, or the file system has no locks, nothing is to be known.
exec 9>>logs/submit.lock
flock --nonblock --conflict-exit-code 74 9 || [[ $? != 74 ]] || in_use "another submit.sh is at work in it"
in_queue() { local state
    state=$(kubectl get "$1" --output='jsonpath={.metadata.name} {.status.conditions[*].type}') &&
        [[ $state != *" "*Complete* && $state != *" "*Failed* ]]; } >/dev/null 2>&1
if [[ -s logs/job ]] && in_queue "$(<logs/job)"; then
    in_use "job $(<logs/job) computes its shards"
fi
rm -f logs/ended-* logs/finished
touch logs
shards=$(kubectl create --output=name --filename=shards.yaml)
echo "$shards" >logs/job
merge=$(kubectl create --output=name --filename=merge.yaml)
echo "$merge" >logs/merge-job
echo "shards: $shards"
echo "merge:  $merge"
