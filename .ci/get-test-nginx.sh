#!/bin/bash
#
# Installs Test::Nginx.  Debian has it (libtest-nginx-perl) since forky.  On
# an older Debian that one package, which is perl only, is taken from a newer
# suite; everything it depends on comes from the system's own suite.  The
# sources and preferences of the system's apt are left as they are: the index
# of the newer suite lives in a temporary folder.
#
# usage: get-test-nginx.sh
#        get-test-nginx.sh --download    fetches that package only, and prints
#                                        its name

. "$(dirname "$0")/common.sh"

package=libtest-nginx-perl
keep=$build/packages

if [ "${1-}" != --download ] && perl -MTest::Nginx::Socket -e 1 2>/dev/null
then
    exit 0
fi

if ! command -v apt-get > /dev/null; then
    die "Test::Nginx is missing; install it from CPAN: cpan Test::Nginx"
fi

can_be_root || die "Test::Nginx is missing; run as root: apt-get install" \
                   "$package (or: cpan Test::Nginx)"


# the mirror that the system uses for its own suite
mirror() {
    local codename
    codename=$(. /etc/os-release; say "${VERSION_CODENAME-}")
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
        "Codename: $codename" | sed -n 1p
}


# download: from a newer suite, unless it is there
download() {
    local private uri suite
    local keyring=/usr/share/keyrings/debian-archive-keyring.gpg

    mkdir -p "$keep"
    deb=$(find "$keep" -name "${package}_*_all.deb" | sort -V | tail -n 1)
    [ -z "$deb" ] || return 0

    uri=$(mirror)
    [ -n "$uri" ] || die "Test::Nginx is missing, and this system's" \
                         "packages do not have it; cpan Test::Nginx"

    private=$(mktemp -d)
    trap "rm -rf '$private'" EXIT

    mkdir -p "$private"/{lists/partial,cache/archives/partial,deb}
    chmod 755 "$private"
    chmod 777 "$private/deb"

    # signatures are checked; a mirror's copy of a moving suite may be older
    # than it says it should be

    for suite in sid forky; do
        say "deb [signed-by=$keyring check-valid-until=no] $uri $suite main"
    done > "$private/newer.list"

    set -- -o Dir::Etc::SourceList="$private/newer.list" \
           -o Dir::Etc::SourceParts=/dev/null \
           -o Dir::Etc::Preferences=/dev/null \
           -o Dir::Etc::PreferencesParts=/dev/null \
           -o Dir::State::Lists="$private/lists" \
           -o Dir::Cache="$private/cache" \
           -o Acquire::Languages=none

    apt_quiet "$@" update
    cd "$private/deb"
    apt_quiet "$@" download $package
    cp ${package}_*_all.deb "$keep/"
    cd "$OLDPWD"

    deb=$(find "$keep" -name "${package}_*_all.deb" | sort -V | tail -n 1)
}


# Names of real packages only: apt would upgrade perl itself in order to
# satisfy a dependency on what perl provides.
dependencies() {
    dpkg-deb -f "$1" Depends | tr ',' '\n' | sed 's/^ *//; s/[ :(|].*//' |
        grep -v -x -e perl -e libencode-perl -e libscalar-list-utils-perl
}


apt_index

if [ "${1-}" = --download ]; then
    download
    say "$deb"
    exit
fi

if apt-cache policy $package | grep -q 'Candidate: [0-9]'; then
    say "installing: $package"
    apt_quiet install -y --no-install-recommends $package

else
    download
    say "installing: $package (from a newer suite) and what it depends on"
    apt_quiet install -y --no-install-recommends --no-upgrade \
        $(dependencies "$deb")
    as_root dpkg -i "$deb" > /dev/null
fi

perl -MTest::Nginx::Socket -e 1
