#!/bin/bash
#
# Makes the certificates of the tests, once, and prints their folder.  It is
# named by the checksum of what makes it; test files that start at the same
# time wait for the first.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sum=$(cat "$here/make-pki.sh" "$here"/*.py | sha256sum | cut -c 1-12)
out=$here/out/$sum


# the one that has Debian's python3-cryptography, if there are several
python() {
    local python
    for python in /usr/bin/python3 python3; do
        if "$python" -c 'import cryptography' 2> /dev/null; then
            "$python" "$@"
            return
        fi
    done
    echo "make-pki.sh: python3-cryptography is missing" >&2
    return 1
}


# weak NAME OPTION...: what the python library refuses to issue
weak() {
    local name=$1
    shift
    openssl req -x509 -CA "$new/partners.crt" -CAkey "$new/partners.key" \
        -subj /CN=alice -addext extendedKeyUsage=clientAuth -days 8000 \
        -noenc -keyout "$new/$name.key" -out "$new/$name.crt" "$@" \
        2> "$new/log" || { cat "$new/log" >&2; return 1; }
}


if [ ! -e "$out" ]; then
    mkdir -p "$here/out"
    exec 9> "$here/out/.lock"
    flock 9

    if [ ! -e "$out" ]; then
        new=$(mktemp -d "$here/out/new.XXXXXX")
        trap 'rm -rf "$new"' EXIT

        python -B "$here/pki.py" "$new"
        weak sha1 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -sha1
        weak weak-key -newkey rsa:768

        python -B "$here/expected.py" "$new" > "$new/manifest.jsonl"

        cat > "$new/server.conf" << END
ssl_certificate      $out/server.crt;
ssl_certificate_key  $out/server.key;
ssl_protocols        TLSv1.2 TLSv1.3;
END

        chmod 755 "$new"
        mv "$new" "$out"
    fi
fi

echo "$out"
