server  server  DNS:localhost

authority  company   "/O=Acme/CN=Acme CA"
authority  stranger  "/O=Elsewhere/CN=Unknown CA"

client  alice     company   "/O=Acme/CN=alice"  \
        subjectAltName=email:alice@acme.example
client  carl      company   "/O=Acme/OU=Contractors/CN=carl"  \
        subjectAltName=email:carl@acme.example
client  imposter  stranger  "/O=Acme/CN=alice"  \
        subjectAltName=email:alice@acme.example
