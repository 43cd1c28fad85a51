#!/bin/bash
#
# Runs the tests against the installed nginx, in parallel, in random order.
#
# usage: test.sh [FILE|FOLDER]...
#
# TEST_JOBS sets how many files run at a time, PROVE more options of prove.
# TEST_EVERY_FAULT=1: where memory runs out at one in so many points, at each.
# TEST_PROTOCOLS="1.1 2 3" runs the blocks that can be over each of these; the
# last lines tell how many that were.

. "$(dirname "$0")/common.sh"

protocols=${TEST_PROTOCOLS:-1.1}
has_http3=$("$(nginx_binary)" -V 2>&1 | grep -c -e --with-http_v3_module) ||
    true

if [[ " $protocols " = *" 3 "* ]] && [ "$has_http3" -eq 0 ]; then
    protocols=${protocols//3/}
    without="HTTP/3: none, this nginx is built without it"
fi

bash "$top/.ci/deps.sh" test
[[ " $protocols " != *" 3 "* ]] || bash "$top/.ci/deps.sh" http3
bash "$top/.ci/get-test-nginx.sh"

# a nginx may have the module compiled in, see static.sh
if "$(nginx_binary)" -V 2>&1 | grep -F -e "--add-module=$top" > /dev/null; then
    module=
else
    bash "$top/.ci/build.sh"
    module=$build/ngx_http_auth_cert_module.so
fi

cd "$top"

bash t/pki/make-pki.sh > /dev/null

counts=$(mktemp)
trap 'rm -f "$counts"' EXIT

export PERL5LIB=$top/t/lib${PERL5LIB:+:$PERL5LIB}
export TEST_PROTOCOLS=$protocols
export TEST_PROTOCOLS_LOG=$counts
export TEST_NGINX_BINARY=${TEST_NGINX_BINARY:-$(nginx_binary)}
export TEST_NGINX_RANDOMIZE=1
export TEST_NGINX_MODULES=$(modules_path)
export TEST_NGINX_LOAD_MODULES="
    $module
    $TEST_NGINX_MODULES/ngx_http_echo_module.so"

status=0
prove -j"${TEST_JOBS:-4}" ${PROVE-} "${@:-t}" || status=$?

awk '{ blocks[$1] += $2 }
     END { for (p in blocks) print "HTTP/" p ": " blocks[p] " blocks" }' \
    "$counts" | sort
[ -z "${without-}" ] || say "$without"

exit $status
