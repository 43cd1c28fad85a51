# TLS that comes through a stream server in front of http, on the same nginx.

use lib 't/lib';
use AuthCert;

add_block_preprocessor(sub {
    my $block = shift;
    $block->set_value('load', "stream auth_cert echo\nauth_cert echo stream\n");
});

upstream('http');

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
    auth_cert_policy staff { allow subject.CN=alice role=accountant; }
EOC

# in front: by the server name, b.example goes another way
sub front {
    my $settings = shift;

    return <<"EOC";
stream {
    map \$ssl_preread_server_name \$server {
        b.example  127.0.0.1:\$TEST_NGINX_RAND_PORT_3;
        default    127.0.0.1:\$TEST_NGINX_RAND_PORT_1;
    }

    server {
        listen       127.0.0.1:\$TEST_NGINX_RAND_PORT_2;
        ssl_preread  on;
        proxy_pass   \$server;
        $settings
    }
}
EOC
}

run_tests();

__DATA__

=== TEST 1: passed through by ssl_preread: the verdicts of the server that the name leads to
--- main_config eval
main::front('')
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_3 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name b.example;
        location = /t { auth_cert_verify ops; echo "b $auth_cert_subject_cn"; }
    }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    include $TEST_NGINX_PKI/server.conf;
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo "a $auth_cert_subject_cn $auth_cert_role";
    }
--- tls_port: 2
--- client_cert: alice mallory none imposter-alice ops-carol alice
--- sni: a.example a.example a.example a.example b.example b.example
--- more_headers eval
[("Host: a.example") x 4, ("Host: b.example") x 2]
--- request eval
[("GET /t") x 6]
--- error_code eval
[200, 403, 400, 400, 200, 400]
--- response_body_like eval
["^a alice accountant\n", "403", "No required", "certificate error",
 "^b carol\n", "certificate error"]
--- protocols: 1.1 2


=== TEST 2: a session is resumed through it, with the same verdict
--- main_config eval
main::front('')
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    include $TEST_NGINX_PKI/server.conf;
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo $auth_cert_subject_cn;
    }
--- tls_port: 2 1 2
--- client_cert: alice
--- tls_resume
--- tls_reused: no yes yes
--- request eval
[("GET /t") x 3]
--- response_body eval
[("alice\n") x 3]
--- protocols: 1.1 2


=== TEST 3: the alert of a strict server arrives
--- main_config eval
main::front('')
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_handshake strict;
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo $auth_cert_subject_cn;
    }
--- tls_port: 2
--- client_cert: alice none expired
--- tls_version: TLSv1.3
--- tls_alert: - certificate_required certificate_expired
--- request eval
[("GET /t") x 3]
--- error_code eval
[200, "000", "000"]
--- protocols: 1.1 2


=== TEST 4: proxy_protocol: the client's address is known to rules and to the log
--- main_config eval
main::front('proxy_protocol on; proxy_bind 127.0.0.7;')
--- http_config
    set_real_ip_from 127.0.0.7;
    real_ip_header proxy_protocol;

    auth_cert_policy local {
        allow subject.CN=alice $remote_addr=127.0.0.1
              $proxy_protocol_addr=127.0.0.1 $realip_remote_addr=127.0.0.7;
    }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl proxy_protocol;
    include $TEST_NGINX_PKI/server.conf;
    location = /t {
        auth_cert_verify partners;
        auth_cert local;
        echo "$auth_cert_subject_cn $remote_addr";
    }
--- tls_port: 2
--- client_cert: alice mallory none
--- request eval
[("GET /t") x 3]
--- error_code eval
[200, 403, 400]
--- response_body_like eval
["^alice 127.0.0.1\n", "403", "400"]
--- protocols: 1.1 2


=== TEST 5: proxy_protocol: the line of a refusal names the client
--- main_config eval
main::front('proxy_protocol on; proxy_bind 127.0.0.7;')
--- http_config
    set_real_ip_from 127.0.0.7;
    real_ip_header proxy_protocol;
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl proxy_protocol;
    include $TEST_NGINX_PKI/server.conf;
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo passed;
    }
--- tls_port: 2
--- client_cert: mallory
--- request
GET /t
--- error_code: 403
--- error_log eval
qr/client certificate refused: no rule of policy staff matched, .* client: 127\.0\.0\.1, server: /
--- protocols: 1.1 2


=== TEST 6: proxy_protocol: who comes past the front server gets no handshake
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl proxy_protocol;
    include $TEST_NGINX_PKI/server.conf;
    location = /t {
        auth_cert_verify partners;
        echo passed;
    }
--- client_cert: alice
--- tls_fail: .
--- request
GET /t
--- error_log
broken header
--- protocols: 1.1 2


=== TEST 7: TLS that ends in the stream server leaves http without an identity
--- main_config
stream {
    server {
        listen                  127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
        include                 $TEST_NGINX_PKI/server.conf;
        ssl_verify_client       on;
        ssl_client_certificate  $TEST_NGINX_PKI/partners.crt;
        proxy_pass              127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
}
--- http_config
    auth_cert_verify partners;
    auth_cert_forward rfc9440 xfcc;
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;

    location = /t {
        auth_cert_header X-Client $auth_cert_subject_cn;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location = /off {
        auth_cert off;
        auth_cert_header X-Client $auth_cert_subject_cn;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- no_tls
--- tls_port: 2
--- client_cert: alice
--- more_headers
Client-Cert: :Zm9yZ2Vk:
X-Forwarded-Client-Cert: Hash=00
X-Client: alice
--- request eval
["GET /t", "GET /off"]
--- error_code eval
[400, 200]
--- response_body_like eval
["No required SSL certificate", "^nothing\n"]
--- protocols: 1.1
