server  server  DNS:localhost

authority  factory  "/O=Acme Devices/CN=Root"
authority  plant    "/O=Acme Devices/CN=Plant 1"  factory
authority  office   "/O=Acme/CN=Acme staff"

client  device-17  plant  "/OU=Model x1/CN=Sensor"  subjectAltName=URI:urn:device:17
client  device-18  plant  "/OU=Model x2/CN=Sensor"  subjectAltName=URI:urn:device:18
client  device-66  plant  "/OU=Model x1/CN=Sensor"  subjectAltName=URI:urn:device:66
client  operator   office "/O=Acme/OU=Fleet Operations/CN=Olga"

# an employee who gave himself the name of a device
client  employee   office "/O=Acme/OU=Sales/CN=Eve"  subjectAltName=URI:urn:device:17

# a copy of the device, issued by itself
authority  nobody  "/CN=Nobody"
client  copy-17  nobody  "/OU=Model x1/CN=Sensor"  subjectAltName=URI:urn:device:17

openssl x509 -in "$certs/device-66.crt" -noout -serial |
    sed 's/.*=//; s/$/  # device 66/' > "$certs/stolen.list"
