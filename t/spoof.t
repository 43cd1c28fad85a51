# What a client sends under a name that the module sets never passes, wherever
# the request goes.

use lib 't/lib';
use AuthCert;

upstream('http');

# One server, which none of the requests reaches, sets all the headers.  What
# is forged has to go everywhere else, too; "Other" shows that headers pass.

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_policy staff { allow subject.CN=alice role=accountant; }

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_8;
        auth_cert_forward rfc9440 xfcc;
        auth_cert_header X-Client-Role $auth_cert_role;
        auth_cert_header SSL_CLIENT_VERIFY $auth_cert_verify;
    }
EOC

sub names {
    return qw(Client-Cert Client-Cert-Chain X-Forwarded-Client-Cert
              X-Client-Role SSL-Client-Verify);
}

sub lines { join "\n", map { "$_: forged" } @_ }

sub plain { lines(names()) }

sub cases { lines(names(), map { (uc, lc, ucfirst lc) } names()) }

# "-" replaced by CHARACTER, all of them and each alone
sub with {
    my $char = shift;
    my @forged;

    for my $name (names()) {
        push @forged, $name =~ s/-/$char/gr;

        for my $n (1 .. $name =~ tr/-//) {
            my $i = 0;
            push @forged, $name =~ s/-/++$i == $n ? $char : '-'/ger;
        }
    }

    return lines(@forged);
}

run_tests();

__DATA__

=== TEST 1: in a location that knows nothing of the module
--- config
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- no_tls
--- more_headers eval
main::plain() . "\nother: kept"
--- request
GET /t
--- response_body
other: kept


