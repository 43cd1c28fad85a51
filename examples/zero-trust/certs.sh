server  server  DNS:localhost

authority  staff     "/O=Acme/CN=Acme staff"
authority  stranger  "/O=Elsewhere/CN=Unknown CA"

mail=subjectAltName=email:
hardware=certificatePolicies=1.3.6.1.4.1.32473.1

client  alice    staff     "/O=Acme/OU=IT/CN=Alice"   ${mail}alice@acme.example  $hardware
client  bob      staff     "/O=Acme/OU=IT/CN=Bob"     ${mail}bob@acme.example
client  bob-key  staff     "/O=Acme/OU=IT/CN=Bob"     ${mail}bob@acme.example    $hardware
client  heidi    staff     "/O=Acme/OU=HR/CN=Heidi"   ${mail}heidi@acme.example  $hardware
client  frank    staff     "/O=Acme/OU=Finance/CN=Frank"  \
        ${mail}frank@acme.example  $hardware
client  larry    staff     "/O=Acme/OU=Leavers/CN=Larry"  ${mail}larry@acme.example
client  carol    staff     "/O=Acme/OU=IT/CN=Carol"   ${mail}carol@acme.example
client  imposter stranger  "/O=Acme/OU=IT/CN=Alice"   ${mail}alice@acme.example  $hardware

# Bob administers with this key, whatever certificate it is in
openssl x509 -in "$certs/bob-key.crt" -noout -pubkey |
    openssl pkey -pubin -outform DER | openssl dgst -sha256 -r |
    cut -d ' ' -f 1 > "$certs/admin-keys.list"

# Carol's notebook was stolen
revoked  staff  carol
