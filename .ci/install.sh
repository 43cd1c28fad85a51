#!/bin/bash
#
# Copies the modules that were built into the modules folder of nginx.
#
# usage: install.sh [DESTDIR]

. "$(dirname "$0")/common.sh"

to=${1-}$(modules_path)

install -d "$to"
install -m 644 "$build"/ngx_*auth_cert_module.so "$to/"

say "installed into $to:"
say "put \"load_module modules/ngx_http_auth_cert_module.so;\" at the top" \
    "of nginx.conf"
