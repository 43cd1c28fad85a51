package AuthCert;

# Test::Nginx with TLS clients that present certificates.  The sections that
# this adds are described in t/README.md; all others keep their meaning.
#
# (Test::Base gives each sub of this class a $self: functions that tests call
# are written in the packages below and only exported from here.)

use v5.10.1;
use strict;
use warnings;

use Cwd ();
use File::Basename ();

BEGIN {
    my $pki = File::Basename::dirname(Cwd::abs_path(__FILE__)) . '/../pki';

    chomp($ENV{TEST_NGINX_PKI} = `bash '$pki/make-pki.sh'`);
    $? == 0 or die "make-pki.sh failed\n";
}

# Test::Nginx forgets at its end that the file died; that of Test::More, which
# is the last one, has to know
my $status;

use Test::More ();
END { $? ||= $status || 0 }
use Test::Nginx::Socket -Base;
END { $status = $? }
use AuthCert::Changes;
use AuthCert::Clock;
use AuthCert::Config;
use AuthCert::Protocol;
use AuthCert::Crl;
use AuthCert::Early;
use AuthCert::Faults;
use AuthCert::Messages;
use AuthCert::Modules;
use AuthCert::Ocsp;
use AuthCert::Races;
use AuthCert::Request;
use AuthCert::Start;
use AuthCert::Upstream;
use AuthCert::Verdicts;
use AuthCert::Whoami;

our @EXPORT = qw(
    http_config_for_all keep_sessions tls_server write_file copy_file
    reload_nginx pki_file pki_text fingerprint spki der_base64 fake_clock set_clock
    make_crl cas_for_all make_link wait_log upstream faults fail_each fail_each_start
    fail_each_reload fail_each_worker die_each change_each
    ocsp_responder early_session early_data early_again early_log
);

*http_config_for_all = \&AuthCert::Config::http_config_for_all;
*keep_sessions       = \&AuthCert::Config::keep_sessions;
*tls_server          = \&AuthCert::Config::tls_server;
*write_file          = \&AuthCert::Config::write_file;
*copy_file           = \&AuthCert::Config::copy_file;
*reload_nginx        = \&AuthCert::Config::reload_nginx;
*pki_file            = \&AuthCert::Config::pki_file;
*pki_text            = \&AuthCert::Config::pki_text;
*fingerprint         = \&AuthCert::Config::fingerprint;
*spki                = \&AuthCert::Config::spki;
*der_base64          = \&AuthCert::Config::der_base64;
*make_crl            = \&AuthCert::Crl::make_crl;
*cas_for_all         = \&AuthCert::Crl::cas_for_all;
*make_link           = \&AuthCert::Crl::make_link;
*wait_log            = \&AuthCert::Crl::wait_log;
*fake_clock          = \&AuthCert::Clock::fake_clock;
*set_clock           = \&AuthCert::Clock::set_clock;
*faults              = \&AuthCert::Faults::faults;
*fail_each           = \&AuthCert::Faults::fail_each;
*fail_each_start     = \&AuthCert::Faults::fail_each_start;
*fail_each_reload    = \&AuthCert::Faults::fail_each_reload;
*fail_each_worker    = \&AuthCert::Faults::fail_each_worker;
*change_each         = \&AuthCert::Changes::change_each;
*die_each            = \&AuthCert::Faults::die_each;
*early_session       = \&AuthCert::Early::early_session;
*early_data          = \&AuthCert::Early::early_data;
*early_again         = \&AuthCert::Early::early_again;
*early_log           = \&AuthCert::Early::early_log;
*ocsp_responder      = \&AuthCert::Ocsp::ocsp_responder;
*upstream            = \&AuthCert::Upstream::upstream;

# how many checks a block makes depends on its sections: no plan to keep in
# step with them; a file that stops half way still fails
plan('no_plan');

# the last one comes first
add_block_preprocessor(\&AuthCert::Config::complete);
add_block_preprocessor(\&AuthCert::Whoami::complete);
add_block_preprocessor(\&AuthCert::Messages::complete);
add_block_preprocessor(\&AuthCert::Verdicts::complete);

AuthCert::Messages::install();
AuthCert::Start::install();
AuthCert::Protocol::install();
AuthCert::Modules::install();
AuthCert::Request::install();
AuthCert::Whoami::install();


1;
