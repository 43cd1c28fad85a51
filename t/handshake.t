# auth_cert_handshake: strict refuses by a TLS alert, lenient by a status.
# $ssl_client_verify tells the truth in both.

use lib 't/lib';
use AuthCert;

fake_clock();

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }

    auth_cert_policy staff {
        allow subject.CN=alice role=accountant;
        deny  all;
    }
EOC

add_block_preprocessor(sub {
    my $block = shift;

    $block->set_value('config', <<'EOC') unless defined $block->config;
        auth_cert_handshake strict;

        location /t {
            auth_cert_verify partners;
            echo "$auth_cert_subject_cn $ssl_client_verify";
        }
EOC

    # one request for each certificate
    my @certs = split ' ', $block->client_cert // '';
    $block->set_value('request', [('GET /t') x @certs])
        unless defined $block->request;
});

run_tests();

__DATA__

=== TEST 1: strict: who verifies is let in
--- client_cert: alice bob via-intermediate
--- response_body eval
["alice SUCCESS\n", "bob SUCCESS\n", "via-intermediate SUCCESS\n"]


=== TEST 2: strict, TLS 1.3: the alert says what is wrong
--- client_cert: none ops-carol self-signed own-root no-chain expired old-chain not-yet server-only any-eku path-length below-leaf imposter-alice too-long too-big sha1 weak-key constrained-bad critical
--- tls_version: TLSv1.3
--- tls_alert: certificate_required unknown_ca unknown_ca unknown_ca unknown_ca certificate_expired certificate_expired bad_certificate unsupported_certificate unsupported_certificate unknown_ca unknown_ca decrypt_error unknown_ca unknown_ca bad_certificate bad_certificate certificate_unknown certificate_unknown
--- error_code eval
[('000') x 19]


=== TEST 3: strict, TLS 1.2: the same
--- client_cert: none ops-carol self-signed own-root no-chain expired old-chain not-yet server-only any-eku path-length below-leaf imposter-alice too-long too-big weak-key constrained-bad critical
--- tls_version: TLSv1.2
--- tls_alert: handshake_failure unknown_ca unknown_ca unknown_ca unknown_ca certificate_expired certificate_expired bad_certificate unsupported_certificate unsupported_certificate unknown_ca unknown_ca decrypt_error unknown_ca unknown_ca bad_certificate certificate_unknown certificate_unknown
--- error_code eval
[('000') x 18]


=== TEST 4: strict, TLS 1.3: a session of a certificate that has ended meanwhile
--- config
    auth_cert_handshake strict;
    ssl_session_timeout 9000d;

    location /t {
        auth_cert_verify partners;
        echo "$auth_cert_subject_cn $ssl_client_verify";
    }
--- client_cert: alice
--- tls_version: TLSv1.3
--- tls_resume
--- tls_asked: yes no no
--- tls_alert: - - certificate_expired
--- before_request eval
sub { set_clock('2050-01-01T00:00:00Z') if $_[0] == 3 }
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, '000']


=== TEST 5: strict, TLS 1.2: the same
--- config
    auth_cert_handshake strict;
    ssl_session_timeout 9000d;

    location /t {
        auth_cert_verify partners;
        echo "$auth_cert_subject_cn $ssl_client_verify";
    }
--- client_cert: alice
--- tls_version: TLSv1.2
--- tls_resume
--- tls_asked: yes no no
--- tls_alert: - - certificate_expired
--- before_request eval
sub { set_clock('2050-01-01T00:00:00Z') if $_[0] == 3 }
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, '000']


=== TEST 6: strict: the session cache, the same
--- config
    auth_cert_handshake strict;
    ssl_session_timeout 9000d;
    ssl_session_cache shared:S:1m;
    ssl_session_tickets off;

    location /t {
        auth_cert_verify partners;
        echo "$auth_cert_subject_cn $ssl_client_verify";
    }
