#!/bin/bash
#
# Replaces CRL, CA and list each second under load, with nginx and the module
# under AddressSanitizer and UBSan (see asan.sh), and fails when a request is
# lost, a verdict does not follow, or anything is reported, leaks included.
#
# usage: soak.sh [SECONDS]
#
# SANITIZE=no does it with the installed nginx: for what it takes of memory.

. "$(dirname "$0")/common.sh"

seconds=${1:-300}

bash "$top/.ci/deps.sh" bench

if [ "${SANITIZE-}" = no ]; then
    bash "$top/.ci/build.sh"
    nginx=$(nginx_binary)
    module=$build/ngx_http_auth_cert_module.so
else
    bash "$top/.ci/asan.sh" t/sanity.t > /dev/null
    nginx=$build/asan/nginx/objs/nginx
    module=$build/asan/ngx_http_auth_cert_module.so
fi

cc -O2 -o "$build/load" "$top/t/bench/load.c" -lssl -lcrypto

for python in /usr/bin/python3 python3; do
    "$python" -c 'import cryptography' 2> /dev/null && break
done

reports=$build/soak
rm -rf "$reports"
mkdir -m 1777 "$reports"

export ASAN_OPTIONS="detect_odr_violation=0:detect_leaks=1:print_legend=0"
ASAN_OPTIONS+=":fast_unwind_on_malloc=0:log_path=$reports/report"
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS="suppressions=$top/.ci/leaks.txt:print_suppressions=0"

status=0
"$python" "$top/t/bench/soak.py" "$nginx" "$module" "$build/load" \
    "$top/t/pki" "$seconds" || status=$?

mapfile -t found < <(find "$reports" -type f -size +0 | sort)

if [ ${#found[@]} -gt 0 ]; then
    head -n 60 "${found[@]}"
    die "${#found[@]} reports of the sanitizers in ${reports#"$top/"}"
fi

[ $status -eq 0 ] || exit $status
say "soak: nothing lost, no report in $seconds s"
