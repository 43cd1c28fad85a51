# What nginx has been reloaded without, while a worker of before still needs it.

use lib 't/lib';
use AuthCert;
use AuthCert::Client;

master_on();
workers(1);

http_config_for_all(<<'EOC');
    auth_cert_reload off;
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
EOC

run_tests();

__DATA__

=== TEST 1: a list that nginx has been reloaded without is not as at start again
--- user_files eval
">>> names.list\nbob\n>>> set.conf\ndeny subject.CN=@"
. AuthCert::Config::absolute('names.list') . ";\n"
--- http_config
    auth_cert_policy listed {
        include $TEST_NGINX_SERVER_ROOT/html/set.conf;
        allow   verified;
    }
--- config
    location /t { auth_cert_verify partners; auth_cert listed; echo passed; }
--- client_cert: mallory
--- request
GET /t
--- before_request eval
sub {
    my $client = AuthCert::Client->new(
        port => $Test::Nginx::Util::RandPorts->{TEST_NGINX_RAND_PORT_1},
        cert => pki_file('mallory.crt'), key => pki_file('mallory.key'),
        sni => 'localhost', timeout => 10);

    # its worker waits for the end of the request
    $client->handshake();
    $client->send([ { value => "GET /t HTTP/1.1\r\nHost: localhost\r\n" } ]);
    select undef, undef, undef, 0.2;

    # the new workers have it from their configuration, the old one sees it
    write_file('names.list', "mallory\n");
    reload_nginx();

    write_file('set.conf', "deny subject.CN=bob;\n");
    reload_nginx() for 1, 2;

    $client->send([ { value => "Connection: close\r\n\r\n" } ]);
    Test::More::like($client->receive(), qr/^HTTP\/1\.1 (?:403|500) /,
                     'who was denied stays denied');
    $client->close();
}
--- response_body
passed
