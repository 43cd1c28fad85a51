# What fastcgi_pass, scgi_pass and uwsgi_pass send: CGI variables, of which no
# header of a client must become one that the module sets.

use lib 't/lib';
use AuthCert;

upstream($_) for qw(fastcgi scgi uwsgi);

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_policy staff { allow subject.CN=alice role=accountant; }
    auth_cert_verify partners optional;
EOC

# TEXT in a location for each protocol
sub each_kind {
    my $text = shift;

    return join '', map { "
    location /$_ {
        $text
        ${_}_param QUERY_STRING \$query_string;
        ${_}_param CONTENT_LENGTH \$content_length;
        ${_}_pass \$TEST_NGINX_\U$_;
    }
" } qw(fastcgi scgi uwsgi);
}

sub headers {
    return "HTTP_CLIENT_CERT: :" . der_base64('alice') . ":\n"
           . "HTTP_X_FORWARDED_CLIENT_CERT: Hash=" . fingerprint('alice')
           . ';Subject="CN=alice,OU=Platform,OU=Billing,O=Acme\, Inc."'
           . ";URI=spiffe://prod.example/ns/billing/sa/web"
           . ";DNS=alice.partners.example\n"
           . "HTTP_X_CLIENT_ROLE: accountant\n"
           . "HTTP_SSL_CLIENT_VERIFY: SUCCESS\n";
}

sub setting {
    return 'auth_cert staff;
        auth_cert_forward rfc9440 xfcc;
        auth_cert_header X-Client-Role $auth_cert_role;
        auth_cert_header SSL_CLIENT_VERIFY $auth_cert_verify;';
}

run_tests();

__DATA__

=== TEST 1: the headers arrive once
--- config eval
main::each_kind(main::setting())
--- client_cert: alice
--- more_headers
Other: kept
Client-Cert: forged
X-Client-Role: admin
X-Forwarded-Client-Cert: forged
--- request eval
["GET /fastcgi", "GET /scgi", "GET /uwsgi"]
--- response_body eval
[("HTTP_OTHER: kept\n" . headers()) x 3]


=== TEST 2: what would become the same variable does not arrive
--- config eval
"underscores_in_headers on; ignore_invalid_headers off;
" . main::each_kind(main::setting())
--- client_cert: alice
--- more_headers eval
join "\n", (map { ("Client${_}Cert: forged", "CLIENT${_}cert${_}Chain: forged",
                   "X-Client${_}Role: admin", "x${_}client${_}role: admin",
                   "X${_}Client-Role: admin",
                   "ssl${_}client${_}verify: SUCCESS",
                   "X${_}Forwarded${_}Client${_}Cert: forged") }
            qw(- _ . + ~ ! $)), "An_other: kept", "Another.one: kept"
--- request eval
["GET /fastcgi", "GET /scgi", "GET /uwsgi"]
--- response_body eval
[("HTTP_AN_OTHER: kept\nHTTP_ANOTHER.ONE: kept\n" . headers()) x 3]


=== TEST 3: nor does it without a certificate
--- config eval
"underscores_in_headers on; ignore_invalid_headers off;
" . main::each_kind('
        auth_cert_forward rfc9440 xfcc;
        auth_cert_header X-Client-Role $auth_cert_role;')
--- client_cert: none
--- more_headers eval
join "\n", (map { ("Client${_}Cert: forged", "CLIENT${_}cert${_}Chain: forged",
                   "X-Client${_}Role: admin", "x${_}client${_}role: admin",
                   "X${_}Forwarded${_}Client${_}Cert: forged") }
            qw(- _ . + ~ ! $)), "Other: kept"
--- request eval
["GET /fastcgi", "GET /scgi", "GET /uwsgi"]
--- response_body eval
[("HTTP_OTHER: kept\n") x 3]


=== TEST 4: nor does it where only another location sets the header
--- config eval
main::each_kind('auth_cert_verify off;')
. "location /other {" . main::setting() . "}
   underscores_in_headers on;"
--- client_cert: alice
--- more_headers
Client-Cert: forged
Client_Cert: forged
X_Client_Role: admin
SSL_CLIENT_VERIFY: SUCCESS
Other: kept
--- request eval
["GET /fastcgi", "GET /scgi", "GET /uwsgi"]
--- response_body eval
[("HTTP_OTHER: kept\n") x 3]


=== TEST 5: HTTP/2 to the client makes no difference
--- config eval
main::each_kind(main::setting())
--- client_cert: alice
--- http_version: 2
--- more_headers
Other: kept
Client-Cert: forged
X-Client-Role: admin
--- request eval
["GET /fastcgi", "GET /scgi", "GET /uwsgi"]
--- response_body eval
[("HTTP_OTHER: kept\n" . headers()) x 3]


=== TEST 6: with a body
--- config eval
main::each_kind(main::setting())
--- client_cert: alice
--- more_headers
X-Client-Role: admin
--- request eval
["POST /fastcgi\nsome body", "POST /scgi\nsome body",
 "POST /uwsgi\nsome body"]
--- response_body eval
[(headers() . "\nsome body\n") x 3]


=== TEST 7: in subrequests, to each kind from one request
--- config eval
"location /t {
    echo_location /fastcgi;
    echo_location /scgi;
    echo_location /uwsgi;
}" . main::each_kind(main::setting())
--- client_cert: alice
--- more_headers
Other: kept
X-Client-Role: admin
--- request
GET /t
--- response_body eval
join '', ("HTTP_OTHER: kept\n" . headers()) x 3


