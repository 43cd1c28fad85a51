# Several workers: whichever of them takes a connection, the verdict is the
# same, sessions of one are resumed by the others, and what changed has
# changed for all of them.

use lib 't/lib';
use AuthCert;

master_on();
workers(4);

# requests of a block: that one worker got all of them, by chance, is as good
# as impossible
my $n = 12;

# a listener for each worker, among which the kernel spreads connections; each
# answer begins with the worker that gave it
my %workers;

add_block_preprocessor(sub {
    my $block = shift;
    my $name = $block->name;

    $block->set_value('config', <<'EOC' . $block->config);
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl reuseport;
    include $TEST_NGINX_PKI/server.conf;
    error_page 403 495 496 =200 /refused;

    location = /refused {
        internal;
        auth_cert off;
        echo "$pid refused";
    }
EOC

    $block->set_value('request', [('GET /t') x $n]);

    $block->set_value('response_body_filters', sub {
        my $body = shift;
        $workers{$name}{$1}++ if $body =~ s/^(\d+) //;
        return $body;
    });

    # QUIC would need a kernel that knows which worker a packet is for
    $block->set_value('protocols', '1.1 2');
});

http_config_for_all(<<'EOC');
    auth_cert_policy staff { allow subject.CN=alice; }
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
EOC

run_tests();

for my $name (sort keys %workers) {
    Test::More::cmp_ok(scalar keys %{ $workers{$name} }, '>', 1,
                       "$name: several workers answered");
}

__DATA__

=== TEST 1: a verdict is that of any worker
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo "$pid $auth_cert_subject_cn";
    }
--- client_cert eval
[("alice", "mallory", "none", "imposter-alice") x 3]
--- response_body eval
[("alice\n", "refused\n", "refused\n", "refused\n") x 3]


=== TEST 2: a ticket of one worker is good at the others
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo "$pid $auth_cert_subject_cn";
    }
--- client_cert: alice
--- tls_resume
--- tls_reused: no yes
--- response_body eval
[("alice\n") x 12]


=== TEST 3: so is a session in the shared cache, in TLS 1.2
--- http_config
    ssl_session_cache shared:sessions:1m;
    ssl_session_tickets off;
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo "$pid $auth_cert_subject_cn $auth_cert_chain_rfc9440";
    }
--- client_cert: alice
--- tls_version: TLSv1.2
--- tls_resume
--- tls_reused: no yes
--- response_body eval
[("alice \n") x 12]


=== TEST 4: and in TLS 1.3, with the intermediate that the client sent once
--- http_config
    ssl_session_cache shared:sessions:1m;
    ssl_session_tickets off;
    auth_cert_policy issued { allow subject.CN=via-intermediate; }
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert issued;
        echo "$pid $auth_cert_subject_cn";
    }
--- client_cert: via-intermediate
--- tls_version: TLSv1.3
--- tls_resume
--- tls_reused: no yes
--- response_body eval
[("via-intermediate\n") x 12]


=== TEST 5: a denied client is denied by all of them, by its session as well
--- http_config
    ssl_session_cache shared:sessions:1m;
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert staff;
        echo "$pid $auth_cert_subject_cn";
    }
--- client_cert: mallory
--- tls_resume
--- tls_reused: no yes
--- response_body eval
[("refused\n") x 12]


=== TEST 6: a changed CRL is in force for all of them at once
--- crls
crl.pem
--- http_config
    ssl_session_cache shared:sessions:1m;
    auth_cert_reload 100ms;
    auth_cert_trust revocable {
        ca  $TEST_NGINX_PKI/partners.crt;
        crl $TEST_NGINX_SERVER_ROOT/html/crl.pem;
    }
--- config
    location = /t {
        auth_cert_verify revocable;
        auth_cert staff;
        echo "$pid $auth_cert_subject_cn";
    }
--- client_cert: alice
--- tls_resume
--- before_request eval
sub {
    return if $_[0] != 7;
    make_crl('crl.pem', 'revoke=alice', 'number=2');
    wait_log('changed CRL file .* is in force');
}
--- response_body eval
[("alice\n") x 6, ("refused\n") x 6]


=== TEST 7: a changed list is in force for all of them at once
--- http_config
    auth_cert_reload 100ms;
    auth_cert_policy pinned {
        allow fingerprint=@$TEST_NGINX_SERVER_ROOT/html/pinned.list;
    }
--- user_files eval
">>> pinned.list\n" . fingerprint('alice') . "\n"
--- config
    location = /t {
        auth_cert_verify partners;
        auth_cert pinned;
        echo "$pid $auth_cert_subject_cn";
    }
--- client_cert eval
[("alice", "bob") x 6]
--- before_request eval
sub {
    return if $_[0] != 7;
    write_file('pinned.list', fingerprint('bob') . "\n");
    wait_log('changed list .* is in force');
}
--- response_body eval
[("alice\n", "refused\n") x 3, ("refused\n", "bob\n") x 3]


=== TEST 8: changed CAs are in force for all of them at once
--- http_config
    auth_cert_reload 100ms;
    auth_cert_trust changing {
        ca $TEST_NGINX_SERVER_ROOT/html/ca.pem;
    }
    auth_cert_policy both { allow subject.CN=alice; allow subject.CN=carol; }
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- config
    location = /t {
        auth_cert_verify changing;
        auth_cert both;
        echo "$pid $auth_cert_subject_cn";
    }
--- client_cert eval
[("alice", "ops-carol") x 6]
--- before_request eval
sub {
    return if $_[0] != 7;
    copy_file('ops.crt', 'ca.pem');
    wait_log('changed CA file .* is in force');
}
--- response_body eval
[("alice\n", "refused\n") x 3, ("refused\n", "carol\n") x 3]


=== TEST 9: the workers of a reloaded nginx have the new CAs, whatever session is offered
--- http_config
    ssl_session_cache shared:sessions:1m;
    ssl_session_tickets off;
    auth_cert_trust changing {
        ca $TEST_NGINX_SERVER_ROOT/html/ca.pem;
    }
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt')
--- config
    location = /t {
        auth_cert_verify changing;
        auth_cert staff;
        echo "$pid $auth_cert_subject_cn";
    }
--- client_cert: alice
--- tls_resume
--- before_request eval
sub {
    return if $_[0] != 7;
    copy_file('ops.crt', 'ca.pem');
    reload_nginx();
}
--- response_body eval
[("alice\n") x 6, ("refused\n") x 6]
