# Several hosts: two nginx in network namespaces of their own share the keys
# of session tickets.  A session of one, resumed at the other, has the same
# verdict there: intermediates included, revocation at once.

use v5.10.1;
use strict;
use warnings;

use File::Temp ();
use Test::More;
use Time::HiRes qw(sleep time);

# a network and mounts of our own, also for those who are not root

if (!$ENV{AUTH_CERT_HOSTS}) {
    $ENV{AUTH_CERT_HOSTS} = 1;

    my @unshare = ('unshare', ($> ? ('--user', '--map-root-user') : ()),
                   '--net', '--mount', '--');

    if (system("@unshare true 2>/dev/null") == 0) {
        exec @unshare, $^X, $0 or die "unshare: $!\n";
    }

    die "namespaces cannot be made here: run the tests as root, or allow "
        . "unprivileged user namespaces\n";
}


my $nginx = $ENV{TEST_NGINX_BINARY} // 'nginx';
my $dir = File::Temp->newdir('auth_cert_hosts.XXXXXX', TMPDIR => 1);

chomp(my $pki = `bash t/pki/make-pki.sh`);

my %address = (one => '192.0.2.2', two => '192.0.2.6');
my %pid;

chmod 0755, $dir;


sub run {
    system(@_) == 0 or die "failed: @_\n";
}


sub network {
    run('mount -t tmpfs tmpfs /run && mkdir /run/netns');
    run('ip link set lo up');

    my $n = 0;

    for my $host (sort keys %address) {
        my ($here) = (++$n == 1) ? '192.0.2.1' : '192.0.2.5';
        run("ip netns add $host");
        run("ip link add to-$host type veth peer name eth0 netns $host");
        run("ip address add $here/30 dev to-$host");
        run("ip link set to-$host up");
        run("ip -n $host address add $address{$host}/30 dev eth0");
        run("ip -n $host link set eth0 up");
        run("ip -n $host link set lo up");
    }
}


sub make_crl {
    my ($name, @options) = @_;
    run('bash', 't/pki/make-crl.sh', $pki, "$dir/$name", @options);
}


sub configuration {
    my $host = shift;
    my $load = join '', map { "load_module $_;\n" }
                        split ' ', $ENV{TEST_NGINX_LOAD_MODULES} // '';
    my $temp = join '', map { "${_}_temp_path $dir/$host;\n" }
                        qw(client_body proxy fastcgi scgi uwsgi);

    return <<"EOC";
$load
pid        $dir/$host/pid;
error_log  $dir/$host/error.log info;

events { }

http {
    $temp
    access_log off;
    variables_hash_max_size 2048;

    ssl_session_ticket_key  $dir/ticket.key;
    auth_cert_reload        100ms;

    auth_cert_trust partners {
        ca   $pki/partners.crt;
        crl  $dir/$host/root.pem;
        crl  $dir/$host/sub.pem;
    }

    auth_cert_policy named {
        allow  subject.CN=via-intermediate  role=$host;
    }

    server {
        listen       $address{$host}:8443 ssl;
        server_name  api.example;
        include      $pki/server.conf;

        location / {
            auth_cert_verify  partners;
            auth_cert         named;
            add_header        X-Role \$auth_cert_role;
            add_header        X-Chain \$auth_cert_chain_rfc9440;
            empty_gif;
        }
    }
}
EOC
}


sub start {
    my $host = shift;

    open my $out, '>', "$dir/$host/nginx.conf" or die $!;
    print $out configuration($host);
    close $out;

    run('ip', 'netns', 'exec', $host, $nginx, '-p', "$dir/$host",
        '-c', "$dir/$host/nginx.conf", '-e', "$dir/$host/error.log");

    for (1 .. 200) {
        last if -s "$dir/$host/pid";
        sleep 0.02;
    }

    open my $in, '<', "$dir/$host/pid" or die "$host did not start\n";
    chomp($pid{$host} = <$in>);
}


# request(HOST, VERSION, OPTION...): what the client saw
sub request {
    my ($host, $version, @options) = @_;

    my $who = "$pki/via-intermediate";

    return `{ printf 'GET / HTTP/1.1\\r\\nHost: api.example\\r\\nConnection: close\\r\\n\\r\\n'; } |
            timeout 10 openssl s_client -connect $address{$host}:8443 \\
            -servername api.example -$version -ign_eof \\
            -cert $who.crt -key $who.key -cert_chain $who.chain.crt \\
            @options 2>&1`;
}


sub wait_log {
    my ($host, $text, $times) = @_;

    for (1 .. 400) {
        open my $in, '<', "$dir/$host/error.log" or die $!;
        return if (grep { /$text/ } <$in>) >= ($times // 1);
        sleep 0.025;
    }

    die "$host does not say \"$text\"\n";
}


sub shows {
    my ($seen, $what, $name) = @_;
    like($seen, $what, $name);
}


network();

run("openssl rand 80 > $dir/ticket.key");

for my $host (sort keys %address) {
    mkdir "$dir/$host";
    chmod 0777, "$dir/$host";
    make_crl("$host/root.pem");
    make_crl("$host/sub.pem", 'issuer=intermediate');
    start($host);
}

my $round = 0;

for my $version ('tls1_3', 'tls1_2') {
    my $session = "$dir/$version.session";
    my $seen;

    $round++;

    $seen = request('one', $version, "-sess_out $session");
    shows($seen, qr/^X-Role: one\r$/m, "$version: host one allows");
    shows($seen, qr/^New, TLS/m, "$version: by a full handshake");

    # the client offers no certificate of its own any more

    my ($chain) = $seen =~ /^X-Chain: (.*?)\r$/m;

    $seen = request('two', $version, "-sess_in $session");
    shows($seen, qr/^Reused, TLS/m, "$version: host two resumes the session");
    shows($seen, qr/^X-Role: two\r$/m, "$version: with its own verdict");
    shows($seen, qr/^X-Chain: \Q$chain\E\r$/m,
          "$version: and the intermediate that the client sent to host one");

    # revoked at host two only: there it counts at once

    my $number = 2 * $round;

    make_crl('two/sub.pem', 'issuer=intermediate', "number=$number",
             'revoke=via-intermediate');
    wait_log('two', 'changed CRL file .*sub.pem', $number - 1);

    $seen = request('two', $version, "-sess_in $session");
    shows($seen, qr/^Reused, TLS/m, "$version: the session is resumed");
    shows($seen, qr{HTTP/1\.1 400 }, "$version: and refused at host two");

    $seen = request('one', $version, "-sess_in $session");
    shows($seen, qr{HTTP/1\.1 200 },
          "$version: host one has another CRL and allows");

    make_crl('two/sub.pem', 'issuer=intermediate', 'number=' . ($number + 1));
    wait_log('two', 'changed CRL file .*sub.pem', $number);

    # the issuing CA itself is revoked

    make_crl('one/root.pem', "number=$number", 'revoke=intermediate');
    wait_log('one', 'changed CRL file .*root.pem', $number - 1);

    $seen = request('one', $version, "-sess_in $session");
    shows($seen, qr{HTTP/1\.1 400 },
          "$version: a revoked intermediate counts for a resumed session");

    make_crl('one/root.pem', 'number=' . ($number + 1));
    wait_log('one', 'changed CRL file .*root.pem', $number);
}


END {
    my $status = $?;
    kill TERM => $_ for values %pid;
    $? = $status;
}

done_testing();
