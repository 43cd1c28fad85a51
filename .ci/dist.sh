#!/bin/bash
#
# Makes the source archive, build/ngx_auth_cert-VERSION.tar.gz.  It has the
# same bytes wherever and whenever it is made of the same files: it is dated
# like the newest entry of debian/changelog, or by $SOURCE_DATE_EPOCH.

. "$(dirname "$0")/common.sh"

version=$(version)
name=ngx_auth_cert-$version
archive=$build/$name.tar.gz

date=$(sed -n '/^ -- .*>  /{s///p; q}' "$top/debian/changelog")
date=${SOURCE_DATE_EPOCH:-$(date -d "$date" +%s)}

if [ -e "$top/.git" ] && command -v git > /dev/null; then
    git -C "$top" status --short | sed 's/^/dist.sh: not committed: /' >&2
fi

mkdir -p "$build"
new=$(mktemp -p "$build" dist.XXXXXX)
trap 'rm -f "$new"' EXIT

source_files | sed -z 's|^\./||' | sort -z |
    tar -C "$top" --null --no-recursion -T - --format=ustar \
        --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
        --mtime="@$date" --transform="s|^|$name/|" -cf - |
    gzip -9 -n > "$new"

chmod 644 "$new"
mv "$new" "$archive"
say "${archive#"$top/"}"
