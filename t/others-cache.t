# Beside proxy_cache: what is kept for one client is given to no other one who
# may not have it.

use lib 't/lib';
use AuthCert;

upstream('http');

http_config_for_all(<<'EOC');
    proxy_cache_path $TEST_NGINX_SERVER_ROOT/html/cache keys_zone=cache:1m;
    proxy_cache cache;
    proxy_cache_valid 200 1h;
    add_header X-Cache $upstream_cache_status always;

    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_policy staff {
        allow subject.CN=alice role=accountant;
        allow subject.CN=bob role=clerk;
    }
    auth_cert_verify partners;
EOC

run_tests();

__DATA__

=== TEST 1: a kept answer is not given to a client that is refused
--- config
    location = /t {
        auth_cert staff;
        proxy_cache_key $uri;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice mallory none imposter-alice expired alice bob
--- request eval
[("GET /t") x 7]
--- error_code eval
[200, 403, 400, 400, 400, 200, 200]
--- response_headers eval
["X-Cache: MISS", ("X-Cache: ") x 4, "X-Cache: HIT", "X-Cache: HIT"]


=== TEST 2: nor to one whose certificate is revoked afterwards
--- http_config
    auth_cert_reload 100ms;

    auth_cert_trust revocable {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- crls
crl.pem
--- config
    location = /t {
        auth_cert_verify revocable;
        auth_cert staff;
        proxy_cache_key $uri;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- before_request eval
sub {
    return if $_[0] != 3;
    make_crl('crl.pem', 'number=2', 'revoke=alice');
    wait_log('changed CRL file .* is in force');
}
--- keep_connection
--- request eval
[("GET /t") x 3]
--- error_code eval
[200, 200, 400]
--- response_headers eval
["X-Cache: MISS", "X-Cache: HIT", "X-Cache: "]


=== TEST 3: a refusal is not kept, whoever comes first
--- config
    location = /t {
        auth_cert staff;
        proxy_cache_valid any 1h;
        proxy_cache_key $uri;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: mallory none alice alice mallory
--- request eval
[("GET /t") x 5]
--- error_code eval
[403, 400, 200, 200, 403]


=== TEST 4: the identity in the key: everybody has an answer of his own
--- config
    location = /t {
        auth_cert staff;
        auth_cert_header X-Client-Role $auth_cert_role;
        proxy_cache_key "$auth_cert_fingerprint $uri";
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice bob alice bob
--- more_headers
X-Client-Role: admin
--- request eval
[("GET /t") x 4]
--- response_headers eval
["X-Cache: MISS", "X-Cache: MISS", "X-Cache: HIT", "X-Cache: HIT"]
--- response_body eval
[("X-Client-Role: accountant\n", "X-Client-Role: clerk\n") x 2]


=== TEST 5: the role in the key: those of one role share an answer
--- http_config
    auth_cert_policy groups {
        allow subject.CN=alice role=staff;
        allow subject.CN=bob role=staff;
        allow subject.CN=mallory role=guest;
    }
--- config
    location = /t {
        auth_cert groups;
        auth_cert_header X-Client-Role $auth_cert_role;
        proxy_cache_key "$auth_cert_role $uri";
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice bob mallory mallory
--- request eval
[("GET /t") x 4]
--- response_headers eval
["X-Cache: MISS", "X-Cache: HIT", "X-Cache: MISS", "X-Cache: HIT"]
--- response_body eval
[("X-Client-Role: staff\n") x 2, ("X-Client-Role: guest\n") x 2]


=== TEST 6: an anonymous client has no key of a verified one
--- config
    location = /t {
        auth_cert_verify partners optional;
        auth_cert off;
        auth_cert_forward rfc9440;
        auth_cert_header X-Client $auth_cert_subject_cn;
        proxy_cache_key "[$auth_cert_subject] $uri";
        proxy_pass http://$TEST_NGINX_HTTP;
        proxy_set_header Client-Cert "";
    }
--- client_cert: none alice none imposter-alice
--- request eval
[("GET /t") x 4]
--- response_headers eval
["X-Cache: MISS", "X-Cache: MISS", "X-Cache: HIT", "X-Cache: HIT"]
--- response_body eval
["nothing\n", "X-Client: alice\n", "nothing\n", "nothing\n"]


=== TEST 7: what is fetched again in the background has the identity of who asked
--- config
    location = /t {
        auth_cert staff;
        auth_cert_header X-Client $auth_cert_subject_cn;
        proxy_cache_key $uri;
        proxy_cache_use_stale updating;
        proxy_cache_background_update on;
        proxy_pass http://$TEST_NGINX_HTTP:/?log&stale;
    }
--- client_cert: alice bob mallory
--- more_headers
X-Client: mallory
--- before_request eval
sub {
    my ($n) = @_;
    my $file = $ENV{TEST_NGINX_HTTP_LOG};

    unlink $file if $n == 1;
    return if $n < 3;

    # the second request had the kept answer, another one is on its way

    for (1 .. 400) {
        open my $in, '<', $file or die "$file: $!\n";
        my @lines = <$in>;
        return if "@lines" eq "X-Client: alice\n X-Client: bob\n";
        die "@lines" if @lines > 1;
        select undef, undef, undef, 0.025;
    }

    die "nothing was fetched\n";
}
--- request eval
[("GET /t") x 3]
--- error_code eval
[200, 200, 403]
--- response_headers eval
["X-Cache: MISS", "X-Cache: STALE", "X-Cache: "]
--- response_body_like eval
[("^X-Client: alice\n") x 2, "403"]
