#!/bin/bash
#
# Runs an example: makes its certificates, starts stand-ins for its upstreams
# and an nginx with the example's nginx.conf just as it is.  Ctrl-C ends it.
#
# usage: start.sh NAME
#
# Everything is written to build/examples/NAME, or to $EXAMPLE_DIR.
# $EXAMPLE_PORTS, such as "8443=10443 9001=10001", replaces ports in local/.
#
# In the sources the module is built first; where a package has put this file,
# the installed module is used, and build/ is made in the current folder.

set -euo pipefail

examples=$(cd "$(dirname "$0")" && pwd)
name=${1-}
source=$examples/$name

if [ -e "$examples/../.ci/common.sh" ]; then
    . "$examples/../.ci/common.sh"
else
    say() { printf '%s\n' "$*"; }
    die() { say "${0##*/}: $*" >&2; exit 1; }
    nginx_binary() { PATH=$PATH:/usr/sbin command -v nginx; }
fi

[ -n "$name" ] && [ -e "$source/nginx.conf" ] ||
    die "which example? One of:" \
        "$(cd "$examples" && printf '%s ' */ | tr -d /)"

if [ -n "${top-}" ]; then
    bash "$top/.ci/deps.sh" demo
    bash "$top/.ci/build.sh"
    modules=$build
else
    modules=$("$(nginx_binary)" -V 2>&1 |
              sed -n 's/.*--modules-path=\([^ ]*\).*/\1/p')
    build=$PWD/build
fi

dir=${EXAMPLE_DIR:-$build/examples/$name}
certs=$dir/certs
pids=()


stop() {
    [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2> /dev/null || true
    wait
}


prepare() {
    local change

    rm -rf "$dir"
    mkdir -p "$dir"/{certs,logs,modules,temp}
    cp -R "$source/." "$dir"
    cp "$modules"/ngx_*auth_cert_module.so "$dir/modules/"

    for change in ${EXAMPLE_PORTS-}; do
        sed -i "s/\b${change%=*}\b/${change#*=}/" "$dir"/local/*.conf
    done

    # nginx's workers may be another user
    chmod 755 "$dir"
    chmod 777 "$dir/logs" "$dir/temp"

    . "$examples/certs.sh"
    . "$source/certs.sh"
}


# wait_for PORT: until somebody listens on it
wait_for() {
    for _ in $(seq 100); do
        ! ( : < "/dev/tcp/127.0.0.1/$1" ) 2> /dev/null || return 0
        sleep 0.05
    done
    die "nothing listens on port $1"
}


# backends: one for each "upstream NAME { server 127.0.0.1:PORT; }"
backends() {
    local upstream port

    while read -r upstream port; do
        perl "$examples/backend.pl" "$upstream" "$port" &
        pids+=($!)
        wait_for "$port"
    done < <(sed -n 's/^ *upstream *\([a-z]*\) .*:\([0-9]*\);.*/\1 \2/p' \
                 "$dir/local/http.conf")
}


# listens: the port of nginx
listens() {
    sed -n 's/^ *listen *\([0-9]*\).*/\1/p' "$dir/local/listen.conf"
}


trap stop EXIT
trap 'exit 0' INT TERM

prepare
backends

"$(nginx_binary)" -p "$dir" -e logs/error.log -c nginx.conf \
    -g 'daemon off;' &
nginx=$!
pids+=($nginx)

for _ in $(seq 100); do
    [ ! -s "$dir/nginx.pid" ] || break
    kill -0 $nginx 2> /dev/null || die "nginx does not start," \
        "see $dir/logs/error.log"
    sleep 0.05
done
wait_for "$(listens)"

say "$name: nginx listens on port $(listens); now, in another terminal:"
say "cd ${dir#"$PWD/"}"
say "and what $name/README.md says"

wait $nginx
