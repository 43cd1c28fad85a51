# The shared memory: limits that are told, and the verification cache.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_reload 100ms;
EOC

run_tests();

__DATA__

=== TEST 1: a zone too small for its CRL is an error that names the size
--- crls
crl.pem fill=20000
--- http_config
    auth_cert_zone 256k;
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- must_die
--- error_log eval
qr/\[emerg\] .*CRL file ".*crl.pem": "auth_cert_zone" is too small: \d+ more bytes are needed, set it to at least 1m in .*nginx.conf:\d+/


=== TEST 2: the size that it names is enough, also to replace the CRL
--- crls
crl.pem fill=20000
--- http_config
    auth_cert_zone 1m;
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- before_request eval
sub {
    my ($n) = @_;
    return if $n == 1;
    make_crl('crl.pem', "number=$n", 'fill=20000', $n == 4 ? 'revoke=alice'
                                                           : 'revoke=bob');
    wait_log('changed CRL file .* is in force', $n - 1);
}
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 200, 400]


=== TEST 3: a CRL that has grown too large leaves the last good one in force
--- crls
crl.pem revoke=mallory
--- http_config
    auth_cert_zone 512k;
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo $auth_cert_reload_failures; }
--- client_cert: alice alice mallory
--- before_request eval
sub {
    return if $_[0] != 2;
    make_crl('crl.pem', 'number=2', 'fill=100000', 'revoke=alice');
    wait_log('"auth_cert_zone" is too small: \d+ more bytes are needed, '
             . 'set it to at least \d+m; the last good version of');
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^0\$", "^1\$", "400"]


=== TEST 4: a zone of no size, and one that is too small for anything
--- http_config
    auth_cert_zone 8k;
--- config
    location /t { echo passed; }
--- must_die
--- error_log
"auth_cert_zone 8k" is too small, it needs at least


=== TEST 5: a size that is none
--- http_config
    auth_cert_zone big;
--- config
    location /t { echo passed; }
--- must_die
--- error_log
invalid size "big" of "auth_cert_zone", expected a size such as 32m


=== TEST 6: intervals and times that are none
--- http_config
    auth_cert_verify_cache soon;
--- config
    location /t { echo passed; }
--- must_die
--- error_log
invalid time "soon" of "auth_cert_verify_cache", expected a time such as 1h, or "off"


=== TEST 7: a chain is verified once, whatever connection it comes on
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
--- config
    location /t { auth_cert_verify partners; echo $auth_cert_subject_cn; }
--- client_cert: deep
--- before_request eval
sub { wait_log('auth_cert trust "partners": cached') if $_[0] == 3 }
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
["deep\n", "deep\n", "deep\n"]


=== TEST 8: off
--- http_config
    auth_cert_verify_cache off;
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
--- config
    location /t { auth_cert_verify partners; echo $auth_cert_subject_cn; }
--- client_cert: deep
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["deep\n", "deep\n"]
--- no_error_log
: cached


=== TEST 9: failures are not kept
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: imposter-alice
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[400, 400]
--- no_error_log
: cached


=== TEST 10: what one set has verified is nothing to another one
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust shallow { ca $TEST_NGINX_PKI/partners.crt; depth 1; }
    auth_cert_trust imposter { ca $TEST_NGINX_PKI/imposter.crt; }
--- config
    location /p { auth_cert_verify partners; echo passed; }
    location /s { auth_cert_verify shallow; echo passed; }
    location /i { auth_cert_verify imposter; echo passed; }
--- client_cert: deep
--- request eval
["GET /p", "GET /s", "GET /i", "GET /p"]
--- error_code eval
[200, 400, 400, 200]


=== TEST 11: a chain from the cache is looked up in the CRLs
--- crls
crl.pem
deep1.pem issuer=deep1
deep2.pem issuer=deep2
deep3.pem issuer=deep3
--- http_config
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/deep1.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/deep2.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/deep3.pem;
    }
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: deep
--- before_request eval
sub {
    return if $_[0] != 3;
    make_crl('deep1.pem', 'issuer=deep1', 'number=2', 'revoke=deep2');
    wait_log('changed CRL file .* is in force');
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 400]


=== TEST 12: the chain that is forwarded is the same from the cache
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
--- config
    location /t { auth_cert_verify partners; echo $auth_cert_chain_rfc9440; }
--- client_cert: via-intermediate
--- tls_resume
--- tls_reused: no yes
--- request eval
["GET /t", "GET /t"]
--- response_body eval
[map { ":" . der_base64('intermediate') . ":\n" } 1, 2]


=== TEST 13: CAs that have changed make the cache forget
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- http_config
    auth_cert_trust changing { ca $TEST_NGINX_SERVER_ROOT/html/ca.pem; }
--- config
    location /t { auth_cert_verify changing; echo passed; }
--- client_cert: alice
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 2) {
        copy_file('ops.crt', 'ca.pem');
        wait_log('changed CA file .* is in force');
    }
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]


