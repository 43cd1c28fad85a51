# Every variable, with its value for a known certificate.

use lib 't/lib';
use AuthCert;

http_config_for_all(<<'EOC');
    auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
    auth_cert_trust ops { ca $TEST_NGINX_PKI/ops.crt; }

    auth_cert_policy staff {
        deny  subject.CN=mallory;
        allow subject.CN=alice role=accountant;
        allow subject.CN=eve;
    }
EOC

fake_clock();

# lines "name=$auth_cert_name" of all names that are given
sub show {
    return join '', map { "echo \"$_=\$auth_cert_$_\";\n" } @_;
}

our @names = qw(
    subject issuer
    subject_cn subject_o subject_ou subject_c subject_st subject_l
    subject_street subject_dc subject_uid subject_email
    subject_serial_number subject_given_name subject_surname subject_title
    issuer_cn issuer_o issuer_ou issuer_c issuer_st issuer_l issuer_dc
    san_dns san_uri san_email san_ip san_upn san_dirname san_rid
    spiffe_id spiffe_trust_domain
    serial fingerprint spki eku policies not_before not_after days_left
    rfc9440 chain_rfc9440 xfcc
    verify trust ca role decision rule reason
);

run_tests();

__DATA__

=== TEST 1: all of them for one certificate
--- config eval
"location = /t { auth_cert_verify ops partners; auth_cert staff;
" . main::show(@main::names) . "}"
--- client_cert: alice
--- before_request eval
sub { set_clock('2049-12-30T23:59:58Z') }
--- request
GET /t
--- response_body eval
my $fingerprint = fingerprint('alice');
my $spki = spki('alice');
my $der = der_base64('alice');
my $ca = fingerprint('partners');

<<"EOC";
subject=CN=alice,OU=Platform,OU=Billing,O=Acme\\, Inc.
issuer=CN=Acme CA,O=Acme
subject_cn=alice
subject_o=Acme\\, Inc.
subject_ou=Billing,Platform
subject_c=
subject_st=
subject_l=
subject_street=
subject_dc=
subject_uid=
subject_email=
subject_serial_number=
subject_given_name=
subject_surname=
subject_title=
issuer_cn=Acme CA
issuer_o=Acme
issuer_ou=
issuer_c=
issuer_st=
issuer_l=
issuer_dc=
san_dns=alice.partners.example
san_uri=spiffe://prod.example/ns/billing/sa/web
san_email=alice\@acme.example
san_ip=192.0.2.1,2001:db8::1
san_upn=
san_dirname=
san_rid=
spiffe_id=spiffe://prod.example/ns/billing/sa/web
spiffe_trust_domain=prod.example
serial=0a1b2c
fingerprint=$fingerprint
spki=$spki
eku=1.3.6.1.5.5.7.3.2
policies=
not_before=2025-01-01T00:00:00Z
not_after=2049-12-31T23:59:59Z
days_left=1
rfc9440=:$der:
chain_rfc9440=
xfcc=Hash=$fingerprint;Subject="CN=alice,OU=Platform,OU=Billing,O=Acme\\, Inc.";URI=spiffe://prod.example/ns/billing/sa/web;DNS=alice.partners.example
verify=SUCCESS
trust=partners
ca=$ca
role=accountant
decision=allow
rule=staff:2
reason=rule 2 of policy staff
EOC


=== TEST 2: the attributes that alice does not have
--- config eval
"location = /t { auth_cert_verify partners; auth_cert staff;
" . main::show(grep { /^(subject|issuer)/ } @main::names)
  . main::show(qw(role rule)) . "}"
