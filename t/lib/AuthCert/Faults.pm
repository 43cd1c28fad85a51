package AuthCert::Faults;

# Memory that runs out, at each allocation in turn: a library that is
# preloaded lets the n-th one fail, of all, or of those that the module asks
# nginx for.

use v5.10.1;
use strict;
use warnings;

use Cwd ();
use File::Basename ();
use File::Temp ();
use Test::More ();
use Test::Nginx::Util ();
use Time::HiRes ();

use AuthCert::Client;
use AuthCert::Config;
use AuthCert::Messages;

my @wrapped = qw(
    ngx_palloc ngx_pnalloc ngx_pcalloc ngx_pool_cleanup_add ngx_array_push
    ngx_array_push_n ngx_list_push ngx_create_pool ngx_alloc ngx_slab_alloc
    ngx_slab_calloc memcpy
);

# as in fault.c: armed, at, seen, failed, live
my $layout = 'l7';
my $folder;


# faults(): for all blocks of the file, to be called before run_tests()
sub faults {
    $folder = File::Temp->newdir();

    my $here = File::Basename::dirname(Cwd::abs_path(__FILE__));

    # frame pointers: ASan's stacks go through it
    run('cc', '-shared', '-fPIC', '-O1', '-fno-omit-frame-pointer',
        '-o', "$folder/fault.so", "$here/fault.c", '-ldl');

    open my $out, '>', "$folder/state" or die "state: $!\n";
    print $out pack $layout, (0) x 7;
    close $out or die "state: $!\n";

    $ENV{TEST_NGINX_FAULT} = "$folder/state";
    $Test::Nginx::Util::ld_preload = "$folder/fault.so";

    link_module();
}


sub run {
    system(@_) == 0 or die "failed: @_\n";
}


