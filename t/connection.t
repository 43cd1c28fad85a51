# One connection, many requests: each gets the verdict of its location and of
# its moment.

use lib 't/lib';
use AuthCert;

fake_clock();

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }

    auth_cert_policy alice { allow subject.CN=alice role=accountant; }
    auth_cert_policy bob { allow subject.CN=bob role=builder; }
    auth_cert_policy own { allow subject.CN=$arg_name role=owner; }
EOC

add_block_preprocessor(sub {
    my $block = shift;

    $block->set_value('config', <<'EOC') unless defined $block->config;
        location /alice {
            auth_cert_verify partners;
            auth_cert alice;
            echo "$connection_requests $auth_cert_role";
        }

        location /bob {
            auth_cert_verify partners;
            auth_cert bob;
            echo "$connection_requests $auth_cert_role";
        }

        location /own {
            auth_cert_verify partners;
            auth_cert own;
            echo "$connection_requests $auth_cert_role";
        }

        location /ops {
            auth_cert_verify ops;
            echo "$connection_requests $auth_cert_trust";
        }

        location /any {
            auth_cert_verify ops partners;
            echo "$connection_requests $auth_cert_trust";
        }

        location /public {
            echo "$connection_requests [$auth_cert_verify]";
        }

        location /verify {
            auth_cert_verify partners;
            auth_cert off;
            echo "$auth_cert_verify $auth_cert_subject_cn";
        }
EOC
});

run_tests();

__DATA__

=== TEST 1: each location has its own verdict
--- client_cert: alice
--- keep_connection
--- request eval
["GET /alice", "GET /bob", "GET /public", "GET /own?name=alice",
 "GET /own?name=bob", "GET /any", "GET /bob", "GET /alice", "GET /own?name=x",
 "GET /own?name=alice", "GET /any"]
--- error_code eval
[200, 403, 200, 200, 403, 200, 403, 200, 403, 200, 200]
--- response_body_like eval
["^1 accountant\n", "403 Forbidden", '^3 \[NONE\]$', "^4 owner\n",
 "403 Forbidden", "^6 partners\n", "403 Forbidden", "^8 accountant\n",
 "403 Forbidden", "^10 owner\n", "^11 partners\n"]


=== TEST 2: a hundred requests are answered as the first one is
--- client_cert: bob
--- keep_connection
--- request eval
[("GET /bob", "GET /alice") x 50]
--- error_code eval
[(200, 403) x 50]


=== TEST 3: pipelined requests that are allowed and refused by policies
--- client_cert: alice
--- pipelined_requests eval
["GET /alice", "GET /bob", "GET /own?name=alice", "GET /own?name=bob",
 "GET /alice"]
--- error_code eval
[200, 403, 200, 403, 200]
--- response_body_like eval
["^1 accountant\n", "403 Forbidden", "^3 owner\n", "403 Forbidden",
 "^5 accountant\n"]


=== TEST 4: a client that is not verified can pipeline no further
--- client_cert: ops-carol
--- raw_request eval
"GET /ops HTTP/1.1\r\nHost: localhost\r\n\r\n"
. "GET /alice HTTP/1.1\r\nHost: localhost\r\n\r\n"
. "GET /third HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
--- error_code: 200
--- response_body
1 ops
--- error_log eval
qr/client certificate refused: certificate not verified: .*"GET \/alice/
--- no_error_log
/third
[alert]
--- log_level: info


=== TEST 5: HTTP/2: streams of one connection
--- client_cert: alice
--- http_version: 2
--- pipelined_requests eval
["GET /alice", "GET /bob", "GET /public", "GET /ops", "GET /any",
 "GET /own?name=bob", "GET /own?name=alice"]
--- error_code eval
[200, 403, 200, 400, 200, 403, 200]
--- response_body_like eval
["^1 accountant\n", "403 Forbidden", '^3 \[NONE\]$', "SSL certificate error",
 "^5 partners\n", "403 Forbidden", "^7 owner\n"]


=== TEST 6: HTTP/2: without a certificate
--- client_cert: none
--- http_version: 2
--- pipelined_requests eval
["GET /alice", "GET /public", "GET /own?name=", "GET /verify"]
--- error_code eval
[400, 200, 400, 200]


