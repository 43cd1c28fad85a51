#!/bin/bash
#
# The source archive: it builds in the folder that it is unpacked into, what
# was built works, and the archive that is made there, without git and of
# files with other dates and modes, is the same again.

. "$(dirname "$0")/common.sh"

name=ngx_auth_cert-$(version)

bash "$top/.ci/dist.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

tar -C "$work" -xzf "$build/$name.tar.gz"
cd "$work/$name"
chmod -R g+w .
find . -exec touch {} +

unset BUILD TEST_PROTOCOLS

make --no-print-directory
make --no-print-directory test T=t/sanity.t
make --no-print-directory dist

cmp "$build/$name.tar.gz" "$work/$name/build/$name.tar.gz" ||
    die "the archive made of the unpacked one is another"

say "$name.tar.gz builds, works, and makes itself again," \
    "SHA-256 $(sha256sum "$build/$name.tar.gz" | cut -c 1-16)..."
