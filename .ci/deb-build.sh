#!/bin/bash
#
# Builds the Debian packages, source and binary, of the source archive for the
# Debian it runs in, and looks at what was made; the result is in build/deb.
#
# usage: deb-build.sh
#
# In a release of Debian the version ends in ~deb12u1 or the like: there is a
# package for each, and a newer Debian shall have the newer package.

. "$(dirname "$0")/common.sh"

package=libnginx-mod-http-auth-cert
version=$(version)
out=$build/deb

bash "$top/.ci/deps.sh" deb
bash "$top/.ci/dist.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT


# for_release: puts an entry for this release above those of the changelog
for_release() {
    local revision maintainer date

    . /etc/os-release
    [ -n "${VERSION_ID-}" ] || return 0     # testing, unstable

    revision=$(dpkg-parsechangelog -S Version)
    maintainer=$(dpkg-parsechangelog -S Maintainer)
    date=$(date -R -u -d "$(dpkg-parsechangelog -S Date) + 1 second")

    {
        say "$package ($revision~deb${VERSION_ID}u1) $VERSION_CODENAME;" \
            "urgency=medium"
        say
        say "  * Built for Debian $VERSION_ID."
        say
        say " -- $maintainer  $date"
        say
        cat debian/changelog
    } > changelog.new
    mv changelog.new debian/changelog
}


# has WHAT TEXT PATTERN
has() {
    grep -Eq -e "$3" <<< "$2" || die "$1: there is no \"$3\""
}


# words FILE: without what makes them a comment, or a field
words() { sed 's/^ \*\/\?//; s/^ \.$//' "$1" | tr -s ' \n' ' '; }


# copyright FILE: holds what LICENSE says, word for word
copyright() {
    [[ $(words "$1") = *"$(words "$top/LICENSE" | sed 's/.*reserved\. //')"* ]] ||
        die "debian/copyright is not LICENSE"
}


# compilations: of our sources, one a line
compilations() {
    perl -pe 's/\\\n//' "$out/log" |
        grep -E '[[:space:]]-c[[:space:]].*/ngx_[a-z]*_?auth_cert_[a-z_0-9]+\.c$'
}


# look DEB: at what would harm silently
look() {
    local fields module content

    dpkg-deb -x "$1" "$work/x"
    fields=$(dpkg-deb -f "$1")
    content=$(dpkg-deb -c "$1")
    module=$(readelf -W -d -l --dyn-syms \
        "$work"/x/usr/lib/nginx/modules/ngx_http_auth_cert_module.so)

    # nginx loads it only if it is of the same build
    has fields "$fields" '^Depends: .*nginx-abi-[0-9.]+-[0-9]+'

    # nginx brings the one OpenSSL that there has to be
    ! grep -q 'NEEDED.*lib\(ssl\|crypto\)' <<< "$module" ||
        die "the module has an OpenSSL of its own"

    # hardening; and what a callback of OpenSSL's needs, see config
    has module "$module" GNU_RELRO
    has module "$module" BIND_NOW
    has module "$module" NODELETE
    has module "$module" '__stack_chk_fail'
    has module "$module" 'GNU_STACK .* RW +0x'
    has log "$(compilations | head -n 1)" 'auth_cert.*\.c$'
    ! compilations | grep -v -e '-D_FORTIFY_SOURCE=' ||
        die "built without _FORTIFY_SOURCE"

    has content "$content" "modules-available/mod-http-auth-cert.conf$"

    for page in README.md SECURITY.md docs/{directives,variables,security}.md \
        examples/quick-start/nginx.conf changelog.gz copyright
    do
        has content "$content" "doc/$package/$page$"
    done

    copyright "$work/x/usr/share/doc/$package/copyright"
}


cp "$build/ngx_auth_cert-$version.tar.gz" \
    "$work/${package}_$version.orig.tar.gz"
cd "$work"
tar -xzf "${package}_$version.orig.tar.gz"
cd "ngx_auth_cert-$version"
for_release

rm -rf "$out"
mkdir -p "$out"

if ! dpkg-buildpackage -us -uc > "$out/log" 2>&1; then
    tail -n 50 "$out/log" >&2
    die "dpkg-buildpackage failed"
fi

cd "$work"
! grep -E '\bwarning: ' "$out/log" || die "the build has warnings"
rm -rf "ngx_auth_cert-$version"

# a release of Debian knows the policy of its time; this is no upload to Debian
# that closes a bug of theirs; debian/ is in the source archive as well
not_here=newer-standards-version,initial-upload-closes-no-bugs,no-debian-changes

lintian --allow-root --fail-on error,warning --display-info \
    --suppress-tags "$not_here" ./*.changes
look "${package}"_*.deb

mv -- *.deb *.dsc *.tar.* *.changes *.buildinfo "$out/"
cd "$out"
ls -- *.deb
