# Memory that runs out while what is odd in a certificate is read, compared,
# and written into the log: no rule misses it.

BEGIN {
    # it has an allocator of its own
    if ($ENV{TEST_NGINX_USE_VALGRIND}) {
        print "1..0 # SKIP the allocator is replaced\n";
        exit;
    }
}

use lib 't/lib';
use AuthCert;

faults();

http_config_for_all(<<'_EOC_');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
_EOC_

our $request = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

run_tests();

__DATA__

=== TEST 1: strings that are no UTF-8, other names, extensions
--- http_config
    auth_cert_policy all {
        deny   subject.CN=nobody;
        deny   san.upn=nobody@corp.example;
        deny   san.other.1.2.3.10=nobody;
        deny   ext.1.2.3.4.100.22=nobody;
        allow  verified;
    }
    auth_cert_policy east { deny ext.1.2.3.4.100.22=東京; allow verified; }
--- config
    auth_cert_verify partners;

    location /t { auth_cert all; echo passed; }
    location /east { auth_cert east; echo passed; }
--- no_error_log
exited on signal
--- client_cert: strings
--- request
GET /east
--- before_request eval
sub {
    my $passed = qr/^passed$/m;
    my $east = $main::request =~ s/\/t/\/east/r;

    fail_each('pool', 1, 'bmp', "$main::request\r\n", $passed);
    fail_each('pool', 1, 'upn', "$main::request\r\n", $passed);
    fail_each('pool', 1, 'other-order', "$main::request\r\n", $passed);
    fail_each('pool', 1, 'strings', "$east\r\n", qr/^HTTP\/1\.1 403 /);
}
--- error_code: 403


=== TEST 2: a value that is told by its DER, in a pattern of the request
--- http_config
    auth_cert_policy staff { deny subject=$http_x_dn; allow verified; }
--- config
    location /t { auth_cert_verify partners; auth_cert staff; echo passed; }
--- no_error_log
exited on signal
--- client_cert: printable
--- request
GET /t
--- more_headers
X-DN: CN=#0c05616c696365
--- before_request eval
sub {
    my $alice = "${main::request}X-DN: CN=#0c05616c696365\r\n\r\n";

    fail_each('pool', 1, 'rsa', $alice, qr/^passed$/m);
    fail_each('pool', 1, 'printable', $alice, qr/^HTTP\/1\.1 403 /);
}
--- error_code: 403


=== TEST 3: a variable of a value that ends in a space
--- config
    location /t {
        auth_cert_verify  partners;
        auth_cert_header  X-Subject $auth_cert_subject;
        proxy_pass  http://backend;
    }
--- no_error_log
exited on signal
--- client_cert: trailing-cn
--- request
GET /t
--- before_request eval
sub {
    fail_each('pool', 1, 'trailing-cn', "$main::request\r\n",
              qr/^X-Subject: CN=admin\\20\r?$/m);
}
--- response_body_like: X-Subject: CN=admin.20


=== TEST 4: the line of a refusal, with a server name that has to be escaped
--- config
    auth_cert_verify partners;
    auth_cert_handshake strict;

    location /t { echo passed; }
--- no_error_log
exited on signal
--- client_cert: imposter-alice
--- tls_alert: decrypt_error
--- request
GET /t
--- before_request eval
sub {
    fail_each('pool', 1, 'imposter-alice', "$main::request\r\n", qr/^$/,
              sni => "a\tb");
}
--- error_code: 000
--- error_log eval
[qr/refused: certificate not verified: certificate signature failure, subject: .*server name: "a%09b"/,
 qr/refused: certificate not verified: certificate signature failure, subject: [^"]*"[^"]*", issuer: "[^"]*", serial: \w+, fingerprint: \w+(?: while|,(?! server name))/]
