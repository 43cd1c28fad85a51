package AuthCert::Backend;

# What stands behind nginx in tests: servers that answer with what they got.

use v5.10.1;
use strict;
use warnings;


# http_config(): upstream "backend", which shows the bytes of the header as
# they came: variables would show what is left when nginx removed headers
sub http_config {
    return <<'EOC';

    upstream backend {
        server 127.0.0.1:$TEST_NGINX_RAND_PORT_9;
    }

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_9;
        underscores_in_headers on;
        ignore_invalid_headers off;
        location / {
            echo_duplicate 1 $echo_client_request_headers;
        }
    }
EOC
}


1;
