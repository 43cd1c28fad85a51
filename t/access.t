# auth_cert in http, server, location and limit_except, how it is inherited,
# and what redirects and subrequests make of it.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_policy alice { allow subject.CN=alice; }
    auth_cert_policy bob   { allow subject.CN=bob; }
    auth_cert_policy users { allow subject.CN=alice; allow subject.CN=bob; }
EOC

run_tests();

__DATA__

=== TEST 1: what stands in http holds for its servers and their locations
--- http_config
    auth_cert_verify partners;
    auth_cert alice;
--- config
    location = /t { echo passed; }
    location /n/ { location = /n/t { echo passed; } }
--- client_cert: alice bob none alice bob
--- request eval
["GET /t", "GET /t", "GET /t", "GET /n/t", "GET /n/t"]
--- error_code eval
[200, 403, 400, 200, 403]


=== TEST 2: a server and a location replace the whole of it
--- http_config
    auth_cert_verify partners;
    auth_cert alice;
--- config
    auth_cert users;
    location = /server { echo passed; }
    location = /location { auth_cert bob; echo passed; }
    location = /both { auth_cert bob users; echo passed; }
--- client_cert: alice bob mallory alice bob alice bob
--- request eval
["GET /server", "GET /server", "GET /server", "GET /location",
 "GET /location", "GET /both", "GET /both"]
--- error_code eval
[200, 200, 403, 403, 200, 403, 200]


=== TEST 3: off ends it, and only it
--- http_config
    auth_cert_verify partners;
    auth_cert alice;
--- config
    location = /off { auth_cert off; echo "[$auth_cert_subject_cn]"; }
    location /n/ {
        auth_cert off;
        location = /n/on { auth_cert alice; echo passed; }
        location = /n/off { echo passed; }
    }
--- client_cert: bob none bob bob alice
--- request eval
["GET /off", "GET /off", "GET /n/on", "GET /n/off", "GET /n/on"]
--- error_code eval
[200, 200, 403, 200, 200]
--- response_body_like eval
["^\\[bob\\]\$", "^\\[\\]\$", "403", "passed", "passed"]


=== TEST 4: trust sets and policies are inherited apart from each other
--- http_config
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
    auth_cert_verify partners;
    auth_cert alice;
--- config
    location = /ops { auth_cert_verify ops; echo passed; }
    location = /bob { auth_cert bob; echo passed; }
--- client_cert: ops-alice alice bob alice
--- request eval
["GET /ops", "GET /ops", "GET /bob", "GET /bob"]
--- error_code eval
[200, 400, 200, 403]


=== TEST 5: limit_except has policies of its own, for the other methods
--- config
    auth_cert_verify partners;
    location = /t {
        auth_cert users;
        limit_except GET { auth_cert alice; }
        proxy_set_header Host backend;
        proxy_pass http://backend;
    }
    location = /open {
        limit_except GET { auth_cert alice; }
        proxy_set_header Host backend;
        proxy_pass http://backend;
    }
    location = /inherits {
        auth_cert bob;
        limit_except GET { deny all; }
        proxy_set_header Host backend;
        proxy_pass http://backend;
    }
    location = /off {
        auth_cert bob;
        limit_except POST { auth_cert off; }
        proxy_set_header Host backend;
        proxy_pass http://backend;
    }
--- client_cert: bob bob alice mallory none alice bob bob alice
--- request eval
["GET /t", "POST /t\nx", "POST /t\nx", "GET /t", "GET /open",
 "POST /open\nx", "POST /open\nx", "POST /inherits\nx", "GET /off"]
--- error_code eval
[200, 403, 200, 403, 400, 200, 403, 403, 200]


=== TEST 6: limit_except asks for a certificate where the location asks for none
--- config
    location = /t {
        auth_cert_verify partners optional;
        auth_cert off;
        limit_except GET { auth_cert alice; }
        proxy_set_header Host backend;
        proxy_pass http://backend;
    }
--- client_cert: none none bob alice
--- request eval
["GET /t", "POST /t\nx", "POST /t\nx", "POST /t\nx"]
--- error_code eval
[200, 403, 403, 200]


=== TEST 7: auth_cert_status is the status of a denial, and of nothing else
--- http_config
    auth_cert_verify partners;
    auth_cert alice;
    auth_cert_status 404;
--- config
    location = /http { echo passed; }
    location = /own { auth_cert_status 503; echo passed; }
    location = /by-page {
        error_page 404 =410 /gone;
        echo passed;
    }
    location = /gone { internal; auth_cert off; echo gone; }
