#!/bin/bash
#
# The life of the package on a Debian that has nothing but apt: installed
# beside a running nginx, debian/tests, upgrade, removal, purge.  Not for a
# system that somebody uses: see "chroot.sh base".
#
# usage: deb-test.sh DEB

. "$(dirname "$0")/common.sh"

package=libnginx-mod-http-auth-cert
module=/usr/lib/nginx/modules/ngx_http_auth_cert_module.so
deb=$(realpath "$1")
work=/tmp/deb-test

[ "$top" = /src ] || die "only in a chroot of chroot.sh"


# fields NAME: of all tests in debian/tests/control
fields() { sed -n "s/^$1: *//p" "$top/debian/tests/control"; }


fetch() {
    apt_quiet update
    apt_quiet install -y iproute2
    apt_quiet install -y --download-only "$deb" \
        $(fields Depends | tr -d ' ' | tr , '\n' | grep -v '^@$' | sort -u)
}


# boot: packages start and reload their services as on a system with SysV init
# that is in runlevel 2
boot() {
    printf '#!/bin/sh\nexit 0\n' > /usr/sbin/policy-rc.d
    printf '#!/bin/sh\necho N 2\n' > /sbin/runlevel
    chmod 755 /usr/sbin/policy-rc.d /sbin/runlevel
}


# install PACKAGE|FILE...: of what was fetched
install() { apt_quiet install -y "$@"; }


ok() { say "-- $*"; }


# nginx_is_well: it takes its configuration without a word, runs, and serves
# the page that Debian gives it
nginx_is_well() {
    local said

    said=$(nginx -t 2>&1) || die "nginx -t fails: $said"
    ! grep -Ev 'syntax is ok$|test is successful$' <<< "$said" ||
        die "nginx -t complains"

    service nginx status > /dev/null || die "nginx does not run"
    wait_for served
}


served() { curl -fsS --max-time 20 http://localhost/ | grep -q nginx; }


# wait_for COMMAND...: until it succeeds
wait_for() {
    for _ in $(seq 200); do
        ! "$@" > /dev/null 2>&1 || return 0
        sleep 0.1
    done
    die "this never happened: $*"
}


# has_loaded: the running nginx has the module, the file that is there now
has_loaded() { grep -q "$module\$" "/proc/$(cat /run/nginx.pid)/maps"; }

has_old() { grep -q "$module (deleted)\$" "/proc/$(cat /run/nginx.pid)/maps"; }


# verdict CURL_ARGUMENT...: the status of a client of the billing service
verdict() {
    curl -sS --max-time 20 -o /dev/null -w '%{http_code}' \
        --cacert "$certs/ca.crt" "$@" https://localhost/
}


# verdicts: still the right ones
verdicts() {
    local all

    all="$(verdict --cert "$certs/billing.pem")"
    all+=" $(verdict --cert "$certs/shop.pem")"
    all+=" $(verdict --cert "$certs/imposter.pem") $(verdict)"

    [ "$all" = "200 403 400 400" ] || die "the verdicts are $all"
}


# what autopkgtest does with each test
run_tests() {
    local test

    for test in $(fields Tests); do
        mkdir -p "$work/$test"
        ( cd "$top" && AUTOPKGTEST_TMP=$work/$test "debian/tests/$test" ) \
            2>&1 || die "debian/tests/$test failed"
        ok "debian/tests/$test passes"
    done
}


# client TILL: asks for as long as there is a file TILL, and writes into it
# what came that should not have
client() {
    local status

    while [ -e "$1" ]; do
        status=$(verdict --cert "$certs/billing.pem" 2>&1) || true
        [ "$status" = 200 ] || say "$status" >> "$1"
    done
}


# newer: makes a package of the next version
newer() {
    local version
    version=$(dpkg-deb -f "$deb" Version)+1

    dpkg-deb -R "$deb" "$work/newer"
    sed -i "s/^Version: .*/Version: $version/" "$work/newer/DEBIAN/control"
    dpkg-deb --root-owner-group -b "$work/newer" "$work/newer.deb" > /dev/null
}


upgrade() {
    local worker

    touch "$work/failures"
    client "$work/failures" &
    worker=$!

    install "$work/newer.deb"
    wait_for has_loaded
    ! has_old || die "nginx has the old file of the module"

    mv "$work/failures" "$work/failed"
    wait $worker
    [ ! -s "$work/failed" ] ||
        die "clients got this meanwhile: $(cat "$work/failed")"

    dpkg-query -W "$package" | grep -q '+1$' || die "not upgraded"
}


# left FILE...: what should be gone is there
left() {
    local file
    for file in "$@"; do
        [ ! -e "$file" ] && [ ! -L "$file" ] || die "$file is left"
    done
}


life() {
    local available=/usr/share/nginx/modules-available/mod-http-auth-cert.conf
    local enabled=/etc/nginx/modules-enabled/50-mod-http-auth-cert.conf
    local old

    boot
    install nginx curl
    nginx_is_well

    install "$deb"
    wait_for has_loaded
    [ "$(readlink $enabled)" = "$available" ] || die "not enabled"
    nginx_is_well
    ok "installed, loaded by itself: $(dpkg-query -W "$package")"

    install openssl perl
    run_tests

    # the upstream, which the test has stopped
    perl "$top/examples/backend.pl" billing 8080 &
    upstream=$!
    trap 'kill $upstream; service nginx stop > /dev/null' EXIT
    wait_for curl -sS http://localhost:8080/
    certs=$work/readme/certs
    verdicts

    newer
    old=$(cat /run/nginx.pid)
    upgrade
    nginx_is_well
    verdicts
    ok "upgraded: master $old is now $(cat /run/nginx.pid)," \
        "no request was lost"

    # "nginx -t" has to fail: nobody may be let in unseen
    apt_quiet remove -y "$package"
    left $enabled $available "$module"
    verdicts
    ! nginx -t 2> "$work/said" || die "nginx knows directives of no module"
    grep -q 'unknown directive "auth_cert' "$work/said" || die "$(cat "$work/said")"
    ok "removed, and still named in the configuration: nginx goes on," \
        "verdicts stand"

    rm /etc/nginx/conf.d/billing.conf
    nginx_is_well
    service nginx restart > /dev/null
    nginx_is_well
    ok "removed, and named nowhere: nginx -t passes, nginx runs"

    install "$work/newer.deb"
    wait_for has_loaded
    nginx_is_well
    ok "installed again: loaded"

    apt_quiet purge -y "$package"
    left $enabled $enabled.removed $available "$module" \
        "/usr/share/doc/$package"
    nginx_is_well
    service nginx restart > /dev/null
    nginx_is_well
    ok "purged: nothing is left, nginx -t passes, nginx runs"
}


if [ "${2-}" = offline ]; then
    ip link set lo up
    mkdir -p "$work"
    chmod 755 "$work"
    life
else
    fetch
    exec unshare --net bash "$0" "$deb" offline
fi
