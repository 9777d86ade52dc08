#!/bin/bash
# Computes the shards of the round in round.txt, and of those that follow it, until the merge job says that there are
# no more. What is finished already is kept.
# Task t of 3 computes the shards t, t + 3, t + 6 … below 8.
set -euo pipefail
cd '/scratch/it'\''s/run'
samsweep='/opt/sam sweep/samsweep'
shards=8
tasks=3
task=$JOB_COMPLETION_INDEX
# Waiting ends when no file has changed for so many minutes.
patience=${SAMSWEEP_PATIENCE:-120}

# A scheduler may signal only this shell: the program hears of it, leaves its file in order and exits with 75.
stopped=
trap 'stopped=yes; kill -TERM $(jobs -p) 2>/dev/null || true' TERM INT HUP
run_shard() {
    [[ -z $stopped ]] || return 75
    "$samsweep" run sweep.yaml --shard "$1/$shards" --round round.txt --output "shards/shard-$1-of-$shards.h5" &
    local child=$! status
    while true; do
        status=0
        wait "$child" || status=$?
        # A signal ends the wait, but not yet the program.
        kill -0 "$child" 2>/dev/null || return "$status"
    done
}

# The Job starts a new pod for this index.
again() { exit 75; }

# The merge job waits for this mark, which says of which round it is. A task that was stopped will go on and leaves none.
round=
ended() { echo "$round" >"logs/new-$task" && mv "logs/new-$task" "logs/ended-$task"; }
trap '[[ $? == 75 ]] || ended' EXIT

while [[ ! -e logs/finished ]]; do
    now=$(cksum <round.txt)
    if [[ $now == "$round" ]]; then
        [[ -z $stopped ]] || exit 75
        [[ -n $(find shards logs round.txt -mmin "-$patience" -print -quit) ]] || break
        sleep "${SAMSWEEP_POLL:-30}" &
        wait $! || true
        continue
    fi
    round=$now
    failure=0
    for ((shard = task; shard < shards; shard += tasks)); do
        status=0
        run_shard "$shard" || status=$?
        case $status in
            0) ;;
            # Stopped, also before the program listened to signals (128 + TERM).
            75 | 143) again ;;
            *)
                echo "shard $shard/$shards failed with exit code $status" >&2
                failure=$status
                ;;
        esac
    done
    [[ $failure == 0 ]] || exit "$failure"
    ended
done
