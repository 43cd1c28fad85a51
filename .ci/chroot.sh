#!/bin/bash
#
# A Debian of another suite in a folder of its own, and commands in it.
#
# usage: chroot.sh make SUITE [base]
#        chroot.sh run SUITE COMMAND...
#        chroot.sh base SUITE COMMAND...
#
# "make" fetches the packages (once a week, or when the list of them changes)
# into a chroot that is kept in CHROOTS.  "run" copies the sources of this folder to /src
# of a throw-away layer above it, build/SUITE to where it was, and runs a
# command there as root, with processes, mounts and a network (loopback only)
# of its own.  What it writes to /src/build stays in build/SUITE, all else is
# gone afterwards.  "base" is the same above a chroot that has nothing but apt,
# with the network of the host.
#
# If sid cannot be fetched, forky stands in for it, and a line says so.

. "$(dirname "$0")/common.sh"

chroots=${CHROOTS:-/var/cache/auth_cert}
days=7


# what each chroot has: all that build.sh, test.sh and deb.sh ask for
packages() {
    local tasks=(build test deb)

    # the nginx of bookworm has no HTTP/3
    [ "$1" = bookworm ] || tasks+=(http3)

    say build-essential clang iproute2
    bash "$top/.ci/deps.sh" --list "${tasks[@]}" | tr '\n' ' '
    test_nginx_dependencies
}


# of Test::Nginx, which is not in all suites, see get-test-nginx.sh
test_nginx_dependencies() {
    dpkg-deb -f "$test_nginx" Depends | tr ',' '\n' |
        sed 's/^ *//; s/[ :(|].*//' |
        grep -v -x -e perl -e libencode-perl -e libscalar-list-utils-perl
}


# the mirror that the system uses, of its own suite ("") or of its security
# updates ("-security")
mirror() {
    local codename uri
    codename=$(. /etc/os-release; say "${VERSION_CODENAME-}")
    uri=$(apt-get indextargets --format '$(REPO_URI)' \
              'Created-By: Packages' "Codename: $codename$1" | sed -n 1p)
    say "${uri:-http://deb.debian.org/debian$1}"
}


# a moving suite has no security updates; its index may be older than it says
# it should be on a mirror that lags (signatures are checked all the same)
fetch() {
    local suite=$1 root=$2 include=$3
    local sources options=()

    sources=("deb $(mirror "") $suite main")

    case $suite in
    sid|forky)
        options+=(--aptopt='Acquire::Check-Valid-Until "false"')
        ;;
    *)
        sources+=("deb $(mirror -security) $suite-security main")
        ;;
    esac

    if [ "$include" != apt ]; then
        options+=(--customize-hook="cp '$test_nginx' \"\$1/tn.deb\"
                                    chroot \"\$1\" dpkg -i /tn.deb
                                    rm \"\$1/tn.deb\"")
    fi

    # policy-rc.d: installing a server does not start it

    as_root mmdebstrap --quiet --variant=apt --include="$include" \
        --aptopt='APT::Install-Recommends "false"' \
        --aptopt='Acquire::Retries "5"' \
        --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt=force-unsafe-io \
        --setup-hook='mkdir -p "$1/usr/sbin"
                      printf "#!/bin/sh\nexit 101\n" > "$1/usr/sbin/policy-rc.d"
                      chmod 755 "$1/usr/sbin/policy-rc.d"' \
        "${options[@]}" "$suite" "$root" "${sources[@]}"
}


# try_to_fetch SUITE FOLDER PACKAGES
try_to_fetch() {
    local suite=$1 to=$2 include=$3 log

    log=$(mktemp)
    as_root rm -rf "$to.new"

    for _ in 1 2 3; do
        if fetch "$suite" "$to.new" "$include" > "$log" 2>&1; then
            as_root rm -rf "$to" && as_root mv "$to.new" "$to"
            rm -f "$log"
            return
        fi
        as_root rm -rf "$to.new"
        sleep 5
    done

    tail -n 30 "$log" >&2
    rm -f "$log"
    return 1
}


