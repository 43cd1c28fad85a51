package AuthCert::Crl;

# CRLs made in a test, and the wait for what nginx makes of a changed file.

use v5.10.1;
use strict;
use warnings;

use File::Basename ();
use File::Path ();
use Test::Nginx::Util ();
use Time::HiRes ();

use AuthCert::Config;

# make_crl(NAME, OPTION...): a file under html/, replaced at once; the options
# are those of t/pki/make-crl.py
sub make_crl {
    my ($name, @options) = @_;

    my $file = AuthCert::Config::absolute($name);
    my $maker = "$ENV{TEST_NGINX_PKI}/../../make-crl.sh";

    File::Path::make_path(File::Basename::dirname($file));

    system('bash', $maker, $ENV{TEST_NGINX_PKI}, $file, @options) == 0
        or die "make-crl.sh failed\n";
}


# make_for(BLOCK): its section "crls", before nginx starts
sub make_for {
    my $block = shift;

    for (grep { /\S/ } split /\n/, $block->crls // '') {

        if (/^(\S+) -> (\S+)$/) {
            make_link($1, $2);
        } else {
            make_crl(split);
        }
    }
}


# make_link(NAME, TARGET): a symbolic link under html/, replaced at once
sub make_link {
    my ($name, $target) = @_;

    my $file = AuthCert::Config::absolute($name);
    File::Path::make_path(File::Basename::dirname($file));

    my $new = AuthCert::Config::hidden($file);

    symlink $target, $new or die "$file: $!\n";
    rename $new, $file or die "$file: $!\n";
}


# wait_log(REGEX[, TIMES]): until the error log has so many lines like that
sub wait_log {
    my ($regex, $times) = @_;
    $times //= 1;

    my $log = $Test::Nginx::Util::ErrLogFile;

    for (1 .. 400 * AuthCert::Config::patience()) {
        if (open my $in, '<', $log) {
            return if (grep { /$regex/ } <$in>) >= $times;
        }
        Time::HiRes::sleep(0.025);
    }

    die "not in the log: $regex\n";
}


1;
