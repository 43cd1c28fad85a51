# Workers that are killed, wherever that happens: what they share with the
# others is as good as before.

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
master_on();
workers(1);

http_config_for_all(<<'_EOC_');
    auth_cert_reload 100ms;
_EOC_

sub wanted {
    return "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
}

run_tests();

__DATA__

=== TEST 1: who dies while it reads a CRL does not keep it for ever
--- http_config
    auth_cert_zone 1m;
    auth_cert_trust partners {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- crls
crl.pem fill=20000
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    die_each('pool', 'alice', main::wanted(), qr/^passed$/m);

    for my $n (2 .. 6) {
        make_crl('crl.pem', "number=$n", 'fill=20000',
                 $n == 6 ? 'revoke=alice' : ());
        wait_log('changed CRL file .* is in force', $n - 1);
    }
}
--- error_code: 400
--- no_error_log
[emerg]
[crit]


=== TEST 2: who dies while it writes to the cache leaves no key with another chain
--- http_config
    auth_cert_zone 128k;
    auth_cert_trust partners {
        ca          $TEST_NGINX_PKI/partners.crt;
        crl         $TEST_NGINX_SERVER_ROOT/html/crl.pem;
        crl_missing allow;
    }
--- crls
crl.pem revoke=mallory
--- config
    location /t { auth_cert_verify partners; echo passed; }
--- client_cert: alice
--- request
GET /t
--- before_request eval
sub {
    my @others = pki_text('manifest.jsonl') =~ /^\{"name": "([^"]+)"/mg;
    @others = grep { $_ ne 'mallory' } @others;

    # as many as the cache has room for, and more
    my $before = sub {
        my @some = map { $others[2 * $_ + $_[0] % 2] } 0 .. $#others / 2 - 1;
        AuthCert::Faults::request($_, main::wanted()) for @some;
    };

    die_each('copy', 'mallory', main::wanted(), qr{^HTTP/1.1 400 }, $before);
}
--- no_error_log
[emerg]
[crit]
