# Early data (0-RTT): requests that run before the handshake has finished, and
# that anybody who recorded them can send again.

use lib 't/lib';
use AuthCert;

master_on();

http_config_for_all(<<'EOC');
    auth_cert_reload 100ms;

    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }

    auth_cert_policy not-early { deny $ssl_early_data=1; allow verified; }
    auth_cert_policy staff     { deny subject.CN=mallory; allow verified; }

    log_format early "[$early] $status $auth_cert_subject_cn $auth_cert_decision";
EOC

# a request of early data ends with its connection
our $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

run_tests();

__DATA__

=== TEST 1: without more, a recorded request is executed again, as the client of its session
--- crls
crl.pem
--- config
    ssl_early_data on;
    location /t {
        set $early $ssl_early_data;
        auth_cert_verify partners;
        auth_cert staff;
        access_log html/requests.log early;
        echo "for $auth_cert_subject_cn";
    }
    location /log { alias html/requests.log; }
--- before_request eval
sub {
    early_session('alice', $::request);
    my ($response, $recorded) = early_data('alice', $::request);
    Test::More::like($response, qr/ 200\b.*^for alice$/ms, 'the first time');
    early_again($recorded);
    early_again($recorded);
    early_log('requests.log', 4);
}
--- request
GET /log
--- response_body
[] 200 alice allow
[1] 200 alice allow
[1] 200 alice allow
[1] 200 alice allow


=== TEST 2: a rule on $ssl_early_data refuses it, each time, and no request after the handshake
--- crls
crl.pem
--- config
    ssl_early_data on;
    location /t {
        set $early $ssl_early_data;
        auth_cert_verify partners;
        auth_cert not-early staff;
        auth_cert_status 425;
        access_log html/requests.log early;
        echo "for $auth_cert_subject_cn";
    }
    location /log { alias html/requests.log; }
--- before_request eval
sub {
    my $first = early_session('alice', $::request);
    Test::More::like($first, qr/ 200\b.*^for alice$/ms, 'after the handshake');
    my ($response, $recorded) = early_data('alice', $::request);
    Test::More::like($response, qr{^HTTP/\S+ 425\b}, 'in early data');
    Test::More::unlike($response, qr/for alice/, 'it was not executed');
    early_again($recorded);
    early_log('requests.log', 3);
}
--- protocols: 1.1 3
--- request
GET /log
--- response_body
[] 200 alice allow
[1] 425 alice deny
[1] 425 alice deny


=== TEST 3: whom a policy denies is denied in early data
--- crls
crl.pem
--- config
    ssl_early_data on;
    location /t {
        set $early $ssl_early_data;
        auth_cert_verify partners;
        auth_cert staff;
        access_log html/requests.log early;
        echo "for $auth_cert_subject_cn";
    }
    location /log { alias html/requests.log; }
--- before_request eval
sub {
    early_session('mallory', $::request);
    my ($response, $recorded) = early_data('mallory', $::request);
    Test::More::like($response, qr{^HTTP/\S+ 403\b}, 'the first time');
    early_again($recorded);
    early_log('requests.log', 3);
}
--- protocols: 1.1 3
--- request
GET /log
--- response_body
[] 403 mallory deny
[1] 403 mallory deny
[1] 403 mallory deny


=== TEST 4: a certificate that was revoked meanwhile is refused, also to who recorded it
--- crls
crl.pem
--- config
    ssl_early_data on;
    location /t {
        set $early $ssl_early_data;
        auth_cert_verify partners;
        auth_cert staff;
        access_log html/requests.log early;
        echo "for $auth_cert_subject_cn";
    }
    location /log { alias html/requests.log; }
--- before_request eval
sub {
    early_session('alice', $::request);
    my ($response, $recorded) = early_data('alice', $::request);
    Test::More::like($response, qr/ 200\b.*^for alice$/ms, 'before');
    make_crl('crl.pem', 'revoke=alice', 'number=2');
    wait_log('changed CRL file .* is in force');
    ($response) = early_data('alice', $::request);
    Test::More::like($response, qr{^HTTP/\S+ 400\b}, 'the client');
    early_again($recorded);
    early_log('requests.log', 4);
}
--- protocols: 1.1 3
--- request
GET /log
--- response_body
[] 200 alice allow
[1] 200 alice allow
[1] 400 - deny
[1] 400 - deny


=== TEST 5: where the handshake is strict, early data of a revoked certificate is not looked at
--- crls
crl.pem
--- config
    ssl_early_data on;
    auth_cert_handshake strict;
    auth_cert_verify partners;
    location /t {
        set $early $ssl_early_data;
        auth_cert staff;
        access_log html/requests.log early;
        echo "for $auth_cert_subject_cn";
    }
    location /log { auth_cert off; auth_cert_verify off; alias html/requests.log; }
--- before_request eval
sub {
    early_session('alice', $::request);
    my ($response, $recorded) = early_data('alice', $::request);
    Test::More::like($response, qr/ 200\b.*^for alice$/ms, 'before');
    make_crl('crl.pem', 'revoke=alice', 'number=2');
    wait_log('changed CRL file .* is in force');
    ($response) = early_data('alice', $::request);
    Test::More::is($response, '', 'no answer');
    early_again($recorded);
    early_log('requests.log', 2);
}
--- protocols: 1.1 3
--- request
GET /log
--- response_body
[] 200 alice allow
[1] 200 alice allow


=== TEST 6: HTTP/3: without more, a recorded request is executed again
--- crls
crl.pem
--- config
    ssl_early_data on;
    location /t {
        set $early $ssl_early_data;
        auth_cert_verify partners;
        auth_cert staff;
        access_log html/requests.log early;
        echo "for $auth_cert_subject_cn";
    }
    location /log { alias html/requests.log; }
--- before_request eval
sub {
    early_session('alice', $::request);
    my ($response, $recorded) = early_data('alice', $::request);
    Test::More::like($response, qr/ 200\b.*^for alice$/ms, 'the first time');
    early_again($recorded);
    early_log('requests.log', 3);
}
--- protocols: 3
--- request
GET /log
--- response_body
[] 200 alice allow
[1] 200 alice allow
[1] 200 alice allow