--- client_cert: bob bob bob none alice
--- request eval
["GET /http", "GET /own", "GET /by-page", "GET /http", "GET /http"]
--- error_code eval
[404, 503, 410, 400, 200]


=== TEST 8: a refusal is logged at the level of auth_cert_log_level, with its reason
--- http_config
    error_log $TEST_NGINX_SERVER_ROOT/html/error.log notice;
    auth_cert_verify partners;
    auth_cert alice;
--- config
    location = /info { echo passed; }
    location = /notice { auth_cert_log_level notice; echo passed; }
    location = /warn { auth_cert_log_level warn; echo passed; }
    location = /error { auth_cert_log_level error; echo passed; }
    location = /log { auth_cert off; root html; try_files /error.log =404; }
--- client_cert: bob
--- request eval
["GET /info", "GET /notice", "GET /warn", "GET /error", "GET /log"]
--- error_code eval
[403, 403, 403, 403, 200]
--- response_body_like eval
my $line = sub { qr{\S+ \S+ \[$_[0]\] \S+ \*\d+ client certificate refused: no rule of policy alice matched, subject: "CN=bob,O=Acme\\, Inc\.", issuer: "CN=Acme CA,O=Acme", serial: 0b0b, fingerprint: [0-9a-f]{64}, client: 127\.0\.0\.1, server: localhost, request: "GET /$_[0] HTTP/[\d.]+"(?:, host: "localhost")?\n} };
["403", "403", "403", "403",
 '\A' . join('', map { $line->($_) } qw( notice warn error )) . '\z']


=== TEST 9: 403, 495 and 496 have pages of their own
--- http_config
    auth_cert_verify partners;
    auth_cert alice;
--- config
    error_page 403 /403;
    error_page 495 =495 /495;
    error_page 496 =496 @none;

    location = /t { echo passed; }
    location = /403 { internal; auth_cert off; auth_cert_verify off; echo denied; }
    location = /495 { internal; auth_cert off; auth_cert_verify off; echo bad; }
    location @none { auth_cert off; auth_cert_verify off; echo none; }
--- client_cert: bob imposter-alice none
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[403, 495, 496]
--- response_body eval
["denied\n", "bad\n", "none\n"]


=== TEST 10: a page that the policy covers is refused as well
--- http_config
    auth_cert_verify partners;
    auth_cert alice;
--- config
    error_page 403 /page;
    location = /t { echo passed; }
    location = /page { internal; echo secret; }
--- client_cert: bob
--- request
GET /t
--- error_code: 403
--- response_body_unlike: secret


=== TEST 11: after an internal redirect the policy of the new location holds
--- http_config
    auth_cert_verify partners;

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        location / { add_header X-Accel-Redirect /alice; return 200; }
    }
