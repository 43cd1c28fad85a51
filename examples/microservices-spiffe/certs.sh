id=subjectAltName=URI:spiffe:

# each trust domain has a root, which clients do not send, and an issuing CA
authority  prod            "/O=prod.example/CN=Root"
authority  prod-issuer     "/O=prod.example/CN=Issuer"  prod
authority  partner         "/O=partner.example/CN=Root"
authority  partner-issuer  "/O=partner.example/CN=Issuer"  partner

server  orders   DNS:orders.prod.example  \
        URI:spiffe://prod.example/ns/shop/sa/orders
server  billing  DNS:billing.prod.example  \
        URI:spiffe://prod.example/ns/finance/sa/billing

client  web      prod-issuer     /O=workload  $id//prod.example/ns/shop/sa/web
client  ordering prod-issuer     /O=workload  $id//prod.example/ns/shop/sa/orders
client  report   prod-issuer     /O=workload  $id//prod.example/ns/finance/sa/report
client  buyer    partner-issuer  /O=workload  $id//partner.example/ns/eu/sa/buyer

# a CA of the partner that issues an ID of ours
client  forger   partner-issuer  /O=workload  $id//prod.example/ns/shop/sa/web
