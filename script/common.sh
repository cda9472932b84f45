# Shared by the scripts beside it: `source "$(dirname "${BASH_SOURCE[0]}")/common.sh"`.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export LC_ALL=C.UTF-8

# quietly COMMAND...: shows what it printed only when it fails.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        cat "$log" >&2
        echo "failed ($status): ${*:1:4}" >&2
    fi
    rm -f "$log"
    return "$status"
}

# build PRESET [TARGET]: configures and builds; says nothing when all is well.
build() {
    quietly cmake --preset "$1"
    quietly cmake --build --preset "$1" ${2:+--target "$2"}
}

# our_sources: every C++ file of ours.
our_sources() {
    find libgeo kernels tools tests -name '*.cpp' -o -name '*.h' | sort
}
