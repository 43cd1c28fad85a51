#!/bin/bash
#
# Style, layers, and two static analysers.  Prints what is wrong, and one line
# for each step.

. "$(dirname "$0")/common.sh"

cd "$top"
bash .ci/deps.sh lint

mapfile -t sources < <(find module -name '*.[ch]' | sort)
mapfile -t units < <(find module -name '*.c' | sort)
[ ${#units[@]} -gt 0 ] || die "no sources"

failed=0


# step NAME COMMAND...
step() {
    local name=$1 start=$SECONDS
    shift

    if "$@"; then
        say "lint: $name: ok ($((SECONDS - start)) s)"
    else
        say "lint: $name: FAILED"
        failed=1
    fi
}


# the folders of nginx's headers, as the build uses them; -isystem, so that
# what is wrong in them is not told here
includes() {
    local source=/usr/share/nginx/src dir

    sed -n '/^ALL_INCS = /,/^$/p' build/objs/Makefile |
        tr ' \\\n' '\n\n\n' | grep / | sort -u |
        while read -r dir; do
            case $dir in
            */module/*) say "-I$dir" ;;
            /*)         say "-isystem$dir" ;;
            *)          say "-isystem$source/$dir" ;;
            esac
        done
}


# one configuration: cppcheck would try every #if of the headers
cppcheck_run() {
    timeout 300 cppcheck --quiet --std=c99 --language=c \
        --enable=warning,performance,portability --inline-suppr \
        --max-configs=1 --error-exitcode=1 -j "$(nproc)" \
        --suppress=missingInclude --suppress=missingIncludeSystem \
        --suppress=unknownMacro --suppress=unmatchedSuppression \
        --template='{file}:{line}: {id}: {message}' \
        -D__linux__ -DNGX_LINUX=1 -DOPENSSL_VERSION_NUMBER=0x30000000L \
        "$@" "${units[@]}"
}


checks=-*,clang-analyzer-*,bugprone-*,cert-*,misc-redundant-expression
checks=$checks,misc-unused-parameters,performance-*

# nginx's API takes two pointers or numbers of one type everywhere
checks=$checks,-bugprone-easily-swappable-parameters
# the include guards of nginx begin with an underscore
checks=$checks,-bugprone-reserved-identifier,-cert-dcl37-c,-cert-dcl51-cpp
# nginx's macros: arguments without parentheses, sizeof of an expression,
# assignments in conditions of loops, signed and unsigned of ngx_int_t
checks=$checks,-bugprone-macro-parentheses,-bugprone-sizeof-expression
checks=$checks,-bugprone-assignment-in-if-condition
checks=$checks,-bugprone-narrowing-conversions
checks=$checks,-bugprone-implicit-widening-of-multiplication-result
checks=$checks,-bugprone-branch-clone
# memcpy() and friends are what ngx_memcpy() is
checks=$checks,-clang-analyzer-security.insecureAPI.*
# callbacks have parameters that they do not need
checks=$checks,-misc-unused-parameters
# a number in a pointer is how nginx hands data to handlers
checks=$checks,-performance-no-int-to-ptr
# the order of members is for the reader
checks=$checks,-clang-analyzer-optin.performance.Padding

# compile_commands ARGUMENT...: how each unit is compiled, for clang-tidy
compile_commands() {
    local unit comma='' arguments

    arguments=$(printf ', "%s"' -std=gnu99 "$@")

    say "["
    for unit in "${units[@]}"; do
        say "$comma{ \"directory\": \"$top\", \"file\": \"$unit\"," \
            "\"arguments\": [ \"cc\"$arguments, \"-c\", \"$unit\" ] }"
        comma=,
    done
    say "]"
}


tidy_run() {
    local log status=0
    log=$(mktemp)

    compile_commands "$@" > build/compile_commands.json

    printf '%s\n' "${units[@]}" |
        timeout 480 xargs -P "$(nproc)" -n 3 clang-tidy --quiet -p build \
            --checks="$checks" --warnings-as-errors='*' \
            --header-filter='.*/module/.*' --extra-arg=-Wno-everything \
            > "$log" 2> "$log.err" || status=$?

    if [ $status -ne 0 ]; then
        cat "$log"
        grep -v -e 'warnings\? generated' -e 'warnings\? treated' "$log.err" ||
            true
    fi

    rm -f "$log" "$log.err"
    return $status
}


step style perl .ci/style.pl "${sources[@]}"
step layers perl .ci/layers.pl "${sources[@]}"

# the generated ngx_auto_config.h is what the analysers need of a build
bash .ci/build.sh > /dev/null 2>&1 || true

if [ -e build/objs/ngx_auto_config.h ]; then
    mapfile -t includes < <(includes)
    step cppcheck cppcheck_run "${includes[@]/#-isystem/-I}" \
        --suppress='*:/usr/share/nginx/src/*' \
        --suppress='*:/usr/include/*'
    step clang-tidy tidy_run "${includes[@]}"
else
    say "lint: cppcheck, clang-tidy: FAILED (nginx could not be configured)"
    failed=1
fi

exit $failed
