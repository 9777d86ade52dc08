#!/bin/bash
# Creates the Job that computes the shards and the one that waits for it and merges.
# Doing so again is safe: only what is missing is computed.
set -euo pipefail
cd '/scratch/it'\''s/run'
rm -f logs/ended-*
touch logs
echo "shards: $(kubectl create --output=name --filename=shards.yaml)"
echo "merge:  $(kubectl create --output=name --filename=merge.yaml)"