=== TEST 7: a certificate that ends is refused in the same second on an open connection and on a new one
--- client_cert: alice
--- keep_connection
--- before_request eval
sub {
    my ($n, $block) = @_;
    set_clock('2049-12-31T23:59:50Z') if $n == 2;
    set_clock('2050-01-01T00:00:00Z') if $n == 3;
}
--- request eval
["GET /alice", "GET /alice", "GET /alice"]
--- error_code eval
[200, 200, 400]


=== TEST 8: with it the verdicts on all locations change
--- client_cert: alice
--- keep_connection
--- before_request eval
sub { set_clock('2050-01-01T00:00:00Z') if $_[0] == 5 }
--- request eval
["GET /alice", "GET /own?name=alice", "GET /any", "GET /verify",
 "GET /verify", "GET /public", "GET /own?name=alice"]
--- error_code eval
[200, 200, 200, 200, 200, 200, 400]
--- response_body_like eval
["^1 accountant\n", "^2 owner\n", "^3 partners\n", "^SUCCESS alice\n",
 "^FAILED:certificate has expired \n", '^6 \[NONE\]$', "certificate error"]


=== TEST 9: also of a policy that was kept for the connection
--- client_cert: alice
--- keep_connection
--- before_request eval
sub { set_clock('2050-01-01T00:00:00Z') if $_[0] == 3 }
--- request eval
["GET /alice", "GET /verify", "GET /alice"]
--- error_code eval
[200, 200, 400]


=== TEST 10: an intermediate that ends: the same
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert off;
        echo "$auth_cert_verify $auth_cert_subject_cn";
    }
--- client_cert: old-chain
--- keep_connection
--- before_request eval
sub {
    set_clock('2025-05-31T12:00:00Z') if $_[0] == 1;
    set_clock('2025-06-01T12:00:00Z') if $_[0] == 3;
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
["SUCCESS alice\n", "SUCCESS alice\n", "FAILED:certificate has expired \n"]


=== TEST 11: a certificate that begins is let in on the connection it came by
--- client_cert: not-yet
--- keep_connection
--- before_request eval
sub { set_clock('2049-01-01T00:00:00Z') if $_[0] == 3 }
--- request eval
["GET /verify", "GET /verify", "GET /verify", "GET /alice"]
--- response_body_like eval
["^FAILED:certificate is not yet valid",
 "^FAILED:certificate is not yet valid", "^SUCCESS alice\n",
 "^4 accountant\n"]


=== TEST 12: a clock that is set back
--- client_cert: not-yet
--- keep_connection
--- before_request eval
sub {
    set_clock('2049-01-02T00:00:00Z') if $_[0] == 1;
    set_clock('2048-12-31T00:00:00Z') if $_[0] == 3;
    set_clock('2049-01-02T00:00:00Z') if $_[0] == 4;
}
--- request eval
["GET /alice", "GET /verify", "GET /verify", "GET /alice"]
--- response_body_like eval
["^1 accountant\n", "^SUCCESS alice\n",
 "^FAILED:certificate is not yet valid", "^4 accountant\n"]


=== TEST 13: what a variable says before the access phase is of the same moment
--- config
    location /t {
        set $before $auth_cert_verify;
        auth_cert_verify partners;
        auth_cert alice;
        echo "$before $auth_cert_verify";
    }

    location /off {
        set $before $auth_cert_verify;
        auth_cert_verify partners;
        auth_cert off;
        echo "$before, $auth_cert_verify";
    }
--- client_cert: alice
--- keep_connection
--- before_request eval
sub { set_clock('2050-01-01T00:00:00Z') if $_[0] == 2 }
--- request eval
["GET /t", "GET /off", "GET /t"]
--- error_code eval
[200, 200, 400]
--- response_body_like eval
["^SUCCESS SUCCESS\n",
 "^FAILED:certificate has expired, FAILED:certificate has expired\n",
 "certificate error"]


=== TEST 14: the CA of the set that ends: the same
--- http_config
    auth_cert_trust old {
        ca $TEST_NGINX_PKI/old-intermediate.crt;
        partial_chain on;
    }
--- config
    location /t {
        auth_cert_verify old;
        auth_cert off;
        echo "$auth_cert_verify $auth_cert_subject_cn";
    }
--- client_cert: old-chain
--- keep_connection
--- before_request eval
sub {
    set_clock('2025-05-31T12:00:00Z') if $_[0] == 1;
    set_clock('2025-06-01T12:00:00Z') if $_[0] == 3;
}
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body eval
["SUCCESS alice\n", "SUCCESS alice\n", "FAILED:certificate has expired \n"]
