#!/bin/bash
#
# Builds nginx from Debian's source with the module compiled in
# (--add-module), and runs tests with it.  The other modules that they need
# are the installed ones: same version, --with-compat.
#
# usage: static.sh [TEST...]
#
# Without arguments it runs the tests of what could depend on how the module
# came into nginx: phases, directives, handshake, files, workers.

. "$(dirname "$0")/common.sh"

[ $# -gt 0 ] || set -- t/{sanity,access,policy,crl,reload,resumption,spoof}.t

to=$build/static
objs=$to/objs
nginx=$objs/nginx

bash "$top/.ci/deps.sh" nginx test
source=$(bash "$top/.ci/nginx-source.sh")
modules=$(modules_path)
mkdir -p "$to"


build_nginx() {
    local sum

    cd "$source"
    sum=$({ cat "$top/.ci/static.sh" "$top/config"; say "${CC-}"; } | sha256sum)

    if [ "$(cat "$to/signature" 2> /dev/null)" != "$sum" ]; then
        rm -rf "$objs" "$to/signature"
        ./configure --builddir="$objs" --with-cc="${CC:-cc}" \
            --modules-path="$modules" --with-compat --with-debug \
            --with-threads --with-http_ssl_module --with-http_v2_module \
            --with-http_realip_module --with-http_auth_request_module \
            --with-http_sub_module --with-http_stub_status_module \
            --with-http_addition_module --with-http_slice_module \
            --with-stream=dynamic --with-stream_ssl_module \
            --with-stream_ssl_preread_module --with-stream_realip_module \
            --with-cc-opt="-O0 -g -fPIC" --add-module="$top" || return
        say "$sum" > "$to/signature"
    fi

    make -f "$objs/Makefile" -j"$(nproc)" binary
}


exec 9> "$to/lock"
flock 9

start=$SECONDS
( build_nginx ) > "$to/make.log" 2>&1 ||
    { tail -n 40 "$to/make.log"; die "the build failed"; }

say "$("$nginx" -v 2>&1 | sed 's/.*: //') with the module compiled in:" \
    "built in $((SECONDS - start)) s"

TEST_NGINX_BINARY=$nginx bash "$top/.ci/test.sh" "$@"