--- client_cert: alice
--- tls_version: TLSv1.2
--- tls_resume
--- tls_asked: yes no no
--- tls_alert: - - certificate_expired
--- before_request eval
sub { set_clock('2050-01-01T00:00:00Z') if $_[0] == 3 }
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, '000']


=== TEST 7: strict: the line in the log names the certificate and the reason
--- client_cert: expired
--- tls_alert: certificate_expired
--- request
GET /t
--- error_log eval
qr/\[info\] .*client certificate refused: certificate not verified: certificate has expired, subject: "CN=alice", issuer: "CN=Acme CA,O=Acme", serial: .*, fingerprint: [0-9a-f]+, server name: "localhost" while [^,]+, client: 127.0.0.1/
--- log_level: info


=== TEST 8: strict: its level is the server's auth_cert_log_level
--- config
    auth_cert_handshake strict;
    auth_cert_log_level warn;

    location /t {
        auth_cert_verify partners;
        echo passed;
    }
--- client_cert: ops-carol
--- tls_alert: unknown_ca
--- request
GET /t
--- error_log eval
qr/\[warn\] .*client certificate refused: certificate not verified: unable to get local issuer certificate, subject: "CN=carol,/
--- log_level: warn


=== TEST 9: strict: in a resumed session, too
--- config
    auth_cert_handshake strict;
    ssl_session_timeout 9000d;

    location /t {
        auth_cert_verify partners;
        echo passed;
    }
--- client_cert: alice
--- tls_resume
--- tls_alert: - certificate_expired
--- before_request eval
sub {
    my ($n, $block) = @_;
    set_clock('2050-01-01T00:00:00Z') if $n == 2;
    $block->set_value('error_log', $n == 1 ? undef :
                      'client certificate refused: certificate not verified:'
                      . ' certificate has expired,'
                      . ' subject: "CN=alice,OU=Platform');
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, '000']
--- log_level: info


=== TEST 10: strict: the line of one that comes without a certificate
--- client_cert: none none
--- tls_version: TLSv1.2 TLSv1.3
--- tls_alert: handshake_failure certificate_required
--- error_code eval
['000', '000']
--- error_log eval
qr/\[info\] .*client certificate refused: no certificate, server name: "localhost" while SSL handshaking, client: 127.0.0.1/
--- no_error_log
[crit]
[alert]
--- log_level: info


=== TEST 11: strict: a server name that is none cannot break out of the line
--- client_cert: ops-carol
--- sni eval
["a\r\n[info] b"]
--- tls_alert: unknown_ca
--- request
GET /t
--- error_log
server name: "a%0D%0A[info] b" while
--- log_level: info


=== TEST 12: strict: nor out of its quotes
--- client_cert: ops-carol
--- sni eval
[q{a", issuer: "b}]
--- tls_alert: unknown_ca
--- request
GET /t
--- error_log eval
qr/client certificate refused: .*, fingerprint: [0-9a-f]+ while /
--- log_level: info


=== TEST 13: strict: a policy still answers with a status
--- config
    auth_cert_handshake strict;
    auth_cert_verify partners;
    auth_cert staff;

    location /t {
        echo $auth_cert_role;
    }
--- client_cert: alice bob none
--- tls_alert: - - certificate_required
--- error_code eval
[200, 403, '000']


=== TEST 14: strict: one location that requires a certificate requires it of all
--- config
    auth_cert_handshake strict;

    location /public {
        echo welcome;
    }

    location /t {
        auth_cert_verify partners;
        echo passed;
    }
--- client_cert: none
--- tls_alert: certificate_required
--- request
GET /public


=== TEST 15: strict and optional: none is fine, a bad one is not
--- config
    auth_cert_handshake strict;

    location /t {
        auth_cert_verify partners optional;
        echo "$auth_cert_verify $ssl_client_verify";
    }
--- client_cert: none alice expired ops-carol
--- tls_alert: - - certificate_expired unknown_ca
--- error_code eval
[200, 200, '000', '000']


