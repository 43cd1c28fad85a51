#!/bin/bash
#
# Installs the Debian packages that a task needs and that are missing; one
# line says which.  Without apt, or without the right to use it, it stops with
# the list of what is missing.
#
# usage: deps.sh [--list] TASK...
#
# --list prints the packages of the tasks instead, whether missing or not.

. "$(dirname "$0")/common.sh"

export PATH=$PATH:/usr/sbin

headers=/usr/share/nginx/src/conf_flags


has_python_cryptography() {
    /usr/bin/python3 -c 'import cryptography' ||
        python3 -c 'import cryptography'
}


# nginx_module PACKAGE NAME: a dynamic module of nginx
nginx_module() { say "$1|test -e \$(modules_path)/$2.so"; }


# the packages of a task, each with a command that succeeds if it is there

needs() {
    case $1 in
    build)
        say "gcc|command -v cc"
        say "make|command -v make"
        say "nginx|command -v nginx"
        say "nginx-dev|test -e $headers"
        ;;
    demo)
        needs build
        say "curl|command -v curl"
        say "openssl|command -v openssl"
        ;;
    test)
        needs demo
        nginx_module libnginx-mod-http-echo ngx_http_echo_module
        nginx_module libnginx-mod-http-headers-more-filter \
            ngx_http_headers_more_filter_module
        nginx_module libnginx-mod-http-js ngx_http_js_module
        nginx_module libnginx-mod-http-ndk ndk_http_module
        nginx_module libnginx-mod-http-lua ngx_http_lua_module
        nginx_module libnginx-mod-http-geoip2 ngx_http_geoip2_module
        nginx_module libnginx-mod-http-modsecurity ngx_http_modsecurity_module
        nginx_module libnginx-mod-stream ngx_stream_module
        say "libnet-ssleay-perl|perl -MNet::SSLeay -e 1"
        say "libipc-run-perl|perl -MIPC::Run -e 1"
        say "libprotocol-http2-perl|perl -MProtocol::HTTP2 -e 1"
        say "python3-cryptography|has_python_cryptography"
        say "python3-grpcio|/usr/bin/python3 -c 'import grpc'"
        say "procps|command -v ps"
        say "iproute2|command -v ip"
        say "util-linux|command -v unshare"
        say "mount|command -v mount"
        ;;
    bench)
        needs build
        say "libssl-dev|test -e /usr/include/openssl/ssl.h"
        say "python3-cryptography|has_python_cryptography"
        say "procps|command -v ps"
        say "util-linux|command -v taskset"
        ;;
    callgrind)
        say "valgrind|command -v callgrind_control"
        ;;
    http3)
        say "python3-aioquic|/usr/bin/python3 -c 'import aioquic'"
        ;;
    lint)
        needs build
        say "perl|command -v perl"
        say "clang|command -v clang"
        say "cppcheck|command -v cppcheck"
        say "clang-tidy|command -v clang-tidy"
        ;;
    source)
        say "dpkg-dev|command -v dpkg-source"
        ;;
    nginx)
        needs build
        needs source
        say "libssl-dev|test -e /usr/include/openssl/ssl.h"
        say "libpcre2-dev|test -e /usr/include/pcre2.h"
        say "zlib1g-dev|test -e /usr/include/zlib.h"
        ;;
    fuzz)
        needs build
        say "clang|command -v clang"
        say "libclang-rt-14-dev|clang -fsanitize=fuzzer -x c - -shared \
            -o /dev/null < /dev/null"
        say "libssl-dev|test -e /usr/include/openssl/ssl.h"
        say "libpcre2-dev|test -e /usr/include/pcre2.h"
        say "zlib1g-dev|test -e /usr/include/zlib.h"
        ;;
    sanitizers)
        needs build
        say "libssl-dev|test -e /usr/include/openssl/ssl.h"
        say "libpcre2-dev|test -e /usr/include/pcre2.h"
        say "zlib1g-dev|test -e /usr/include/zlib.h"
        ;;
    valgrind)
        needs build
        say "valgrind|command -v valgrind"
        ;;
    chroot)
        say "mmdebstrap|command -v mmdebstrap"
        say "iproute2|command -v ip"
        say "util-linux|command -v unshare"
        ;;
    deb)
        needs build
        say "build-essential|command -v dpkg-buildpackage"
        say "debhelper|command -v dh"
        say "libssl-dev|test -e /usr/include/openssl/ssl.h"
        say "lintian|command -v lintian"
        ;;
    *)
        die "unknown task \"$1\""
        ;;
    esac
}


if [ "$1" = --list ]; then
    shift
    for task in "$@"; do needs "$task"; done | cut -d '|' -f 1 | sort -u
    exit
fi

missing=()

for task in "$@"; do
    while IFS='|' read -r package probe; do
        ( eval "$probe" ) > /dev/null 2>&1 || missing+=("$package")
    done < <(needs "$task" | sort -u)
done

[ ${#missing[@]} -gt 0 ] || exit 0

# nginx-dev wants exactly its version of nginx
case " ${missing[*]} " in
*" nginx-dev "*) missing+=(nginx) ;;
esac

mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)

if ! command -v apt-get > /dev/null; then
    die "this is no Debian system; please install: ${missing[*]}" \
        "(these are Debian's names)"
fi

can_be_root || die "please run as root: apt-get install ${missing[*]}"

say "installing: ${missing[*]}"
apt_index
apt_quiet install -y --no-install-recommends "${missing[@]}" || {
    # the lists may be older than what the mirror has
    apt_index fresh
    apt_quiet install -y --no-install-recommends "${missing[@]}"
}