--- client_cert: full-name
--- request
GET /t
--- response_body
subject=CN=eve,title=Dr.,SN=Doe,GN=Eve,serialNumber=4711,emailAddress=eve@acme.example,UID=u1,DC=acme,DC=example,OU=a\\b,OU=Billing,O=Acme\, Inc.,street=Am Tor 1,L=München,ST=Bayern,C=DE
issuer=CN=Full CA,OU=Trust,O=Acme\, Inc.,DC=acme,DC=example,L=München,ST=Bayern,C=DE
subject_cn=eve
subject_o=Acme\, Inc.
subject_ou=Billing,a\\b
subject_c=DE
subject_st=Bayern
subject_l=München
subject_street=Am Tor 1
subject_dc=example,acme
subject_uid=u1
subject_email=eve@acme.example
subject_serial_number=4711
subject_given_name=Eve
subject_surname=Doe
subject_title=Dr.
issuer_cn=Full CA
issuer_o=Acme\, Inc.
issuer_ou=Trust
issuer_c=DE
issuer_st=Bayern
issuer_l=München
issuer_dc=example,acme
role=
rule=staff:3


=== TEST 3: the other kinds of names, usages and policies
--- config eval
"location = /t { auth_cert_verify partners;
" . main::show(qw(san_upn san_dirname san_rid eku policies)) . "}"
--- client_cert: upn dirname rid policies
--- request eval
[("GET /t") x 4]
--- response_body eval
["san_upn=alice\@corp.example\nsan_dirname=\nsan_rid=\n"
 . "eku=1.3.6.1.5.5.7.3.2\npolicies=\n",
 "san_upn=\nsan_dirname=CN=alice\\,O=Acme\\\\\\, Inc.\nsan_rid=\n"
 . "eku=1.3.6.1.5.5.7.3.2\npolicies=\n",
 "san_upn=\nsan_dirname=\nsan_rid=1.2.3.4.5\n"
 . "eku=1.3.6.1.5.5.7.3.2\npolicies=\n",
 "san_upn=\nsan_dirname=\nsan_rid=\n"
 . "eku=1.3.6.1.5.5.7.3.2,1.3.6.1.5.5.7.3.3\n"
 . "policies=1.2.3.4.1,1.2.3.4.2\n"]


=== TEST 4: several values are joined by ",", escaped inside of a value
--- config eval
"location = /t { auth_cert_verify partners;
" . main::show(qw(san_uri san_dns subject_cn)) . "}"
--- client_cert: comma-uri uri-backslash names-in-order two-cns forged-dn
--- request eval
[("GET /t") x 5]
--- response_body eval
["san_uri=urn:x:a\\,b\\\\c\nsan_dns=\nsubject_cn=comma-uri\n",
 "san_uri=urn:x:a\\\\,urn:y\nsan_dns=a\\\\b.example\n"
 . "subject_cn=uri-backslash\n",
 "san_uri=urn:2,urn:1\nsan_dns=b.example,a.example,b.example\n"
 . "subject_cn=names-in-order\n",
 "san_uri=\nsan_dns=\nsubject_cn=first,alice\n",
 "san_uri=\nsan_dns=\nsubject_cn=nobody\\,CN=alice\n"]


=== TEST 5: a value that cannot be used is in no list, the others are
--- config eval
"location = /t { auth_cert_verify partners;
" . main::show(qw(subject subject_cn san_dns san_ip)) . "}"
--- client_cert: one-bad-of-two dns-high ip-5 nul-cn long-type
--- request eval
[("GET /t") x 5]
--- response_body eval
["subject=CN=#0c03620062,CN=alice\nsubject_cn=alice\nsan_dns=\nsan_ip=\n",
 "subject=CN=dns-high\nsubject_cn=dns-high\nsan_dns=ok.example\nsan_ip=\n",
 "subject=CN=ip-5\nsubject_cn=ip-5\nsan_dns=\nsan_ip=192.0.2.2\n",
 "subject=CN=#0c13616c696365002e6576696c2e6578616d706c65\nsubject_cn=\n"
 . "san_dns=\nsan_ip=\n",
 "subject=\nsubject_cn=\nsan_dns=\nsan_ip=\n"]


