#!/bin/bash
#
# Runs make-crl.py with the python that has what it needs; see there.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

for python in /usr/bin/python3 python3; do
    if "$python" -c 'import cryptography' 2> /dev/null; then
        exec "$python" "$here/make-crl.py" "$@"
    fi
done

echo "make-crl.sh: python3-cryptography is missing" >&2
exit 1
