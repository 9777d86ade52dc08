#!/bin/bash
# Submits the shards as an array job, and a job that merges and fits when all its tasks have ended.
# Doing so again is safe: only what is missing is computed.
set -euo pipefail
cd '/scratch/it'\''s "mine" $HOME/`x` #1/ρ'
shards=$(sbatch --parsable shards.sbatch)
merge=$(sbatch --parsable --dependency="afterany:${shards%%;*}" merge.sbatch)
echo "shards: job ${shards%%;*}"
echo "merge:  job ${merge%%;*}"
