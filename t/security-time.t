# What time does to a connection that stays open.

use lib 't/lib';
use AuthCert;

fake_clock();

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

    auth_cert_policy staff {
        allow subject.CN=alice role=accountant;
        deny  all;
    }
EOC

run_tests();

__DATA__

=== TEST 1: a certificate that ends on an open connection is refused there
--- config
    error_page 495 =495 /refused;

    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo "$auth_cert_verify $auth_cert_subject_cn";
    }

    location = /refused {
        internal;
        echo "$auth_cert_reason";
    }
--- client_cert: alice
--- keep_connection
--- before_request eval
sub { set_clock('2050-01-01T00:00:00Z') if $_[0] == 3 }
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 495]


=== TEST 2: what one location finds ended is no identity in another one
--- config
    location /a {
        auth_cert_verify partners optional;
        auth_cert off;
        auth_cert_header X-Client $auth_cert_subject_cn;
        auth_cert_forward rfc9440 xfcc;
        proxy_set_header X-Verify $auth_cert_verify;
        proxy_set_header Host backend;
        proxy_pass http://backend;
    }

    location /b {
        auth_cert_verify partners optional;
        auth_cert off;
        echo $auth_cert_verify;
    }
--- client_cert: alice
--- keep_connection
--- before_request eval
sub { set_clock('2050-01-01T00:00:00Z') if $_[0] == 2 }
--- request eval
["GET /a", "GET /b", "GET /a"]
--- response_body_like eval
["X-Client: alice", '^FAILED:certificate has expired$',
 "X-Verify: FAILED:certificate has expired"]
--- response_body_unlike eval
["FAILED", "SUCCESS", "alice|Client-Cert"]


=== TEST 3: the end of ssl_crl is the end of what it said, on an open connection too
--- crls
crl.pem next=86400
--- config
    ssl_verify_client on;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    ssl_crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;

    location /t {
        auth_cert staff;
        echo $auth_cert_verify;
    }

    location /verify {
        auth_cert off;
        echo $auth_cert_verify;
    }
--- client_cert: alice
--- keep_connection
--- before_request eval
sub {
    my ($n) = @_;
    use POSIX ();
    my $in = sub { POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime time + $_[0]) };
    set_clock($in->(86000)) if $n == 2;
    set_clock($in->(86500)) if $n == 3;
}
--- request eval
["GET /t", "GET /t", "GET /verify", "GET /t"]
--- error_code eval
[200, 200, 200, 400]
--- response_body_like eval
["SUCCESS", "SUCCESS", "FAILED:CRL has expired", "400"]


=== TEST 4: the end of a CRL, and the begin of one, on an open connection
--- crls
old.pem next=86400
new.pem this=90000 next=180000 number=2
--- http_config
    auth_cert_trust revoking {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/old.pem;
        crl $TEST_NGINX_SERVER_ROOT/html/new.pem;
    }
--- config
    location /t { auth_cert_verify revoking; auth_cert staff; echo passed; }

    location /verify {
        auth_cert_verify revoking;
        auth_cert off;
        echo $auth_cert_verify;
    }
--- client_cert: alice
--- keep_connection
--- before_request eval
sub {
    my ($n) = @_;
    use POSIX ();
    my $in = sub { POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime time + $_[0]) };
    set_clock($in->(86000)) if $n == 2;
    set_clock($in->(86500)) if $n == 3;
    set_clock($in->(90100)) if $n == 4;
}
--- request eval
["GET /verify", "GET /verify", "GET /verify", "GET /verify", "GET /t"]
--- response_body_like eval
["^SUCCESS", "^SUCCESS", "^FAILED:CRL is not yet", "^SUCCESS", "^passed"]


=== TEST 5: in the second of its nextUpdate a CRL has ended
--- crls
crl.pem next=86400
--- http_config
    auth_cert_trust revoking {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location /t {
        auth_cert_verify revoking;
        auth_cert off;
        keepalive_requests 1;
        echo $auth_cert_verify;
    }
--- client_cert: alice
--- before_request eval
sub {
    my ($n) = @_;
    my $file = "$ENV{TEST_NGINX_SERVER_ROOT}/html/crl.pem";
    my ($end) = `openssl crl -in $file -noout -nextupdate` =~ /=(.*)/;

    require Time::Piece;
    $end = Time::Piece->strptime($end, '%b %e %H:%M:%S %Y GMT');

    set_clock(($end - ($n == 1 ? 60 : 0))->strftime('%Y-%m-%dT%H:%M:%SZ'));
}
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["SUCCESS\n", "FAILED:CRL has expired\n"]
