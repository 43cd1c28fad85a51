# What proxy_pass sends: the server behind it shows the header as it came.

use lib 't/lib';
use AuthCert;

upstream('http');

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_policy staff { allow subject.CN=alice role=accountant; }

    auth_cert_verify partners optional;
    auth_cert_header X-Client-Role $auth_cert_role;
EOC

run_tests();

__DATA__

=== TEST 1: the headers arrive once, after those of the client
--- config
    location /t {
        auth_cert_verify partners;
        auth_cert staff;
        auth_cert_forward rfc9440;
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
"X-Other: kept\nClient-Cert: :" . der_base64('alice') . ":
X-Client-Role: accountant\n"
