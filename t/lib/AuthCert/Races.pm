package AuthCert::Races;

# A process of nginx that stops for a while, where it reads or writes what it
# shares with others, and what these do meanwhile.  Needs faults().

use v5.10.1;
use strict;
use warnings;

use POSIX ();
use Test::More ();
use Test::Nginx::Util ();
use Time::HiRes ();

use AuthCert::Config;
use AuthCert::Faults;


# hold(KIND, N, OPTION...): where the N-th call is, see AuthCert::Faults::arm();
# what holds it has to be done meanwhile
sub hold {
    my ($kind, $n, %options) = @_;
    AuthCert::Faults::arm('holds', $kind, $n, %options);
}


# held_request(KIND, BEFORE, NAME, CLIENT, REQUEST): makes the request, with
# which a worker stops at its first call of that name that follows one of the
# other name; ->{pid} is the worker
sub held_request {
    my ($kind, $before, $name, $cert, $request) = @_;
    my $last = '';

    for my $n (1 .. 200) {
        hold($kind, $n);

        my $held = in_background($cert, $request);

        $held->{pid} = AuthCert::Faults::held() or die "no $name\n";

        my $now = AuthCert::Faults::state_of()->{name};
        return $held if $last eq $before && $now eq $name;

        $last = $now;

        AuthCert::Faults::let_go();
        answer($held);
    }

    die "no $name\n";
}


sub in_background {
    my ($cert, $request) = @_;

    pipe my $in, my $out or die "pipe: $!\n";

    my $child = fork // die "fork: $!\n";

    if ($child == 0) {
        close $in;
        my ($response) = AuthCert::Faults::request($cert, $request);
        print $out $response;
        close $out;
        POSIX::_exit(0);
    }

    close $out;

    return { child => $child, in => $in };
}


# answer(HELD): what came back
sub answer {
    my $held = shift;
    my $in = $held->{in};

    local $/;
    my $response = <$in>;
    waitpid $held->{child}, 0;

    return $response // '';
}


# hup(): a reload of nginx, without a wait for the old workers; returns when
# there are new ones
sub hup {
    my $master = Test::Nginx::Util::get_pid_from_pidfile('hup');
    my %old = map { $_ => 1 } AuthCert::Config::workers($master);

    kill HUP => $master;

    for (1 .. 200 * AuthCert::Config::patience()) {
        Time::HiRes::sleep(0.025);
        return if grep { !$old{$_} } AuthCert::Config::workers($master);
    }

    die "nginx did not reload\n";
}


# gone(PID): waits until the process has ended
sub gone {
    my $pid = shift;

    for (1 .. 200 * AuthCert::Config::patience()) {
        return 1 if !kill 0, $pid;
        Time::HiRes::sleep(0.025);
    }

    return 0;
}


# logged(REGEX): the number of such lines
sub logged {
    my $regex = shift;

    open my $in, '<', $Test::Nginx::Util::ErrLogFile or die "error.log: $!\n";
    return scalar grep { /$regex/ } <$in>;
}


1;