=== TEST 6: the subject by RFC 4514, escapes and all
--- config eval
"location = /t { auth_cert_verify partners; " . main::show('subject') . "}"
--- client_cert: special-cn utf8 multi-rdn hash-cn space-cn unknown-type no-subject
--- request eval
[("GET /t") x 7]
--- response_body eval
["subject=CN=\\ #a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h=i\\20\n",
 "subject=CN=Zoë 東京,O=Müller & Söhne\n",
 "subject=CN=alice+UID=a1,O=Acme\\, Inc.\n",
 "subject=CN=\\#0c05616c696365\n",
 "subject=CN=\\20\n",
 "subject=CN=alice,1.2.3.4=#0c03616263\n",
 "subject=\n"]


=== TEST 7: serials
--- config eval
"location = /t { auth_cert_verify partners; " . main::show('serial') . "}"
--- client_cert: alice high-serial big-serial zero-serial negative-serial 21-byte-serial
--- request eval
[("GET /t") x 6]
--- response_body eval
["serial=0a1b2c\n", "serial=80\n", "serial=7f" . ("f" x 38) . "\n",
 "serial=00\n", "serial=-ff\n", "serial=01" . ("23" x 20) . "\n"]


=== TEST 8: dates by RFC 3339
--- config eval
"location = /t { auth_cert_verify partners;
" . main::show(qw(not_before not_after)) . "}"
--- client_cert: begins-0 begins-1950 before-1970 leap-day ends-9999
--- request eval
[("GET /t") x 5]
--- response_body eval
["not_before=0000-01-01T00:00:00Z\nnot_after=2049-12-31T23:59:59Z\n",
 "not_before=1950-01-01T00:00:00Z\nnot_after=2049-12-31T23:59:59Z\n",
 "not_before=1969-12-31T23:59:59Z\nnot_after=2049-12-31T23:59:59Z\n",
 "not_before=2024-02-29T23:59:59Z\nnot_after=2049-12-31T23:59:59Z\n",
 "not_before=2025-01-01T00:00:00Z\nnot_after=9999-12-31T23:59:59Z\n"]


=== TEST 9: whole days that are left
--- config eval
"location = /t { auth_cert_verify partners; " . main::show('days_left') . "}"
--- client_cert: alice
--- before_request eval
my @times = ('2049-12-29T23:59:30Z', '2049-12-30T00:00:00Z',
             '2049-12-31T00:00:00Z', '2049-12-31T23:59:30Z');
sub { set_clock($times[$_[0] - 1]) }
--- request eval
[("GET /t") x 4]
--- response_body eval
["days_left=2\n", "days_left=1\n", "days_left=0\n", "days_left=0\n"]


=== TEST 10: verify, trust and verdict of each kind of client
--- config eval
"error_page 403 495 496 =200 /refused;

location = /t { auth_cert_verify ops partners; auth_cert staff;
" . main::show(qw(verify trust decision rule role reason)) . "}

location = /refused {
    auth_cert_verify ops partners optional; auth_cert off;
" . main::show(qw(verify trust decision rule role reason)) . "}"
--- client_cert: alice mallory bob none expired imposter-alice ops-alice
--- request eval
[("GET /t") x 7]
--- response_body eval
["verify=SUCCESS\ntrust=partners\ndecision=allow\nrule=staff:2\n"
 . "role=accountant\nreason=rule 2 of policy staff\n",

 "verify=SUCCESS\ntrust=partners\ndecision=deny\nrule=staff:1\n"
 . "role=\nreason=rule 1 of policy staff\n",

 "verify=SUCCESS\ntrust=partners\ndecision=deny\nrule=\n"
 . "role=\nreason=no rule of policy staff matched\n",

 "verify=NONE\ntrust=\ndecision=deny\nrule=\nrole=\nreason=no certificate\n",

 "verify=FAILED:certificate has expired\ntrust=\ndecision=deny\nrule=\n"
 . "role=\nreason=certificate not verified: certificate has expired\n",

 "verify=FAILED:certificate signature failure\ntrust=\ndecision=deny\nrule=\n"
 . "role=\nreason=certificate not verified: certificate signature failure\n",

 "verify=SUCCESS\ntrust=ops\ndecision=allow\nrule=staff:2\n"
 . "role=accountant\nreason=rule 2 of policy staff\n"]


