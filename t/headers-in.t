# Removing and adding headers gives the request a new list of them.  What nginx
# itself reads of the request is as it was.

use lib 't/lib';
use AuthCert;

upstream('http');

# each request has forged headers between the others

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_verify partners optional;
    auth_cert_header X-Client-Role reader;
    auth_cert_header Client-Cert $auth_cert_rfc9440;
EOC

sub among {
    my $forged = "X-Client-Role: admin\nClient-Cert: forged";
    return join "\n", $forged, map { ($_, $forged) } @_;
}

run_tests();

__DATA__

=== TEST 1: variables of headers
--- config
    location /t {
        echo "$host $http_host $http_user_agent $http_referer $http_via";
        echo "$http_x_other $http_accept $http_x_client_role";
    }
--- no_tls
--- more_headers eval
main::among('User-Agent: agent', 'Referer: referer', 'Via: via',
            'X-Other: other', 'Accept: accept')
--- request
GET /t
--- response_body
localhost localhost agent referer via
other accept reader


=== TEST 2: several cookies
--- config
    location /t {
        echo "$http_cookie";
        echo "$cookie_a$cookie_b$cookie_c";
    }

    location /proxy { proxy_pass http://$TEST_NGINX_HTTP; }
--- no_tls
--- more_headers eval
main::among('Cookie: a=1', 'Cookie: b=2; c=3', 'Cookie: d=4')
--- request eval
["GET /t", "GET /proxy"]
--- response_body eval
["a=1; b=2; c=3; d=4\n123\n",
 "Cookie: a=1\nCookie: b=2; c=3\nCookie: d=4\nX-Client-Role: reader\n"]


=== TEST 3: cookies of HTTP/2, which arrive one by one
--- config
    location /t {
        echo "$http_cookie $cookie_b";
    }

    location /proxy { proxy_pass http://$TEST_NGINX_HTTP; }
--- client_cert: none
--- http_version: 2
--- more_headers eval
main::among('cookie: a=1', 'cookie: b=2', 'cookie: c=3')
--- request eval
["GET /t", "GET /proxy"]
--- response_body eval
["a=1; b=2; c=3 2\n", "cookie: a=1; b=2; c=3\nX-Client-Role: reader\n"]


=== TEST 4: X-Forwarded-For, in several lines
--- config
    location /t {
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Copy $http_x_forwarded_for;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- no_tls
--- more_headers eval
main::among('X-Forwarded-For: 192.0.2.1', 'X-Forwarded-For: 192.0.2.2')
--- request
GET /t
--- response_body
X-Forwarded-For: 192.0.2.1, 192.0.2.2, 127.0.0.1
X-Copy: 192.0.2.1, 192.0.2.2
X-Client-Role: reader


=== TEST 5: the address that a trusted proxy names
--- config
    set_real_ip_from 127.0.0.1;
    location /t { echo $remote_addr; }
--- no_tls
--- more_headers eval
main::among('X-Real-IP: 192.0.2.3', 'X-Forwarded-For: 192.0.2.1')
--- request
GET /t
--- response_body
192.0.2.3


=== TEST 6: and that of a list of headers
--- config
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Forwarded-For;

    location /t {
        echo $remote_addr;
    }
--- no_tls
--- more_headers eval
main::among('X-Forwarded-For: 192.0.2.1', 'X-Forwarded-For: 192.0.2.2')
--- request
GET /t
--- response_body
192.0.2.2


=== TEST 7: user and password
--- config
    location /t {
        auth_basic closed;
        auth_basic_user_file $TEST_NGINX_SERVER_ROOT/html/users;
        proxy_set_header X-User $remote_user;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- user_files
>>> users
user:{PLAIN}secret
--- no_tls
--- more_headers eval
[main::among('Authorization: Basic dXNlcjpzZWNyZXQ='),
 main::among('Authorization: Basic dXNlcjpzZWNyZXRz')]
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 401]
--- response_body_like eval
["^X-User: user\nAuthorization: Basic dXNlcjpzZWNyZXQ=\nX-Client-Role: reader\n\$",
 "401"]


=== TEST 8: a range of a file
--- config
    location /t { alias html/t; }
--- user_files
>>> t
0123456789
--- no_tls
--- more_headers eval
main::among('Range: bytes=2-4')
--- request
GET /t
--- error_code: 206
--- response_body: 234


=== TEST 9: a file that did not change
--- config
    location /t {
        empty_gif;
        if_modified_since before;
    }
--- no_tls
--- more_headers eval
main::among('If-Modified-Since: Mon, 28 Sep 2099 06:00:00 GMT')
--- request
GET /t
--- error_code: 304


=== TEST 10: an encoding that the client accepts
--- config
    location /t {
        gzip on;
        gzip_min_length 1;
        gzip_types *;
        alias html/t;
    }
--- user_files eval
">>> t\n" . 'text ' x 100
--- no_tls
--- more_headers eval
[main::among('Accept-Encoding: gzip'),
 main::among('Accept-Encoding: gzip', 'Via: proxy'), main::among('X-Other: 1')]
--- request eval
["GET /t", "GET /t", "GET /t"]
--- response_headers eval
["Content-Encoding: gzip", "!Content-Encoding", "!Content-Encoding"]


=== TEST 11: length and type of a body
--- config
    location /t {
        echo_read_request_body;
        echo "$content_length $content_type";
        echo_request_body;
    }
--- client_cert: alice
--- more_headers eval
main::among('Content-Type: text/x-body')
--- request
POST /t
body
--- response_body chomp
4 text/x-body
body


=== TEST 12: a client that waits for 100 Continue
--- config
    location /t { proxy_pass http://$TEST_NGINX_HTTP; }
--- no_tls
--- raw_request eval
"POST /t HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
. (main::among('Expect: 100-continue', 'Content-Length: 4') =~ s/\n/\r\n/gr)
. "\r\n\r\nbody"
--- ignore_response
--- error_log
http proxy header: "X-Client-Role: reader"


=== TEST 13: a connection that is kept, though its options are dropped
--- config
    location /t {
        proxy_set_header X-Connection $http_connection;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- protocols: 1.1
--- client_cert: none
--- keep_connection
--- more_headers eval
[main::among('Connection: keep-alive, X-Client-Role'), '']
--- request eval
["GET /t", "GET /t"]
--- response_headers eval
["Connection: keep-alive", "Connection: keep-alive"]
--- response_body eval
["X-Client-Role: reader\n",
 "X-Connection: keep-alive\nX-Client-Role: reader\n"]


=== TEST 14: in a subrequest, whose list is one of its own
--- config
    location /t {
        echo "$http_x_client_role $http_x_other $http_cookie";
        echo_location /sub;
        echo "$http_x_client_role $http_x_other $http_cookie";
    }

    location /sub {
        auth_cert_header X-Client-Role writer;
        echo "$http_x_client_role $http_x_other $http_cookie";
    }
--- no_tls
--- more_headers eval
main::among('X-Other: 1', 'Cookie: a=1', 'Cookie: b=2')
--- request
GET /t
--- response_body
reader 1 a=1; b=2
writer 1 a=1; b=2
reader 1 a=1; b=2


=== TEST 15: with more headers than the first part of nginx's list holds
--- config
    location /t {
        echo "$http_cookie $http_user_agent $http_n1 $http_n40";
    }

    location /proxy { proxy_pass http://$TEST_NGINX_HTTP; }
--- no_tls
--- more_headers eval
main::among('User-Agent: agent', 'Cookie: a=1', (map { "N$_: $_" } 1 .. 40),
            'Cookie: b=2')
--- request eval
["GET /t", "GET /proxy"]
--- response_body eval
["a=1; b=2 agent 1 40\n",
 "Cookie: a=1\n" . join('', map { "N$_: $_\n" } 1 .. 40)
 . "Cookie: b=2\nX-Client-Role: reader\n"]
