#!/bin/bash
# Waits for the shards, merges them into one result file and fits its scaling laws.
set -euo pipefail
cd '/scratch/it'\''s/run'
samsweep='/opt/sam sweep/samsweep'
tasks=3
# Waiting ends when no file has changed for so many minutes.
patience=${SAMSWEEP_PATIENCE:-120}
trap 'exit 75' TERM INT HUP

shopt -s nullglob
marks=(logs/ended-*)
while ((${#marks[@]} < tasks)); do
    [[ -n $(find shards logs -mmin "-$patience" -print -quit) ]] || break
    sleep "${SAMSWEEP_POLL:-30}" &
    wait $!
    marks=(logs/ended-*)
done

shopt -s nullglob
parts=(shards/*.h5)
if ((${#parts[@]} == 0)); then
    echo "no shard was computed: see logs" >&2
    exit 75
fi
result=rho-scaling.h5
resubmit=''\''/scratch/it'\'''\\''\'''\''s/run/submit.sh'\'''
"$samsweep" merge "${parts[@]}" --output "$result"
missing=$("$samsweep" status "$result" --format json | sed -n 's/.*"missing": *\([0-9]*\).*/\1/p')
if [[ $missing != 0 ]]; then
    echo "${missing:-some} trials are missing in $PWD/$result: submit again with $resubmit; what is finished is kept" >&2
    exit 75
fi
rm -f logs/ended-*
echo "complete: $PWD/$result"
if "$samsweep" fit "$result" >fit.txt; then
    cat fit.txt
    "$samsweep" fit "$result" --format json >fit.json
else
    echo "no law was fitted: see above" >&2
    rm -f fit.txt fit.json
fi