=== TEST 11: without a policy it is the certificate that decides
--- config eval
"error_page 495 496 =200 /refused;

location = /required { auth_cert_verify partners;
" . main::show(qw(verify decision rule role reason)) . "}

location = /optional { auth_cert_verify partners optional;
" . main::show(qw(verify decision rule role reason)) . "}

location = /off { auth_cert_verify off;
" . main::show(qw(verify decision rule role reason)) . "}

location = /refused { auth_cert_verify off;
" . main::show(qw(verify decision rule role reason)) . "}"
--- client_cert: alice none alice none alice none
--- request eval
["GET /required", "GET /required", "GET /optional", "GET /optional",
 "GET /off", "GET /off"]
--- response_body eval
["verify=SUCCESS\ndecision=allow\nrule=\nrole=\nreason=verified, no policy\n",
 "verify=NONE\ndecision=deny\nrule=\nrole=\nreason=no certificate\n",
 "verify=SUCCESS\ndecision=allow\nrule=\nrole=\nreason=verified, no policy\n",
 "verify=NONE\ndecision=allow\nrule=\nrole=\n"
 . "reason=no certificate, none required\n",
 "verify=NONE\ndecision=\nrule=\nrole=\nreason=\n",
 "verify=NONE\ndecision=\nrule=\nrole=\nreason=\n"]


=== TEST 12: what ssl_verify_client verified
--- config eval
"ssl_client_certificate \$TEST_NGINX_PKI/partners.crt;
ssl_verify_client optional_no_ca;

location = /t { auth_cert_verify native; auth_cert off;
" . main::show(qw(verify trust ca subject_cn)) . "}"
--- client_cert: alice none ops-alice
--- request eval
[("GET /t") x 3]
--- response_body eval
["verify=SUCCESS\ntrust=native\nca=" . fingerprint('partners')
 . "\nsubject_cn=alice\n",
 "verify=NONE\ntrust=\nca=\nsubject_cn=\n",
 "verify=FAILED:unable to verify the first certificate\ntrust=\nca=\nsubject_cn=\n"]


=== TEST 13: what is not found is "-" in the log
--- http_config eval
"log_format all '" . join(' ', map { "$_=[\$auth_cert_$_]" } @main::names)
    . "';"
--- config
    access_log logs/access.log all;

    location = /t {
        auth_cert_verify partners optional;
        auth_cert off;
        echo passed;
    }
--- client_cert: none
--- request
GET /t
--- access_log eval
join ' ', map { $_ eq 'verify' ? 'verify=[NONE]' : "$_=[-]" } @main::names


=== TEST 14: nor is an unverified certificate in the log
--- http_config eval
"log_format all '" . join(' ', map { "$_=[\$auth_cert_$_]" } @main::names)
    . "';"
--- config
    access_log logs/access.log all;

    location = /t {
        auth_cert_verify partners;
        auth_cert off;
        echo passed;
    }
--- client_cert: expired
--- request
GET /t
--- access_log eval
join ' ', map { $_ eq 'verify' ? 'verify=[FAILED:certificate has expired]'
                               : "$_=[-]" } @main::names


=== TEST 15: a variable that there is not is a mistake
--- config
    location = /t {
        auth_cert_verify partners;
        echo $auth_cert_subject_x;
    }
--- must_die
--- error_log
unknown "auth_cert_subject_x" variable


=== TEST 16: no variable can be set
--- config
    location = /t {
        set $auth_cert_role admin;
        echo passed;
    }
--- must_die
--- error_log
the duplicate "auth_cert_role" variable


=== TEST 17: a blank at the end is not what a value with an escape in it is
--- config eval
"location = /t { auth_cert_verify partners;
" . main::show(qw(subject subject_cn)) . "}"
--- client_cert: trailing-cn escaped-cn
--- request eval
["GET /t", "GET /t"]
--- response_body eval
["subject=CN=admin\\20\nsubject_cn=admin\\20\n",
 "subject=CN=\\\\20admin\\\\\nsubject_cn=\\\\20admin\\\\\n"]
