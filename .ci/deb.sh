#!/bin/bash
#
# The Debian packages of several suites, side by side, see deb-suite.sh.
#
# usage: deb.sh [--build] [SUITE...]

. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/legs.sh"

name="package test" only=()

if [ "${1-}" = --build ]; then
    name="package" only=(--build)
    shift
fi

[ $# -gt 0 ] || set -- bookworm trixie sid

for suite in "$@"; do
    leg "$name $suite" 7 bash "$top/.ci/deb-suite.sh" "${only[@]}" "$suite"
done

finish_legs

cd "$build/deb"
sha256sum -- *.deb