# the module anew, of its objects, with its allocations led to fault.c
sub link_module {
    for my $list ($Test::Nginx::Util::LoadModules) {
        my ($so) = $list =~ m{(\S*/ngx_http_auth_cert_module\.so)}
            or die "the module is not in TEST_NGINX_LOAD_MODULES\n";

        my $objects = File::Basename::dirname($so) . '/objs';
        my @objects = (glob("$objects/addon/core/*auth_cert*.o"),
                       glob("$objects/addon/http/*auth_cert*.o"),
                       "$objects/ngx_http_auth_cert_module_modules.o");

        my $new = "$folder/ngx_http_auth_cert_module.so";

        run('cc', '-shared', '-o', $new, '-Wl,-z,nodelete',
            split(' ', $ENV{LDFLAGS} // ''),
            (map { "-Wl,--wrap=$_" } @wrapped), @objects);

        $list =~ s/\Q$so\E/$new/;
    }
}


sub state_of {
    open my $in, '<:raw', "$folder/state" or die "state: $!\n";
    read $in, my $data, 28;
    my %state;
    @state{qw(armed malloc pool mallocs pools failed live)}
        = unpack $layout, $data;
    return \%state;
}


# all but the last number
sub set_state {
    open my $out, '+<:raw', "$folder/state" or die "state: $!\n";
    syswrite $out, pack('l6', @_) or die "state: $!\n";
    close $out;
}


# request(CLIENT, REQUEST, CONNECTION...): the response, or ''
sub request {
    my ($cert, $request, %options) = @_;
    my $response = '';

    local $SIG{PIPE} = 'IGNORE';

    eval {
        my $client = AuthCert::Client->new(
            port => $Test::Nginx::Util::RandPorts->{TEST_NGINX_RAND_PORT_1},
            cert => AuthCert::Request::certificate($cert),
            key => AuthCert::Config::pki_file("$cert.key"),
            sni => 'localhost', timeout => 10, %options);

        $client->handshake();

        if (!$client->{error}) {
            $client->send([ { value => $request } ]);
            $response = $client->receive();
        }

        $client->close();
        1;
    } or Test::More::fail("the client itself: $@");

    return $response;
}


# fail_each(KIND, STRIDE, CLIENT, REQUEST, RIGHT): a handshake and a request
# each, in which the first, second ... allocation fails, until there are no
# more.  A response must be RIGHT, or an error that is logged.
sub fail_each {
    my ($kind, $stride, $cert, $request, $right) = @_;
    my ($n, $same, $name) = (1, 0, "$kind of $cert");
    my (%wrong, %silent);

    # what is made once for a process
    request($cert, $request) for 1 .. 3;

    my $live = settled();

    while (1) {
        my $log = error_log_size();

        set_state(1, $kind eq 'malloc' ? $n : 0, $kind eq 'pool' ? $n : 0,
                  0, 0, 0);

        my $response = request($cert, $request);
        my $state = state_of();

        set_state((0) x 6);

        last if !$state->{failed};

        my ($status) = $response =~ m{^HTTP/1.1 (\d+)};
        $status //= 0;

        if ($response =~ $right) {
            $same++;

        } elsif ($status != 0 && $status < 400) {
            $wrong{$n} = $response;

        } elsif ($kind eq 'malloc' && !is_told($log)) {
            $silent{$n} = $status || 'none';
        }

        $n += $stride;
    }

    Test::More::cmp_ok($n, '>', 10 * $stride, "$name: there are some");
    Test::More::is(join("\n", map { "$_: $wrong{$_}" } sort keys %wrong), '',
                   "$name: no answer that should not be");
    Test::More::is(join(' ', map { "$_: $silent{$_}" } sort keys %silent), '',
                   "$name: each failure is in the log");
    Test::More::like(request($cert, $request), $right,
                     "$name: the worker goes on as before");

    # some are made once, by the first failure of their kind; what is lost at
    # each failure would come to hundreds
    my $grown = settled() - $live;
    Test::More::cmp_ok($grown, '<', 50, "$name: what failed is freed");

    Test::More::note("$name: $n allocations, $same had no effect,"
                     . " $grown were not freed");
}


# die_each(KIND, CLIENT, REQUEST, RIGHT[, BEFORE]): the same with a worker that
# is killed where it asks for memory (pool) or copies something (copy) for the
# first, second ... time, until a request needs no more.  After each death the
# response must be RIGHT.
sub die_each {
    my ($kind, $cert, $request, $right, $before) = @_;
    my ($n, $name, %wrong) = (1, "$kind of $cert");

    while (1) {
        $before->($n) if $before;

        set_state(2, $kind eq 'copy' ? $n : 0, $kind eq 'pool' ? $n : 0,
                  0, 0, 0);

        request($cert, $request);

        my $failed = state_of()->{failed};
        set_state((0) x 6);

        last if !$failed;

        my $response = request($cert, $request);
        $wrong{$n} = $response if $response !~ $right;

        $n++;
    }

    Test::More::cmp_ok($n, '>', 5, "$name: there are some");
    Test::More::is(join("\n", map { "$_: $wrong{$_}" } sort keys %wrong), '',
                   "$name: the next worker answers as it should");
    Test::More::note("$name: $n deaths");
}


# fail_each_start(STRIDE): "nginx -t" of the block's configuration, in which
# the first, second ... allocation that the module asks for fails
sub fail_each_start {
    my $stride = shift;
    my ($n, @taken, @crashed) = (1);

    while (1) {
        set_state(1, 0, $n, 0, 0, 0);

        my (undef, $accepted) = AuthCert::Messages::test_configuration();
        my $status = $?;

        my $failed = state_of()->{failed};
        set_state((0) x 6);

        last if !$failed;

        push @taken, $n if $accepted;
        push @crashed, $n if $status != 0 && $status != 256;

        $n += $stride;
    }

    Test::More::cmp_ok($n, '>', 10 * $stride, 'start: there are some');
    Test::More::is("@taken", '', 'start: no configuration is taken');
    Test::More::is("@crashed", '', 'start: nginx ends by itself');
    Test::More::note("start: $n allocations");
}


sub error_log_size {
    return -s Test::Nginx::Util::server_root() . '/logs/error.log';
}


# is_told(SIZE): whether the log has a line since it had that size; the client
# may have got the alert before it is written
sub is_told {
    my $size = shift;

    for (1 .. 200) {
        open my $in, '<', Test::Nginx::Util::server_root() . '/logs/error.log'
            or die "error.log: $!\n";
        seek $in, $size, 0;

        return 1 if grep { !/ \[debug\] / } <$in>;
        Time::HiRes::sleep(0.025);
    }

    return 0;
}


# the number of allocations that live, once connections are closed
sub settled {
    my $last = -1;

    for (1 .. 100) {
        Time::HiRes::sleep(0.05);
        my $live = state_of()->{live};
        return $live if $live == $last;
        $last = $live;
    }

    return $last;
}


1;
