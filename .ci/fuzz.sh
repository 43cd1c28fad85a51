#!/bin/bash
#
# Builds the fuzzers of t/fuzz with ASan and UBSan, nginx itself included, and
# runs each for a while.  What they find stays in build/fuzz/found; inputs that
# reached something new are in build/fuzz/corpus and are used again.
#
# usage: fuzz.sh [SECONDS [FUZZER]...]
#
# FUZZ_JOBS sets how many run at a time.

. "$(dirname "$0")/common.sh"

seconds=${1:-60}
shift || true
fuzzers=("${@-}")
[ -n "${fuzzers[0]}" ] || fuzzers=(certificate crl change list pattern header)

to=$build/fuzz
objs=$to/objs

# of what nginx does itself: see t/fuzz/ignore.txt
sanitize="-fsanitize=address,undefined -fno-sanitize-recover=all
    -fno-sanitize=alignment,function,nonnull-attribute,pointer-overflow
    -fsanitize-ignorelist=$top/t/fuzz/ignore.txt"
flags="-O1 -g -fno-omit-frame-pointer"

bash "$top/.ci/deps.sh" test fuzz
source=$(bash "$top/.ci/nginx-source.sh")
mkdir -p "$to/found"


# nginx with the module, as a library: the fuzzers have a main() of their own
build_nginx() {
    local sum

    cd "$source"
    sum=$(cat "$top"/{.ci/fuzz.sh,config,t/fuzz/ignore.txt} | sha256sum)

    if [ "$(cat "$to/signature" 2> /dev/null)" != "$sum" ]; then
        rm -rf "$objs" "$to/signature"
        ./configure --builddir="$objs" --with-cc=clang --with-http_ssl_module \
            --without-http-cache --without-http_gzip_module \
            --with-cc-opt="$flags -Wno-error ${sanitize//$'\n'/ } \
                -fsanitize=fuzzer-no-link" \
            --with-ld-opt="-fsanitize=address,undefined" \
            --add-module="$top"
        say "$sum" > "$to/signature"
    fi

    make -f "$objs/Makefile" -j"$(nproc)"

    rm -f "$to/nginx.a"
    objcopy --redefine-sym main=nginx_main "$objs/src/core/nginx.o" \
        "$to/nginx-main.o"
    find "$objs" -name '*.o' ! -path '*/src/core/nginx.o' \
        -exec ar rcs "$to/nginx.a" "$to/nginx-main.o" {} +
}


# the folders of headers, as nginx's own Makefile has them
includes() {
    sed -n '/^ALL_INCS = /,/^$/p' "$objs/Makefile" | grep -o -e '-I [^ ]*'
}


build_fuzzer() {
    local fuzzer

    cd "$source"
    for fuzzer in "$@"; do
        # shellcheck disable=SC2046,SC2086
        clang $flags $sanitize -fsanitize=fuzzer -W -Wall -Werror \
            -Wno-unused-parameter -Wno-sign-compare $(includes) \
            "$top/t/fuzz/$fuzzer.c" "$top/t/fuzz/fuzz.c" \
            "$top/t/fuzz/openssl.c" "$to/nginx.a" \
            -o "$to/$fuzzer" -lpcre2-8 -lssl -lcrypto -lcrypt -lpthread -lz
    done
}


# one line with what it has done, or all that it said
run_fuzzer() {
    local fuzzer=$1 status=0 log=$to/$1.log

    mkdir -p "$to/corpus/$fuzzer"

    "$to/$fuzzer" -max_total_time="$seconds" -timeout=20 -max_len=16384 \
        -rss_limit_mb=4096 -print_final_stats=1 \
        -artifact_prefix="$to/found/$fuzzer-" \
        "$to/corpus/$fuzzer" "$to/seeds/$fuzzer" > "$log" 2>&1 || status=$?

    if [ $status -ne 0 ]; then
        grep -v ' in fuzzer::' "$log" | tail -n 60
        say "fuzz: $fuzzer FAILED, see build/fuzz/found"
        return 1
    fi

    say "fuzz: $fuzzer: $(sed -n 's/.*number_of_executed_units: *//p' "$log")" \
        "inputs, $(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -c 6-)" \
        "edges, no finding"
}


# before "||", what fails inside would not stop it
set +e
( set -e; build_nginx ) > "$to/make.log" 2>&1
status=$?
set -e
[ $status -eq 0 ] || { tail -n 30 "$to/make.log"; die "the build failed"; }

build_fuzzer "${fuzzers[@]}"

rm -rf "$to/seeds"
python3 -B "$top/t/fuzz/seeds.py" "$(bash "$top/t/pki/make-pki.sh")" \
    "$to/seeds"

failed=0
running=0

for fuzzer in "${fuzzers[@]}"; do
    if [ $running -ge "${FUZZ_JOBS:-1}" ]; then
        wait -n || failed=1
        running=$((running - 1))
    fi
    run_fuzzer "$fuzzer" &
    running=$((running + 1))
done

while [ $running -gt 0 ]; do
    wait -n || failed=1
    running=$((running - 1))
done

[ $failed -eq 0 ]
