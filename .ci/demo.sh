#!/bin/bash
#
# Shows the module at work: builds it, starts an nginx of its own on free
# loopback ports, and lets curl play the clients.  Nothing stays behind.

. "$(dirname "$0")/common.sh"

export PATH=$PATH:/usr/sbin

bash "$top/.ci/deps.sh" demo
bash "$top/.ci/build.sh"

dir=$(mktemp -d "${TMPDIR:-/tmp}/auth_cert_demo.XXXXXX")
chmod 755 "$dir"
nginx=$(nginx_binary)

cleanup() {
    local pid

    # nginx removes its pid file when it is done

    for pid in "$dir"/*.pid; do
        [ ! -s "$pid" ] || kill -TERM "$(cat "$pid")" 2>/dev/null || true
    done

    for _ in $(seq 50); do
        compgen -G "$dir/*.pid" > /dev/null || break
        sleep 0.1
    done

    rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 1' INT TERM


certs=$dir
. "$top/examples/certs.sh"


make_pki() {
    authority partners "/O=Acme/CN=Acme CA"
    authority strangers "/O=Elsewhere/CN=Unknown CA"

    server server DNS:localhost

    client alice partners "/O=Acme, Inc./CN=alice" \
        subjectAltName=URI:spiffe://prod.example/ns/billing/sa/web
    client mallory partners "/O=Acme, Inc./CN=mallory"
    client stranger strangers "/O=Acme, Inc./CN=alice" \
        subjectAltName=URI:spiffe://prod.example/ns/billing/sa/web
}


free_ports() {
    perl -MIO::Socket::INET -e '
        my @sockets = map { IO::Socket::INET->new(Listen => 1,
                                LocalAddr => "127.0.0.1") } 1 .. 2;
        print join(" ", map { $_->sockport } @sockets), "\n"'
}


# basics NAME: what an nginx of its own in this folder has to say
basics() {
    cat << END
pid        $dir/$1.pid;
error_log  $dir/$1.log info;

events {
}

http {
    access_log             off;
    client_body_temp_path  $dir/$1.body;
    proxy_temp_path        $dir/$1.proxy;
    fastcgi_temp_path      $dir/$1.fastcgi;
    scgi_temp_path         $dir/$1.scgi;
    uwsgi_temp_path        $dir/$1.uwsgi;

END
}


shown_configuration() {
    cat << END
    auth_cert_trust partners {
        ca  $dir/partners.crt;
    }

    auth_cert_policy billing {
        allow  san.uri=spiffe://prod.example/ns/billing/**  role=service;
        deny   all;
    }

    server {
        listen               127.0.0.1:$port ssl;
        ssl_certificate      $dir/server.crt;
        ssl_certificate_key  $dir/server.key;

        location / {
            proxy_pass http://127.0.0.1:$upstream;
        }

        location /billing/ {
            auth_cert_verify   partners;
            auth_cert          billing;
            auth_cert_forward  rfc9440;
            auth_cert_header   X-Client-Role \$auth_cert_role;
            proxy_pass         http://127.0.0.1:$upstream;
        }

        location = /whoami {
            auth_cert_verify  partners;
            auth_cert         billing;
            auth_cert_whoami;
        }
    }
END
}


# the service behind: another nginx, without the module
upstream_configuration() {
    cat << END
    server {
        listen 127.0.0.1:$upstream;
        default_type text/plain;

        location / {
            return 200 "the upstream saw
  X-Client-Role: \$http_x_client_role
  Client-Cert: \$http_client_cert
";
        }
    }
END
}


write_configurations() {
    {
        say "load_module $build/ngx_http_auth_cert_module.so;"
        basics front
        shown_configuration
        say "}"
    } > "$dir/front.conf"

    {
        basics upstream
        upstream_configuration
        say "}"
    } > "$dir/upstream.conf"
}


# run NAME
run() {
    "$nginx" -e "$dir/$1.log" -p "$dir" -c "$dir/$1.conf" 2> "$dir/log"
}


start() {
    for _ in 1 2 3 4 5; do
        read -r port upstream < <(free_ports)
        write_configurations

        if run upstream && run front; then
            return
        fi

        # somebody else was faster to take a port
        grep -q 'bind()' "$dir/log" || break

        [ ! -s "$dir/upstream.pid" ] || kill "$(cat "$dir/upstream.pid")"
        sleep 0.5
    done

    cat "$dir/log" >&2
    die "nginx does not start"
}


shown=0
good=0

# readable: HTML without its tags; of JSON a line for each member
readable() {
    perl -0777 -pe '
        s{<title>.*?</title>|<[^>]*>|\r}{}g;
        s{([A-Za-z0-9+/]{40})[A-Za-z0-9+/=]{40,}(?=:$)}{$1...}gm;
        s{^\s*\n}{}gm;

        if (/^\{"/) {
            my ($depth, $apart) = (0, 1);

            s{("identity": )|("(?:[^"\\]|\\.)*")|([\{\[])|([\}\]])|(,) }{
                $apart = 2 if $1;
                $depth++ if $3;
                $apart = 1 if $4 && $depth == 2;
                my $end = $4 && $depth == 1 ? "\n" : "";
                $depth-- if $4;

                ($3 || $5) && $depth <= $apart ? ($5 // $3) . "\n"
                                                 . "    " x $depth
                                               : "$end$&"
            }ge;
        }' | fold -s -w 110 | sed 's/^/   | /'
}


# why nginx refused the client that came last, by its error log
logged_since() {
    tail -n +"$1" "$dir/front.log" |
        sed -n 's/.*client certificate refused: \(.*\), client: .*/\1/p' |
        sed 's/, subject: .*//; s/^/   log: refused: /'
}


