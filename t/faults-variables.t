# Memory that runs out while variables are made for "set", before the access
# phase: none is left empty, and who is refused stays refused.

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

    auth_cert_map $group san.email {
        ~^(\w+)@  $1;
        default   nobody;
    }

    auth_cert_policy staff {
        deny   subject.CN=mallory;
        allow  san.email~^(\w+)@acme\.example$  role=$1;
    }
_EOC_

run_tests();

__DATA__

=== TEST 1: a variable that is asked for before the access phase
--- config
    auth_cert_verify  partners;

    location /early/ {
        auth_cert  staff;

        location /early/role     { set $copy $auth_cert_role; echo "[$copy]"; }
        location /early/decision { set $copy $auth_cert_decision; echo "[$copy]"; }
        location /early/rule     { set $copy $auth_cert_rule; echo "[$copy]"; }
        location /early/reason   { set $copy $auth_cert_reason; echo "[$copy]"; }
        location /early/chain    { set $copy $auth_cert_chain_rfc9440; echo "[$copy]"; }
        location /early/trust    { set $copy $auth_cert_trust; echo "[$copy]"; }
        location /early/ca       { set $copy $auth_cert_ca; echo "[$copy]"; }
        location /early/days     { set $copy $auth_cert_days_left; echo "[$copy]"; }
        location /early/xfcc     { set $copy $auth_cert_xfcc; echo "[$copy]"; }
        location /early/failures { set $copy $auth_cert_reload_failures; echo "[$copy]"; }
    }

    # what failed first keeps the second from being made
    location /two {
        auth_cert  staff;

        location /two/variables {
            set $copy $auth_cert_subject_cn;
            set $other $auth_cert_role;
            echo "[$copy, $other]";
        }

        location /two/maps {
            set $copy $auth_cert_role;
            set $other $group;
            echo "[$copy, $other]";
        }
    }

    location /off/ {
        auth_cert  off;

        location /off/verify { set $copy $auth_cert_verify; echo "[$copy]"; }
        location /off/role   { set $copy $auth_cert_role; echo "[$copy]"; }
    }
--- no_error_log
exited on signal
--- client_cert: mallory
--- request
GET /early/role
--- before_request eval
sub {
    my $end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    # the decision is made anew in the access phase when memory ran out
    my %right = (role => 'alice', decision => '(?:allow|deny)', rule => 'staff:2',
                 reason => '(?:rule 2 of policy staff|internal error.*)', trust => 'partners',
                 ca => '[0-9a-f]{64}', days => '\d+', xfcc => 'Hash=.*',
                 failures => '0', chain => '');

    for my $path (sort keys %right) {
        my $request = "GET /early/$path$end";

        fail_each('pool', 1, 'alice', $request, qr/^\[$right{$path}\]$/m);
        fail_each('pool', 1, 'mallory', $request, qr/^HTTP\/1\.1 403 /);
    }

    for my $path ('variables', 'maps') {
        fail_each('pool', 1, 'alice', "GET /two/$path$end",
                  qr/^\[alice, alice\]$/m);
    }

    fail_each('pool', 1, 'expired', "GET /off/verify$end",
              qr/^\[FAILED:certificate has expired\]$/m);
    fail_each('pool', 1, 'expired', "GET /off/role$end", qr/^\[\]$/m);
}
--- error_code: 403
