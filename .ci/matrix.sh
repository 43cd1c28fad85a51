#!/bin/bash
#
# The same sources on every nginx of Debian that is supported: built by gcc
# and clang, warnings are errors, and all tests, in a chroot for each suite.
#
# usage: matrix.sh [SUITE...]

. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/legs.sh"

[ $# -gt 0 ] || set -- bookworm trixie sid

for suite in "$@"; do
    leg "matrix $suite" 12 bash "$top/.ci/chroot.sh" run "$suite" \
        bash .ci/leg.sh
done

finish_legs
