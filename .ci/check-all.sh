#!/bin/bash
#
# All that there is, one after another: what .ci/run does, and what takes
# longer than one wants to wait for at each change.  About two and a half hours.
#
# usage: check-all.sh
#
# FUZZ_TIME (1200) and SOAK_TIME (300) are in seconds.

. "$(dirname "$0")/common.sh"

# each uses all processors by itself
LEGS=1

. "$top/.ci/legs.sh"

exec < /dev/null
cd "$top"

leg "what .ci/run does" 100 bash .ci/run
leg "every fault" 4 env TEST_EVERY_FAULT=1 bash .ci/test.sh t/faults*.t
leg static 4 bash .ci/static.sh
leg asan 4 bash .ci/asan.sh
leg valgrind 4 bash .ci/valgrind.sh
leg coverage 100 bash .ci/coverage.sh
leg "matrix bookworm" 12 bash .ci/matrix.sh bookworm
leg soak 8 bash .ci/soak.sh "${SOAK_TIME:-300}"
leg fuzz 8 bash .ci/fuzz.sh "${FUZZ_TIME:-1200}"

finish_legs
