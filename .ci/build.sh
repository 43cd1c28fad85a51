#!/bin/bash
#
# Builds the modules into build/: against the headers of the installed nginx
# (Debian's nginx-dev), or against a source tree.
#
# usage: build.sh [NGINX_SRC]
#
# CC, CFLAGS and LDFLAGS are honoured; BUILD names another folder than build.

. "$(dirname "$0")/common.sh"

source=${1-}
to=$build
cc=${CC:-cc}

# nginx's callbacks, also those in its headers, leave parameters unused
warnings="-W -Wall -Wextra -Wpointer-arith -Wno-unused-parameter -Werror"
flags=${CFLAGS:--O2 -g}


# when this changes, everything has to be built anew
signature() {
    "$(nginx_binary)" -V 2>&1 || true
    say "$source $cc $flags ${LDFLAGS-} $warnings"
    cat "$top/config" "$0"
    [ -z "$source" ] || cat "$source/src/core/nginx.h"
}


configure_installed() {
    local objs=$1

    [ -e /usr/share/nginx/src/conf_flags ] ||
        die "Debian's nginx-dev is missing: apt-get install nginx-dev, or" \
            "give the sources of your nginx: make NGINX_SRC=DIR"

    cd /usr/share/nginx/src
    . ./conf_flags

    bash ./configure "${NGX_CONF_FLAGS[@]}" --with-cc="$cc" \
        --with-cc-opt="$flags -fPIC $warnings" \
        --with-ld-opt="-fPIC ${LDFLAGS-}" \
        --add-dynamic-module="$top" --builddir="$objs"
}


configure_source() {
    local objs=$1

    cd "$source"
    [ -x configure ] || die "$source has no configure"

    # configure writes a Makefile into the sources: leave what was there
    if [ -e Makefile ]; then
        cp -p Makefile "$to/Makefile.source"
        trap 'mv "$to/Makefile.source" Makefile' EXIT
    else
        trap 'rm -f Makefile' EXIT
    fi

    ./configure --with-compat --with-http_ssl_module --with-http_v2_module \
        --with-threads --with-cc="$cc" \
        --with-cc-opt="$flags -fPIC $warnings" \
        --with-ld-opt="${LDFLAGS-}" \
        --add-dynamic-module="$top" --builddir="$objs"
}


if [ -n "$source" ]; then
    source=$(cd "$source" && pwd) || exit 1
fi

mkdir -p "$to"

# one at a time: tests may be started side by side
exec 9> "$to/lock"
flock 9

objs=$to/objs
sum=$(signature | sha256sum)

if [ "$(cat "$to/signature" 2>/dev/null)" != "$sum" ] \
   || [ ! -e "$objs/Makefile" ]
then
    rm -rf "$objs" "$to/signature"
    if [ -n "$source" ]; then
        ( configure_source "$objs" ) > "$to/configure.log" 2>&1
    else
        ( configure_installed "$objs" ) > "$to/configure.log" 2>&1
    fi || { tail -n 20 "$to/configure.log" >&2; die "configure failed"; }
    say "$sum" > "$to/signature"
fi

cd "${source:-/usr/share/nginx/src}"

if ! make -f "$objs/Makefile" modules > "$to/make.log" 2>&1; then
    cat "$to/make.log" >&2
    die "the build failed"
fi

for module in "$objs"/ngx_*auth_cert_module.so; do
    cmp -s "$module" "$to/${module##*/}" || {
        # not in place: an nginx may have the old one mapped
        cp "$module" "$to/new.so"
        mv "$to/new.so" "$to/${module##*/}"
        say "built ${to#"$top/"}/${module##*/}"
    }
done
