package AuthCert::Ocsp;

# A real OCSP responder, "openssl ocsp", for a test file.

use v5.10.1;
use strict;
use warnings;

use File::Temp ();
use Time::HiRes ();

use AuthCert::Config;

my ($pid, $dir);


# ocsp_responder(CA, NAME => 'good' or 'revoked', ...): at the top of the
# file; $TEST_NGINX_OCSP is its address.  It knows no other certificates.
sub ocsp_responder {
    my ($ca, %status) = @_;

    $dir = File::Temp->newdir('auth_cert_ocsp.XXXXXX', TMPDIR => 1);

    AuthCert::Config::write_file("$dir/index",
                                 join '', map { line($_, $status{$_}) }
                                          sort keys %status);

    my $file = AuthCert::Config::pki_file($ca);

    $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        open STDOUT, '>', "$dir/log" or die "$dir/log: $!\n";
        open STDERR, '>&', \*STDOUT or die "stderr: $!\n";
        exec qw(openssl ocsp -port 0 -ignore_err -ndays 1),
             '-index', "$dir/index", '-CA', "$file.crt",
             '-rsigner', "$file.crt", '-rkey', "$file.key"
            or die "openssl: $!\n";
    }

    $ENV{TEST_NGINX_OCSP} = 'http://127.0.0.1:' . port();
}


# line(NAME, STATUS): as "openssl ca" keeps them; serial numbers have an even
# number of digits
sub line {
    my ($name, $status) = @_;

    my $file = AuthCert::Config::pki_file("$name.crt");

    `openssl x509 -in $file -noout -serial` =~ /^serial=([0-9A-F]+)$/
        or die "$name has no serial number\n";

    return join("\t", $status eq 'revoked' ? ('R', '491231235959Z',
                                              '250101000000Z')
                                           : ('V', '491231235959Z', ''),
                $1, 'unknown', "/CN=$name") . "\n";
}


# port(): the one that the responder has taken
sub port {
    for (1 .. 400) {
        if (open my $in, '<', "$dir/log") {
            while (<$in>) {
                return $1 if /^ACCEPT .*:(\d+) /;
            }
        }

        die "the OCSP responder ended\n" if waitpid($pid, 1) == $pid;
        Time::HiRes::sleep(0.025);
    }

    die "no OCSP responder\n";
}


END {
    local $?;

    if ($pid && $pid > 0) {
        kill TERM => $pid;
        waitpid $pid, 0;
    }
}


1;
