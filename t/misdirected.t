# A request on a connection whose handshake was that of another server: an
# HTTP/2 connection that is used for two names, a Host that is not the server
# name of the handshake, a handshake without any.  It gets the verdict of the
# location that it reaches, or 421 where its client was not asked for what
# that location needs.

use lib 't/lib';
use AuthCert;

my %servers = (
    public   => '',
    partners => 'auth_cert_verify partners;',
    ops      => 'auth_cert_verify ops;',
    both     => 'auth_cert_verify partners ops;',
    strict   => 'auth_cert_verify ops; auth_cert_handshake strict;',
    optional => 'auth_cert_verify ops optional; auth_cert verified;',
    guests   => 'auth_cert_verify ops optional; auth_cert guests;',
    native   => 'auth_cert verified; ssl_verify_client on;'
                . ' ssl_client_certificate $TEST_NGINX_PKI/ops.crt;',
    mtls     => 'ssl_verify_client on;'
                . ' ssl_client_certificate $TEST_NGINX_PKI/ops.crt;'
                . ' location = /returned { return 200 "returned"; }',
    may      => 'ssl_verify_client optional;'
                . ' ssl_client_certificate $TEST_NGINX_PKI/ops.crt;',
    any      => 'ssl_verify_client optional_no_ca;'
                . ' ssl_client_certificate $TEST_NGINX_PKI/ops.crt;',
    other    => 'ssl_verify_client on;'
                . ' ssl_client_certificate $TEST_NGINX_PKI/partners.crt;',
    revoking => 'ssl_verify_client optional_no_ca;'
                . ' ssl_client_certificate $TEST_NGINX_PKI/partners.crt;'
                . ' ssl_crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;',
);

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }

    auth_cert_policy verified { allow verified; }
    auth_cert_policy guests { allow anonymous; allow verified; }
EOC

