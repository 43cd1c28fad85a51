# Beside Debian's other modules, all of them loaded at once and in several
# orders: a verdict is the same, and their scripts see nobody who was not
# verified.

use lib 't/lib';
use AuthCert;

# lua needs ndk; and it does not start behind modsecurity, which brings
# another Lua (with or without the module under test)
my @others = qw( js ndk lua headers_more_filter geoip2 modsecurity echo );

my $orders = "auth_cert @others\n@others auth_cert\n";

add_block_preprocessor(sub {
    my $block = shift;

    $block->set_value('load', $orders . ($block->load // ''));
    $block->set_value('user_files', script() . ($block->user_files // ''));
});

upstream('http');

http_config_for_all(<<'EOC');
    js_path $TEST_NGINX_SERVER_ROOT/html;
    js_import client from client.js;

    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_policy staff { allow subject.CN=alice role=accountant; }
EOC

sub script {
    return <<'EOJ';
>>> client.js
function subject(r) { return `[${r.variables.auth_cert_subject_cn || ''}]`; }

function content(r) {
    r.return(200, `${subject(r)} ${r.variables.auth_cert_verify} `
                  + `${r.variables.auth_cert_decision || '-'}\n`);
}

function header(r) { r.headersOut['X-Js'] = subject(r); }

async function inside(r) {
    const reply = await r.subrequest('/inside');
    r.return(reply.status, reply.responseText);
}

function jump(r) { r.internalRedirect('/protected'); }

function access(r) {
    r.variables.seen = subject(r);

    if (r.args.token != 'right') {
        r.return(405);
    }
}

export default { subject, content, header, inside, jump, access };
EOJ
}

run_tests();

__DATA__

=== TEST 1: njs sees the verified identity and no other one
--- config
    error_page 403 495 496 =200 /refused;

    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        js_header_filter client.header;
        js_content client.content;
    }

    location = /refused {
        internal;
        auth_cert_verify partners optional;
        auth_cert off;
        js_header_filter client.header;
        js_content client.content;
    }
--- client_cert: alice mallory imposter-alice expired none
--- request eval
[("GET /t") x 5]
--- response_body eval
["[alice] SUCCESS allow\n",
 "[mallory] SUCCESS deny\n",
 "[] FAILED:certificate signature failure deny\n",
 "[] FAILED:certificate has expired deny\n",
 "[] NONE deny\n"]
--- response_headers eval
["X-Js: [alice]", "X-Js: [mallory]", "X-Js: []", "X-Js: []", "X-Js: []"]


=== TEST 2: njs sees nobody in a location that verifies nobody
--- http_config
    js_set $js_subject client.subject;
--- config
    location = /off {
        auth_cert_verify off;
        js_header_filter client.header;
        js_content client.content;
    }

    location = /native {
        echo $js_subject;
    }

    location = /t {
        auth_cert_verify partners;
        echo $js_subject;
    }
--- client_cert: alice
--- request eval
["GET /off", "GET /native", "GET /t"]
--- response_body eval
["[] NONE -\n", "[]\n", "[alice]\n"]


=== TEST 3: a jump of njs or echo into a protected location is decided there
--- config
    auth_cert_verify partners optional;
    auth_cert off;

    location = /js { js_content client.jump; }
    location = /echo { echo_exec /protected; }

    location = /protected {
        auth_cert staff;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice mallory none alice mallory none
--- request eval
[("GET /js") x 3, ("GET /echo") x 3]
--- error_code eval
[200, 403, 403, 200, 403, 403]
--- response_body_like eval
["^alice\n", "403", "403", "^alice\n", "403", "403"]


=== TEST 4: a subrequest of njs has the identity of its own location
--- config
    location = /t {
        auth_cert_verify partners;
        js_content client.inside;
    }

    location = /inside {
        internal;
        auth_cert_verify off;
        proxy_pass http://$TEST_NGINX_HTTP;
        auth_cert_header X-Client $auth_cert_subject_cn;
    }
--- client_cert: alice
--- more_headers
X-Client: mallory
--- request
GET /t
--- response_body
nothing


=== TEST 5: Lua sees the verified identity and no other one, in each phase
--- config
    error_page 403 495 496 =200 /refused;

    location = /t {
        auth_cert_verify partners;
        auth_cert staff;

        set_by_lua_block $set { return ngx.var.auth_cert_subject_cn or "" }
        rewrite_by_lua_block {
            ngx.ctx.rewrite = ngx.var.auth_cert_subject_cn or ""
        }
        access_by_lua_block {
            ngx.ctx.access = ngx.var.auth_cert_subject_cn or ""
        }
        content_by_lua_block {
            ngx.say(ngx.var.set, " ", ngx.ctx.rewrite, " ", ngx.ctx.access,
                    " ", ngx.var.auth_cert_subject_cn,
                    " ", ngx.var.auth_cert_role)
        }
        header_filter_by_lua_block {
            ngx.header["X-Lua"] = "[" .. (ngx.var.auth_cert_subject_cn or "")
                                  .. "]"
        }
    }

    location = /refused {
        internal;
        auth_cert_verify partners optional;
        auth_cert off;

        set_by_lua_block $set { return ngx.var.auth_cert_subject_cn or "" }
        content_by_lua_block {
            ngx.say("refused ", ngx.var.set)
        }
        header_filter_by_lua_block {
            ngx.header["X-Lua"] = "[" .. (ngx.var.auth_cert_subject_cn or "")
                                  .. "]"
        }
        log_by_lua_block {
            ngx.log(ngx.WARN, "logged <", ngx.var.auth_cert_subject_cn, ">")
        }
    }
--- client_cert: alice mallory imposter-alice expired none
--- request eval
[("GET /t") x 5]
--- response_body eval
["alice alice alice alice accountant\n", "refused mallory\n",
 "refused \n", "refused \n", "refused \n"]
--- response_headers eval
["X-Lua: [alice]", "X-Lua: [mallory]", "X-Lua: []", "X-Lua: []",
 "X-Lua: []"]
--- no_error_log
[alert]
logged <alice>


=== TEST 6: access_by_lua cannot let in whom the policy refuses, nor the other way round
--- config
    auth_cert_verify partners;
    auth_cert staff;

    location = /lua-allows {
        access_by_lua_block { ngx.exit(ngx.OK) }
        echo passed;
    }

    location = /lua-refuses {
        access_by_lua_block { ngx.exit(ngx.HTTP_NOT_ALLOWED) }
        echo passed;
    }
--- client_cert: alice mallory none alice mallory
--- request eval
[("GET /lua-allows") x 3, ("GET /lua-refuses") x 2]
--- error_code eval
[200, 403, 400, 405, 403]


=== TEST 7: the same where Lua has its turn in the order of the modules
--- http_config
    access_by_lua_no_postpone on;
--- config
    auth_cert_verify partners;
    auth_cert staff;

    location = /lua-allows {
        access_by_lua_block { ngx.exit(ngx.OK) }
        echo passed;
    }

    location = /lua-refuses {
        access_by_lua_block { ngx.exit(ngx.HTTP_FORBIDDEN) }
        echo passed;
    }
--- client_cert: alice mallory none alice mallory
--- request eval
[("GET /lua-allows") x 3, ("GET /lua-refuses") x 2]
--- error_code eval
[200, 403, 400, 403, 403]


=== TEST 8: with "satisfy any" Lua is one of those that can let somebody in
--- config
    satisfy any;
    auth_cert_verify partners optional;
    auth_cert staff;

    location = /t {
        access_by_lua_block {
            if ngx.var.arg_token == "right" then
                return
            end
            ngx.exit(ngx.HTTP_FORBIDDEN)
        }
        echo "[$auth_cert_role][$auth_cert_decision]";
    }
--- client_cert: alice mallory mallory none none
--- request eval
["GET /t", "GET /t", "GET /t?token=right", "GET /t", "GET /t?token=right"]
--- error_code eval
[200, 403, 200, 403, 200]
--- response_body_like eval
['^\[accountant\]\[allow\]$', '403', '^\[\]\[deny\]$', '403',
 '^\[\]\[deny\]$']


=== TEST 9: a jump of Lua into a protected location is decided there
--- config
    auth_cert_verify partners optional;
    auth_cert off;

    location = /exec {
        content_by_lua_block { ngx.exec("/protected") }
    }

    location = /uri {
        rewrite_by_lua_block { ngx.req.set_uri("/protected", true) }
    }

    location = /protected {
        auth_cert staff;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice mallory none alice mallory none
--- request eval
[("GET /exec") x 3, ("GET /uri") x 3]
--- error_code eval
[200, 403, 403, 200, 403, 403]
--- response_body_like eval
["^alice\n", "403", "403", "^alice\n", "403", "403"]


=== TEST 10: a subrequest of Lua has the identity of its own location, and no header but ours
--- config
    location = /t {
        auth_cert_verify partners;
        content_by_lua_block {
            ngx.req.set_header("X-Client", "admin")
            local off = ngx.location.capture("/off")
            local on = ngx.location.capture("/on")
            ngx.print(off.body, on.body)
        }
    }

    location = /off {
        internal;
        auth_cert_verify off;
        auth_cert_header X-Client $auth_cert_subject_cn;
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location = /on {
        internal;
        auth_cert_verify partners;
        auth_cert_header X-Client $auth_cert_subject_cn;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request
GET /t
--- response_body
nothing
X-Client: alice
--- protocols: 1.1


=== TEST 11: scripts do not see what a client sent under a name of the module
--- http_config
    init_by_lua_block {
        function role() return ngx.var.http_x_client_role or "none" end
        function listed()
            local n = 0
            for name in pairs(ngx.req.get_headers(0, true)) do
                if name:lower():gsub("_", "-") == "x-client-role" then
                    n = n + 1
                end
            end
            return n
        end
    }
--- config
    location = /t {
        rewrite_by_lua_block {
            ngx.ctx.rewrite = role() .. " " .. listed()
        }
        content_by_lua_block {
            ngx.say(ngx.ctx.rewrite, ", ", role(), " ", listed())
        }
    }

    location = /other {
        auth_cert_header X-Client-Role $auth_cert_role;
        echo;
    }
--- client_cert: none
--- more_headers
X-Client-Role: admin
x_client_role: admin
--- request
GET /t
--- response_body
none 0, none 0


=== TEST 12: headers that headers-more or Lua make of a client's words do not reach the upstream
--- config
    auth_cert_verify partners;
    auth_cert staff;
    auth_cert_header X-Client-Role $auth_cert_role;
    auth_cert_forward xfcc;

    location = /more {
        more_set_input_headers "X-Client-Role: $arg_role"
            "x_client_role: $arg_role"
            "X-Forwarded-Client-Cert: $arg_role" "X-Other: $arg_role";
        proxy_set_header X-Forwarded-Client-Cert "";
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location = /replace {
        more_set_input_headers -r "X-Client-Role: $arg_role";
        more_clear_input_headers "X-Client-*";
        proxy_set_header X-Forwarded-Client-Cert "";
        proxy_pass http://$TEST_NGINX_HTTP;
    }

    location = /lua {
        access_by_lua_block {
            ngx.req.set_header("X-Client-Role", ngx.var.arg_role)
            ngx.req.set_header("x_client_role", { "a", ngx.var.arg_role })
        }
        proxy_set_header X-Forwarded-Client-Cert "";
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice
--- request eval
["GET /more?role=admin", "GET /replace?role=admin", "GET /lua?role=admin"]
--- more_headers
X-Client-Role: admin
--- response_body eval
["X-Other: admin\nX-Client-Role: accountant\n",
 "X-Client-Role: accountant\n", "X-Client-Role: accountant\n"]


=== TEST 13: headers-more answers with the verified identity, also where it was refused
--- config
    error_page 403 /refused;

    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        more_set_headers "X-Client: $auth_cert_subject_cn";
        echo passed;
    }

    location = /refused {
        internal;
        auth_cert_verify partners optional;
        auth_cert off;
        more_set_headers -s 403 "X-Client: $auth_cert_reason";
        echo refused;
    }
--- client_cert: alice mallory
--- request eval
["GET /t", "GET /t"]
--- error_code eval
[200, 403]
--- response_headers eval
["X-Client: alice", "X-Client: no rule of policy staff matched"]


=== TEST 14: ModSecurity and the policy both have to let a client in
--- config
    modsecurity on;
    modsecurity_rules '
        SecRuleEngine On
        SecRule ARGS:q "@streq attack" "id:1,phase:1,deny,status:406"
        SecRule RESPONSE_HEADERS:X-Leak "@streq yes"
            "id:2,phase:3,deny,status:406"
    ';

    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        add_header X-Leak $arg_leak;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice alice alice mallory mallory none
--- request eval
["GET /t", "GET /t?q=attack", "GET /t?leak=yes",
 "GET /t", "GET /t?q=attack", "GET /t"]
--- error_code eval
[200, 406, 406, 403, 406, 400]
--- response_body_like eval
["^alice\n", "406", "406", "403", "406", "400"]


=== TEST 15: ModSecurity that only detects changes no verdict
--- config
    modsecurity on;
    modsecurity_rules '
        SecRuleEngine DetectionOnly
        SecRule ARGS:q "@streq attack" "id:1,phase:1,allow"
    ';

    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice mallory none
--- request eval
[("GET /t?q=attack") x 3]
--- error_code eval
[200, 403, 400]


=== TEST 16: a rule of ModSecurity that allows does not allow past the policy
--- config
    modsecurity on;
    modsecurity_rules '
        SecRuleEngine On
        SecRule ARGS:q "@streq friend" "id:1,phase:1,allow"
        SecAction "id:2,phase:1,deny,status:406"
    ';

    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo $auth_cert_subject_cn;
    }
--- client_cert: alice mallory none alice
--- request eval
[("GET /t?q=friend") x 3, "GET /t"]
--- error_code eval
[200, 403, 400, 406]


=== TEST 17: a rule can ask for the country that geoip2 tells
--- country: 127.0.0.0/8 DE
--- http_config
    geoip2 $TEST_NGINX_SERVER_ROOT/html/country.mmdb {
        $country country iso_code;
    }

    auth_cert_policy domestic { allow subject.CN=alice $country=DE; }
    auth_cert_policy abroad { allow subject.CN=alice $country!=DE; }
--- config
    auth_cert_verify partners;

    location = /domestic { auth_cert domestic; echo $country; }
    location = /abroad { auth_cert abroad; echo $country; }
--- client_cert: alice alice mallory
--- request eval
["GET /domestic", "GET /abroad", "GET /domestic"]
--- error_code eval
[200, 403, 403]
--- response_body_like eval
["^DE\n", "403", "403"]


=== TEST 18: all of them in one location
--- load
echo ndk lua auth_cert modsecurity geoip2 headers_more_filter js
--- country: 127.0.0.0/8 DE
--- http_config
    js_set $js_subject client.subject;

    geoip2 $TEST_NGINX_SERVER_ROOT/html/country.mmdb {
        $country country iso_code;
    }

    auth_cert_policy all {
        allow subject.CN=alice $country=DE $lua=yes "$js_subject=[alice]"
              role=$0 san.uri~^spiffe:;
    }
--- config
    location = /t {
        modsecurity on;
        modsecurity_rules '
            SecRuleEngine On
            SecRule ARGS:q "@streq attack" "id:1,phase:1,deny,status:406"
        ';

        set_by_lua_block $lua { return "yes" }
        more_set_input_headers "X-Client-Role: $arg_role";
        access_by_lua_block { ngx.req.set_header("X-Lua", "here") }
        js_header_filter client.header;
        more_set_headers "X-Rule: $auth_cert_rule";

        auth_cert_verify partners;
        auth_cert all;
        auth_cert_header X-Client-Role $auth_cert_role;
        proxy_pass http://$TEST_NGINX_HTTP;
    }
--- client_cert: alice alice mallory none
--- request eval
["GET /t?role=admin", "GET /t?q=attack", "GET /t?role=admin",
 "GET /t?role=admin"]
--- error_code eval
[200, 406, 403, 400]
--- response_body_like eval
['^X-Lua: here\nX-Client-Role: spiffe:\n$', "406", "403", "400"]
--- response_headers eval
["X-Js: [alice]\nX-Rule: all:1", "", "X-Js: [mallory]\nX-Rule: ", "X-Js: []"]


=== TEST 19: js_access and the policy both have to let a client in
--- skip_nginx
1: < 1.30.0
--- config
    location = /t {
        set $seen "";
        auth_cert_verify partners;
        auth_cert staff;
        js_access client.access;
        echo "$auth_cert_subject_cn $seen";
    }
--- client_cert: alice alice mallory mallory none
--- request eval
["GET /t?token=right", "GET /t", "GET /t?token=right", "GET /t",
 "GET /t?token=right"]
--- error_code eval
[200, 405, 403, 403, 400]
--- response_body_like eval
['^alice \[alice\]$', "405", "403", "403", "400"]


=== TEST 20: what Lua has seen before the access phase is not what was decided there
--- user_files
>>> names.list
alice  admin
--- http_config
    auth_cert_reload 100ms;
    auth_cert_policy listed {
        allow subject.CN=@$TEST_NGINX_SERVER_ROOT/html/names.list;
    }
--- config
    auth_cert_verify partners;
    auth_cert listed;

    location = /t {
        rewrite_by_lua_block {
            ngx.log(ngx.WARN, "seen ", ngx.var.auth_cert_role)

            repeat
                ngx.sleep(0.02)
                local probe = ngx.location.capture("/probe")
            until probe.body ~= "admin\n"
        }
        content_by_lua_block { ngx.say(ngx.var.auth_cert_role) }
    }

    location = /probe {
        content_by_lua_block { ngx.say(ngx.var.auth_cert_role) }
    }
--- client_cert: alice
--- before_request eval
sub {
    return if fork;

    wait_log('seen admin');
    write_file('names.list', "alice  guest\n");

    require POSIX;
    POSIX::_exit(0);
}
--- request
GET /t
--- response_body
guest
--- protocols: 1.1
