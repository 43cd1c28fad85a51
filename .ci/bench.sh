#!/bin/bash
#
# Measures the module beside plain nginx: the figures of docs/performance.md.
#
# usage: bench.sh [ROW]...
#
# COUNT sets the handshakes of a round, ROUNDS how many there are; the row
# "hostile", which counts instructions, takes those whose label has LABEL, and
# with RESUMED=1 each of them resumes a session.

. "$(dirname "$0")/common.sh"

case " $* " in
*" hostile "*) bash "$top/.ci/deps.sh" bench callgrind ;;
*) bash "$top/.ci/deps.sh" bench ;;
esac

bash "$top/.ci/build.sh"

cc -O2 -o "$build/load" "$top/t/bench/load.c" -lssl -lcrypto

for python in /usr/bin/python3 python3; do
    "$python" -c 'import cryptography' 2> /dev/null && break
done

exec "$python" "$top/t/bench/bench.py" "$(nginx_binary)" \
    "$build/ngx_http_auth_cert_module.so" "$build/load" "$top/t/pki" "$@"
