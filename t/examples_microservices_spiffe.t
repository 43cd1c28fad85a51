# examples/microservices-spiffe

use strict;
use warnings;

use lib 't/lib';
use AuthCert::Example;
use Test::More;

my $example = AuthCert::Example->start('microservices-spiffe');
my $orders = 'https://orders.prod.example/';
my $prod = 'spiffe://prod.example/ns';

$example->try_readme;

my $web = {
    'X-Client-Id'   => "$prod/shop/sa/web",
    'X-Client-Role' => 'shop',
    'X-Forwarded-Client-Cert' =>
        qr{^By=\Q$prod\E/shop/sa/orders;Hash=[0-9a-f]{64};Subject="O=workload";URI=\Q$prod\E/shop/sa/web$},
};

$example->upstream_gets("call --cert certs/web.pem $orders", 'orders', $web);

$example->upstream_gets(
    "call --cert certs/web.pem -H 'X-Forwarded-Client-Cert: Hash=00' "
    . "-H 'X-Client-Id: $prod/finance/sa/report' $orders", 'orders', $web);

$example->upstream_gets(
    'call --cert certs/report.pem https://billing.prod.example/', 'billing', {
        'X-Client-Id'   => "$prod/finance/sa/report",
        'X-Client-Role' => 'finance',
        'X-Forwarded-Client-Cert' =>
            qr{^By=\Q$prod\E/finance/sa/billing;Hash=.*;URI=\Q$prod\E/finance/sa/report$},
    });

is($example->alert('orders.prod.example'), 'certificate required',
   'without a certificate the handshake fails');
is($example->alert('billing.prod.example', 'buyer'), 'unknown ca',
   'and with one of a CA that billing does not trust');
like($example->alert('orders.prod.example', 'web'), qr/upstream orders got/,
     'while a service gets in');

my $host = '-H "Host: billing.prod.example"';

is(($example->shell("call --cert certs/web.pem $host $orders"))[0], 403,
   'the policy is that of the host that is reached');
is(($example->shell("call --cert certs/buyer.pem $host $orders"))[0], 400,
   'and so are the CAs');

$example->log_has(qr/refused: no rule of policy own_ids matched, .*issuer: "CN=Issuer,O=partner.example"/,
                  'a partner CA cannot issue IDs of ours');

done_testing();