=== TEST 16: strict and "auth_cert off": the same
--- config
    auth_cert_handshake strict;

    location /t {
        auth_cert_verify partners;
        auth_cert off;
        echo "$auth_cert_verify";
    }
--- client_cert: none alice expired
--- tls_alert: - - certificate_expired
--- error_code eval
[200, 200, '000']


=== TEST 17: strict: any of the server's sets is enough for the handshake
--- config
    auth_cert_handshake strict;

    location /partners {
        auth_cert_verify partners;
        echo "$auth_cert_trust $ssl_client_verify";
    }

    location /ops {
        auth_cert_verify ops;
        echo "$auth_cert_trust $ssl_client_verify";
    }
--- client_cert: alice ops-carol alice ops-carol legacy-dave
--- tls_alert: - - - - unknown_ca
--- request eval
["GET /partners", "GET /partners", "GET /ops", "GET /ops", "GET /ops"]
--- error_code eval
[200, 400, 400, 200, '000']


=== TEST 18: strict: native is one of them, and its word is $ssl_client_verify
--- config
    auth_cert_handshake strict;
    ssl_verify_client optional_no_ca;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /native {
        auth_cert staff;
        echo "$auth_cert_trust $ssl_client_verify";
    }

    location /ops {
        auth_cert_verify ops optional;
        echo "$auth_cert_trust $ssl_client_verify";
    }
--- client_cert: alice ops-carol legacy-dave none
--- tls_alert: - - unknown_ca -
--- request eval
["GET /native", "GET /ops", "GET /ops", "GET /ops"]
--- error_code eval
[200, 200, '000', 200]
--- response_body_like eval
["^native SUCCESS\n",
 "^ops FAILED:unable to verify the first certificate\n", "",
 "^ NONE\n"]


=== TEST 19: strict: the same in resumed sessions
--- config
    auth_cert_handshake strict;
    ssl_verify_client optional_no_ca;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /ops {
        auth_cert_verify ops;
        echo "$auth_cert_trust $ssl_client_verify";
    }
--- client_cert: ops-carol
--- tls_resume
--- tls_reused: no yes yes
--- request eval
["GET /ops", "GET /ops", "GET /ops"]
--- response_body eval
[("ops FAILED:unable to verify the first certificate\n") x 3]


=== TEST 20: strict with ssl_verify_client on
--- config
    auth_cert_handshake strict;
    ssl_verify_client on;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    location /t {
        auth_cert staff;
        echo "$auth_cert_trust $ssl_client_verify";
    }
--- client_cert: alice none ops-carol expired
--- tls_alert: - certificate_required unknown_ca certificate_expired
--- error_code eval
[200, '000', '000', '000']


=== TEST 21: strict in one server does not concern its neighbour
--- http_config eval
'    server {' . tls_server(1) . '
        server_name a.example;
        auth_cert_handshake strict;
        location /t { auth_cert_verify partners; echo a; }
    }
    server {' . tls_server(1) . '
        server_name b.example;
        location /t { auth_cert_verify partners; echo b; }
    }'
--- config
--- client_cert: none none alice
--- sni: a.example b.example a.example
--- more_headers eval
["Host: a.example", "Host: b.example", "Host: a.example"]
--- tls_alert: certificate_required - -
--- error_code eval
['000', 400, 200]


=== TEST 22: strict is inherited from the http level
--- http_config
    auth_cert_handshake strict;
--- config
    location /t {
        auth_cert_verify partners;
        echo passed;
    }
--- client_cert: none
--- tls_alert: certificate_required


=== TEST 23: strict where nobody can vouch asks for nothing
--- config
    auth_cert_handshake strict;

    location /t {
        echo welcome;
    }
--- client_cert: alice
--- tls_asked: no
--- response_body
welcome


