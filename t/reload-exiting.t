# Workers that exit, after a reload or in a graceful shutdown, go on until
# their last request has ended.  Files that change meanwhile count for these as
# for all others, also where nobody else reads them any more.

use lib 't/lib';
use AuthCert;

use IO::Socket::UNIX ();
use POSIX ();

master_on();
workers(1);

# answer_after(SUB): calls it when a request has come, and answers then
sub answer_after {
    my $change = shift;

    my $socket = "$ENV{TEST_NGINX_SERVER_ROOT}/html/upstream.sock";
    my $upstream = IO::Socket::UNIX->new(Local => $socket, Listen => 1)
        or die "no upstream: $!\n";

    # nginx's workers may be another user
    chmod 0777, $socket or die "$socket: $!\n";

    return if fork;

    # ends also when nobody comes
    alarm 60;
    my $client = $upstream->accept();
    while (<$client> ne "\r\n") { }

    eval { $change->(); 1 } or warn $@;

    print $client "HTTP/1.0 200 OK\r\n\r\nchanged\n";
    close $client;

    POSIX::_exit(0);
}

# "--- before", "--- after": lines of the configuration, before nginx reloads
# and after that; "--- readers": how many workers read what changes then
add_block_preprocessor(sub {
    my $block = shift;
    my ($before, $after) = ($block->before, $block->after);

    s{\$PKI}{$ENV{TEST_NGINX_PKI}}g for $before, $after;

    $block->set_value('http_config', <<'EOC');
    auth_cert_reload 100ms;
    auth_cert_policy listed { allow subject.CN=@../html/names.list; }
    include ../html/before.conf;
EOC

    $block->set_value('config', <<'EOC');
    auth_cert_verify partners;

    location /t {
        auth_cert listed;
        echo_subrequest GET /change;
        echo_subrequest GET /again;
    }

    location /change {
        proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/html/upstream.sock;
    }

    location /again {
        auth_cert listed;
        echo "$auth_cert_verify $auth_cert_decision";
    }
EOC

    $block->set_value('user_files', ">>> before.conf\n$before"
                                    . ">>> ca.pem\n" . pki_text('partners.crt')
                                    . ">>> names.list\nalice\n");

    $block->set_value('client_cert', 'alice');
    $block->set_value('request', 'GET /t');
    $block->set_value('crls', "crl.pem\nother.pem");

    $block->set_value('before_request', sub {
        answer_after(sub {
            write_file('before.conf', $after);
            reload_nginx();
            $block->change->();
            wait_log('changed .* is in force', $block->readers);
        });
    });
});

run_tests();

__DATA__

=== TEST 1: revoked, where the reload has made another zone
--- before
auth_cert_zone 4m;
auth_cert_trust partners { ca $PKI/partners.crt; crl ../html/crl.pem; }
--- after
auth_cert_zone 5m;
auth_cert_trust partners { ca $PKI/partners.crt; crl ../html/crl.pem; }
--- change eval
sub { make_crl('crl.pem', 'revoke=alice', 'number=2') }
--- readers: 2
--- response_body
changed
FAILED:certificate revoked deny


=== TEST 2: revoked by a CRL that the new configuration does not name
--- before
auth_cert_trust partners { ca $PKI/partners.crt; crl ../html/crl.pem; }
--- after
auth_cert_trust partners { ca $PKI/partners.crt; crl ../html/other.pem; }
--- change eval
sub { make_crl('crl.pem', 'revoke=alice', 'number=2') }
--- readers: 1
--- response_body
changed
FAILED:certificate revoked deny


=== TEST 3: a CA is removed that the new configuration does not name
--- before
auth_cert_trust partners { ca ../html/ca.pem; }
--- after
auth_cert_trust partners { ca $PKI/partners.crt; }
--- change eval
sub { copy_file('ops.crt', 'ca.pem') }
--- readers: 1
--- response_body
changed
FAILED:unable to get local issuer certificate deny


=== TEST 4: a name is removed from a list, where there is another zone
--- before
auth_cert_trust partners { ca $PKI/partners.crt; }
--- after
auth_cert_zone 6m;
auth_cert_trust partners { ca $PKI/partners.crt; }
--- change eval
sub { write_file('names.list', "nobody\n") }
--- readers: 2
--- response_body
changed
SUCCESS deny


=== TEST 5: what both configurations name is read once
--- before
auth_cert_trust partners { ca $PKI/partners.crt; crl ../html/crl.pem; }
--- after
auth_cert_trust partners { ca $PKI/partners.crt; crl ../html/crl.pem; depth 3; }
--- change eval
sub { make_crl('crl.pem', 'revoke=alice', 'number=2') }
--- readers: 1
--- response_body
changed
FAILED:certificate revoked deny
