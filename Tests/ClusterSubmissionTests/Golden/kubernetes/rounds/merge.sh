#!/bin/bash
# Waits for the shards of a round, collects what they have in one result file and decides whether another round follows, for
# which the shards' pods wait; when none does, it fits the result's scaling laws.
set -euo pipefail
cd '/scratch/it'\''s/run'
samsweep='/opt/sam sweep/samsweep'
tasks=3
# Waiting ends when no file has changed for so many minutes.
patience=${SAMSWEEP_PATIENCE:-120}
trap 'exit 75' TERM INT HUP

# The marks of tasks that have ended with round `$round`.
marks() { grep -lxF -- "$round" /dev/null logs/ended-* 2>/dev/null | wc -l; }

while true; do
    round=$(cksum <round.txt)
    while (($(marks) < tasks)); do
        [[ -n $(find shards logs -mmin "-$patience" -print -quit) ]] || break
        sleep "${SAMSWEEP_POLL:-30}" &
        wait $!
    done
    cp round.txt logs/round

    shopt -s nullglob
    parts=(shards/*.h5)
    if ((${#parts[@]} == 0)); then
        echo "no shard was computed: see logs" >&2
        exit 75
    fi
    result=rho-scaling.h5
    resubmit=''\''/scratch/it'\'''\\''\'''\''s/run/submit.sh'\'''
    status=0
    "$samsweep" run sweep.yaml --output "$result" --round round.txt --collect "${parts[@]}" || status=$?
    if [[ $status == 75 ]]; then
        # logs/round is the round that was submitted. This may have been ended before after it had decided.
        if cmp --quiet round.txt logs/round; then
            : >logs/finished
            echo "trials of the round are missing: submit again with $resubmit; what is finished is kept" >&2
            exit 75
        fi
        continue
    fi
    [[ $status == 0 ]] || exit "$status"
    break
done
: >logs/finished
rm -f logs/ended-*
echo "complete: $PWD/$result"
if "$samsweep" fit "$result" >fit.txt; then
    cat fit.txt
    "$samsweep" fit "$result" --format json >fit.json
else
    echo "no law was fitted: see above" >&2
    rm -f fit.txt fit.json
fi