--- config
    location = /rewrite   { auth_cert users; rewrite ^ /alice last; }
    location = /exec      { auth_cert users; echo_exec /alice; }
    location = /named     { auth_cert users; echo_exec @alice; }
    location = /page      { auth_cert users; error_page 404 = /alice; root nowhere; }
    location = /try       { auth_cert users; try_files /nothing /alice; }
    location = /try-named { auth_cert users; try_files /nothing @alice; }
    location = /index/    { auth_cert users; root html; index nothing /alice; }
    location = /accel     { auth_cert users; add_header X-Accel-Redirect /alice;
                            proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location = /alice     { auth_cert alice; echo passed; }
    location @alice       { auth_cert alice; echo passed; }
--- user_files
>>> index/file
--- client_cert eval
[map { ($_) x 8 } qw( alice bob )]
--- request eval
[(map { "GET /$_" } qw( rewrite exec named page try try-named index/ accel
                        )) x 2]
--- error_code eval
[(200) x 8, (403) x 8]


=== TEST 12: the way there is no way around
--- http_config
    auth_cert_verify partners;
--- config
    location = /exec { auth_cert alice; echo_exec /open; }
    location = /try  { auth_cert alice; try_files /nothing /open; }
    location = /open { auth_cert off; echo passed; }
--- client_cert: bob bob alice
--- request eval
["GET /exec", "GET /try", "GET /try"]
--- error_code eval
[403, 403, 200]


=== TEST 13: an if inside of a location inherits its policy
--- http_config
    auth_cert_verify partners;
--- config
    location = /t {
        auth_cert alice;
        if ($arg_a) { add_header X-If yes; }
        echo passed;
    }
    location /if/ {
        auth_cert alice;
        if ($arg_a) { echo if; }
        echo passed;
    }
--- client_cert: alice bob alice bob bob
--- request eval
["GET /t?a=1", "GET /t?a=1", "GET /if/?a=1", "GET /if/?a=1", "GET /if/"]
--- error_code eval
[200, 403, 200, 403, 403]


=== TEST 14: nested locations: the inner one replaces, or inherits
--- http_config
    auth_cert_verify partners;
--- config
    location /a/ {
        auth_cert alice;
        location /a/b/ {
            auth_cert bob;
            location ~ \.txt$ { echo inner; }
        }
        location ~ \.jpg$ { echo inherited; }
    }
--- client_cert: alice bob alice bob alice bob
--- request eval
["GET /a/x.jpg", "GET /a/x.jpg", "GET /a/b/x.txt", "GET /a/b/x.txt",
 "GET /a/b/x.jpg", "GET /a/b/x.jpg"]
--- error_code eval
[200, 403, 403, 200, 200, 403]


=== TEST 15: subrequests are no requests of the client: the access phase is the main request's
--- http_config
    auth_cert_verify partners;
--- config
    location = /alice.html { auth_cert alice; ssi on; root html; }
    location = /open.html  { auth_cert off; ssi on; root html; }
    location = /part       { auth_cert alice; echo -n part; }
    location = /echo       { auth_cert users; echo_location /part; }
--- user_files
>>> alice.html
[<!--# include virtual="/part" -->]
>>> open.html
[<!--# include virtual="/part" -->]
--- client_cert: alice bob bob bob mallory
--- request eval
["GET /alice.html", "GET /alice.html", "GET /open.html", "GET /echo",
 "GET /echo"]
--- error_code eval
[200, 403, 200, 200, 403]
--- response_body_like eval
['\[part\]', "403", '\[part\]', "part", "403"]


=== TEST 16: auth_request and mirror see who the client is
--- http_config
    log_format who '$uri $auth_cert_subject_cn $auth_cert_verify';

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        location / { if ($http_x_user = alice) { return 204; } return 403; }
    }
--- config
    auth_cert_verify partners;
    access_log $TEST_NGINX_SERVER_ROOT/html/access.log who;

    location = /t {
        auth_cert users;
        auth_request /ask;
        mirror /mirror;
        proxy_set_header Host backend;
        proxy_pass http://backend/t;
    }
    location = /ask {
        internal;
        log_subrequest on;
        proxy_set_header X-User $auth_cert_subject_cn;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
    location = /mirror {
        internal;
        log_subrequest on;
        proxy_set_header X-User $auth_cert_subject_cn;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
    location = /log {
        auth_cert off; access_log off;
        root html; try_files /access.log =404;
    }
--- client_cert: alice bob mallory none alice
--- request eval
["GET /t", "GET /t", "GET /t", "GET /t", "GET /log"]
--- error_code eval
[200, 403, 403, 400, 200]
--- response_body_like eval
["GET /t", "403", "403", "400", qr{\A/ask alice SUCCESS
(/mirror alice SUCCESS
)?/t alice SUCCESS
(/mirror alice SUCCESS
)?/ask bob SUCCESS
/t bob SUCCESS
/t mallory SUCCESS
/t - NONE
}]


=== TEST 17: a request without TLS has no certificate
--- http_config
    auth_cert_policy anybody { allow anonymous; }
--- config
    auth_cert_verify partners;
    error_page 496 =496 @none;

    location = /alice { auth_cert alice; echo passed; }
    location = /optional {
        auth_cert_verify partners optional;
        auth_cert anybody;
        echo passed;
    }
    location @none { auth_cert off; auth_cert_verify off; echo none; }
--- request eval
["GET /alice", "GET /optional"]
--- error_code eval
[496, 200]


=== TEST 18: the same over HTTP/2, for each stream of a connection
--- http_config
    auth_cert_verify partners;
--- config
    location = /alice { auth_cert alice; echo passed; }
    location = /bob   { auth_cert bob; echo passed; }
    location = /off   { auth_cert off; echo passed; }
--- client_cert: alice
--- http_version: 2
--- pipelined_requests eval
["GET /alice", "GET /bob", "GET /off", "GET /alice"]
--- error_code eval
[200, 403, 200, 200]


=== TEST 19: a refused request is not read further, and the connection serves the next
--- http_config
    auth_cert_verify partners;
--- config
    location = /alice { auth_cert alice; echo passed; }
    location = /bob   { auth_cert bob; echo_read_request_body; echo passed; }
--- client_cert: alice
--- keep_connection
--- request eval
["POST /bob\nsecret", "GET /alice", "GET /bob", "GET /alice"]
--- more_headers
Connection: keep-alive
--- error_code eval
[403, 200, 403, 200]