# make_chroot SUITE PACKAGES: sets root; its name tells what is in it, and a
# file beside it of which suite it was made
make_chroot() {
    local suite=$1 include=$2 sum start=$SECONDS old

    sum=$({ say "$include"; declare -f fetch; } | sha256sum | cut -c 1-8)
    root=$chroots/$suite-$sum

    # one makes it, the others wait; who runs something in it keeps it as it is
    as_root mkdir -p "$chroots"
    as_root chmod 755 "$chroots"
    as_root touch "$root.lock"
    exec 9< "$root.lock"
    flock -s 9
    [ -z "$(find "$root.made" -mtime -$days 2>/dev/null)" ] || return 0
    flock -x 9
    [ -z "$(find "$root.made" -mtime -$days 2>/dev/null)" ] || return 0

    as_root rm -f "$root.made"

    if ! try_to_fetch "$suite" "$root" "$include"; then
        [ "$suite" = sid ] || die "$suite cannot be fetched"
        suite=forky
        try_to_fetch "$suite" "$root" "$include" ||
            die "neither sid nor forky can be fetched"
    fi

    say "$suite" | as_root tee "$root.made" > /dev/null
    say "chroot ${root##*/}: made of $suite in $((SECONDS - start)) s"
    flock -s 9

    # those that nobody uses any more
    find "$chroots" -maxdepth 1 -name "*.made" -mtime +$((2 * days)) |
        while read -r old; do
            as_root rm -rf "$old" "${old%.made}" "${old%.made}.lock"
        done
}


# what runs as root in namespaces of its own: the layer, and in it the command
inside='
    root=$1 files=$2 top=$3 out=$4
    shift 4

    layer=$(mktemp -d)
    mount -t tmpfs tmpfs "$layer"
    mkdir "$layer"/{upper,work,root}
    new=$layer/root

    mount -t overlay overlay "$new" \
        -o "lowerdir=$root,upperdir=$layer/upper,workdir=$layer/work"

    mkdir -p "$new/src/build"
    tar -C "$top" --null --no-recursion -T "$files" -cf - |
        tar -C "$new/src" --no-same-owner -xf -

    mount --bind "$out" "$new/src/build"
    mount -t proc proc "$new/proc"
    mount --rbind /dev "$new/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$new/tmp"
    [ ! -e /sys/class ] || mount --rbind /sys "$new/sys"

    [ ! -e /etc/resolv.conf ] || cat /etc/resolv.conf > "$new/etc/resolv.conf"
    ip link set lo up

    cd /
    exec chroot "$new" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        TEST_PROTOCOLS="${TEST_PROTOCOLS-}" TEST_JOBS="${TEST_JOBS-}" \
        bash -euc "cd /src; exec \"\$@\"" chroot "$@"'

# run_inside NAME NET COMMAND...
run_inside() {
    local name=$1 net=$2 files status=0
    shift 2

    mkdir -p "$build/$name"
    files=$(mktemp)
    source_files > "$files"

    as_root unshare --mount --pid --fork --kill-child $net \
        bash -euc "$inside" inside "$root" "$files" "$top" \
        "$build/$name" "$@" || status=$?

    # sudo: the files of the build belong to who owns the sources
    as_root chown -R --reference="$top" "$build/$name"
    rm -f "$files"
    return $status
}


[ $# -ge 2 ] || die "usage: chroot.sh make|run|base SUITE [COMMAND...]"

action=$1
suite=$2
shift 2

can_be_root || die "a chroot needs root, or sudo without a password"

bash "$top/.ci/deps.sh" chroot

case $action in
make|run)
    test_nginx=$(bash "$top/.ci/get-test-nginx.sh" --download)
    make_chroot "$suite" "$(packages "$suite" | tr -s ' \n' ',,' |
                            sed 's/,$//')"
    ;;
base)
    make_chroot "$suite" apt
    ;;
*)
    die "unknown action \"$action\""
    ;;
esac

[ "$suite" = "$(cat "$root.made")" ] ||
    say "$suite cannot be fetched: $(cat "$root.made") stands in for it"

case $action in
run)  run_inside "$suite" --net "$@" ;;
base) run_inside "$suite-base" "" "$@" ;;
esac
