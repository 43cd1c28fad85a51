# examples/zero-trust

use strict;
use warnings;

use lib 't/lib';
use AuthCert::Example;
use Test::More;

my $example = AuthCert::Example->start('zero-trust');
my $at = 'https://localhost:8443';

$example->try_readme;

$example->upstream_gets("call --cert certs/bob.pem -H 'X-User: alice' $at/wiki/",
                        'wiki', { 'X-User' => 'bob' });
$example->upstream_gets("call --cert certs/heidi.pem $at/payroll/", 'payroll',
                        { 'X-User' => 'heidi' });
$example->upstream_gets("call --cert certs/bob-key.pem $at/admin/", 'admin',
                        { 'X-User' => 'bob' });
$example->upstream_gets(
    "call -u auditor:let-me-read -H 'X-User: alice' $at/wiki/audit/", 'wiki',
    {});

is(($example->shell("call --cert certs/imposter.pem -u auditor:wrong $at/wiki/audit/"))[0],
   401, 'a certificate of a stranger replaces no password');

my (undef, $admin) = $example->shell("call --cert certs/heidi.pem $at/admin/");
my (undef, $nothing) = $example->shell("call --cert certs/heidi.pem $at/nothing/");

is($admin, $nothing, '/admin/ looks like nothing to others');

is(($example->shell('. $top/examples/certs.sh; certs=certs; revoked staff carol bob'))[0],
   '', 'a CRL that revokes Bob, too, is put there');
$example->wait_log(qr/changed CRL file .*staff.crl" is in force/);
is(($example->shell("call --cert certs/bob.pem $at/wiki/"))[0], 400,
   'from then on Bob is refused, without a reload of nginx');
is(($example->shell("call --cert certs/heidi.pem $at/wiki/"))[0], 200,
   'and others are not');

my (undef, $whoami) = $example->shell("call --cert certs/larry.pem $at/whoami");

like($whoami, qr/"policy": ?"employees".*"reason": ?"rule 1 of policy employees"/,
     'whoami names policy and rule');

$example->log_has(qr{"request":"POST /payroll/ [^"]*","status":403,"user":"frank\@acme.example","serial":"[0-9a-f]+","decision":"deny","reason":"no rule of policy payroll matched"},
                  'the audit log has user, decision and reason', 'audit.log');
$example->log_has(qr{"request":"GET /admin/ [^"]*","status":404,"user":"","serial":"","decision":"deny","reason":"no certificate"},
                  'also where the status says nothing', 'audit.log');

done_testing();
