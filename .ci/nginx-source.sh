#!/bin/bash
#
# Fetches Debian's source of the installed nginx into build/source and prints
# its folder.  The system's own list of sources stays as it is.

. "$(dirname "$0")/common.sh"

version=$("$(nginx_binary)" -v 2>&1 | sed 's|.*nginx/||; s| .*||')
to=$build/source
state=$to/apt
source=$to/nginx-$version


fetch() {
    local mirror o

    . /etc/os-release

    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"

    mirror=$(apt-get indextargets --format '$(REPO_URI)' \
        'Created-By: Packages' "Codename: $VERSION_CODENAME" | head -n 1)
    say "deb-src $mirror $VERSION_CODENAME main" > "$state/sources.list"

    o=(-q -o Dir::Etc::SourceList="$state/sources.list"
        -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$state/lists"
        -o Dir::Cache="$state/cache" -o Acquire::Languages=none
        -o Acquire::Retries=3 -o APT::Sandbox::User="$(id -un)")

    retry apt-get "${o[@]}" update
    cd "$to"
    retry apt-get "${o[@]}" source nginx
}


mkdir -p "$to"
exec 9> "$to/lock"
flock 9

if [ ! -e "$source/.ready" ]; then
    rm -rf "$source"
    bash "$top/.ci/deps.sh" source >&2
    ( fetch ) > "$to/log" 2>&1 || { tail -n 20 "$to/log" >&2; exit 1; }
    [ -x "$source/configure" ] ||
        die "the source of nginx $version is not in this release of Debian"
    touch "$source/.ready"
fi

say "$source"
