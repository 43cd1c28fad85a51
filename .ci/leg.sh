#!/bin/bash
#
# One leg of the matrix, the same on the host and in a chroot: both compilers
# with every warning an error, then all tests with what gcc made, over each
# version of HTTP that this nginx has.
#
# usage: leg.sh [TEST...]

. "$(dirname "$0")/common.sh"

"$(nginx_binary)" -V 2>&1 | sed -n 's/^nginx version: //p; s/^running with //p'
openssl version
gcc --version | head -n 1
clang --version | head -n 1

CC=gcc bash "$top/.ci/build.sh"
CC=clang BUILD=$build/clang bash "$top/.ci/build.sh"

export TEST_PROTOCOLS=${TEST_PROTOCOLS:-1.1 2 3}
CC=gcc bash "$top/.ci/test.sh" "$@"