# try TITLE STATUS PATTERN ARGUMENT... PATH: PATTERN (a regular expression of
# perl) has to match the body
try() {
    local title=$1 status=$2 pattern=$3 path=${*: -1} body code lines
    local verdict=ok
    shift 3
    set -- "${@:1:$#-1}"

    shown=$((shown + 1))
    printf '\n%d. %s\n' $shown "$title"
    printf '   $ curl %shttps://localhost:%s%s\n' \
        "$([ $# -eq 0 ] || printf "'%s' " "$@" |
           sed "s/'\([-a-zA-Z.]*\)'/\1/g")" "$port" "$path"

    lines=$(wc -l < "$dir/front.log")

    code=$(cd "$dir" && curl -sS --max-time 10 --cacert ca.crt -o answer \
               -w '%{http_code}' "$@" "https://localhost:$port$path" 2>&1) ||
        true
    body=$(cat "$dir/answer" 2>/dev/null) || true
    rm -f "$dir/answer"

    readable <<< "$body"
    logged_since $((lines + 1))

    [ "$code" = "$status" ] || verdict="NOT as expected ($status)"
    matches "$pattern" "$body" || verdict="NOT as expected: /$pattern/"

    [ "$verdict" != ok ] || good=$((good + 1))
    printf '   status %s: %s\n' "$code" "$verdict"
}


matches() {
    pattern=$1 perl -0777 -ne 'exit !/$ENV{pattern}/' <<< "$2"
}


make_pki
start

say
say "nginx listens on https://localhost:$port with this configuration:"
say
shown_configuration | sed "s|$dir/||"

cat << END

Three clients have certificates:

  alice     of Acme CA, for spiffe://prod.example/ns/billing/sa/web
  mallory   of Acme CA, without a SPIFFE ID
  stranger  of another CA, with the names of alice

What they do, and what comes back. (Each curl has --cacert ca.crt, too.)
END

alice=(--cert alice.pem)
mallory=(--cert mallory.pem)
stranger=(--cert stranger.pem)

try "alice has a SPIFFE ID that the policy allows" \
    200 'X-Client-Role: service\n +Client-Cert: :[\w+/=]{100,}:\n' \
    "${alice[@]}" /billing/

try "mallory's certificate verifies, too, but no rule allows it" \
    403 'Forbidden' "${mallory[@]}" /billing/

try "the stranger's does not (nginx's status 495, for which it answers 400)" \
    400 'SSL certificate error' "${stranger[@]}" /billing/

try "no certificate (496, so 400)" \
    400 'No required SSL certificate was sent' /billing/

try "alice forges the headers: the upstream sees what the module sets" \
    200 'X-Client-Role: service\n +Client-Cert: :MI' \
    "${alice[@]}" -H 'X-Client-Role: admin' -H 'Client-Cert: :forged:' \
    /billing/

try "anybody forges them where no certificate is needed: removed" \
    200 'X-Client-Role: *\n +Client-Cert: *\n' \
    -H 'X-Client-Role: admin' -H 'Client-Cert: :forged:' /

try "what nginx knows about alice, and why it lets her in" \
    200 '"decision": *"allow".*"role": *"service"' "${alice[@]}" /whoami

try "the same for mallory, whom it refuses" \
    403 '"decision": *"deny".*"reason": *"rule 2 of policy billing"' \
    "${mallory[@]}" /whoami

say
say "More to try: examples/README.md. What to write: docs/directives.md."
say
say "demo: $good of $shown verdicts as expected"

[ $good -eq $shown ]
