# CRLs of a trust set: which certificates they refuse, and why.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_reload off;
EOC

run_tests();

__DATA__

=== TEST 1: a revoked certificate is refused, another one is not
--- crls
crl.pem revoke=mallory
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    error_page 495 =495 /refused;
    location /t { auth_cert_verify partners; echo $auth_cert_subject_cn; }
    location = /refused { internal; echo $auth_cert_reason; }
--- client_cert: alice mallory
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 495]
--- response_body eval
["alice\n", "certificate not verified: certificate revoked\n"]


=== TEST 2: the same in DER
--- crls
crl.der revoke=mallory form=der
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.der;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice mallory
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 3: several issuers in a directory; each is asked of its own only
--- crls
d/partners.pem issuer=partners revoke=mallory
d/ops.pem      issuer=ops revoke=ops-carol revoke=alice
d/.hidden      issuer=partners revoke=alice
--- http_config
    auth_cert_trust all {
        ca  $TEST_NGINX_PKI/partners+ops.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/d;
    }
--- config
    location /t { auth_cert_verify all; echo passed; }
--- client_cert: alice mallory ops-alice ops-carol
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 400, 200, 400]


=== TEST 4: a chain of which an intermediate CA is revoked
--- crls
root.pem revoke=intermediate
sub.pem  issuer=intermediate
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/root.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/sub.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: via-intermediate alice
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[400, 200]


=== TEST 5: crl_check leaf does not look intermediate CAs up
--- crls
root.pem revoke=intermediate
sub.pem  issuer=intermediate
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/root.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/sub.pem;
        crl_check leaf;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: via-intermediate
--- request
GET /t


=== TEST 6: the CRL of a CA that only the client sends is verified and used
--- crls
root.pem
sub.pem  issuer=intermediate revoke=via-intermediate
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/root.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/sub.pem;
    }
--- config
    error_page 495 =495 /refused;
    location /t { auth_cert_verify partners; echo passed; }
    location = /refused { internal; echo $auth_cert_reason; }
--- client_cert: via-intermediate
--- request
GET /t
--- error_code: 495
--- response_body
certificate not verified: certificate revoked


=== TEST 7: the same, but with a signature that is not of that CA
--- crls
root.pem
sub.pem  issuer=intermediate key=ops
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/root.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/sub.pem;
    }
--- config
    error_page 495 =495 /refused;
    location /t { auth_cert_verify partners; echo passed; }
    location = /refused { internal; echo $auth_cert_reason; }
--- client_cert: via-intermediate
--- request
GET /t
--- error_code: 495
--- response_body
certificate not verified: CRL signature failure


=== TEST 8: without the CRL of an issuer its certificates are refused
--- crls
root.pem
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/root.pem;
    }
--- config
    error_page 495 =495 /refused;
    location /t { auth_cert_verify partners; echo passed; }
    location = /refused { internal; echo $auth_cert_reason; }
--- client_cert: via-intermediate
--- request
GET /t
--- error_code: 495
--- response_body
certificate not verified: unable to get certificate CRL


=== TEST 9: crl_missing allow
--- crls
root.pem revoke=mallory
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/root.pem;
        crl_missing allow;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: via-intermediate mallory
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 10: an expired CRL refuses, and says so at start
--- crls
crl.pem this=-90000 next=-60
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    error_page 495 =495 /refused;
    location /t { auth_cert_verify partners; echo passed; }
    location = /refused { internal; echo $auth_cert_reason; }
--- client_cert: alice
--- request
GET /t
--- error_code: 495
--- response_body
certificate not verified: CRL has expired
--- error_log
html/crl.pem" ended 1 minutes ago (nextUpdate), its clients are refused


=== TEST 11: crl_expired allow: the revoked ones are refused nevertheless
--- crls
crl.pem this=-90000 next=-60 revoke=mallory
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl_expired allow;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice mallory
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 12: a CRL that ends soon is told of
--- crls
crl.pem this=-1000000 next=1800
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- error_log
html/crl.pem" ends in


