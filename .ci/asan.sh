#!/bin/bash
#
# All tests with nginx itself and the module under AddressSanitizer (leaks
# included) and UBSan: fails on any report, and shows it.
#
# usage: asan.sh [TEST...]
#
# What was built stays in build/asan, the reports of the last run in
# build/asan/reports.  STACKS=whole unwinds also through libraries without
# frame pointers, to see where a leak comes from; it takes twice the time.

. "$(dirname "$0")/common.sh"

to=$build/asan
objs=$to/nginx/objs
source=$to/nginx/source
reports=$to/reports

# nginx, its macros and those who use them copy nothing from nowhere, add 0 to
# NULL, and read numbers from where they are not aligned; only nginx itself
# shifts into the sign bit
sanitize="-fsanitize=address,undefined
    -fno-sanitize=alignment,nonnull-attribute,pointer-overflow"
sanitize=${sanitize//$'\n'/ }
of_nginx=-fno-sanitize=shift
flags="-O1 -g -fno-omit-frame-pointer"

# each allocation from a pool is one of its own, so that ASan sees its end
flags_of_nginx="$flags $sanitize $of_nginx -DNGX_DEBUG_PALLOC=1 -Wno-error"


# the arguments of the installed nginx, which decide what modules it can load,
# without its compiler's options and without its own dynamic modules
arguments() {
    local argument all=()

    eval "all=($("$installed" -V 2>&1 | sed -n 's/^configure arguments: //p'))"

    for argument in "${all[@]}"; do
        case $argument in
        --with-cc-opt=*|--with-ld-opt=*|*=dynamic|--add-*) ;;
        *) say "$argument" ;;
        esac
    done
}


build_nginx() {
    local main='ngx_cycle_t      \*cycle, init_cycle;' given=()

    mapfile -t given < <(arguments)

    rm -rf "$to/nginx"
    mkdir -p "$to/nginx"
    cp -r "$1" "$source"
    cd "$source"

    # main() forgets these two when it ends early: after "nginx -t", or when
    # the configuration is refused.  As statics they are no leaks, and nothing
    # that is one has to be suppressed for that.
    grep -q "^    $main" src/core/nginx.c
    sed -i "s/^    $main/    static &/" src/core/nginx.c

    gcc -O1 -W -Wall -c -o "$to/nginx/undefined.o" "$top/.ci/undefined.c"

    ./configure "${given[@]}" --builddir="$objs" --with-cc=gcc \
        --with-cc-opt="$flags_of_nginx" \
        --with-ld-opt="$sanitize $to/nginx/undefined.o"
    make -f "$objs/Makefile" -j"$(nproc)" binary

    say "$sum" > "$to/nginx/signature"
}


# not all of them: one mistake may be in each block
show_reports() {
    local file

    for file in "${@:1:8}"; do
        say "== ${file#"$top/"}"
        grep -v '^ *$' "$file" | head -n 60
    done
}


bash "$top/.ci/deps.sh" test sanitizers
installed=$(nginx_binary)
debian=$(bash "$top/.ci/nginx-source.sh")

mkdir -p "$to"
exec 8> "$to/nginx.lock"
flock 8

sum=$({ "$installed" -V 2>&1
        say "$flags_of_nginx" "$sanitize"
        declare -f arguments build_nginx
        cat "$top/.ci/undefined.c"
    } | sha256sum)

if [ "$(cat "$to/nginx/signature" 2> /dev/null)" != "$sum" ]; then
    start=$SECONDS
    # before "||", what fails inside would not stop it
    set +e
    ( set -e; build_nginx "$debian" ) > "$to/nginx.log" 2>&1
    status=$?
    set -e
    [ $status -eq 0 ] ||
        { tail -n 30 "$to/nginx.log" >&2; die "nginx could not be built"; }
    say "built ${objs#"$top/"}/nginx in $((SECONDS - start)) s"
fi

flock -u 8

rm -rf "$reports"
mkdir -m 1777 "$reports"

fast=1
[ "${STACKS-}" != whole ] || fast=0

# each of nginx's dynamic modules has variables of the names that nginx has;
# some tests preload a library, before that of ASan; between the options,
# Test::Nginx wants commas; it adds the name of the block
options=(detect_odr_violation=0 verify_asan_link_order=0 detect_leaks=1
    fast_unwind_on_malloc=$fast strict_string_checks=1 print_legend=0
    "log_path=$reports/report")

export ASAN_OPTIONS=$(IFS=,; say "${options[*]}")
export UBSAN_REPORTS=$reports/undefined
export LSAN_OPTIONS="suppressions=$top/.ci/leaks.txt,print_suppressions=0"

export TEST_NGINX_BINARY=$objs/nginx
export BUILD=$to
export CC=gcc
export CFLAGS="$flags $sanitize"
export LDFLAGS=$sanitize
export TEST_NGINX_TIMEOUT=${TEST_NGINX_TIMEOUT:-20}

status=0
TEST_JOBS=${TEST_JOBS:-4} bash "$top/.ci/test.sh" "$@" || status=$?

# LeakSanitizer cannot look through a process that LuaJIT runs in
for file in "$reports"/report-others-modules-*; do
    if grep -qs '^Tracer caught signal' "$file" && ! grep -q ERROR "$file"; then
        say "asan: no leak check in ${file##*/report-}, LuaJIT is in it"
        rm "$file"
    fi
done

mapfile -t found < <(find "$reports" -type f -size +0 | sort)

if [ ${#found[@]} -gt 0 ]; then
    show_reports "${found[@]}"
    die "${#found[@]} reports of the sanitizers in ${reports#"$top/"}"
fi

[ $status -eq 0 ] || exit $status
say "asan: no report"
