# What proxy_pass sends: the server behind it shows the headers as they came.

use lib 't/lib';
use AuthCert;

upstream('http');

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_policy staff {
        allow subject.CN=alice role=accountant;
        allow subject.CN=bob role=clerk;
        allow anonymous;
    }

    auth_cert_verify partners optional;
EOC

sub cert { "Client-Cert: :" . der_base64($_[0]) . ":\n" }

run_tests();

__DATA__

=== TEST 1: the headers arrive once, after those of the client
--- config
    location /t {
        auth_cert staff;
        auth_cert_forward rfc9440;
        auth_cert_header X-Client-Role $auth_cert_role;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
X-Other: kept
Client-Cert: :Zm9yZ2Vk:
client_cert: :Zm9yZ2Vk:
X-CLIENT-ROLE: admin
--- request
GET /t
--- response_body eval
"X-Other: kept\n" . cert('alice') . "X-Client-Role: accountant\n"


=== TEST 2: the line is "Name: value", and the request is complete
--- config
    location /t {
        auth_cert_header X-Client-Role reader;
        proxy_set_header Connection close;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
X-Other: kept
--- request
POST /t?all
the body
--- response_body
Connection: close
Host: localhost
Content-Length: 8
X-Other: kept
X-Client-Role: reader

the body


=== TEST 3: a location that passes no headers passes none of these
--- config
    location /t {
        auth_cert_forward rfc9440;
        auth_cert_header X-Client-Role reader;
        proxy_pass_request_headers off;
        proxy_set_header X-Client $auth_cert_subject_cn;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
X-Other: not kept
X-Client-Role: admin
Client-Cert: forged
--- request
GET /t
--- response_body
X-Client: alice


=== TEST 4: proxy_set_header of the same name takes precedence
--- config
    location /t {
        auth_cert_header X-Client-Role reader;
        auth_cert_header X-Client reader;
        auth_cert_header X-Gate front;
        proxy_set_header X-Client-Role writer;
        proxy_set_header x-client "";
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
X-Client-Role: admin
X-Client: admin
--- request
GET /t
--- response_body
X-Client-Role: writer
X-Gate: front


=== TEST 5: an answer that varies by the certificate is kept for each one
--- http_config
    proxy_cache_path $TEST_NGINX_SERVER_ROOT/html/cache keys_zone=c:1m;
--- config
    location /t {
        auth_cert_forward rfc9440;
        proxy_cache c;
        proxy_cache_key $uri;
        add_header X-Cache $upstream_cache_status;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice bob none none alice bob
--- more_headers eval
["", "", "", "client-cert: :" . main::der_base64('alice') . ":", "", ""]
--- request eval
[("GET /t?vary") x 6]
--- response_headers eval
[map { "X-Cache: $_" } qw(MISS MISS MISS HIT HIT HIT)]
--- response_body eval
[cert('alice'), cert('bob'), "nothing\n", "nothing\n", cert('alice'),
 cert('bob')]


=== TEST 6: a key with the fingerprint keeps them apart as well
--- http_config
    proxy_cache_path $TEST_NGINX_SERVER_ROOT/html/cache keys_zone=c:1m;
--- config
    location /t {
        auth_cert staff;
        auth_cert_header X-Client-Role $auth_cert_role;
        proxy_cache c;
        proxy_cache_key "$auth_cert_fingerprint $uri";
        proxy_cache_valid 200 1h;
        add_header X-Cache $upstream_cache_status;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice bob none alice bob
--- request eval
[("GET /t") x 5]
--- response_headers eval
[map { "X-Cache: $_" } qw(MISS MISS MISS HIT HIT)]
--- response_body eval
["X-Client-Role: accountant\n", "X-Client-Role: clerk\n", "nothing\n",
 "X-Client-Role: accountant\n", "X-Client-Role: clerk\n"]


=== TEST 7: a connection that is upgraded to WebSocket
--- config
    location /t {
        auth_cert staff;
        auth_cert_header X-Client-Role $auth_cert_role;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $http_connection;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- protocols: 1.1
--- client_cert: alice
--- more_headers
Connection: Upgrade
Upgrade: websocket
X-Client-Role: admin
--- request
GET /t
--- error_code: 101
--- response_headers
Upgrade: websocket
--- response_body
Upgrade: websocket
Connection: Upgrade
X-Client-Role: accountant


=== TEST 8: a request body that goes to a file
--- config
    location /t {
        auth_cert_header X-Client-Role reader;
        client_body_buffer_size 1k;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
X-Client-Role: admin
--- request eval
"POST /t\n" . 'b' x 20000
--- response_body eval
"X-Client-Role: reader\n\n" . 'b' x 20000 . "\n"


=== TEST 9: a request body that is not buffered
--- config
    location /t {
        auth_cert_header X-Client-Role reader;
        proxy_request_buffering off;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- http_version: 2
--- more_headers
X-Client-Role: admin
--- request eval
"POST /t\n" . 'b' x 20000
--- response_body eval
"content-type: application/x-www-form-urlencoded
X-Client-Role: reader\n\n" . 'b' x 20000 . "\n"


=== TEST 10: the requests of a connection that is kept to the upstream
--- http_config
    upstream kept {
        server $TEST_NGINX_HTTP;
        keepalive 1;
    }
--- config
    location /t {
        auth_cert staff;
        auth_cert_forward rfc9440;
        auth_cert_header X-Client-Role $auth_cert_role;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_pass http://kept;
    }
--- client_cert: alice none bob alice
--- more_headers
X-Client-Role: admin
Client-Cert: forged
--- request eval
[("GET /t") x 4]
--- response_body eval
[cert('alice') . "X-Client-Role: accountant\n", "nothing\n",
 cert('bob') . "X-Client-Role: clerk\n",
 cert('alice') . "X-Client-Role: accountant\n"]


=== TEST 11: HTTP/2 to the client, one connection to client and upstream
--- http_config
    upstream kept {
        server $TEST_NGINX_HTTP;
        keepalive 1;
    }
--- config
    location /t {
        auth_cert_header X-Query $arg_q;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_pass http://kept;
    }
--- client_cert: alice
--- http_version: 2
--- more_headers
X-Query: forged
X-Other: kept
--- pipelined_requests eval
["GET /t?q=1", "GET /t", "GET /t?q=3"]
--- response_body eval
["x-other: kept\nX-Query: 1\n", "x-other: kept\n",
 "x-other: kept\nX-Query: 3\n"]


=== TEST 12: the next server gets what the first one got
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_7;
        location / { return 503; }
    }

    upstream several {
        server 127.0.0.1:1;
        server 127.0.0.1:$TEST_NGINX_RAND_PORT_7;
        server $TEST_NGINX_HTTP;
    }
--- config
    location /t {
        auth_cert staff;
        auth_cert_forward rfc9440;
        auth_cert_header X-Client-Role $auth_cert_role;
        proxy_next_upstream error http_503;
        add_header X-Upstreams $upstream_status;
        proxy_pass http://several;
    }
--- client_cert: alice
--- more_headers
X-Client-Role: admin
--- request
GET /t
--- response_headers
X-Upstreams: 502, 503, 200
--- response_body eval
cert('alice') . "X-Client-Role: accountant\n"
--- error_log
connect() failed


=== TEST 13: a request that nginx itself slices
--- config
    location /t {
        auth_cert_header X-Client-Role reader;
        slice 10;
        proxy_set_header Range $slice_range;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
X-Client-Role: admin
--- request
GET /t
--- response_body
Range: bytes=0-9
X-Client-Role: reader


=== TEST 14: headers that another module adds come beside them
--- main_config
    load_module $TEST_NGINX_MODULES/ngx_http_headers_more_filter_module.so;
--- config
    location /t {
        auth_cert_header X-Client-Role reader;
        more_set_input_headers "X-More: added" "X-Other: replaced";
        more_clear_input_headers X-Cleared;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers eval
[map { join "\n", "X-Client-Role: admin", "x-other: kept", "X-Cleared: 1",
                  map { "N$_: 1" } 1 .. $_ } 5, 14 .. 20]
--- request eval
[("GET /t") x 8]
--- response_body eval
[map { "x-other: replaced\n" . join('', map { "N$_: 1\n" } 1 .. $_)
       . "X-More: added\nX-Client-Role: reader\n" } 5, 14 .. 20]


=== TEST 15: what another module clears or adds of these, is set all the same
--- main_config
    load_module $TEST_NGINX_MODULES/ngx_http_headers_more_filter_module.so;
--- config
    location /t {
        auth_cert_header X-Client-Role reader;
        more_clear_input_headers X-Client-Role;
        more_set_input_headers "X_Client_Role: writer";
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- more_headers
X-Client-Role: admin
--- request
GET /t
--- response_body
X-Client-Role: reader


=== TEST 16: an upgrade to HTTP/2 would lead past the removal of headers: only WebSocket is passed on
--- http_config
    map $http_upgrade $websocket { ~*^websocket$ websocket; }
    map $websocket $connection_option { websocket upgrade; }
--- config
    location /t {
        auth_cert staff;
        auth_cert_header X-Client-Role $auth_cert_role;
        proxy_http_version 1.1;
        keepalive_timeout 0;
        proxy_set_header Upgrade $websocket;
        proxy_set_header Connection $connection_option;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- protocols: 1.1
--- client_cert: alice
--- more_headers eval
[map { "Connection: Upgrade\nUpgrade: $_" }
 'h2c', 'h2c, websocket', 'WebSocket']
--- request eval
["GET /t", "GET /t", "GET /t"]
--- error_code eval
[200, 200, 101]
--- response_body eval
my $role = "X-Client-Role: accountant\n";
[$role, $role, "Upgrade: websocket\nConnection: upgrade\n$role"]


=== TEST 17: the path is passed on as the client wrote it
--- http_config
    auth_cert_policy own_device { allow san.uri=urn:device:$device; }
--- config
    location ~ ^/devices/(?<device>[0-9]+)/ {
        auth_cert own_device;
        auth_cert_header X-Device $device;
        proxy_pass http://backend;
    }
--- protocols: 1.1
--- client_cert: device-17
--- request
GET /devices/18/../17/state
--- response_body_like
^GET /devices/18/\.\./17/state HTTP(?s:.*)X-Device: 17\r


=== TEST 18: with "rewrite ^ $uri break" it is the one that was decided on
--- http_config
    auth_cert_policy own_device { allow san.uri=urn:device:$device; }
--- config
    rewrite ^ $uri break;

    location ~ ^/devices/(?<device>[0-9]+)/ {
        auth_cert own_device;
        auth_cert_header X-Device $device;
        proxy_pass http://backend;
    }
--- protocols: 1.1
--- client_cert: device-17
--- request eval
["GET /devices/18/../17/state?x=../18", "GET /devices/18/%2e%2e/17/a%3Fb",
 "GET /devices/18//..%2f17/%0d%0a", "GET /devices/17/../18/state"]
--- response_body_like eval
['^GET /devices/17/state\?x=\.\./18 HTTP(?s:.*)X-Device: 17\r',
 "^GET /devices/17/a%3Fb HTTP", "^GET /devices/17/%0D%0A HTTP",
 "403 Forbidden"]
--- error_code eval
[200, 200, 200, 403]


=== TEST 19: who is let in by another module is told of as who it is, without a role
--- config
    location /t {
        satisfy any;
        allow all;
        auth_cert staff;
        auth_cert_forward xfcc;
        auth_cert_header X-Role "[$auth_cert_role] [$auth_cert_subject_cn]";
        proxy_pass http://backend;
    }
--- client_cert: alice mallory imposter-alice
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_body_like eval
['Client-Cert: Hash=\w+;Subject="CN=alice(?s:.*)X-Role: \[accountant\] \[alice\]\r',
 'Client-Cert: Hash=\w+;Subject="CN=mallory(?s:.*)X-Role: \[\] \[mallory\]\r',
 '^(?!(?s:.*)Client-Cert)(?s:.*)X-Role: \[\] \[\]\r']