=== TEST 2: in one where checks are off, with and without a certificate
--- config
    auth_cert_verify partners;

    location /t {
        auth_cert_verify off;
        auth_cert off;
        auth_cert_forward off;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: none alice imposter-alice
--- more_headers eval
main::plain() . "\nother: kept"
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
[("other: kept\n") x 3]


=== TEST 3: in one that sets them, to what it sets
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_forward rfc9440;
        auth_cert_header X-Client-Role $auth_cert_role;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers eval
main::cases() . "\nother: kept\n" . main::cases()
--- request
GET /t
--- response_body eval
"other: kept\nClient-Cert: :" . der_base64('alice') . ":
X-Client-Role: accountant\n"


=== TEST 4: in any case of letters, and many times
--- config
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- no_tls
--- more_headers eval
main::cases() . "\nother: kept\n" . main::cases() . "\nOTHER: kept"
--- request
GET /t
--- response_body
other: kept
OTHER: kept


=== TEST 5: with underscores_in_headers
--- config
    underscores_in_headers on;
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- client_cert: alice
--- more_headers eval
main::with('_') . "\nan_other: kept"
--- request
GET /t
--- response_body
an_other: kept


=== TEST 6: with ignore_invalid_headers off, in any character that is no letter
--- config
    ignore_invalid_headers off;
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- client_cert: alice
--- more_headers eval
join "\n", (map { main::with($_), "an${_}other: kept" }
            split //, '_.+!#$%&\'*^`|~()<>@,;\\"/[]?={}'), "an\xa0other: kept",
           main::with("\xa0"), main::with("\xad")
--- request
GET /t
--- response_body eval
join '', map { "an${_}other: kept\n" }
         split //, '_.+!#$%&\'*^`|~()<>@,;\\"/[]?={}' . "\xa0"


=== TEST 7: names that only look alike are others
--- config
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- no_tls
--- more_headers
Client-Certs: kept
XClient-Role: kept
Client--Cert: kept
X-Client-Role-: kept
ClientCert: kept
--- request
GET /t
--- response_body
Client-Certs: kept
XClient-Role: kept
Client--Cert: kept
X-Client-Role-: kept
ClientCert: kept


=== TEST 8: in another server of the same address
--- http_config eval
join '', map { "
    server {
        server_name $_;
" . tls_server(1) . "
        location /t { proxy_pass http://\$TEST_NGINX_HTTP; }
    }
" } 'a.example', 'b.example'
--- config
    location /t { echo none; }
--- client_cert: alice
--- sni: a.example b.example a.example
--- more_headers eval
[map { main::plain() . "\nother: kept\nHost: $_" }
 'a.example', 'b.example', 'b.example']
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
[("other: kept\n") x 3]


=== TEST 9: with HTTP/2
--- config
    underscores_in_headers on;
    ignore_invalid_headers off;
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- client_cert: alice
--- http_version: 2
--- more_headers eval
join "\n", main::lines(map { (lc) x 3 } main::names()), main::with('_'),
           main::with('.'), "other: kept", "an_other: kept", "an.other: kept"
--- request
GET /t
--- response_body
other: kept
an_other: kept
an.other: kept


=== TEST 10: with HTTP/2, where the headers are set
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_forward rfc9440;
        auth_cert_header X-Client-Role $auth_cert_role;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- http_version: 2
--- more_headers eval
main::plain() . "\nother: kept"
--- request
GET /t
--- response_body eval
"other: kept\nClient-Cert: :" . der_base64('alice') . ":
X-Client-Role: accountant\n"


=== TEST 11: with HTTP/1.0
--- config
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- no_tls
--- raw_request eval
"GET /t HTTP/1.0\r\nHost: localhost\r\n" . (main::plain() =~ s/\n/\r\n/gr)
. "\r\nother: kept\r\n\r\n"
--- response_body
other: kept


=== TEST 12: among two hundred headers, at each boundary of nginx's list
--- config
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- no_tls
--- more_headers eval
join "\n", map { $_ % 20 < 3 ? "X-Client-Role: forged" : "Other-$_: kept" }
           3 .. 202
--- request
GET /t
--- response_body eval
join '', map { $_ % 20 < 3 ? () : "Other-$_: kept\n" } 3 .. 202


=== TEST 13: as the last of however many headers
--- config
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- no_tls
--- more_headers eval
[map { join "\n", (map { "Other-$_: kept" } 1 .. $_), "X-Client-Role: forged" }
 16 .. 21, 36 .. 41]
--- request eval
[("GET /t") x 12]
--- response_body eval
[map { join '', map { "Other-$_: kept\n" } 1 .. $_ } 16 .. 21, 36 .. 41]


=== TEST 14: whatever number of headers is left
--- config
    location /t {
        auth_cert_header X-Client-Role reader;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- no_tls
--- more_headers eval
[map { join "\n", "X-Client-Role: forged", map { "Other-$_: kept" } 1 .. $_ }
 15 .. 21, 38 .. 41]
--- request eval
[("GET /t") x 11]
--- response_body eval
[map { join '', (map { "Other-$_: kept\n" } 1 .. $_),
                "X-Client-Role: reader\n" }
 15 .. 21, 38 .. 41]


=== TEST 15: when nothing else was sent
--- config
    location /t {
        proxy_set_header Connection close;
        proxy_pass http://$TEST_NGINX_HTTP:/t?all;
    }
--- no_tls
--- raw_request eval
"GET /t HTTP/1.0\r\n" . ("X-Client-Role: forged\r\n" x 100) . "\r\n"
--- response_body
Connection: close
Host: localhost


=== TEST 16: beside a name of eight kilobytes
--- config
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- no_tls
--- more_headers eval
join "\n", "X-Client-Role: forged", 'N' x 8000 . ": kept", "X-Client-Role: x"
--- request
GET /t
--- response_body eval
'N' x 8000 . ": kept\n"


=== TEST 17: in a folded line, which is no HTTP any more
--- config
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- no_tls
--- raw_request eval
["GET /t HTTP/1.1\r\nHost: x\r\nOther: 1\r\n X-Client-Role: forged\r\n\r\n"]
--- error_code: 400


=== TEST 18: with a space before the colon, which is none either
--- config
    ignore_invalid_headers off;
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- no_tls
--- raw_request eval
["GET /t HTTP/1.1\r\nHost: x\r\nX-Client-Role : forged\r\n\r\n"]
--- error_code: 400


=== TEST 19: in the trailer of a body
--- config
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- client_cert: alice
--- raw_request eval
"POST /t HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
. "Transfer-Encoding: chunked\r\nother: kept\r\n\r\n"
. "4\r\nbody\r\n0\r\nX-Client-Role: forged\r\nClient-Cert: forged\r\n\r\n"
--- response_body
other: kept

body


=== TEST 20: in each request of a connection
--- config
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- client_cert: alice
--- keep_connection
--- more_headers eval
[main::plain(), "other: kept", main::plain() . "\nother: kept"]
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
["nothing\n", "other: kept\n", "other: kept\n"]


=== TEST 21: in pipelined requests
--- config
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- client_cert: alice
--- more_headers eval
main::plain() . "\nother: kept"
--- pipelined_requests eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
[("other: kept\n") x 3]


=== TEST 22: as an option of the connection, that is passed on
--- config
    location /t {
        auth_cert_header X-Client-Role reader;
        keepalive_timeout 0;
        proxy_set_header Connection $http_connection;
        proxy_http_version 1.1;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- protocols: 1.1
--- client_cert: alice
--- more_headers eval
[map { "Connection: $_" } 'x-other', 'X-Client-Role', 'close, x_client_role',
 'Close,CLIENT-CERT ,x-other', "close,\x0bx-client-role\x0b", 'client-cert',
 '"X-Client-Role"', 'close; X-Client-Role', "close,\xa0X-Client-Role\xa0",
 "close,\xc2\xa0client-cert", "client-cert\x85,close",
 "close\xa0client-cert", "client\xa0cert", 'close;X-Client-Role',
 "close,\x7fclient\xa0cert\x7f"]
--- request eval
[("GET /t") x 15]
--- response_body eval
my $role = "X-Client-Role: reader\n";
["Connection: x-other\n$role", ($role) x 14]


=== TEST 23: in conditions of the rewrite phase
--- config
    if ($http_x_client_role) {
        set $server "forged";
    }

    location /t {
        set $copy $http_x_client_role$http_client_cert;

        if ($http_x_client_role) {
            set $location "forged";
        }

        echo "<$server$location$copy$http_ssl_client_verify>";
    }
--- no_tls
--- more_headers eval
main::plain()
--- request
GET /t
--- response_body
<>


=== TEST 24: in subrequests
--- config
    location /t {
        echo_location /sub;
        echo_subrequest POST /sub -b body;
    }

    location /sub { proxy_pass http://$TEST_NGINX_HTTP; }
--- client_cert: alice
--- more_headers eval
main::plain() . "\nother: kept"
--- request
GET /t
--- response_body
other: kept
other: kept

body


=== TEST 25: what a location sets is not for its subrequests, and stays its own
--- config
    location /t {
        auth_cert_header X-Client-Role outer;
        auth_request /auth;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /auth {
        internal;
        proxy_pass http://$TEST_NGINX_HTTP:/auth?log;
    }

    location /seen { alias $TEST_NGINX_HTTP_LOG; }
--- client_cert: alice
--- more_headers eval
main::plain() . "\nother: 24"
--- request eval
["GET /t", "GET /seen"]
--- response_body_like eval
["^other: 24\nX-Client-Role: outer\n\$", "(?<!outer\n)other: 24\n\$"]
--- response_body_unlike eval
["forged", "forged|other: 24\nX-Client-Role"]


=== TEST 26: in the request that is made for auth_request
--- config
    location /t {
        auth_request /auth;
        echo passed;
    }

    location /auth {
        internal;
        auth_cert_header X-Client-Role inner;
        proxy_pass http://$TEST_NGINX_HTTP:/auth?log;
    }

    location /seen { alias $TEST_NGINX_HTTP_LOG; }
--- client_cert: alice
--- more_headers eval
main::plain() . "\nother: 25"
--- request eval
["GET /t", "GET /seen"]
--- response_body_like eval
["^passed\n\$", "other: 25\nX-Client-Role: inner\n\$"]
--- response_body_unlike: forged


=== TEST 27: in a mirrored request
--- config
    location /t {
        mirror /mirror;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location /mirror {
        internal;
        proxy_pass http://$TEST_NGINX_HTTP:/mirror?log;
    }

    location /seen { alias $TEST_NGINX_HTTP_LOG; }
--- client_cert: alice
--- more_headers eval
main::plain() . "\nother: 26"
--- request eval
["POST /t\nbody", "GET /seen"]
--- response_body_like eval
["^other: 26\n\nbody\n\$", "other: 26\n\nbody\n\$"]
--- response_body_unlike: forged


=== TEST 28: in what SSI includes
--- config
    location /t {
        ssi on;
        ssi_types *;
        alias html/t.txt;
    }

    location /sub { proxy_pass http://$TEST_NGINX_HTTP; }
--- user_files
>>> t.txt
<!--# include virtual="/sub" -->and<!--# include virtual="/sub" -->
--- client_cert: alice
--- more_headers eval
main::plain() . "\nother: kept"
--- request
GET /t
--- response_body eval
"other: kept\nandother: kept\n\n"


=== TEST 29: after a redirect of error_page
--- config
    location /t {
        auth_cert_header X-Client-Role outer;
        proxy_pass http://127.0.0.1:1;
        error_page 502 =200 /error;
    }

    location /error { proxy_pass http://$TEST_NGINX_HTTP; }
--- client_cert: alice
--- more_headers eval
main::plain() . "\nother: kept"
--- request
GET /t
--- response_body
other: kept
--- error_log
connect() failed


=== TEST 30: in a named location
--- config
    location /t {
        auth_cert_header X-Client-Role outer;
        proxy_pass http://127.0.0.1:1;
        error_page 502 =200 @error;
    }

    location @error {
        set $copy $http_x_client_role;
        proxy_set_header Copy $copy;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers eval
main::plain() . "\nother: kept"
--- request
GET /t
--- response_body
other: kept
--- error_log
connect() failed


=== TEST 31: after try_files
--- config
    location /t {
        auth_cert_header X-Client-Role outer;
        try_files $uri /nothing @fallback;
    }

    location @fallback { proxy_pass http://$TEST_NGINX_HTTP; }
--- client_cert: alice
--- more_headers eval
main::plain() . "\nother: kept"
--- request
GET /t
--- response_body
other: kept


=== TEST 32: after a rewrite and an index
--- config
    location /t {
        auth_cert_header X-Client-Role outer;
        rewrite ^ /final last;
    }

    location /d/ {
        auth_cert_header X-Client-Role outer;
        alias html/d/;
        index page;
    }

    location = /d/page { proxy_pass http://$TEST_NGINX_HTTP; }
    location /final { proxy_pass http://$TEST_NGINX_HTTP; }
--- user_files
>>> d/page
--- client_cert: alice
--- more_headers eval
main::plain() . "\nother: kept"
--- request eval
["GET /t", "GET /d/"]
--- response_body eval
["other: kept\n", "other: kept\n"]


=== TEST 33: after the redirect that an upstream asks for
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_7;
        add_header X-Accel-Redirect /final;
        location / { echo redirect; }
    }
--- config
    location /t {
        auth_cert_header X-Client-Role outer;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_7;
    }

    location /final {
        internal;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers eval
main::plain() . "\nother: kept"
--- request
GET /t
--- response_body
other: kept


=== TEST 34: where ssl_verify_client refuses before any phase
--- config
    ssl_verify_client on;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    error_page 495 496 =200 /refused;

    location /t { echo passed; }

    location /refused {
        set $copy $http_x_client_role$http_client_cert;
        proxy_set_header Copy $copy;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: none ops-carol
--- more_headers eval
main::plain() . "\nother: kept"
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["other: kept\n", "other: kept\n"]


=== TEST 35: where it does, and the location has a name
--- config
    ssl_verify_client on;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    error_page 495 496 =200 @refused;

    location /t { echo passed; }

    location @refused {
        if ($http_x_client_role) {
            set $copy forged;
        }

        proxy_set_header Copy $copy;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: none ops-carol
--- more_headers eval
main::plain() . "\nother: kept"
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["other: kept\n", "other: kept\n"]


=== TEST 36: where it does, conditions of the server see nothing
--- config
    ssl_verify_client on;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    error_page 495 496 =200 /refused;

    if ($http_x_client_role) {
        set $copy forged;
    }

    location /refused {
        proxy_set_header Copy $copy;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: none
--- more_headers eval
main::plain() . "\nother: kept"
--- request
GET /t
--- response_body
other: kept


=== TEST 37: where nginx refuses the request itself
--- config
    error_page 400 =200 /bad;

    location /bad {
        set $copy $http_x_client_role;
        proxy_set_header Copy $copy;
        proxy_set_header Host x;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- no_tls
--- raw_request eval
["GET /t HTTP/1.1\r\nConnection: close\r\nother: kept\r\n"
 . (main::plain() =~ s/\n/\r\n/gr) . "\r\n\r\n"]
--- response_body
other: kept


=== TEST 38: for X-Forwarded-Client-Cert of a request that was refused so
--- config
    ssl_verify_client on;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    error_page 496 =200 /refused;

    location /refused {
        auth_cert_forward xfcc append_forward;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: none
--- more_headers
X-Forwarded-Client-Cert: Hash=aa
--- request
GET /t
--- response_body
nothing


=== TEST 39: as what PHP takes for a part of one
--- config
    ignore_invalid_headers off;
    underscores_in_headers on;
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- client_cert: alice
--- more_headers
X-Client-Role[0]: forged
X-Client-Role[]: forged
x_client_role[a][b]: forged
X-Client-Role[0]more: forged
Client-Cert[: forged
X-Client[Role]: kept
[X-Client-Role]: kept
--- request
GET /t
--- response_body
X-Client[Role]: kept
[X-Client-Role]: kept