=== TEST 13: a CRL from the future is not in force yet
--- crls
crl.pem this=3600 next=7200
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    error_page 495 =495 /refused;
    location /t { auth_cert_verify partners; echo passed; }
    location = /refused { internal; echo $auth_cert_reason; }
--- client_cert: alice
--- request
GET /t
--- error_code: 495
--- response_body
certificate not verified: CRL is not yet valid


=== TEST 14: the newest of several CRLs of one issuer counts
--- crls
one.pem number=9 revoke=bob
two.pem number=10 revoke=mallory
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/two.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/one.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: bob mallory
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 15: a delta adds to its base, and takes back
--- crls
base.pem  number=5 revoke=bob
delta.pem number=7 base=5 revoke=mallory remove=bob
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/base.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/delta.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice bob mallory
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]


=== TEST 16: a delta to a newer base, and one older than its base, do not count
--- crls
base.pem  number=5 revoke=bob
new.pem   number=9 base=8 revoke=mallory remove=bob
old.pem   number=4 base=3 revoke=mallory remove=bob
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/base.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/new.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/old.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice bob mallory
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 400, 200]


=== TEST 17: a delta alone is no CRL
--- crls
delta.pem number=7 base=5
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/delta.pem;
    }
--- config
    error_page 495 =495 /refused;
    location /t { auth_cert_verify partners; echo passed; }
    location = /refused { internal; echo $auth_cert_reason; }
--- client_cert: alice
--- request
GET /t
--- error_code: 495
--- response_body
certificate not verified: unable to get certificate CRL


=== TEST 18: serials of 20 octets and with the high bit are found
--- crls
crl.pem revoke=big-serial revoke=high-serial fill=1000
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: big-serial high-serial alice
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[400, 400, 200]


=== TEST 19: neighbours of a revoked serial are not revoked
--- crls
crl.pem revoke=0a1b2b revoke=0a1b2d revoke=1b2c revoke=0a1b2c00 revoke=-0a1b2c revoke=010a1b2c
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t


=== TEST 20: CRLs for end entities only, and for CAs only
--- crls
user.pem scope=user revoke=mallory
ca.pem   scope=ca revoke=bob
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/user.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/ca.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice bob mallory
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]


=== TEST 21: a CRL for CAs only says nothing of a client
--- crls
ca.pem scope=ca
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/ca.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- error_code: 400


=== TEST 22: of CAs of one name each set has the CRL of its own key
--- crls
partners.pem revoke=mallory
imposter.pem issuer=imposter revoke=imposter-alice
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/partners.pem;
    }
    auth_cert_trust imposter {
        ca  $TEST_NGINX_PKI/imposter.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/imposter.pem;
    }
--- config
    location /p { auth_cert_verify partners; echo passed; }
    location /i { auth_cert_verify imposter; echo passed; }
--- client_cert: alice mallory imposter-alice imposter-alice
--- request eval
["GET /p", "GET /p", "GET /p", "GET /i"]
--- error_code eval
[200, 400, 400, 400]


=== TEST 23: strict ends the handshake with the alert of a revoked certificate
--- crls
crl.pem revoke=mallory
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    auth_cert_handshake strict;
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice mallory mallory
--- tls_version: TLSv1.3 TLSv1.3 TLSv1.2
--- tls_alert: - certificate_revoked certificate_revoked
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, "000", "000"]


=== TEST 24: $ssl_client_verify does not say SUCCESS of a revoked certificate
--- crls
crl.pem revoke=mallory
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
    location /v { echo $ssl_client_verify; }
--- client_cert: mallory
--- request
GET /v
--- response_body
FAILED:certificate revoked


=== TEST 26: the log names who was refused, and why
--- crls
crl.pem revoke=mallory
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: mallory
--- request
GET /t
--- error_code: 400
--- error_log
client certificate refused: certificate not verified: certificate revoked
CN=mallory


