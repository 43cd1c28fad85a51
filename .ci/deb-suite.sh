#!/bin/bash
#
# The package of one suite of Debian, from the sources to its purge: built and
# looked at in one chroot, installed and tried in another, clean one.  It is
# put into build/deb.
#
# usage: deb-suite.sh [--build] SUITE
#
# --build only builds it.

. "$(dirname "$0")/common.sh"

only=
[ "${1-}" != --build ] || { only=build; shift; }

suite=$1
made=$build/$suite/deb
clean=$build/$suite-base

bash "$top/.ci/chroot.sh" run "$suite" bash .ci/deb-build.sh

mkdir -p "$build/deb"
cp "$made"/*.* "$build/deb/"

[ -z "$only" ] || exit 0

rm -rf "$clean/deb"
mkdir -p "$clean/deb"
cp "$made"/libnginx-mod-http-auth-cert_*.deb "$clean/deb/"

bash "$top/.ci/chroot.sh" base "$suite" \
    bash -c 'bash .ci/deb-test.sh build/deb/*.deb'
