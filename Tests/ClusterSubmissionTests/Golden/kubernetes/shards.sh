#!/bin/bash
# Computes the shards of the sweep in sweep.yaml. What is finished already is kept.
# Task t of 3 computes the shards t, t + 3, t + 6 … below 8.
set -euo pipefail
cd '/scratch/it'\''s/run'
samsweep='/opt/sam sweep/samsweep'
shards=8
tasks=3
task=$JOB_COMPLETION_INDEX

# A scheduler may signal only this shell: the program hears of it, leaves its file in order and exits with 75.
stopped=
trap 'stopped=yes; kill -TERM $(jobs -p) 2>/dev/null || true' TERM INT HUP
run_shard() {
    [[ -z $stopped ]] || return 75
    "$samsweep" run sweep.yaml --shard "$1/$shards" --output "shards/shard-$1-of-$shards.h5" &
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

# The merge job waits for this mark. A task that was stopped will go on and leaves none.
rm -f "logs/ended-$task"
trap '[[ $? == 75 ]] || : >"logs/ended-$task"' EXIT

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
exit "$failure"
