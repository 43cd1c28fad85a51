# examples/iot

use strict;
use warnings;

use lib 't/lib';
use AuthCert::Example;
use Test::More;

my $example = AuthCert::Example->start('iot');
my $at = 'https://localhost:8443';

$example->try_readme;

$example->upstream_gets(
    "call --cert certs/device-17.pem -H 'X-Device: 18' -H 'X-Role: operator' "
    . "-d 21.5 $at/devices/17/", 'telemetry',
    { 'X-Device' => 17, 'X-Role' => 'device' });
$example->upstream_gets(
    "call --cert certs/operator.pem $at/devices/18/", 'telemetry',
    { 'X-Device' => 18, 'X-Role' => 'operator' });
$example->upstream_gets(
    "call --cert certs/device-18.pem $at/firmware/", 'firmware',
    { 'X-Model' => 'x2' });

for my $path ('/devices/17/../18/', '/devices/17/%2e%2e/18/', '/devices/%318/',
              '//devices//18/')
{
    is(($example->shell("call --path-as-is --cert certs/device-17.pem '$at$path'"))[0],
       403, "$path is not the path of device 17");
}

my $keep = "call --cert certs/device-17.pem $at/devices/17/ "
           . "-o answer $at/devices/18/";

is(($example->shell($keep))[0], '200403',
   'what a connection was allowed on one path it is not on another');

is($example->alert('localhost'), 'certificate required',
   'without a certificate the handshake fails');
is($example->alert('localhost', 'copy-17'), 'unknown ca',
   'and with one that somebody else issued');

$example->log_has(qr/refused: rule 1 of policy not_stolen, subject: "CN=Sensor,OU=Model x1"/,
                  'a stolen device is recognized by its serial number');

done_testing();
