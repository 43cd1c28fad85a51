package AuthCert::Faults;

# Memory that runs out, and calls that fail, one after the other: a library
# that is preloaded lets the n-th allocation fail, of all, or of those that the
# module asks nginx for, or the n-th of its other calls; or something happens
# there, see arm().

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

my %kinds = (malloc => 0, pool => 1, call => 2, copy => 3, inner => 4,
             read => 5, rewind => 6);
my %what = (fails => 1, dies => 2, lasts => 3, changes => 4, holds => 5);
my $later = 16;

# each of the allocations of a handshake and a request, not one in STRIDE
my $every = $ENV{TEST_EVERY_FAULT};

# as in fault.c: armed, at, seen, failed, held, live, tick, rewritten, name,
# from, to
my $layout = 'l20 Z40 Z512 Z512';
my $folder;


# faults(): for all blocks of the file, to be called before run_tests()
sub faults {
    $folder = File::Temp->newdir();

    my $here = File::Basename::dirname(Cwd::abs_path(__FILE__));

    # frame pointers: ASan's stacks go through it
    run('cc', '-shared', '-fPIC', '-O1', '-fno-omit-frame-pointer',
        '-o', "$folder/fault.so", "$here/fault.c", "$here/calls.c", '-ldl');

    open my $out, '>', "$folder/state" or die "state: $!\n";
    print $out pack $layout, (0) x 20, '', '', '';
    close $out or die "state: $!\n";

    $ENV{TEST_NGINX_FAULT} = "$folder/state";
    $Test::Nginx::Util::ld_preload = "$folder/fault.so";

    link_module(wrapped("$here/calls.c"));
}


