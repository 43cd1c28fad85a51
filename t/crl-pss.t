# CRLs of CAs whose keys are for RSASSA-PSS only, RFC 4055, section 1.2.

use lib 't/lib';
use AuthCert;

our $made = make_cas('RSA-PSS');

# "--- ca", "--- crl": which of them
add_block_preprocessor(sub {
    my $block = shift;
    my ($ca, $crl) = map { "$made/$_" } $block->ca, $block->crl;

    $block->set_value('http_config', <<"EOC");
    auth_cert_trust pss { ca $ca; crl $crl; }
EOC
    $block->set_value('config', <<'EOC');
    location /t { auth_cert_verify pss; echo passed; }
EOC
});

run_tests();

__DATA__

=== TEST 1: of its CA
--- ca: one.crt
--- crl: one.pem
--- client_cert: alice
--- request
GET /t
--- error_code: 400
--- no_error_log
CRL


=== TEST 2: of another one
--- ca: one.crt
--- crl: other.pem
--- must_die
--- error_log
is not signed with the key of
