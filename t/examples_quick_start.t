# examples/quick-start

use strict;
use warnings;

use lib 't/lib';
use AuthCert::Example;
use Test::More;

my $example = AuthCert::Example->start('quick-start');
my $call = 'curl --cacert certs/ca.crt';
my $staff = "https://localhost:8443/staff/";

$example->try_readme;

my $alice = { 'X-Client-Role' => 'staff',
              'X-Client-Mail' => 'alice@acme.example' };

$example->upstream_gets("$call --cert certs/alice.pem $staff", 'service',
                        $alice);

$example->upstream_gets(
    "$call --cert certs/alice.pem -H 'X-Client-Role: boss' "
    . "-H 'x-client-mail: x' $staff", 'service', $alice);

$example->upstream_gets(
    "$call -H 'X-Client-Role: boss' https://localhost:8443/", 'service', {});

my (undef, $whoami) = $example->shell(
    "$call --cert certs/carl.pem https://localhost:8443/whoami");

like($whoami, qr/"decision": ?"deny".*"reason": ?"rule 1 of policy staff"/,
     'whoami tells Carl why he is refused');

$example->log_has(qr/refused: rule 1 of policy staff, subject: "CN=carl,/,
                  'the error log tells why Carl is refused');
$example->log_has(qr/refused: certificate not verified: [^,]*, subject: "CN=alice,O=Acme", issuer: "CN=Unknown CA,/,
                  'and why the imposter is');
$example->log_has(qr{"GET /staff/ [^"]*" 200 "CN=alice,O=Acme" allow "rule 2 of policy staff"},
                  'the access log has subject, decision and reason',
                  'access.log');

done_testing();
