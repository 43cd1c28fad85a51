#!/bin/bash
#
# Compiles the module against the headers of OpenSSL 4, which Debian has in
# experimental: gcc and clang, syntax only, every warning is an error.  The
# system's own headers, libraries and package sources stay as they are.
#
# usage: openssl4.sh

. "$(dirname "$0")/common.sh"

to=$build/openssl4
package=libssl-dev
failed=0


# the mirror that the system uses for its own suite
mirror() {
    local codename uri
    codename=$(. /etc/os-release; say "${VERSION_CODENAME-}")
    uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
              "Codename: $codename" | sed -n 1p)
    say "${uri:-http://deb.debian.org/debian}"
}


# Into $to/usr.  Signatures are checked; a mirror's copy of a moving suite may
# be older than it says it should be.
fetch() {
    local private=$to/apt options
    local keyring=/usr/share/keyrings/debian-archive-keyring.gpg

    rm -rf "$to"
    mkdir -p "$private"/{lists/partial,cache/archives/partial}

    say "deb [signed-by=$keyring check-valid-until=no] $(mirror)" \
        "experimental main" > "$private/sources.list"

    options=(-q -o Dir::Etc::SourceList="$private/sources.list"
        -o Dir::Etc::SourceParts=/dev/null
        -o Dir::Etc::Preferences=/dev/null
        -o Dir::Etc::PreferencesParts=/dev/null
        -o Dir::State::Lists="$private/lists"
        -o Dir::Cache="$private/cache" -o Acquire::Languages=none
        -o Acquire::Retries=3 -o APT::Sandbox::User="$(id -un)")

    # only an error of "update" is one: else it goes on with an old index
    retry apt-get "${options[@]}" --error-on=any update || return

    cd "$private" || return
    retry apt-get "${options[@]}" download "$package/experimental" || return
    dpkg-deb -x "$private/$package"_*.deb "$to" || return
    rm -rf "$private"
    touch "$to/.ready"
}


# as they are used in the build; nginx's own are not what is looked at here
includes() {
    local source=/usr/share/nginx/src dir

    sed -n '/^ALL_INCS = /,/^$/p' "$build/objs/Makefile" |
        tr ' \\\n' '\n\n\n' | grep / | sort -u |
        while read -r dir; do
            case $dir in
            */module/*) say "-I$dir" ;;
            /*)         say "-isystem$dir" ;;
            *)          say "-isystem$source/$dir" ;;
            esac
        done
}


# a week old is new enough
if [ -z "$(find "$to/.ready" -mtime -7 2> /dev/null)" ]; then
    mkdir -p "$build"
    ( fetch ) > "$build/openssl4.log" 2>&1 || {
        tail -n 20 "$build/openssl4.log" >&2
        die "$package of experimental cannot be fetched"
    }
fi

triplet=$(dpkg-architecture -q DEB_HOST_MULTIARCH 2> /dev/null ||
          gcc -print-multiarch)
headers=$to/usr/include

version=$(sed -n 's/^# *define OPENSSL_VERSION_STR "\(.*\)"$/\1/p' \
              "$headers/openssl/opensslv.h")

[ "${version%%.*}" -ge 4 ] ||
    die "experimental has OpenSSL $version: is 4 in a newer suite now?"

bash "$top/.ci/deps.sh" build lint
bash "$top/.ci/build.sh"

mapfile -t includes < <(includes)
mapfile -t units < <(find "$top/module" -name '*.c' | sort)
[ ${#units[@]} -gt 0 ] || die "no sources"

for compiler in gcc clang; do
    printf '%s\n' "${units[@]}" |
        xargs -P "$(nproc)" -n 4 "$compiler" -fsyntax-only -std=gnu99 \
            -W -Wall -Wextra -Wpointer-arith -Wno-unused-parameter -Werror \
            -isystem "$headers" -isystem "$headers/$triplet" \
            "${includes[@]}" || failed=1
done

[ $failed -eq 0 ] || die "the module does not compile with OpenSSL $version"

say "OpenSSL $version: ${#units[@]} files compile with gcc and clang"