=== TEST 24: lenient: 495 and 496 are open to error_page
--- config
    error_page 495 =403 /bad;
    error_page 496 =401 /none;

    location /t {
        auth_cert_verify partners;
        echo passed;
    }

    location = /bad {
        internal;
        echo "bad: $auth_cert_reason, $ssl_client_verify";
    }

    location = /none {
        internal;
        echo "none: $auth_cert_reason, $ssl_client_verify";
    }
--- client_cert: none ops-carol expired
--- error_code eval
[401, 403, 403]
--- response_body eval
["none: no certificate, NONE\n",
 "bad: certificate not verified: unable to get local issuer certificate,"
 . " FAILED:unable to get local issuer certificate\n",
 "bad: certificate not verified: certificate has expired,"
 . " FAILED:certificate has expired\n"]


=== TEST 25: lenient: without error_page it is nginx's own page and status
--- config
    location /t {
        auth_cert_verify partners;
        echo passed;
    }
--- client_cert: none ops-carol
--- error_code eval
[400, 400]
--- response_body_like eval
["No required SSL certificate was sent", "The SSL certificate error"]


=== TEST 26: lenient: the error page can be a file or another server
--- config
    error_page 495 /refused.html;
    error_page 496 @login;

    location /t {
        auth_cert_verify partners;
        echo passed;
    }

    location = /refused.html {
        root html;
    }

    location @login {
        proxy_set_header Host backend;
        proxy_pass http://backend;
    }
--- user_files
>>> refused.html
Ask for a new certificate.
--- client_cert: ops-carol none
--- error_code eval
[400, 400]
--- response_body_like eval
["^Ask for a new certificate.\n", "^GET /t HTTP/1"]


=== TEST 27: lenient: $ssl_client_verify is SUCCESS for what some set verified
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert off;
        echo "$ssl_client_verify";
    }

    location /ops {
        auth_cert_verify ops;
        auth_cert off;
        echo "$ssl_client_verify, $auth_cert_verify";
    }
--- client_cert: alice ops-carol alice legacy-dave none
--- request eval
["GET /t", "GET /ops", "GET /ops", "GET /ops", "GET /ops"]
--- response_body eval
["SUCCESS\n", "SUCCESS, SUCCESS\n",
 "SUCCESS, FAILED:unable to get local issuer certificate\n",
 "FAILED:unable to get local issuer certificate,"
 . " FAILED:unable to get local issuer certificate\n",
 "NONE, NONE\n"]


=== TEST 28: lenient: $ssl_client_verify of a session whose certificate has ended
--- config
    ssl_session_timeout 9000d;

    location /t {
        auth_cert_verify partners;
        auth_cert off;
        echo "$ssl_client_verify, $auth_cert_verify";
    }
--- client_cert: alice
--- tls_resume
--- tls_reused: no yes yes
--- before_request eval
sub { set_clock('2050-01-01T00:00:00Z') if $_[0] == 3 }
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
["SUCCESS, SUCCESS\n", "SUCCESS, SUCCESS\n",
 "FAILED:certificate has expired, FAILED:certificate has expired\n"]


=== TEST 29: a name that is no word of auth_cert_handshake
--- config
    auth_cert_handshake stern;
--- must_die
--- error_log
invalid value "stern" of "auth_cert_handshake", it must be "strict" or "lenient"


=== TEST 30: a name that nginx rejects is rejected, before anybody is asked
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name b.example;
        ssl_reject_handshake on;

        location /t { echo "b.example"; }
    }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    include $TEST_NGINX_PKI/server.conf;
    server_name localhost;

    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- sni: b.example
--- tls_alert: unrecognized_name
--- request
GET /t
--- error_code: 000


=== TEST 31: lenient: nginx's own variables tell what the client sent, ours who it is
--- config
    location /public {
        auth_cert_verify partners optional;
        auth_cert off;
        echo "[$auth_cert_subject_cn] $ssl_client_s_dn $ssl_client_verify";
    }

    location /t {
        auth_cert_verify partners;
    }
--- client_cert: imposter-alice
--- request
GET /public
--- response_body_like
^\[\] CN=alice,.* FAILED:certificate signature failure
