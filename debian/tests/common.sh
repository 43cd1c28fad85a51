# What the tests of the installed package share; read with ".".

set -euo pipefail

doc=/usr/share/doc/libnginx-mod-http-auth-cert
examples=$doc/examples
work=${AUTOPKGTEST_TMP:-$(mktemp -d)}
failed=0

# nginx's workers are another user
chmod 755 "$work"
cd "$work"


# is WHAT VALUE EXPECTED
is() {
    if [ "$2" = "$3" ]; then
        echo "ok: $1: $2"
    else
        echo "FAILED: $1: $2 instead of $3"
        failed=1
    fi
}


# status CURL_ARGUMENT...: the status of the answer, which is left in "answer"
status() {
    rm -f answer
    curl -sS --max-time 20 -o answer -w '%{http_code}' "$@"
}


# wait_for COMMAND...: until it succeeds
wait_for() {
    for _ in $(seq 200); do
        ! "$@" > /dev/null 2>&1 || return 0
        sleep 0.1
    done
    echo "FAILED: this never happened: $*"
    exit 1
}


listens() { ( : < "/dev/tcp/127.0.0.1/$1" ); }

said() { grep -q "$1" "$2"; }


# role: of the client, as the upstream was told; or nothing
role() { sed -n 's/^X-Client-Role: //ip' answer | paste -s -d,; }
