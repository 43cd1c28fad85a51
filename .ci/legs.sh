# Legs side by side, each with its time and what it said; read with ".", after
# common.sh.
#
# LEGS sets how many run at a time (as many as there are processors).  What a
# leg said is kept in build/log/NAME.

legs_at_a_time=${LEGS:-$(nproc)}
legs_passed=0
legs_failed=0
legs_names=()           # by process id

mkdir -p "$build/log"
legs_state=$(mktemp -d)
trap 'rm -rf "$legs_state"' EXIT


# leg NAME LINES COMMAND...: runs it when there is room; LINES of what it said
# are shown when it passes, 200 when it fails
leg() {
    local name=$1 lines=$2 start
    local log="$build/log/${1//[^-A-Za-z0-9.]/_}"
    shift 2

    while [ ${#legs_names[@]} -ge "$legs_at_a_time" ]; do
        wait_for_a_leg
    done

    # not "|| status=$?": in a function of the caller, what fails would go on

    (
        start=$SECONDS
        set +e
        ( set -e; "$@" ) > "$log" 2>&1
        status=$?
        say "$status $((SECONDS - start)) $lines $log" > "$legs_state/$name"
    ) &

    legs_names[$!]=$name
    say "-- $name: started"
}


wait_for_a_leg() {
    local pid name status seconds lines log

    wait -n -p pid "${!legs_names[@]}" || true
    name=${legs_names[$pid]}
    unset "legs_names[$pid]"

    read -r status seconds lines log < "$legs_state/$name"
    say "== $name"

    if [ "$status" -eq 0 ]; then
        legs_passed=$((legs_passed + 1))
        tail -n "$lines" "$log"
        say "== $name: passed in $seconds s"
    else
        legs_failed=$((legs_failed + 1))
        tail -n 200 "$log"
        say "== $name: FAILED ($status) in $seconds s," \
            "all of it in ${log#"$top/"}"
    fi

    say
}


# wait_for_legs: for all that run
wait_for_legs() {
    while [ ${#legs_names[@]} -gt 0 ]; do
        wait_for_a_leg
    done
}


# finish_legs: says how many passed; fails if one did not
finish_legs() {
    wait_for_legs
    say "$legs_passed passed, $legs_failed failed"
    [ $legs_failed -eq 0 ]
}