=== TEST 14: a chain that a set without CRLs has verified is no use to one with
--- crls
crl.pem revoke=alice
--- http_config
    auth_cert_trust plain { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust revoking {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /p { auth_cert_verify plain; echo passed; }
    location /r { auth_cert_verify revoking; echo passed; }
--- client_cert: alice
--- request eval
["GET /p", "GET /r", "GET /p"]
--- error_code eval
[200, 400, 200]


=== TEST 15: more chains than the cache has room for: each verdict is its own
--- http_config
    auth_cert_zone 128k;
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust shallow { ca $TEST_NGINX_PKI/partners.crt; depth 1; }
    auth_cert_trust both { ca $TEST_NGINX_PKI/partners+ops.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
--- config
    location /p { auth_cert_verify partners; echo $auth_cert_subject_cn; }
    location /s { auth_cert_verify shallow; echo $auth_cert_subject_cn; }
    location /b { auth_cert_verify both; echo $auth_cert_subject_cn; }
    location /o { auth_cert_verify ops; echo $auth_cert_subject_cn; }
--- client_cert eval
[map { ($_) x 4 } (qw(alice bob mallory rsa deep two-cns quoted upn rid upper-case
                      mapped-ip ops-carol)) x 2]
--- request eval
[map { "GET $_" } (qw(/p /s /b /o)) x 24]
--- error_code eval
[map { $_ eq 'ops-carol' ? (400, 400, 200, 200)
     : $_ eq 'deep' ? (200, 400, 200, 400) : (200, 200, 200, 400) }
 (qw(alice bob mallory rsa deep two-cns quoted upn rid upper-case
     mapped-ip ops-carol)) x 2]


=== TEST 16: a list that has grown too large leaves the last good one in force
--- user_files
>>> names.list
alice  clerk
--- http_config
    auth_cert_zone 128k;
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_policy listed {
        allow subject.CN=@$TEST_NGINX_SERVER_ROOT/html/names.list;
    }
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert listed;
        echo $auth_cert_role $auth_cert_reload_failures;
    }
--- client_cert: alice bob bob alice
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 2) {
        write_file('names.list', join '', "bob\n", map { "client-$_\n" } 1 .. 9999);
        wait_log('"auth_cert_zone" is too small: \d+ more bytes are needed, '
                 . 'set it to at least \d+m; the last good version of '
                 . '".*/names.list" stays in force');
    } elsif ($n == 3) {
        write_file('names.list', "bob  boss\n");
        wait_log('changed list .* is in force');
    }
}
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 403, 200, 403]
--- response_body_like eval
["^clerk 0\$", "403", "^boss 1\$", "403"]


=== TEST 17: CAs for which there is no room leave the last good ones in force
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- http_config
    auth_cert_zone 128k;
    auth_cert_trust changing { ca $TEST_NGINX_SERVER_ROOT/html/ca.pem; }
--- config
    location /t { auth_cert_verify changing; echo $auth_cert_reload_failures; }
--- client_cert: alice ops-carol
--- before_request eval
sub {
    return if $_[0] != 1;
    write_file('ca.pem', join '', map { pki_text($_) } ('ops.crt') x 400);
    wait_log('"auth_cert_zone" is too small: .* the last good version of '
             . '".*/ca.pem" stays in force');
}
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 400]
--- response_body_like eval
["^1\$", "400"]


=== TEST 18: more files than a zone has room for are an error at start
--- http_config eval
"auth_cert_zone 128k;\nauth_cert_trust many {\n"
. join('', map { "ca $ENV{TEST_NGINX_PKI}/" . './' x $_ . "ops.crt;\n" } 1 .. 600)
. "}\n"
--- config
    location /t { auth_cert_verify many; echo passed; }
--- must_die
--- error_log
"auth_cert_zone" is too small for 600 files, make it larger


=== TEST 19: a chain that is longer than an entry is verified each time
--- http_config
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
--- config
    location /t { auth_cert_verify partners; echo $auth_cert_subject_cn; }
--- client_cert: deeper
--- request eval
[("GET /t") x 3]
--- response_body eval
[("deeper\n") x 3]
--- no_error_log
: cached


=== TEST 20: sets of the same CAs share a chain, in whatever order these are read
--- http_config
    auth_cert_trust one {
        ca $TEST_NGINX_PKI/partners.crt;
        ca $TEST_NGINX_PKI/ops.crt;
        ca $TEST_NGINX_PKI/legacy.crt;
    }
    auth_cert_trust two {
        ca $TEST_NGINX_PKI/legacy.crt;
        ca $TEST_NGINX_PKI/ops.crt;
        ca $TEST_NGINX_PKI/partners.crt;
    }
--- config
    location /one { auth_cert_verify one; echo $auth_cert_trust; }
    location /two { auth_cert_verify two; echo $auth_cert_trust; }
--- client_cert: alice
--- before_request eval
sub { wait_log('auth_cert trust "two": cached') if $_[0] == 3 }
--- request eval
["GET /one", "GET /two", "GET /two"]
--- response_body eval
["one\n", "two\n", "two\n"]


=== TEST 21: an anchor of partial_chain is none to a set without it
--- http_config
    auth_cert_trust near { ca $TEST_NGINX_PKI/deep2.crt; partial_chain on; }
    auth_cert_trust far { ca $TEST_NGINX_PKI/deep2.crt; }
--- config
    location /n { auth_cert_verify near; echo passed; }
    location /f { auth_cert_verify far; echo passed; }
--- client_cert: deep
--- request eval
["GET /n", "GET /f", "GET /n"]
--- error_code eval
[200, 400, 200]


=== TEST 22: without files there is none, and no count of bad ones
--- config
    location = /t { echo "[$auth_cert_reload_failures]"; }
--- client_cert: none
--- request
GET /t
--- response_body
[]