=== TEST 25: an EC CA, an RSA CA and Ed25519 sign CRLs alike
--- crls
crl.pem revoke=mallory digest=sha1
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice mallory
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 27: a CA that may not sign CRLs has none, whatever lies there
--- crls
crl.pem
no-crls.pem issuer=no-crls
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/no-crls.pem;
        crl_missing allow;
    }
    auth_cert_trust plain { ca $TEST_NGINX_PKI/partners.crt; }
--- config
    location /t { auth_cert_verify partners; echo passed; }
    location /p { auth_cert_verify plain; echo passed; }
    error_page 495 =495 /refused;
    location /refused { echo $ssl_client_verify; }
--- client_cert: by-no-crls
--- request eval
["GET /t", "GET /p"]
--- error_code eval
[495, 200]
--- error_log
key usage does not include CRL signing


=== TEST 28: of CAs of one name in one set each has the CRL of its own key
--- crls
crl.pem
imposter.pem issuer=imposter revoke=alice
--- http_config
    auth_cert_trust both {
        ca  $TEST_NGINX_PKI/partners.crt;
        ca  $TEST_NGINX_PKI/imposter.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/imposter.pem;
    }
--- config
    location /t { auth_cert_verify both; echo passed; }
--- client_cert: alice imposter-alice
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 29: a serial that is too long for any CRL
--- crls
crl.pem
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: long-serial 21-byte-serial
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[400, 200]


=== TEST 30: of several deltas the newest one counts
--- crls
base.pem number=5 revoke=bob
7.pem    number=7 base=5 this=-2000 revoke=mallory
8.pem    number=8 base=5 this=-1000 revoke=alice remove=mallory
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/base.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/7.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/8.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice bob mallory
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[400, 400, 200]


=== TEST 31: one that has expired hides no older one, which takes nothing back
--- crls
base.pem number=5 revoke=bob
7.pem    number=7 base=5 this=-2000 revoke=mallory remove=bob
8.pem    number=8 base=5 this=-1000 next=-500 revoke=alice remove=mallory
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/base.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/7.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/8.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice bob mallory service
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[400, 400, 400, 200]


=== TEST 32: the same of CAs of one name with keys of different types
--- crls
crl.pem
imposter.pem issuer=imposter-rsa revoke=alice
--- http_config
    auth_cert_trust both {
        ca  $TEST_NGINX_PKI/partners.crt;
        ca  $TEST_NGINX_PKI/imposter-rsa.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/imposter.pem;
    }
--- config
    location /t { auth_cert_verify both; echo passed; }
--- client_cert: alice imposter-rsa-alice
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 33: a delta of the number that its base has does not follow it
--- crls
base.pem  number=5 revoke=bob
delta.pem number=5 base=4 this=-1000 revoke=mallory remove=bob
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/base.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/delta.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: bob mallory
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[400, 200]


=== TEST 34: nor does any delta follow a CRL that has no number
--- crls
base.pem  number=none revoke=bob
delta.pem number=1 base=0 this=-1000 revoke=mallory remove=bob
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/base.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/delta.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: bob mallory
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[400, 200]


=== TEST 35: a serial that is in the list many times
--- crls eval
"crl.pem " . "revoke=mallory " x 40 . "revoke=0b0b revoke=01\n"
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: bob mallory alice
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[400, 400, 200]


=== TEST 36: one that a newer one beside it replaces may end
--- crls
crl.pem
old.pem number=1 this=-7200 next=1800
new.pem number=2
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- before_request eval
sub {
    my ($old, $new) = map {
        AuthCert::Config::read_file(AuthCert::Config::absolute($_)) }
        'old.pem', 'new.pem';

    for ([ 'old', $old ], [ 'both', $old . $new ], [ 'both', $new . $old ]) {
        my ($what, $text) = @$_;

        write_file('crl.pem', $text);

        my ($said) = AuthCert::Messages::test_configuration();
        my $told = $said =~ /a CRL of ".*crl.pem" ends in/ ? 'old' : 'both';

        Test::More::is($told, $what, 'it is told of only where it is alone');
    }
}
--- request
GET /t
