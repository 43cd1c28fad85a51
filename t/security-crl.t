# CRLs that contradict one another, or that somebody else than the
# administrator has made.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/d;
    }

    auth_cert_trust missing {
        ca          $TEST_NGINX_PKI/partners.crt;
        crl         $TEST_NGINX_SERVER_ROOT/html/d;
        crl_missing allow;
    }
EOC

run_tests();

__DATA__

=== TEST 1: a client is no CA to a CRL for CAs because it may sign certificates
--- crls
d/user.pem scope=user revoke=half-ca
d/ca.pem   scope=ca
--- config
    error_page 495 =495 /refused;
    location /t { auth_cert_verify partners; echo passed; }
    location = /refused { internal; echo $auth_cert_reason; }
--- client_cert: half-ca
--- request
GET /t
--- error_code: 495
--- response_body
certificate not verified: certificate revoked


=== TEST 2: and one that is revoked as a CA is revoked
--- crls
d/user.pem scope=user
d/ca.pem   scope=ca revoke=half-ca
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: half-ca
--- request
GET /t
--- error_code: 400


=== TEST 3: a CRL for CAs does not stand for the one for clients
--- crls
d/ca.pem   scope=ca
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: half-ca
--- request
GET /t
--- error_code: 400


=== TEST 4: a CA that counts its CRLs from 1 again
--- crls
d/old.pem number=500 this=-7200 revoke=bob
d/new.pem number=1 this=-3600 revoke=mallory
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: mallory bob alice
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[400, 400, 200]


=== TEST 5: CRLs of which each is newer than another one
--- crls
d/one.pem number=5 this=-7200 revoke=mallory
d/two.pem number=none this=-3600 revoke=mallory
d/three.pem number=3 this=-1800 revoke=mallory
--- config
    location /t { auth_cert_verify missing; echo passed; }
--- client_cert: mallory alice
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[400, 200]


=== TEST 6: a delta that is of an earlier date than its base takes nothing back
--- crls
d/base.pem  number=5 this=-1800 revoke=bob
d/delta.pem number=7 base=5 this=-3600 remove=bob revoke=mallory
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: bob mallory alice
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[400, 400, 200]


=== TEST 7: a CRL in the name of another CA is that of nobody, each time
--- crls
d/root.pem
d/false.pem issuer=intermediate key=ops
--- config
    error_page 495 =495 /refused;
    location /t { auth_cert_verify missing; echo passed; }
    location = /refused { internal; echo $auth_cert_reason; }
--- client_cert: via-intermediate
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[495, 495, 495]
--- response_body eval
[("certificate not verified: CRL signature failure\n") x 3]


=== TEST 8: and does not stand in the way of that CA's own
--- crls
d/root.pem
d/false.pem issuer=intermediate key=ops number=9
d/sub.pem issuer=intermediate revoke=0b0b
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: via-intermediate
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 200]


=== TEST 9: nor does one whose signature is none in form, or of another kind of key
--- crls
d/root.pem
d/false.pem issuer=intermediate sign=none number=9
d/minus.pem issuer=intermediate sign=negative number=9
d/text.pem issuer=intermediate sign=text number=9
d/rsa.pem issuer=intermediate key=rsa-ca number=9
d/pss.pem issuer=intermediate key=rsa-ca digest=pss number=9
d/sub.pem issuer=intermediate revoke=0b0b
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: via-intermediate
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 200]


=== TEST 10: a CRL for clients does not stand for the one for CAs
--- crls
d/user.pem scope=user
d/sub.pem  issuer=intermediate
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice via-intermediate
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 11: of one issuer up to 64 are looked at
--- crls eval
"d/1.pem\n" . join '', map { "d/$_.pem -> 1.pem\n" } 2 .. 64
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t


=== TEST 12: and with more nobody is let in
--- crls eval
"d/1.pem\n" . join '', map { "d/$_.pem -> 1.pem\n" } 2 .. 65
--- config
    location /t { auth_cert_verify missing; echo passed; }
--- client_cert: alice
--- request
GET /t
--- error_code: 400


=== TEST 13: a negative serial, beside one that is longer
--- crls
d/crl.pem revoke=big-serial revoke=negative-serial
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: negative-serial negative-129-serial
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[400, 200]


=== TEST 14: and beside one that is shorter
--- crls
d/crl.pem revoke=7f
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: negative-129-serial
--- request
GET /t


=== TEST 15: where one has no number the date decides
--- crls
d/old.pem number=9 this=-7200 revoke=bob
d/new.pem number=none this=-3600 revoke=mallory
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: bob mallory
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 16: of one date both count
--- crls
d/one.pem number=9
d/two.pem number=none revoke=mallory
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice mallory
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]
