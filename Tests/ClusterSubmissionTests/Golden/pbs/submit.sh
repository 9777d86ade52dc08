#!/bin/bash
# Submits the shards as an array job, and a job that merges and fits when all its tasks have ended.
# Doing so again is safe: only what is missing is computed.
set -euo pipefail
cd '/scratch/it'\''s "mine" $HOME/`x` #1/ρ'
rm -f logs/again
shards=$(qsub shards.pbs)
merge=$(qsub -W "depend=afterany:$shards" -v "SAMSWEEP_ROUND=${SAMSWEEP_ROUND:-0}" merge.pbs)
echo "shards: job $shards"
echo "merge:  job $merge"
