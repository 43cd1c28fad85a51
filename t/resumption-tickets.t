# What the module keeps in a session is sealed; who has the key of the tickets,
# such as another version of the module, may have written something else.

use lib 't/lib';
use AuthCert;

keep_sessions();

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
EOC

add_block_preprocessor(sub {
    my $block = shift;

    $block->set_value('config', <<'EOC');
        location /t {
            auth_cert_verify partners;
            auth_cert off;
            echo $auth_cert_verify;
        }
EOC
    $block->set_value('request', ['GET /t', 'GET /t']);
});

# the data: version, flags, the digest of the server in 32 bytes, a time in 8,
# how many failures; the digest of the certificates where the flag 4 says so;
# for each certificate above the leaf a length of 3 bytes, and the certificate

our $too_long = ["SUCCESS\n", "FAILED:certificate chain too long\n"];

run_tests();

__DATA__

=== TEST 1: as it is
--- client_cert: via-intermediate
--- tls_ticket eval
sub { $_[1] }
--- tls_reused: no yes
--- response_body eval
["SUCCESS\n", "SUCCESS\n"]
--- protocols: 1.1


=== TEST 2: of another version: a full handshake
--- client_cert: via-intermediate
--- tls_ticket eval
sub { my (undef, $data) = @_; substr $data, 0, 1, chr(1 + ord $data); $data }
--- tls_reused: no no
--- response_body eval
["SUCCESS\n", "SUCCESS\n"]
--- protocols: 1.1


=== TEST 3: of a server that asks for something else: the same
--- client_cert: via-intermediate
--- tls_ticket eval
sub { my (undef, $data) = @_; substr $data, 33, 1, chr(1 ^ ord substr $data, 33); $data }
--- tls_reused: no no
--- response_body eval
["SUCCESS\n", "SUCCESS\n"]
--- protocols: 1.1


=== TEST 4: more failures than there is room for: the same
--- client_cert: alice
--- tls_ticket eval
sub { my (undef, $data) = @_; substr $data, 42, 1, "\xff"; $data }
--- tls_reused: no no
--- response_body eval
["SUCCESS\n", "SUCCESS\n"]
--- protocols: 1.1


=== TEST 5: a certificate that is longer than the data: nobody vouches
--- client_cert: via-intermediate
--- tls_ticket eval
sub {
    my (undef, $data) = @_;
    substr $data, 43 + (ord(substr $data, 1) & 4 ? 32 : 0), 1, "\xff";
    $data;
}
--- tls_reused: no yes
--- response_body eval
$::too_long
--- no_error_log
[emerg]
--- protocols: 1.1


=== TEST 6: a digest that is not there: the same
--- http_config
    auth_cert_verify_cache off;
--- client_cert: alice
--- tls_ticket eval
sub { my (undef, $data) = @_; substr $data, 1, 1, chr(4 | ord substr $data, 1); $data }
--- tls_reused: no yes
--- response_body eval
$::too_long
--- no_error_log
[emerg]
--- protocols: 1.1


=== TEST 7: the digest taken for certificates: the same
--- client_cert: alice
--- tls_ticket eval
sub { my (undef, $data) = @_; substr $data, 1, 1, chr(3 & ord substr $data, 1); $data }
--- tls_reused: no yes
--- response_body eval
$::too_long
--- no_error_log
[emerg]
--- protocols: 1.1
