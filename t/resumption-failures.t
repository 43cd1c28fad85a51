# A session keeps which sets did not verify the client, so that a hostile chain
# is not built anew with each connection.  It must not keep a client out that
# a full handshake would let in.

use lib 't/lib';
use AuthCert;

master_on();
fake_clock();
keep_sessions();

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
EOC

add_block_preprocessor(sub {
    my $block = shift;

    $block->set_value('config', <<'EOC') unless defined $block->config;
        location /t {
            auth_cert_verify partners;
            auth_cert off;
            echo "$auth_cert_verify, $ssl_client_verify";
        }
EOC
});

run_tests();

__DATA__

=== TEST 1: TLS 1.3: a failure holds for five minutes, then there is a full handshake
--- tls_version: TLSv1.3
--- client_cert: imposter-alice
--- before_request eval
sub {
    my ($n) = @_;
    set_clock('2040-01-01T00:00:00Z') if $n == 1;
    set_clock('2040-01-01T00:04:00Z') if $n == 3;
    set_clock('2040-01-01T00:06:00Z') if $n == 4;
}
--- tls_reused: no yes yes no yes
--- request eval
[("GET /t") x 5]
--- response_body eval
[("FAILED:certificate signature failure, "
  . "FAILED:certificate signature failure\n") x 5]


=== TEST 2: TLS 1.2, from a cache
--- http_config
    ssl_session_cache shared:sessions:1m;
    ssl_session_tickets off;
--- tls_version: TLSv1.2
--- client_cert: ops-carol
--- before_request eval
sub {
    my ($n) = @_;
    set_clock('2040-01-01T00:00:00Z') if $n == 1;
    set_clock('2040-01-01T00:04:00Z') if $n == 3;
    set_clock('2040-01-01T00:06:00Z') if $n == 4;
}
--- tls_reused: no yes yes no yes
--- request eval
[("GET /t") x 5]
--- response_body_like eval
[("^FAILED:unable to get local issuer certificate") x 5]


=== TEST 3: a clock that is set back ends it, too
--- client_cert: imposter-alice
--- before_request eval
sub {
    my ($n) = @_;
    set_clock('2040-01-01T00:00:00Z') if $n == 1;
    set_clock('2039-12-31T00:00:00Z') if $n == 3;
}
--- tls_reused: no yes no
--- request eval
[("GET /t") x 3]
--- response_body_like eval
[("^FAILED:certificate signature failure") x 3]


=== TEST 4: a certificate that begins is let in by the session it has
--- client_cert: not-yet
--- before_request eval
sub {
    my ($n) = @_;
    set_clock('2048-12-31T23:00:00Z') if $n == 1;
    set_clock('2049-01-01T00:00:00Z') if $n == 3;
}
--- tls_reused: no yes yes
--- request eval
[("GET /t") x 3]
--- response_body_like eval
["^FAILED:certificate is not yet valid",
 "^FAILED:certificate is not yet valid", "^SUCCESS, SUCCESS\n"]


=== TEST 5: of two sets the one that failed is not asked again, the other one vouches
--- config
    location /t {
        auth_cert_verify partners ops;
        auth_cert off;
        echo "$auth_cert_verify, $auth_cert_trust";
    }
--- client_cert: ops-alice
--- tls_reused: no yes yes
--- request eval
[("GET /t") x 3]
--- response_body eval
[("SUCCESS, ops\n") x 3]


=== TEST 6: a CA that comes in lets the client in, and one that goes does not
--- http_config
    auth_cert_reload 1s;
    auth_cert_trust changing { ca $TEST_NGINX_SERVER_ROOT/html/ca.pem; }
--- config
    location /t {
        auth_cert_verify changing;
        auth_cert off;
        echo $auth_cert_verify;
    }
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- client_cert: ops-alice
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 3) { copy_file('ops.crt', 'ca.pem'); reload_nginx() }
    if ($n == 5) { copy_file('partners.crt', 'ca.pem'); reload_nginx() }
}
--- tls_reused: no yes no yes no yes
--- request eval
[("GET /t") x 6]
--- response_body_like eval
["^FAILED:unable to get", "^FAILED:unable to get", "^SUCCESS", "^SUCCESS",
 "^FAILED:unable to get", "^FAILED:unable to get"]


=== TEST 7: a lower security level lets the client in
--- config
    include $TEST_NGINX_SERVER_ROOT/html/level.conf;

    location /t {
        auth_cert_verify partners;
        auth_cert off;
        echo $auth_cert_verify;
    }
--- user_files
>>> level.conf
ssl_ciphers DEFAULT:@SECLEVEL=2;
--- client_cert: sha1
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 3) {
        write_file('level.conf', "ssl_ciphers DEFAULT:\@SECLEVEL=0;\n");
        reload_nginx();
    }
}
--- tls_reused: no yes no
--- request eval
[("GET /t") x 3]
--- response_body_like eval
["^FAILED:CA signature digest algorithm too weak",
 "^FAILED:CA signature digest algorithm too weak", "^SUCCESS"]


=== TEST 8: a serial that ssl_crl has no longer is let in
--- crls
crl.pem revoke=alice
--- config
    ssl_verify_client optional;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    ssl_crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;

    location /t {
        auth_cert off;
        echo $auth_cert_verify;
    }
--- client_cert: alice
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 3) {
        make_crl('crl.pem', 'number=2');
        reload_nginx();
    }
}
--- tls_reused: no yes yes
--- request eval
[("GET /t") x 3]
--- error_code eval
[400, 400, 200]


=== TEST 9: strict refuses a session that failed where it was lenient
--- config
    include $TEST_NGINX_SERVER_ROOT/html/handshake.conf;

    location /t {
        auth_cert_verify partners;
        auth_cert off;
        echo $auth_cert_verify;
    }
--- user_files
>>> handshake.conf
auth_cert_handshake lenient;
--- client_cert: imposter-alice
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 2) {
        write_file('handshake.conf', "auth_cert_handshake strict;\n");
        reload_nginx();
    }
}
--- tls_alert: - decrypt_error
--- request eval
[("GET /t") x 2]
--- error_code eval
[200, '000']


=== TEST 10: with the alert that a full handshake has where no other says more
--- config
    include $TEST_NGINX_SERVER_ROOT/html/handshake.conf;

    location /t {
        auth_cert_verify partners;
        auth_cert off;
        echo $auth_cert_verify;
    }
--- user_files
>>> handshake.conf
auth_cert_handshake lenient;
--- client_cert: critical
--- sni: a.example a.example b.example
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 2) {
        write_file('handshake.conf', "auth_cert_handshake strict;\n");
        reload_nginx();
    }
}
--- tls_alert: - certificate_unknown certificate_unknown
--- request eval
[("GET /t") x 3]
--- error_code eval
[200, '000', '000']
