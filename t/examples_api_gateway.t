# examples/api-gateway

use strict;
use warnings;

use lib 't/lib';
use AuthCert::Example;
use Test::More;

my $example = AuthCert::Example->start('api-gateway');
my $orders = 'https://localhost:8443/v1/orders/';

$example->try_readme;

my $shop = {
    'Client-Cert'    => ':' . $example->der('acme-shop') . ':',
    'X-Partner'      => 'acme',
    'X-Partner-Role' => 'reader',
    'X-Discount'     => 10,
};

$example->upstream_gets("call --cert certs/acme-shop.pem $orders", 'orders',
                        $shop);

$example->upstream_gets(
    "call --cert certs/acme-shop.pem -H 'X-Partner: globex' "
    . "-H 'Client-Cert: :AAAA:' -H 'Client-Cert-Chain: :AAAA:' $orders",
    'orders', $shop);

$example->upstream_gets(
    "call --cert certs/globex-writer.pem -d x $orders", 'orders', {
        'Client-Cert' => ':' . $example->der('globex-writer') . ':',
        'Client-Cert-Chain' => ':' . $example->der('globex-writer', 1) . ':',
        'X-Partner'      => 'globex',
        'X-Partner-Role' => 'writer',
        'X-Discount'     => 5,
    });

$example->upstream_gets(
    "call --cert certs/globex-writer.pem "
    . 'https://localhost:8443/v1/partners/globex/', 'reports', {
        'Client-Cert'       => qr/^:/,
        'Client-Cert-Chain' => qr/^:/,
        'X-Partner'      => 'globex',
        'X-Partner-Role' => 'owner',
        'X-Discount'     => 5,
    });

$example->upstream_gets(
    "call -H 'X-Partner: acme' -H 'X-Discount: 99' https://localhost:8443/",
    'reports', { 'X-Discount' => 0 });

is(($example->shell("call --cert certs/acme-lost.pem $orders"))[1],
   qq({"title": "Not with this certificate"}\n),
   'the client is not told the reason');

$example->log_has(qr/refused: rule 1 of policy partners, subject: "CN=lost"/,
                  'the log is');

done_testing();