=== TEST 8: the requests of a connection have nothing of each other
--- config eval
main::each_kind('auth_cert_header X-Query $arg_q;')
--- client_cert: alice
--- keep_connection
--- more_headers eval
["X-Query: forged", "", "X_Query: forged", "Other: kept"]
--- request eval
["GET /fastcgi?q=1", "GET /scgi", "GET /uwsgi?q=3", "GET /fastcgi?q=4"]
--- response_body eval
["HTTP_X_QUERY: 1\n", "nothing\n", "HTTP_X_QUERY: 3\n",
 "HTTP_OTHER: kept\nHTTP_X_QUERY: 4\n"]


=== TEST 9: the requests of a connection that is kept to the upstream neither
--- http_config
    upstream kept {
        server $TEST_NGINX_FASTCGI;
        keepalive 1;
    }
--- config
    location /t {
        auth_cert_header X-Query $arg_q;
        fastcgi_param QUERY_STRING $query_string;
        fastcgi_keep_conn on;
        fastcgi_pass kept;
    }
--- client_cert: alice none alice
--- request eval
["GET /t?q=1", "GET /t", "GET /t?q=3"]
--- response_body eval
["HTTP_X_QUERY: 1\n", "nothing\n", "HTTP_X_QUERY: 3\n"]


=== TEST 10: a parameter of the same name takes precedence
--- config eval
join '', map { "
    location /$_ {
        auth_cert_header X-Client-Role reader;
        auth_cert_header X-Gate front;
        ${_}_param HTTP_X_CLIENT_ROLE writer;
        ${_}_pass \$TEST_NGINX_\U$_;
    }
" } qw(fastcgi scgi uwsgi)
--- client_cert: alice
--- more_headers
X-Client-Role: admin
--- request eval
["GET /fastcgi", "GET /scgi", "GET /uwsgi"]
--- response_body eval
[("HTTP_X_CLIENT_ROLE: writer\nHTTP_X_GATE: front\n") x 3]


=== TEST 11: a location that passes no headers passes none of these
--- config eval
join '', map { "
    location /$_ {
        auth_cert_forward rfc9440;
        auth_cert_header X-Client-Role reader;
        ${_}_param HTTP_X_CLIENT \$auth_cert_subject_cn;
        ${_}_pass_request_headers off;
        ${_}_pass \$TEST_NGINX_\U$_;
    }
" } qw(fastcgi scgi uwsgi)
--- client_cert: alice
--- more_headers
Other: not kept
X-Client-Role: admin
--- request eval
["GET /fastcgi", "GET /scgi", "GET /uwsgi"]
--- response_body eval
[("HTTP_X_CLIENT: alice\n") x 3]


=== TEST 12: values of many kilobytes
--- config eval
main::each_kind('auth_cert_forward xfcc;')
--- client_cert: many-sans
--- request eval
["GET /fastcgi", "GET /scgi", "GET /uwsgi"]
--- response_body eval
[('HTTP_X_FORWARDED_CLIENT_CERT: Hash=' . fingerprint('many-sans')
  . ';Subject="CN=many-sans"'
  . join('', map { ";DNS=h$_.many.example" } 1 .. 300) . "\n") x 3]


=== TEST 13: more than a protocol can hold is refused, and not cut off
--- config eval
my $headers = join "", map { "auth_cert_header X-Names-$_ \$auth_cert_san_dns;" }
                  1 .. 14;
main::each_kind($headers)
--- client_cert: many-sans
--- request eval
["GET /fastcgi", "GET /uwsgi"]
--- error_code eval
[500, 500]
--- error_log eval
qr/(?:fastcgi request record|uwsgi request) is too big/
--- no_error_log
[emerg]
