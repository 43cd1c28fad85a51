#!/bin/bash
#
# How much of the module the tests reach: a build that counts, all tests, and
# a table of the lines and branches of each file.  Fails below 90% of lines.
#
# usage: coverage.sh [TEST...]
#
# The lines that no test reached are in build/coverage/uncovered, one a line
# with file, number, function and what it says.

. "$(dirname "$0")/common.sh"

to=$build/coverage
wanted=90

bash "$top/.ci/deps.sh" test

export BUILD=$to
export CC=gcc

# threads count as well; and what is optimized away cannot be counted
export CFLAGS="-O0 -g --coverage -fprofile-update=atomic"
export LDFLAGS=--coverage

# the counts of an older run, or of older sources
rm -rf "$to"
bash "$top/.ci/build.sh"

# workers may be of another user than who made a file first
chmod -R a+rwX "$to/objs"
umask 0

status=0
bash "$top/.ci/test.sh" "$@" || status=$?
umask 022

mkdir "$to/counts"
cd "$to/counts"
find "$to/objs" -name '*.gcda' -exec gcov --branch-probabilities \
    --json-format {} + > "$to/gcov.log" 2>&1

perl "$top/.ci/coverage.pl" "$top" "$to/counts" "$to/uncovered" "$wanted" ||
    status=1

exit $status
