# The signatures of CRLs, in each algorithm: one that does not verify is never
# in force, and the last good version stays.  And whom a CRL speaks of.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_reload 100ms;
EOC

# before the second request a CRL with a bad signature takes the place of the
# first one, before the third a good one
sub revoke {
    my ($n, $issuer, $client, @more) = @_;

    return if $n == 1;

    make_crl('crl.pem', "issuer=$issuer", "number=$n", "revoke=$client",
             @more, $n == 2 ? 'sign=bad' : ());

    wait_log($n == 2 ? 'is not signed with the key of the CA of that name; '
                       . 'the last good version of .* stays'
                     : 'changed CRL file .* is in force');
}

run_tests();

__DATA__

=== TEST 1: RSA
--- crls
crl.pem issuer=rsa-ca
--- http_config
    auth_cert_trust signing {
        ca  $TEST_NGINX_PKI/rsa-ca.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify signing; echo passed; }
--- client_cert: by-rsa
--- before_request eval
sub { revoke($_[0], 'rsa-ca', 'by-rsa') }
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]


=== TEST 2: RSA-PSS
--- crls
crl.pem issuer=rsa-ca digest=pss
--- http_config
    auth_cert_trust signing {
        ca  $TEST_NGINX_PKI/rsa-ca.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify signing; echo passed; }
--- client_cert: by-rsa
--- before_request eval
sub { revoke($_[0], 'rsa-ca', 'by-rsa', 'digest=pss') }
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]


=== TEST 3: Ed25519, which signs no digest
--- crls
crl.pem issuer=ed25519-ca
--- http_config
    auth_cert_trust signing {
        ca  $TEST_NGINX_PKI/ed25519-ca.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify signing; echo passed; }
--- client_cert: by-ed25519
--- before_request eval
sub { revoke($_[0], 'ed25519-ca', 'by-ed25519') }
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]


=== TEST 4: a CRL that names the key of its CA, and one that names another
--- crls
crl.pem keyid=partners
--- http_config
    auth_cert_trust signing {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify signing; echo passed; }
--- client_cert: alice
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 2) {
        make_crl('crl.pem', 'number=2', 'keyid=imposter', 'key=imposter');
        wait_log('CRL file .*stays in force');
    } elsif ($n == 3) {
        make_crl('crl.pem', 'number=3', 'keyid=partners', 'revoke=alice');
        wait_log('changed CRL file .* is in force');
    }
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]


=== TEST 5: one of a distribution point speaks of those who name it, only
--- crls
crl.pem point=http://crl.example/1
--- http_config
    auth_cert_trust signing {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify signing; echo passed; }
--- client_cert: point-1 point-2 alice point-1
--- before_request eval
sub {
    return if $_[0] != 4;
    make_crl('crl.pem', 'point=http://crl.example/1', 'number=2',
             'revoke=point-1');
    wait_log('changed CRL file .* is in force');
}
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 400, 400, 400]


=== TEST 6: whose distribution points cannot be decoded is refused
--- crls
crl.pem point=http://crl.example/1
--- http_config
    auth_cert_trust signing {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl_missing  allow;
    }
--- config
    location /t { auth_cert_verify signing; echo passed; }
--- client_cert: point-broken alice
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[400, 200]


=== TEST 7: a distribution point may be a directory name
--- crls
crl.pem dirpoint=crl
--- http_config
    auth_cert_trust signing {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify signing; echo passed; }
--- client_cert: point-dirname point-1 point-issuer alice point-dirname
--- before_request eval
sub {
    return if $_[0] != 5;
    make_crl('crl.pem', 'dirpoint=crl', 'number=2', 'revoke=point-dirname');
    wait_log('changed CRL file .* is in force');
}
--- request eval
[("GET /t") x 5]
--- error_code eval
[200, 400, 400, 400, 400]


=== TEST 8: a CRL does not speak of those who name its point for some reasons, or another CRL issuer
--- crls
crl.pem point=http://crl.example/1
dir.pem dirpoint=other
--- http_config
    auth_cert_trust signing {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/dir.pem;
    }
--- config
    location /t { auth_cert_verify signing; echo passed; }
--- client_cert: point-1 point-reasons point-issuer point-dirname point-relative
--- request eval
[("GET /t") x 5]
--- error_code eval
[200, 400, 400, 400, 400]


=== TEST 9: more CRLs of one CA than anybody means
--- crls
crl.pem
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
    my $file = Test::Nginx::Util::html_dir() . '/crl.pem';
    my $crl = AuthCert::Config::read_file($file);
    return if $_[0] == 1;
    write_file('crl.pem', $crl x ($_[0] == 2 ? 64 : 2));
    wait_log('changed CRL file .* is in force', $_[0] - 1);
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]


=== TEST 10: CRLs of two points of a certificate do not replace each other
--- crls
1.pem point=http://crl.example/1 revoke=point-both
2.pem point=http://crl.example/2 number=2 this=-1000
--- http_config
    auth_cert_trust signing {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/1.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/2.pem;
    }
--- config
    location /t { auth_cert_verify signing; echo passed; }
--- client_cert: point-both point-1 point-2
--- request eval
[("GET /t") x 3]
--- error_code eval
[400, 200, 200]


=== TEST 11: two certificates of one CA are no two chances for a bad signature
--- crls
crl.pem issuer=renewed
--- http_config
    auth_cert_trust signing {
        ca  $TEST_NGINX_PKI/partners.crt;
        ca  $TEST_NGINX_PKI/renewed.crt;
        ca  $TEST_NGINX_PKI/renewed-first.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl_check  leaf;
    }
--- config
    location /t { auth_cert_verify signing; echo passed; }
--- client_cert: by-renewed
--- before_request eval
sub { revoke($_[0], 'renewed', 'by-renewed') }
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]
