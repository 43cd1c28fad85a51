# CAs that change while a request lasts, between its header and its body: the
# verdict was made before, variables are made after it.

use lib 't/lib';
use AuthCert;
use AuthCert::Client;

use Test::More ();

http_config_for_all(<<'EOC');
    auth_cert_reload 100ms;
    auth_cert_trust changing { ca $TEST_NGINX_SERVER_ROOT/html/ca.pem; }
EOC

my $config = <<'EOC';
    location /t {
        auth_cert_verify  changing;
        proxy_set_header  X-Chain "[$auth_cert_chain_rfc9440]";
        proxy_set_header  X-Verify $auth_cert_verify;
        proxy_pass  http://backend;
    }
    location /begun { echo begun; }
EOC

add_block_preprocessor(sub {
    my $block = shift;

    $block->set_value('config', $config);
    $block->set_value('user_files', ">>> ca.pem\n" . pki_text('partners.crt'));
});


sub connection {
    my $name = shift;

    my $client = AuthCert::Client->new(
        port => $Test::Nginx::Util::RandPorts->{TEST_NGINX_RAND_PORT_1},
        sni => 'localhost', timeout => 10,
        cert => AuthCert::Request::certificate($name),
        key => pki_file("$name.key"));

    $client->handshake();
    return $client;
}


sub send_text {
    my ($client, $text) = @_;
    $client->send([ { value => $text } ]);
}


# what the upstream got of a request as deep, in which the CAs become these
sub received {
    my @cas = @_;
    my $client = connection('deep');

    send_text($client, "POST /t HTTP/1.1\r\nHost: localhost\r\n"
                       . "Expect: 100-continue\r\nContent-Length: 1\r\n"
                       . "Connection: close\r\n\r\n");

    # nginx wants the body: the access phase is over
    $client->fill(time + 10) until $client->{buffer} =~ /^HTTP\S+ 100 /
                                   || $client->{error};

    write_file('ca.pem', join '', map { pki_text($_) } @cas);
    wait_log('changed CA file .* is in force');

    # the process takes it over with the next handshake
    my $other = connection('deep');
    send_text($other, "GET /begun HTTP/1.1\r\nHost: localhost\r\n"
                      . "Connection: close\r\n\r\n");
    $other->receive();
    $other->close();

    send_text($client, 'x');

    my $response = $client->receive();
    $client->close();

    return join "\n", $response =~ /^X-(?:Chain|Verify): [^\r\n]*/mg;
}


run_tests();

__DATA__

=== TEST 1: the chain is told, though its CA has another place in the set
--- client_cert: deep
--- request
GET /t
--- before_request eval
sub {
    my $chain = join ', ', map { ':' . der_base64($_) . ':' }
                           qw(deep3 deep2 deep1);

    Test::More::is(received('partners.crt', 'ops.crt', 'legacy.crt'),
                   "X-Chain: [$chain]\nX-Verify: SUCCESS",
                   'the chain and the status');
}
--- response_body_like: X-Verify: SUCCESS


=== TEST 2: nothing is told of a chain that does not verify any more
--- client_cert: deep
--- request
GET /t
--- before_request eval
sub {
    Test::More::is(received('ops.crt'), 'X-Chain: []',
                   'no chain, no status');
}
--- error_code: 400
