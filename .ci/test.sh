#!/bin/bash
#
# Runs the tests against the installed nginx, in parallel, in random order.
#
# usage: test.sh [FILE|FOLDER]...
#
# TEST_JOBS sets how many files run at a time, PROVE more options of prove.

. "$(dirname "$0")/common.sh"

bash "$top/.ci/deps.sh" test
bash "$top/.ci/get-test-nginx.sh"
bash "$top/.ci/build.sh"

cd "$top"

bash t/pki/make-pki.sh > /dev/null

export PERL5LIB=$top/t/lib${PERL5LIB:+:$PERL5LIB}
export TEST_NGINX_BINARY=${TEST_NGINX_BINARY:-$(nginx_binary)}
export TEST_NGINX_RANDOMIZE=1
export TEST_NGINX_MODULES=$(modules_path)
export TEST_NGINX_LOAD_MODULES="
    $build/ngx_http_auth_cert_module.so
    $TEST_NGINX_MODULES/ngx_http_echo_module.so"

exec prove -j"${TEST_JOBS:-4}" ${PROVE-} "${@:-t}"
