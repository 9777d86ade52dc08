# What scripts/test-slurm and scripts/test-gridengine share; they source it. They set `test`, their own name.
# shellcheck shell=bash
# shellcheck disable=SC2034
# shellcheck disable=SC2154
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

set -E
trap 'echo "$test: FAILED: $BASH_COMMAND (line $LINENO of ${BASH_SOURCE[0]##*/}, $SECONDS s)" >&2' ERR

say() { printf '%s: %s (%d s)\n' "$test" "$*" "$SECONDS"; }
fail() {
    say "FAILED: $*" >&2
    for log in "$folder"/logs/*.log; do
        echo "--- $log"
        tail -n 40 "$log"
    done >&2
    exit 1
}

if [[ $EUID != 0 ]]; then
    echo "$test: the schedulers' daemons must be started by root" >&2
    exit 1
fi

# install PACKAGE COMMAND…: notes the package where a command is missing; installs all of them at the end, `install`.
missing=()
want() {
    local package=$1 tool
    shift
    for tool in "$@"; do
        command -v "$tool" >/dev/null || { missing+=("$package"); return; }
    done
}
install_missing() {
    ((${#missing[@]} > 0)) || return 0
    say "installing ${missing[*]}"
    # One after the other, where tests of several schedulers run at once. With this run level Debian's packages start no services.
    (
        flock 9
        apt-get update -qq
        RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    ) 9>/run/lock/samsweep-tests
}

find_program() {
    samsweep=${SAMSWEEP_TEST_PROGRAM:-$root/.build/release/samsweep}
    [[ -n ${SAMSWEEP_TEST_PROGRAM:-} ]] || (cd "$root" && swift build -c release --product samsweep >/dev/null)
    samsweep=$(realpath "$samsweep")
}

# Waits up to $1 seconds for what $2 says until the rest of the command line succeeds.
wait_until() {
    local end=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        ((SECONDS < end)) || fail "$what: not within the time allowed"
        sleep 0.1
    done
}

# Writes the sweep that is computed as $1. 1,000 trials take some 7 seconds of one core of a server of 2024.
write_sweep() {
    cat >"$1" <<'END_OF_SWEEP'
schema: 1
name: cluster-test
problem: {name: quadratic, eigenvalues: {logspace: {from: 0.1, to: 1.0}}}
optimizer: [sgd, n-sam, m-sam]
steps: 20000
trials: 64
seed: 4
axes:
  rho: [0, {logspace: {from: 0.01, to: 1, count: 5}}]
  learning_rate: [0.01, 0.05]
  noise: [1]
  dimension: [1, 10]
record: [distance, suboptimality, tail_distance_squared]
END_OF_SWEEP
}

# The process of the program that computes shard $1 of $2 (launchers have the same words behind their own names).
process_of() { pgrep -o -f -- "^$samsweep run sweep.yaml --shard $1/$2 "; }
# The same, waited for.
started() {
    wait_until 60 "shard $1 starts" process_of "$1" "$2" >/dev/null
    process_of "$1" "$2"
}

# The trials that result file $1 holds.
done_in() { "$samsweep" status "$1" --format json 2>/dev/null | sed -n 's/.*"done": *\([0-9]*\).*/\1/p'; }
has_trials() { [[ -e $1 && $(done_in "$1") -gt 0 ]]; }

# Holds the programs that compute the shards, `hold SHARD… of N`, each when it has some trials and lacks others.
hold() {
    local count=${*: -1} end=$((SECONDS + 90)) shard pid words
    local -a stat
    local -A held=()
    # Asking a file takes long: first come those that had a tenth of a second of a processor.
    while ((${#held[@]} < $# - 2)); do
        ((SECONDS < end)) || fail "of shards $*, only ${!held[*]} compute"
        while read -r pid _ _ _ _ words _; do
            shard=${words%/*}
            [[ " ${*:1:$#-2} " == *" $shard "* && -z ${held[$shard]:-} ]] || continue
            # Behind the name in brackets: the state, …, as the twelfth the time in user mode.
            read -r -a stat < <(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null || true) || continue
            ((stat[11] >= 10)) || continue
            kill -STOP "$pid"
            held[$shard]=$pid
        done < <(pgrep -a -f -- "^$samsweep run sweep.yaml --shard [0-9]+/$count " || true)
        sleep 0.05
    done
    for shard in "${!held[@]}"; do
        until has_trials "$folder/shards/shard-$shard-of-$count.h5"; do
            kill -CONT "${held[$shard]}" || fail "shard $shard ended before it was held"
            sleep 0.1
            kill -STOP "${held[$shard]}"
        done
    done
}

# Fails unless every run of log $1 began with just what the run before it had left, and, given $2, one with $2 trials.
nothing_is_computed_twice() {
    tr -d , <"$1" | awk -v given="${2:-}" '
        /^samsweep: stopped with [0-9]+ of/ {left = $4}
        /^samsweep: [0-9]+ trials reused/ {
            if (left != "" && $2 != left) {print "left " left ", reused " $2; exit 1}
            if ($2 == given) found = 1
            left = ""
        }
        END {if (given != "" && !found) {print "nobody reused the " given " trials that were there"; exit 1}}
    ' || fail "$1: trials were lost or computed twice"
}

# Fails unless the datasets of $1 and $2 are the same, bit for bit.
same_bits() {
    local dataset
    for dataset in distance suboptimality tail_distance_squared status steps_taken; do
        h5dump -d "/$dataset" -b LE -o "$work/one-$BASHPID" "$1" >/dev/null
        h5dump -d "/$dataset" -b LE -o "$work/other-$BASHPID" "$2" >/dev/null
        [[ -s $work/other-$BASHPID ]] || fail "$dataset is empty"
        cmp "$work/one-$BASHPID" "$work/other-$BASHPID" || fail "$dataset of $1 differs from a local run"
    done
}

job_in() { sed -n "s/^$1: *job //p" <<<"$2"; }