# the names in its tables, and those that it has functions for
sub wrapped {
    my $file = shift;

    open my $in, '<', $file or die "$file: $!\n";
    return grep { defined }
           map { /^(?:POOL|CALL|READ|STAT|DECLARE)\((\w+)/ ? $1
                 : /^__wrap_(\w+)\(/ ? $1 : undef } <$in>;
}


sub run {
    system(@_) == 0 or die "failed: @_\n";
}


# link_module(NAME...): the module anew, of its objects, with these of its
# calls led to calls.c
sub link_module {
    my @wrapped = @_;

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
    read $in, my $data, length pack $layout;
    my @state = unpack $layout, $data;

    return { failed => $state[15], held => $state[16], live => $state[17],
             name => $state[20] };
}


# arm(WHAT, KIND, N[, OPTION...]): the N-th of this kind "fails", or it "lasts",
# so that each later one fails, too; the process "dies" there, or "holds" until
# let_go(); or the file "to" of html/ "changes" to the file "from", in place.
# Options: "later", they are counted from the start of a thread on; "rewritten",
# the read before which "to" is written as it is; "tick", in ms, the clock that
# files have their times of
sub arm {
    my ($what, $kind, $n, %options) = @_;
    my @at = (0) x keys %kinds;

    $at[$kinds{$kind}] = $n;

    set_state(0);
    write_state(length(pack 'l18'),
                pack 'l2', map { $_ // 0 } @options{qw(tick rewritten)});
    write_state(length(pack $layout) - 1024, pack 'Z512 Z512',
                map { AuthCert::Config::absolute($_) } @options{qw(from to)})
        if $what eq 'changes';
    set_state($what{$what} | ($options{later} ? $later : 0), @at,
              (0) x (2 + keys %kinds));
}


# held(): the process that has stopped, once there is one, or 0
sub held {
    for (1 .. 500 * AuthCert::Config::patience()) {
        my $pid = state_of()->{held};
        return $pid if $pid;
        Time::HiRes::sleep(0.02);
    }

    return 0;
}


sub let_go {
    set_state((0) x 17);
}


# disarm(): the name of what has failed, or undef
sub disarm {
    my $state = state_of();

    set_state((0) x 17);
    return $state->{failed} ? $state->{name} : undef;
}


# the first ones, up to "held"
sub set_state {
    write_state(0, pack 'l*', @_);
}


# write_state(OFFSET, BYTES)
sub write_state {
    my ($offset, $bytes) = @_;

    open my $out, '+<:raw', "$folder/state" or die "state: $!\n";
    sysseek $out, $offset, 0;
    syswrite $out, $bytes or die "state: $!\n";
    close $out;
}


# request(CLIENT, REQUEST, CONNECTION...): the response, or '', the session, and
# the CAs that the server named; "class" is the one of the connection.
# CLIENT may be "none"; "ready" is a sub to be called after the handshake.  Dies
# where nobody listens.
sub request {
    my ($cert, $request, %options) = @_;
    my ($response, $session, $names) = ('', undef, '');
    my $class = delete $options{class} // 'AuthCert::Client';
    my $ready = delete $options{ready};

    local $SIG{PIPE} = 'IGNORE';

    # where nobody listens any more, all that follows would only wait for it
    my $client = $class->new(
        port => $Test::Nginx::Util::RandPorts->{TEST_NGINX_RAND_PORT_1},
        ($cert eq 'none' ? ()
            : (cert => AuthCert::Request::certificate($cert),
               key => AuthCert::Config::pki_file("$cert.key"))),
        sni => 'localhost', timeout => 10, %options);

    eval {
        $client->handshake();
        $names = join ', ', @{ $client->{ca_names} };

        if (!$client->{error}) {
            $ready->() if $ready;
            $client->send([ { value => $request } ]);
            $response = $client->receive();
            $session = $client->session();
        }

        $client->close();
        1;
    } or Test::More::fail("the client itself: $@");

    return ($response, $session, $names);
}


# fail_each(KIND, STRIDE, CLIENT, REQUEST, RIGHT, OPTION...): a handshake and a
# request each, in which the first, second ... allocation or call fails, until
# there are no more.  A response must be RIGHT, or an error that is logged.
# Options: "lasts", so that all later ones fail, too; "resume", of a session
# that another request has begun; "before", a sub that is called before each of
# them; "between", one that is called after the request that began the session;
# "late", those of the request only; "sni"
sub fail_each {
    my ($kind, $stride, $cert, $request, $right, %options) = @_;
    $stride = 1 if $every;
    my ($n, $same, $name) = (1, 0, "$kind of $cert");
    my %client = map { $_ => $options{$_} } grep { $_ eq 'sni' } keys %options;
    my (%wrong, %silent);

    $name .= ", $_" for grep { $options{$_} } 'resume', 'lasts';

    # what is made once for a process
    request($cert, $request, %client) for 1 .. 3;

    my $live = settled();

    while (1) {
        my @session;

        $options{before}->($n) if $options{before};
        @session = (session => (request($cert, $request, %client))[1])
            if $options{resume};
        $options{between}->($n) if $options{between};

        my $log = error_log_size();

        my $arm = sub { arm($options{lasts} ? 'lasts' : 'fails', $kind, $n) };

        $arm->() if !$options{late};

        my ($response) = request($cert, $request, %client, @session,
                                 $options{late} ? (ready => $arm) : ());

        my $what = disarm() // last;

        my ($status) = $response =~ m{^HTTP/1.1 (\d+)};
        $status //= 0;

        if ($response =~ $right) {
            $same++;

        } elsif ($status != 0 && $status < 400) {
            $wrong{"$n, $what"} = $response;

        } elsif ($kind ne 'pool' && !is_told($log)) {
            $silent{"$n, $what"} = $status || 'none';
        }

        $n += $stride;
    }

    Test::More::cmp_ok($n, '>', 3 * $stride, "$name: there are some");
    Test::More::is(join("\n", map { "$_: $wrong{$_}" } sort keys %wrong), '',
                   "$name: no answer that should not be");
    Test::More::is(join(' ', map { "$_: $silent{$_}" } sort keys %silent), '',
                   "$name: each failure is in the log");
    Test::More::like((request($cert, $request, %client))[0], $right,
                     "$name: the worker goes on as before");

    # some are made once, by the first failure of their kind; what is lost at
    # each failure would come to hundreds
    my $grown = settled() - $live;
    Test::More::cmp_ok($grown, '<', 50, "$name: what failed is freed");

    Test::More::note("$name: $n, $same had no effect,"
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

        arm('dies', $kind, $n);

        request($cert, $request);

        last if !defined disarm();

        my ($response) = request($cert, $request);
        $wrong{$n} = $response if $response !~ $right;

        $n++;
    }

    Test::More::cmp_ok($n, '>', 5, "$name: there are some");
    Test::More::is(join("\n", map { "$_: $wrong{$_}" } sort keys %wrong), '',
                   "$name: the next worker answers as it should");
    Test::More::note("$name: $n deaths");
}


# fail_each_worker(KIND, STRIDE, CLIENT, REQUEST, RIGHT): a worker is ended, and
# in the next one the first, second ... allocation or call fails, while it
# starts or, after that, in the handshake and the request.  A response must be
# RIGHT, or an error; the one after it, RIGHT.
sub fail_each_worker {
    my ($kind, $stride, $cert, $request, $right) = @_;
    my ($n, $name, %wrong) = (1, "$kind in a new worker");

    request($cert, $request);

    while (1) {
        my $old = worker();

        arm('fails', $kind, $n);
        kill 'TERM', $old;

        for (1 .. 1000 * AuthCert::Config::patience()) {
            last if worker() > 0 && worker() != $old;
            Time::HiRes::sleep(0.01);
        }

        my ($response) = request($cert, $request);
        my $what = disarm() // last;

        my ($status) = $response =~ m{^HTTP/1.1 (\d+)};

        $wrong{"$n, $what"} = $response
            if $response !~ $right && ($status // 500) < 400;

        ($response) = request($cert, $request);
        $wrong{"$n, $what, later"} = $response if $response !~ $right;

        $n += $stride;
    }

    Test::More::cmp_ok($n, '>', 5 * $stride, "$name: there are some");
    Test::More::is(join("\n", map { "$_: $wrong{$_}" } sort keys %wrong), '',
                   "$name: it answers as it should");
    Test::More::note("$name: $n of them");
}


# worker(): the process number of the only one, or 0
sub worker {
    my $master = Test::Nginx::Util::get_pid_from_pidfile('');

    open my $in, '<', "/proc/$master/task/$master/children"
        or die "children: $!\n";
    my @workers = split ' ', <$in> // '';

    return $workers[0] // 0;
}


# fail_each_start(KIND, STRIDE): "nginx -t" of the block's configuration, in
# which the first, second ... allocation or call fails.  Option: "taken", the
# names of calls without which the configuration can be taken
sub fail_each_start {
    my ($kind, $stride, %options) = @_;
    my $may = $options{taken} // qr/(?!)/;
    my ($n, @taken, @crashed) = (1);

    while (1) {
        arm('fails', $kind, $n);

        my (undef, $accepted) = AuthCert::Messages::test_configuration();
        my $status = $?;

        # what OpenSSL can do without is not missed
        my $missed = $kind ne 'inner' || state_of()->{failed} == 2;

        my $what = disarm() // last;

        push @taken, "$n $what" if $accepted && $missed && $what !~ $may;
        push @crashed, "$n $what" if $status != 0 && $status != 256;

        $n += $stride;
    }

    Test::More::cmp_ok($n, '>', 10 * $stride, "$kind at start: there are some");
    Test::More::is("@taken", '', "$kind at start: no configuration is taken");
    Test::More::is("@crashed", '', "$kind at start: nginx ends by itself");
    Test::More::note("$kind at start: $n of them");
}


# fail_each_reload(KIND, STRIDE, CHANGE, CLIENTS, REQUEST[, CAS]): files change
# while nginx runs, and from the thread on that reads them the first, second ...
# allocation or call fails.  CHANGE, a sub, writes them anew; of CLIENTS, two
# names, only the first one gets 200 with CHANGE->(0), only the second one with
# CHANGE->(1).  What the log says is in force has to be in force; a version
# that could not be read comes into force without another change.  CAS, two
# names as well, are the CAs that the server names then.
sub fail_each_reload {
    my ($kind, $stride, $change, $clients, $request, $cas) = @_;
    my ($n, $version, $stays, @wrong) = (1, 0, 0);
    my $name = "$kind in a reload";

    # what is made once for a process
    request($_, $request) for @$clients;

    my $live = settled();

    while (1) {
        my $log = error_log_size();

        arm('fails', $kind, $n, later => 1);
        $change->(1 - $version);

        my $said = outcome($log);

        # workers take CAs over at their next look, which may fail as well
        Time::HiRes::sleep(0.15) if $cas;

        my $what = disarm() // '';

        $version = 1 - $version if $said eq 'is';
        $stays++ if $said eq 'stays';

        my $wrong;

        # and then at the one after it
        for (1 .. ($cas ? 20 * AuthCert::Config::patience() : 1)) {
            my @answers = map { [ request($_, $request) ] } @$clients;
            my @status = map { $_->[0] =~ /^HTTP\S+ (\d+)/ ? $1 : 0 } @answers;
            my $named = $answers[0][2];

            $wrong = "$said, $version, @status, $named";

            undef $wrong if $said && $status[$version] == 200
                            && $status[1 - $version] != 200
                            && (!$cas || $named eq $cas->[$version]);

            last if !defined $wrong;
            Time::HiRes::sleep(0.05) if $cas;
        }

        push @wrong, "$n $what: $wrong" if defined $wrong;

        if ($said eq 'stays' && $stays == 1) {
            $version = 1 - $version;
            push @wrong, "$n $what: not tried again"
                if outcome($log, 'is') ne 'is';
        }

        last if $what eq '';
        $n += $stride;

        # files whose state was not known are read once more
        Time::HiRes::sleep(0.25) if $said eq 'is';
    }

    # as it was before
    while ($version) {
        my $log = error_log_size();

        $change->(0);
        $version = 0 if outcome($log, 'is');
    }

    Test::More::cmp_ok($stays, '>', 0, "$name: the last good version stays");
    Test::More::is(join("\n", @wrong), '', "$name: what is said is in force");

    my $grown = settled() - $live;
    Test::More::cmp_ok($grown, '<', 50, "$name: what failed is freed");

    Test::More::note("$name: $n, $stays could not be read,"
                     . " $grown were not freed");
}


# outcome(SIZE[, ONLY]): what the log says of a version since it had that size:
# it "is" in force, or the last good one "stays", or ''
sub outcome {
    my ($size, $only) = @_;
    $only //= 'is|stays';

    for (1 .. 200 * AuthCert::Config::patience()) {
        open my $in, '<', Test::Nginx::Util::server_root() . '/logs/error.log'
            or die "error.log: $!\n";
        seek $in, $size, 0;

        for (<$in>) {
            return $1 if /auth_cert: .* ($only) in force/;
        }

        Time::HiRes::sleep(0.025);
    }

    return '';
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
