# Functions that make certificates for trying things out; read with ".".
# $certs is the folder they are written to.  They are valid for two days.


# openssl_quietly ARGUMENT...: shows what openssl says only when it fails
openssl_quietly() {
    local said

    said=$(openssl "$@" 2>&1 < /dev/null) || { printf '%s\n' "$said" >&2
                                              return 1; }
}


# authority NAME SUBJECT [ISSUER]: a CA; without an issuer a root
authority() {
    local name=$1 subject=$2 issuer=${3-}
    local sign=()

    [ -z "$issuer" ] ||
        sign=(-CA "$certs/$issuer.crt" -CAkey "$certs/$issuer.key")

    openssl_quietly req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
        -noenc -days 2 -subj "$subject" "${sign[@]}" \
        -addext keyUsage=critical,keyCertSign,cRLSign \
        -keyout "$certs/$name.key" -out "$certs/$name.crt"

    # what a client has to send above its own certificate
    if [ -n "$issuer" ]; then
        cat "$certs/$name.crt" "$certs/$issuer.chain" > "$certs/$name.chain"
    else
        : > "$certs/$name.chain"
    fi
}


# certificate NAME ISSUER SUBJECT USAGE [EXTENSION...]: NAME.crt, NAME.key,
# and NAME.pem, which is both and the chain
certificate() {
    local name=$1 issuer=$2 subject=$3 usage=$4 extension
    local more=()
    shift 4

    for extension in "$@"; do
        more+=(-addext "$extension")
    done

    openssl_quietly req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
        -noenc -days 2 -subj "$subject" \
        -CA "$certs/$issuer.crt" -CAkey "$certs/$issuer.key" \
        -addext basicConstraints=critical,CA:FALSE \
        -addext extendedKeyUsage="$usage" "${more[@]}" \
        -keyout "$certs/$name.key" -out "$certs/$name.crt"

    cat "$certs/$issuer.chain" >> "$certs/$name.crt"
    cat "$certs/$name.crt" "$certs/$name.key" > "$certs/$name.pem"
}


# server NAME SAN...: a server's certificate, issued by a CA of its own, ca
server() {
    local name=$1 san
    shift

    [ -e "$certs/ca.crt" ] || authority ca "/CN=CA of the servers"

    san=$(printf ',%s' "$@")
    certificate "$name" ca "/CN=$name" serverAuth "subjectAltName=${san#,}"
}


# client NAME ISSUER SUBJECT [EXTENSION...]
client() {
    local name=$1 issuer=$2 subject=$3
    shift 3

    certificate "$name" "$issuer" "$subject" clientAuth "$@"
}


# revoked ISSUER NAME...: ISSUER.crl, the issuer's CRL with these certificates
revoked() {
    local issuer=$1 name
    local new=$certs/$issuer.new
    shift

    for name in "$@"; do
        printf 'R\t491231235959Z\t%s\t%s\tunknown\t/CN=%s\n' \
            "$(date -u +%y%m%d%H%M%SZ)" \
            "$(openssl x509 -in "$certs/$name.crt" -noout -serial |
               sed 's/.*=//')" "$name"
    done > "$new.index"

    [ -e "$certs/$issuer.number" ] || echo 01 > "$certs/$issuer.number"

    printf '%s\n' '[ ca ]' 'default_ca = ca' 'default_md = sha256' \
        'default_crl_days = 2' "database = $new.index" \
        "crlnumber = $certs/$issuer.number" > "$new.conf"

    openssl_quietly ca -gencrl -config "$new.conf" -name ca \
        -cert "$certs/$issuer.crt" -keyfile "$certs/$issuer.key" -out "$new"

    # at once: nginx may be reading
    mv "$new" "$certs/$issuer.crl"
    rm -f "$new".*
}
