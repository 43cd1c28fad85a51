server  server  DNS:localhost

# two partners who gave their CAs the same name
authority  acme           "/O=PKI/CN=Root CA"
authority  globex         "/O=PKI/CN=Root CA"
authority  globex-issuer  "/O=Globex Corp./CN=Issuing CA"  globex

client  acme-erp    acme  /CN=erp  subjectAltName=DNS:erp.clients.acme.example
client  acme-shop   acme  /CN=shop  subjectAltName=DNS:shop.clients.acme.example
client  acme-lost   acme  /CN=lost  subjectAltName=DNS:lost.clients.acme.example
client  acme-other  acme  /CN=other  subjectAltName=DNS:other.acme.example

client  globex-writer  globex-issuer  "/O=Globex Corp./OU=API/CN=writer-7"
client  globex-reader  globex-issuer  "/O=Globex Corp./OU=API/CN=reader-1"

# what Globex issues for a name of Acme's
client  globex-erp     globex-issuer  "/O=Globex Corp./CN=erp"  \
        subjectAltName=DNS:erp.clients.acme.example

{
    echo "# keys that were lost, by SHA-256"
    openssl x509 -in "$certs/acme-lost.crt" -noout -pubkey |
        openssl pkey -pubin -outform DER |
        openssl dgst -sha256 | sed 's/.*= //'
} > "$certs/blocked.list"
