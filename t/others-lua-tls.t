# Lua in the handshake: what it does with certificates and sessions there
# makes nobody a verified client.

use lib 't/lib';
use AuthCert;

add_block_preprocessor(sub {
    my $block = shift;
    my @others = qw( ndk lua echo );

    $block->set_value('load', "auth_cert @others\n@others auth_cert\n");
});

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }
    auth_cert_policy everybody { allow verified; }
    auth_cert_policy staff { allow subject.CN=alice; }

    lua_shared_dict sessions 1m;

    # OPS, a chain as Lua wants it, and ways to keep sessions
    init_by_lua_block {
        local ssl = require "ngx.ssl"
        local file = io.open("$TEST_NGINX_PKI/ops.crt")
        OPS = assert(ssl.parse_pem_cert(file:read("*a")))
        file:close()
    }
EOC

run_tests();

__DATA__

=== TEST 1: ssl_certificate_by_lua asks for a certificate: nobody vouches for it
--- config
    ssl_certificate_by_lua_block {
        assert(require("ngx.ssl").verify_client(OPS, 1))
    }

    location = /native {
        auth_cert everybody;
        echo passed;
    }

    location = /off {
        auth_cert off;
        echo "[$auth_cert_verify][$auth_cert_subject]";
    }
--- client_cert: ops-carol imposter-alice ops-carol none
--- tls_asked: yes
--- request eval
["GET /native", "GET /native", "GET /off", "GET /off"]
--- error_code eval
[400, 400, 200, 200]
--- response_body_like eval
["400", "400", '^\[NONE\]\[\]$', '^\[NONE\]\[\]$']
--- protocols: 1.1 2


=== TEST 2: it asks under other CAs: the sets of the location decide all the same
--- config
    ssl_certificate_by_lua_block {
        assert(require("ngx.ssl").verify_client(OPS, 1))
    }

    location = /partners {
        auth_cert_verify partners;
        echo $auth_cert_subject_cn;
    }

    location = /ops {
        auth_cert_verify ops;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice ops-carol imposter-alice none ops-carol alice
--- request eval
["GET /partners", "GET /partners", "GET /partners", "GET /partners",
 "GET /ops", "GET /ops"]
--- error_code eval
[200, 400, 400, 400, 200, 400]
--- protocols: 1.1 2


=== TEST 3: it asks under other CAs where ssl_verify_client is on: that one holds
--- config
    ssl_verify_client on;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;

    ssl_certificate_by_lua_block {
        assert(require("ngx.ssl").verify_client(OPS, 1))
    }

    location = /t {
        auth_cert everybody;
        echo "$auth_cert_subject_cn $ssl_client_verify";
    }
--- client_cert: alice ops-carol imposter-alice none
--- request eval
[("GET /t") x 4]
--- error_code eval
[200, 400, 400, 400]
--- protocols: 1.1 2


=== TEST 4: it allows longer chains: ssl_verify_depth holds, resumed or not
--- config
    ssl_verify_client optional;
    ssl_client_certificate $TEST_NGINX_PKI/partners.crt;
    ssl_verify_depth 1;

    ssl_certificate_by_lua_block {
        assert(require("ngx.ssl").verify_client(nil, 9))
    }

    location = /t {
        auth_cert everybody;
        echo "$auth_cert_subject_cn $ssl_client_verify";
    }
--- client_cert: deep
--- tls_resume
--- request eval
[("GET /t") x 3]
--- error_code eval
[400, 400, 400]
--- protocols: 1.1 2


=== TEST 5: strict: a bad certificate ends the handshake all the same, and none gets no further than that
--- config
    auth_cert_handshake strict;

    ssl_certificate_by_lua_block {
        assert(require("ngx.ssl").verify_client(OPS, 1))
    }

    location = /t {
        auth_cert_verify partners;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice ops-carol none
--- request eval
[("GET /t") x 3]
--- tls_alert: - unknown_ca -
--- error_code eval
[200, "000", 400]
--- protocols: 1.1 2


=== TEST 6: sessions that Lua keeps are worth what those of nginx are
--- http_config
    ssl_session_tickets off;

    ssl_session_store_by_lua_block {
        local ssl = require "ngx.ssl.session"
        local id = assert(ssl.get_session_id())
        local session = assert(ssl.get_serialized_session())
        ngx.shared.sessions:set(id, session)
        ngx.shared.sessions:set("last", session)
    }

    ssl_session_fetch_by_lua_block {
        local ssl = require "ngx.ssl.session"
        local session = ngx.shared.sessions:get(ssl.get_session_id())
        if session then
            assert(ssl.set_serialized_session(session))
        end
    }
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice
--- tls_version: TLSv1.2
--- tls_resume
--- tls_reused: no yes yes
--- request eval
[("GET /t") x 3]
--- response_body eval
[("alice\n") x 3]
--- protocols: 1.1 2


=== TEST 7: a session of another server that Lua hands out is not taken
--- http_config
    ssl_session_tickets off;

    ssl_session_store_by_lua_block {
        local ssl = require "ngx.ssl.session"
        ngx.shared.sessions:set("last", ssl.get_serialized_session())
    }

    ssl_session_fetch_by_lua_block {
        local session = ngx.shared.sessions:get("last")
        if session then
            assert(require("ngx.ssl.session").set_serialized_session(session))
        end
    }

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        include $TEST_NGINX_PKI/server.conf;
        server_name b.example;
        location = /t { auth_cert_verify ops; echo "b $auth_cert_subject_cn"; }
    }
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
    include $TEST_NGINX_PKI/server.conf;
    server_name a.example;
    location = /t { auth_cert_verify partners; echo "a $auth_cert_subject_cn"; }
--- client_cert: alice alice alice
--- sni: a.example b.example a.example
--- more_headers eval
["Host: a.example", "Host: b.example", "Host: a.example"]
--- tls_version: TLSv1.2
--- tls_resume
--- tls_reused: no no no
--- request eval
[("GET /t") x 3]
--- error_code eval
[200, 400, 200]
--- protocols: 1.1 2
