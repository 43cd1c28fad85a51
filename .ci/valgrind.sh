#!/bin/bash
#
# Some of the tests under valgrind's memcheck, which also sees what ASan does
# not: values that nobody has set, in nginx and in OpenSSL as well.  Fails on
# any error, and on what is definitely lost; shows it.
#
# usage: valgrind.sh [TEST...]
#
# The reports of the last run are in build/valgrind.

. "$(dirname "$0")/common.sh"

reports=$build/valgrind

# a topic each: a block takes seconds here
[ $# -gt 0 ] || set -- t/handshake.t t/security-sessions.t t/crl.t \
    t/security-trust.t t/policy.t t/forward-rfc9440.t t/variables-in-rules.t

bash "$top/.ci/deps.sh" test valgrind

rm -rf "$reports"
mkdir -m 1777 -p "$reports"

options=(--leak-check=full --show-leak-kinds=definite
    --errors-for-leak-kinds=definite --keep-debuginfo=yes --num-callers=40
    --suppressions="$top/.ci/valgrind.supp" --log-file="$reports/report.%p")

export TEST_NGINX_USE_VALGRIND="${options[*]}"
export TEST_NGINX_TIMEOUT=${TEST_NGINX_TIMEOUT:-30}
export TEST_NGINX_SLEEP=${TEST_NGINX_SLEEP:-0.3}

status=0
TEST_JOBS=${TEST_JOBS:-2} bash "$top/.ci/test.sh" "$@" || status=$?

mapfile -t found < <(grep -l -e 'definitely lost in' -e '^==.*Invalid ' \
    -e 'ninitialised' -e 'Process terminating' -e 'Mismatched free' \
    "$reports"/report.* | sort)
count=$(find "$reports" -type f | wc -l)

[ "$count" -gt 0 ] || die "nothing ran under valgrind"

if [ ${#found[@]} -gt 0 ]; then
    head -n 60 "${found[@]}" | head -n 400
    die "${#found[@]} reports of valgrind in ${reports#"$top/"}"
fi

[ $status -eq 0 ] || exit $status
say "valgrind: no error in $count processes"
