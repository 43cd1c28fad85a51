package AuthCert::Changes;

# A file that is written while nginx reads it, by who does not replace it at
# once: at any point of the reading, or between two readings.  Needs faults().

use v5.10.1;
use strict;
use warnings;

use Test::More ();
use Test::Nginx::Util ();
use Time::HiRes ();

use AuthCert::Config;
use AuthCert::Faults;


# change_each(KIND, STEP, FILE, FIRST, SECOND, CLIENTS, REQUEST): FILE becomes
# like FIRST, and while it is read like SECOND, in place: at the first, second
# ... call that reads it ("read"), or goes back to its start ("rewind").  All
# are names under html/.  Of CLIENTS, two names, one is let in by FIRST only,
# the other one by SECOND only: so it has to be in the end, and each time that
# the log says that a version is in force one of the two is let in.  With
# "bad => 1" as an option SECOND cannot be in force, and FIRST stays; others are
# those of arm().
sub change_each {
    my ($kind, $step, $file, $first, $second, $clients, $request, %options)
        = @_;
    my ($n, @wrong, %at) = (1);
    my $name = "$kind of $first, then $second";
    my $from = AuthCert::Config::absolute($first);

    # nothing is changed any more, and the first one is in force
    my $rest = sub {
        AuthCert::Config::copy_file($from, $file);
        comes($clients, $request, '10') or push @wrong, "$n: never again";
    };

    $rest->();

    while (1) {
        my $log = AuthCert::Faults::error_log_size();

        AuthCert::Faults::arm('changes', $kind, $n, later => 1,
                              from => $second, to => $file, %options);
        AuthCert::Config::copy_file($from, $file);

        my $said = AuthCert::Faults::outcome($log);
        my $then = settled($clients, $request);

        my $what = AuthCert::Faults::disarm();

        push @wrong, "$n: nothing is said" if !$said;
        push @wrong, "$n: $then"
            if $then ne '10' && ($then ne '01' || $options{bad});
        last if !defined $what;

        $at{$what}++;

        push @wrong, "$n $what: never in force"
            if !$options{bad} && !comes($clients, $request, '01');

        $n += $step;
    }

    $rest->();

    Test::More::is(join("\n", @wrong), '', "$name: one of both is in force");
    Test::More::note("$name: ", join ', ', map { "$at{$_} $_" } sort keys %at);
}


# settled(CLIENTS, REQUEST): another version may come between two requests
sub settled {
    my ($clients, $request) = @_;
    my $then;

    for (1 .. 4) {
        $then = allowed($clients, $request);
        last if $then =~ /^(?:10|01)$/;
    }

    return $then;
}


# allowed(CLIENTS, REQUEST): "10" where the first one gets 200, and the second
# one does not
sub allowed {
    my ($clients, $request) = @_;

    return join '', map {
        (AuthCert::Faults::request($_, $request))[0] =~ /^HTTP\S+ 200/ ? 1 : 0
    } @$clients;
}


sub comes {
    my ($clients, $request, $wanted) = @_;

    for (1 .. 400 * AuthCert::Config::patience()) {
        return 1 if allowed($clients, $request) eq $wanted;
        Time::HiRes::sleep(0.05);
    }

    return 0;
}


1;
