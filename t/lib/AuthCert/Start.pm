package AuthCert::Start;

# Mistakes that a test's author should see at once: a configuration that
# nginx refuses fails its block (Test::Nginx itself tries for half a minute
# and then gives up on all files); so does perl code that dies in a section.

use v5.10.1;
use strict;
use warnings;

use Test::Base::Filter ();
use Test::More ();
use Test::Nginx::Util ();

use AuthCert::Clock;
use AuthCert::Crl;
use AuthCert::Geo;
use AuthCert::Messages;


sub check_configuration {
    my $block = shift;

    return if defined $block->must_die;

    my ($said, $accepted) = AuthCert::Messages::test_configuration();

    # a port may still be held by the nginx of the block before
    return if $accepted || $said =~ /\bbind\(\)/;

    die { refused => $said };
}


# evaluate(CODE): the filter "eval" of sections, with the names of the test
# file at hand; Test::Base would take the message of an error for the value
sub evaluate {
    my @value = eval "package main; no strict; $_[1]";

    die "in \"$_[1]\": $@" if $@;
    return @value;
}


sub install {
    no warnings 'redefine';

    *Test::Base::Filter::eval = \&evaluate;

    my $write_config_file = \&Test::Nginx::Util::write_config_file;
    my $run_test = \&Test::Nginx::Util::run_test;

    *Test::Nginx::Util::write_config_file = sub ($$$) {
        my ($block, $config, $ports) = @_;
        AuthCert::Clock::reset();
        AuthCert::Crl::make_for($block);
        AuthCert::Geo::make_for($block);
        $write_config_file->($block, $config, $ports);
        check_configuration($block);
    };

    *Test::Nginx::Util::run_test = sub ($) {
        my $block = shift;

        return if eval { $run_test->($block); 1 };

        # what died may have been a check: Test::Nginx ends with status 0 then

        my $error = $@;
        my $refused = ref $error eq 'HASH' && $error->{refused};

        Test::More::fail($block->name . ': '
                         . ($refused ? 'nginx refuses the configuration'
                                     : 'died'));
        Test::More::diag($refused || $error);
    };
}


# "nginx -t" leaves an empty pid file, which Test::Nginx takes for a nginx that
# got lost when it is still there at the end: it would stop all test files
END {
    my $pid_file = $Test::Nginx::Util::PidFile;

    unlink $pid_file if defined $pid_file && -z $pid_file;
}


1;