# "--- servers": which of these there are, each called NAME.test.example; the
# first one is the default
add_block_preprocessor(sub {
    my $block = shift;
    my $http = '';

    for my $name (split ' ', $block->servers) {
        $http .= "    server {\n" . tls_server(1) . <<"EOC";
        server_name $name.test.example;
        error_page 495 =495 /refused;
        error_page 496 =496 /refused;
        $servers{$name}

        location /t {
            add_header X-Reason \$auth_cert_reason;
            echo "$name: \$auth_cert_subject_cn \$ssl_client_verify";
        }

        location = /refused {
            internal;
            auth_cert off;
            echo "$name: \$auth_cert_reason, \$ssl_client_verify";
        }
    }
EOC
    }

    my @hosts = split ' ', $block->hosts;

    $block->set_value('http_config', $http);
    $block->set_value('config', '');
    $block->set_value('no_tls', '');
    $block->set_value('sni', [map { /none|unknown/ ? $_ : "$_.test.example" }
                                  split ' ', $block->sni]);
    $block->set_value('more_headers', [map { "Host: $_.test.example" } @hosts]);
    $block->set_value('request', [('GET ' . ($block->path // '/t')) x @hosts]);
});

run_tests();

__DATA__

=== TEST 1: HTTP/2: the connection was never asked for a certificate
--- servers: public partners
--- client_cert: alice
--- http_version: 2
--- sni: public
--- hosts: partners
--- error_code eval
[421]
--- error_log
client certificate refused: the connection was never asked for a certificate
--- log_level: info


=== TEST 2: HTTP/2: on a connection of its own it is let in
--- servers: public partners
--- client_cert: alice
--- http_version: 2
--- sni: public partners public
--- hosts: partners partners public
--- error_code eval
[421, 200, 200]
--- response_body_like eval
["421 Misdirected Request", "^partners: alice SUCCESS\n", "^public:  NONE\n"]


=== TEST 3: HTTP/1.1: the same
--- servers: public partners
--- client_cert: alice
--- sni: public
--- hosts: partners public
--- error_code eval
[421, 200]


=== TEST 4: the connection was asked, under other CAs, and had no certificate
--- servers: partners ops
--- client_cert: none
--- http_version: 2
--- sni: partners ops partners
--- hosts: ops ops partners
--- error_code eval
[421, 496, 496]


=== TEST 5: it was asked under some of the CAs only
--- servers: partners both
--- client_cert: none
--- sni: partners both both
--- hosts: both partners both
--- error_code eval
[421, 496, 496]


=== TEST 6: a certificate of the handshake's CAs is nothing to another server
--- servers: partners ops
--- client_cert: alice
--- sni: partners
--- hosts: ops partners
--- error_code eval
[495, 200]
--- response_body eval
["ops: certificate not verified: unable to get local issuer certificate,"
 . " SUCCESS\n",
 "partners: alice SUCCESS\n"]


=== TEST 7: one of the other server's CAs is welcome there
--- servers: partners ops
--- client_cert: ops-carol
--- sni: partners
--- hosts: ops partners
--- error_code eval
[200, 495]
--- response_body eval
["ops: carol FAILED:unable to get local issuer certificate\n",
 "partners: certificate not verified: unable to get local issuer certificate,"
 . " FAILED:unable to get local issuer certificate\n"]


=== TEST 8: both names on one connection
--- servers: partners ops public
--- client_cert: alice
--- keep_connection
--- sni: partners
--- hosts: partners public partners ops
--- error_code eval
[200, 200, 200, 495]


=== TEST 9: without SNI the location decides, not the default server
--- servers: partners ops
--- client_cert: alice alice ops-carol ops-carol none none
--- sni: none
--- hosts: partners ops partners ops partners ops
--- error_code eval
[200, 495, 495, 200, 496, 421]
--- response_body_like eval
["^partners: alice SUCCESS\n", "^ops: certificate not verified",
 "^partners: certificate not verified",
 "^ops: carol FAILED:unable to get local issuer certificate\n",
 "^partners: no certificate", "421 Misdirected Request"]


=== TEST 10: with an unknown server name neither
--- servers: partners ops
--- client_cert: alice alice ops-carol ops-carol none
--- sni: unknown.example
--- hosts: partners ops partners ops ops
--- error_code eval
[200, 495, 495, 200, 421]


=== TEST 11: without SNI, where the default server asks for nothing
--- servers: public partners
--- client_cert: alice
--- tls_asked: no
--- sni: none
--- hosts: partners public
--- error_code eval
[421, 200]


=== TEST 12: without SNI, in TLS 1.2
--- servers: partners ops
--- client_cert: alice alice ops-carol ops-carol
--- tls_version: TLSv1.2
--- sni: none
--- hosts: partners ops partners ops
--- error_code eval
[200, 495, 495, 200]


=== TEST 13: a resumed session without SNI
--- servers: partners ops
--- client_cert: ops-carol
--- tls_resume
--- tls_reused: no yes yes
--- sni: none
--- hosts: ops ops partners
--- error_code eval
[200, 200, 495]


=== TEST 14: strict is a matter of the handshake: its locations hold all the same
--- servers: public partners strict
--- client_cert: alice alice ops-carol ops-carol none
--- sni: public partners partners public partners
--- hosts: strict strict strict strict strict
--- error_code eval
[421, 495, 200, 421, 421]


=== TEST 15: an optional certificate that a policy demands
--- servers: public optional
--- client_cert: ops-carol
--- sni: public optional
--- hosts: optional optional
--- error_code eval
[421, 200]


=== TEST 16: an optional certificate that nobody demands
--- servers: public guests
--- client_cert: ops-carol
--- sni: public guests
--- hosts: guests guests
--- response_body eval
["guests:  NONE\n", "guests: carol SUCCESS\n"]
--- response_headers eval
["X-Reason: rule 1 of policy guests", "X-Reason: rule 2 of policy guests"]


=== TEST 17: nginx answers 421 itself where ssl_verify_client is set
--- servers: partners native
--- client_cert: ops-carol ops-carol
--- sni: partners native
--- hosts: native native
--- error_code eval
[421, 200]


=== TEST 18: without SNI it does not, but the set of native is that of the location
--- servers: partners native
--- client_cert: alice
--- sni: none native
--- hosts: native native
--- error_code eval
[495, 495]
--- response_body_like eval
["^native: certificate not verified: unable to verify the first certificate,"
 . " SUCCESS\n",
 "^native: , FAILED:unable to verify the first certificate\n"]


=== TEST 19: the set of native is that of the server, also where no policy is
--- servers: both mtls may any
--- client_cert: alice alice alice ops-carol ops-carol
--- sni: none unknown none none none
--- hosts: mtls mtls may mtls may
--- error_code eval
[495, 495, 495, 200, 200]
--- response_body_like eval
[("certificate not verified: unable to verify the first certificate") x 3,
 "^mtls: carol SUCCESS\n", "^may: carol SUCCESS\n"]


=== TEST 20: where nginx answers before the access phase, too
--- servers: both mtls
--- path: /returned
--- client_cert: alice ops-carol
--- sni: none none
--- hosts: mtls mtls
--- error_code eval
[495, 200]


=== TEST 21: optional_no_ca lets everybody in whose CA is not known
--- servers: both any
--- client_cert: alice ops-carol
--- sni: none none
--- hosts: any any


=== TEST 22: the same in HTTP/2, where the default server asks under one CA
--- servers: partners mtls
--- http_version: 2
--- client_cert: alice
--- sni: unknown
--- hosts: mtls
--- error_code eval
[495]
--- error_log
client certificate refused: certificate not verified
--- log_level: info


=== TEST 23: what one ssl_verify_client has verified is nothing to another one
--- servers: other mtls
--- client_cert: alice alice
--- sni: none none
--- hosts: mtls other
--- error_code eval
[495, 200]


=== TEST 24: optional_no_ca does not let in who is revoked
--- crls
crl.pem revoke=alice
--- servers: both revoking
--- client_cert: alice bob
--- sni: none none
--- hosts: revoking revoking
--- error_code eval
[495, 200]
