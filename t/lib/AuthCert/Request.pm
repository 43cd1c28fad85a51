package AuthCert::Request;

# Sends a block's requests over TLS when it names a client certificate.
# Test::Nginx asks for raw responses and checks them, as always.

use v5.10.1;
use strict;
use warnings;

use Test::More ();
use Test::Nginx::Socket ();
use Test::Nginx::Util ();

use AuthCert::Client;
use AuthCert::Curl;
use AuthCert::Protocol;
use AuthCert::Ticket;

# of the block that runs
my ($current, $count, $session, $connection);


# one word of a section for each request; the last one holds for the rest
sub word {
    my ($block, $section, $n) = @_;

    my $value = $block->$section;
    return undef unless defined $value;

    my @words = ref $value ? @$value : split ' ', $value;
    return $n < @words ? $words[$n] : $words[-1];
}


sub requests {
    my $block = shift;
    return ref $block->request eq 'ARRAY' ? scalar @{ $block->request } : 1;
}


sub port {
    my ($block, $n) = @_;

    my $port = word($block, 'tls_port', $n) // 1;
    my $name = "TEST_NGINX_RAND_PORT_$port";

    return $Test::Nginx::Util::RandPorts->{$name}
        // Test::Nginx::Util::bail_out($block->name
                                       . ": no \$$name in the configuration");
}


sub options {
    my ($block, $n, $timeout) = @_;

    my $cert = word($block, 'client_cert', $n) // 'none';
    my $sni = word($block, 'sni', $n) // 'localhost';

    return (
        port     => port($block, $n),
        sni      => $sni eq 'none' ? undef : $sni,
        cert     => $cert eq 'none' ? undef : certificate($cert),
        key      => $cert eq 'none' ? undef
                                    : AuthCert::Config::pki_file("$cert.key"),
        version  => word($block, 'tls_version', $n),
        groups   => word($block, 'tls_groups', $n),
        forget   => defined $block->tls_forget,
        timeout  => $timeout,
        keep     => defined $block->keep_connection,
        wait_for_alert => expected_alert($block, $n),
    );
}


# what a client sends: the leaf, followed by intermediates if it has any
sub certificate {
    my $name = shift;

    my $chain = AuthCert::Config::pki_file("$name.chain.crt");
    return -e $chain ? $chain : AuthCert::Config::pki_file("$name.crt");
}


sub expected_alert {
    my ($block, $n) = @_;

    my $alert = word($block, 'tls_alert', $n);
    return defined $alert && $alert ne '-' ? $alert : undef;
}


# by_tls(BLOCK, N, BITS, TIMEOUT): the response, and what went wrong
sub by_tls {
    my ($block, $n, $bits, $timeout) = @_;

    my %options = options($block, $n, $timeout);

    my $client = $connection;

    if (!$client) {
        $client = AuthCert::Protocol::client()->new(%options,
                      session => offered($block, $n));
        $client->handshake();
    }

    my $response = '';

    if (!$client->{error}) {
        $client->send($bits) unless $options{wait_for_alert};
        $response = $client->receive() unless $client->{error};
    }

    if ($options{keep} && !$client->{error}
        && $response !~ /^Connection: close\r/m)
    {
        $connection = $client;

    } else {
        $session = $client->session() // $session;
        $client->close();
        undef $connection;
    }

    check_handshake($block, $n, $client);

    return ($response, $client->{error}, $client->{alert});
}


sub offered {
    my ($block, $n) = @_;

    # of HTTP/3 it is a number, from 0
    return undef unless defined $session && defined $block->tls_resume;

    my $change = $block->tls_ticket;
    return $session unless ref $change;

    return AuthCert::Ticket::changed($session,
                                     sub { $change->($n + 1, @_) });
}


sub check_handshake {
    my ($block, $n, $client) = @_;

    my $name = $block->name . " - connection of request " . ($n + 1);
    my $reused = word($block, 'tls_reused', $n);
    my $asked = word($block, 'tls_asked', $n);

    if (defined $reused) {
        Test::More::is($client->{reused} ? 'yes' : 'no', $reused,
                       "$name resumes a session");
    }

    my $size = word($block, 'tls_session_size', $n);

    if (defined $size) {
        my $found = length Net::SSLeay::i2d_SSL_SESSION($session);
        Test::More::cmp_ok($found, '<', $size,
                           "$name has a session of fewer bytes");
    }

    if (defined $asked) {
        Test::More::is($client->{asked} ? 'yes' : 'no', $asked,
                       "$name is asked for a certificate");
    }

    if (defined $block->tls_ca_names) {
        my $expected = join "\n", sort grep { length }
                                  split /\n/, $block->tls_ca_names;
        Test::More::is(join("\n", sort @{ $client->{ca_names} }), $expected,
                       "$name is told the CA names");
    }
}


sub by_curl {
    my ($block, $n, $bits, $timeout) = @_;

    my %options = options($block, $n, $timeout);

    # valgrind and sanitizers: nginx may need seconds until it listens
    close(AuthCert::Client::connect_to($options{port}, $timeout));

    return AuthCert::Curl::fetch($bits, %options,
               http => word($block, 'http_version', $n),
               args => [ grep { length } split /\n/,
                         $block->curl_args // '' ]);
}


sub check_failure {
    my ($block, $n, $response, $error, $alert) = @_;

    my $name = $block->name . " - request " . ($n + 1);
    my $expected = expected_alert($block, $n);

    if (defined $expected) {
        Test::More::is($alert // ($error || 'no alert'), $expected,
                       "$name ends with the alert");

    } elsif (defined $block->tls_fail) {
        chomp(my $pattern = $block->tls_fail);
        Test::More::like($error, qr/$pattern/, "$name fails as told");

    } else {
        Test::More::fail("$name: "
                         . ($alert ? "$error (alert $alert)" : $error))
            if $error;
        return $response;
    }

    # nothing to check; among other requests it counts as status 000

    if (requests($block) == 1) {
        $block->set_value('ignore_response', '');
    }

    return "HTTP/1.1 000 no response\r\n\r\n";
}


sub start_block {
    my $block = shift;

    $connection->close() if $connection;

    ($current, $count, $session, $connection) = ($block, 0, undef, undef);
}


sub send_request {
    my ($original, $request, $delay, $timeout, $block) = @_;

    start_block($block)
        if !$current || $block != $current || $count >= requests($block);

    my $n = $count++;
    my $hook = $block->before_request;

    if (ref $hook eq 'CODE' && !eval { $hook->($n + 1, $block); 1 }) {
        # the file would end here, and pass
        Test::More::fail($block->name . " - before_request: $@");
    }

    if (!defined $block->client_cert) {
        return $original->($request, $delay, $timeout, $block);
    }

    my $bits = ref $request ? $request : [ { value => $request } ];
    my $head = $bits->[0]{value} =~ /^HEAD\s/ ? 1 : 0;

    my $curl = defined $block->http_version
               || ($block->via // '') =~ /^curl\s*$/;

    my ($response, $error, $alert) = eval {
        $curl ? by_curl($block, $n, $bits, $timeout)
              : by_tls($block, $n, $bits, $timeout);
    };

    ($response, $error) = ('', $@) if $@;

    return (check_failure($block, $n, $response, $error, $alert), $head);
}


sub install {
    my $original = \&Test::Nginx::Socket::send_request;

    no warnings 'redefine';
    *Test::Nginx::Socket::send_request = sub ($$$$@) {
        return send_request($original, @_);
    };
}


END {
    local $?;
    $connection->close() if $connection;
}


1;
