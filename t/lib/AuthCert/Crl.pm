package AuthCert::Crl;

# CRLs made in a test, and the wait for what nginx makes of a changed file.

use v5.10.1;
use strict;
use warnings;

use File::Basename ();
use File::Path ();
use File::Temp ();
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


# cas_for_all(ALGORITHM): in all blocks of the file there are two CAs of one
# name, one.crt and other.crt, and a CRL of each, one.pem and other.pem, of keys
# that OpenSSL alone can make; "--- ca" and "--- crl" say which of them are used
sub cas_for_all {
    my $made = make_cas(shift);

    Test::Nginx::Util::add_block_preprocessor(sub {
        my $block = shift;
        my ($ca, $crl) = map { "$made/$_" } $block->ca, $block->crl;

        $block->set_value('http_config', <<"EOC");
    auth_cert_trust cas { ca $ca; crl $crl; }
EOC
        $block->set_value('config', <<'EOC');
    location /t { auth_cert_verify cas; echo passed; }
EOC
    });
}


# make_cas(ALGORITHM): the folder, which ends with what is returned
sub make_cas {
    my $algorithm = shift;
    my $made = File::Temp->newdir();

    system('sh', '-ec', <<'_EOC_', 'sh', "$made", $algorithm) == 0
        cd "$1"

        printf '%s\n' '[ca]' 'default_ca = one' '[one]' 'database = index' \
            'crlnumber = number' 'default_md = default' \
            'default_crl_days = 365' 'crl_extensions = extensions' \
            '[extensions]' 'authorityKeyIdentifier = keyid' > conf
        : > index
        echo 01 > number

        for ca in one other; do
            openssl genpkey -algorithm "$2" -out $ca.key 2> log
            openssl req -x509 -key $ca.key -out $ca.crt -days 365 \
                -subj "/CN=$2 CA" \
                -addext basicConstraints=critical,CA:true \
                -addext keyUsage=critical,keyCertSign,cRLSign
            openssl ca -config conf -gencrl -keyfile $ca.key -cert $ca.crt \
                -out $ca.pem 2> log
        done
_EOC_
        or die "no CAs\n";

    return $made;
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
