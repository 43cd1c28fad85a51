# Mistakes in the configuration: nginx refuses to start and says which
# directive, value, file and line it is about, and how to put it right.

use lib 't/lib';
use AuthCert;

run_tests();

__DATA__

=== TEST 1: a set without a name
--- http_file
auth_cert_trust { ca $TEST_NGINX_PKI/partners.crt; }
--- says
[emerg] invalid number of arguments in "auth_cert_trust" directive in part.conf:1


=== TEST 2: a set without a block
--- http_file
auth_cert_trust partners;
--- says
[emerg] directive "auth_cert_trust" has no opening "{" in part.conf:1


=== TEST 3: a name with a space
--- http_file
auth_cert_trust "our partners" { ca $TEST_NGINX_PKI/partners.crt; }
--- says
[emerg] invalid name "our partners" of a trust set in auth_cert_trust, expected letters, digits, "_", "-" and "." in part.conf:1


=== TEST 4: a name that auth_cert_verify takes for another word
--- http_file
auth_cert_trust native { ca $TEST_NGINX_PKI/partners.crt; }
--- says
[emerg] "native" in auth_cert_trust cannot be the name of a trust set, the word has a meaning of its own in part.conf:1


=== TEST 5: two sets of one name
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }

auth_cert_trust partners { ca $TEST_NGINX_PKI/ops.crt; }
--- says
[emerg] duplicate auth_cert_trust "partners" (the other one is in part.conf:1) in part.conf:3


=== TEST 6: a set without a CA
--- http_file
auth_cert_trust partners {
    depth 1;
}
--- says
[emerg] auth_cert_trust "partners" has no CA, add "ca FILE;" or "ca DIRECTORY;" in part.conf:3


=== TEST 7: a CA without a file
--- http_file
auth_cert_trust partners {
    ca;
}
--- says
[emerg] auth_cert_trust "partners": invalid number of arguments in "ca" directive, expected 1 in part.conf:2


=== TEST 8: an empty file name
--- http_file
auth_cert_trust partners {
    ca "";
}
--- says
[emerg] auth_cert_trust "partners": "ca" needs the path of a file or a directory with CA certificates in part.conf:2


=== TEST 9: two files in one line
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt  $TEST_NGINX_PKI/ops.crt;
}
--- says
[emerg] auth_cert_trust "partners": invalid number of arguments in "ca" directive, expected 1 in part.conf:2


=== TEST 10: a CA file that is missing
--- http_file
auth_cert_trust partners {
    ca  ../html/missing.crt;
}
--- says
[emerg] auth_cert_trust "partners": cannot read CA certificates from "missing.crt" (2: No such file or directory) in part.conf:2


=== TEST 11: a CA file that is empty
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/empty.crt;
}
--- says
[emerg] auth_cert_trust "partners": no certificate in "PKI/empty.crt", expected CA certificates in PEM or one in DER in part.conf:2


=== TEST 12: a CA file that holds something else
--- user_files
>>> notes.txt
hello
--- http_file
auth_cert_trust partners {
    ca  ../html/notes.txt;
}
--- says
[emerg] auth_cert_trust "partners": no certificate in "notes.txt", expected CA certificates in PEM or one in DER in part.conf:2


=== TEST 13: a key instead of a certificate
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/alice.key;
}
--- says
[emerg] auth_cert_trust "partners": no certificate in "PKI/alice.key", expected CA certificates in PEM or one in DER in part.conf:2


=== TEST 14: a CA file that is broken
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/garbage.crt;
}
--- says
[emerg] auth_cert_trust "partners": certificate 1 of "PKI/garbage.crt" cannot be decoded (<*>) in part.conf:2


=== TEST 15: a folder without certificates
--- user_files
>>> ca.d/readme.txt
hello
--- http_file
auth_cert_trust partners {
    ca  ../html/ca.d;
}
--- says
[emerg] auth_cert_trust "partners": no certificate in directory "ca.d", expected files with CA certificates in PEM or one in DER in part.conf:2


=== TEST 16: a set that can never verify anybody
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/intermediate.crt;
}
--- says
[warn] auth_cert_trust "partners" has no self-signed CA and can never verify a certificate, add the root CA or set "partial_chain on;" in part.conf:3


=== TEST 17: a depth that is no number
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    depth  two;
}
--- says
[emerg] auth_cert_trust "partners": "depth two": invalid number of CA certificates, expected 0 to 16 in part.conf:3


=== TEST 18: a depth that is too large
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    depth  100;
}
--- says
[emerg] auth_cert_trust "partners": "depth 100": invalid number of CA certificates, expected 0 to 16 in part.conf:3


=== TEST 19: a purpose that nobody knows
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    purpose  sslserver;
}
--- says
[emerg] auth_cert_trust "partners": "purpose sslserver": unknown purpose, expected "sslclient" or "any" in part.conf:3


=== TEST 20: a flag that is neither on nor off
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    partial_chain  yes;
}
--- says
[emerg] auth_cert_trust "partners": "partial_chain yes": expected "on" or "off" in part.conf:3


=== TEST 21: a directive that stands twice
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    depth  1;
    depth  2;
}
--- says
[emerg] auth_cert_trust "partners": "depth 2": duplicate, the set has such a line already in part.conf:4


=== TEST 22: an unknown directive
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    ocsp  on;
}
--- says
[emerg] auth_cert_trust "partners": unknown directive "ocsp", expected "ca", "crl", "crl_check", "crl_missing", "crl_expired", "depth", "purpose" or "partial_chain" in part.conf:3


=== TEST 23: an include without a file
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    include;
}
--- says
[emerg] invalid number of arguments in "include" directive, expected the name of a file in part.conf:3


=== TEST 24: an include of a file that is missing
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    include  ../html/missing.conf;
}
--- says
[emerg] open() "missing.conf" failed (2: No such file or directory) in part.conf:3


=== TEST 25: a missing semicolon
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt
}
--- says
[emerg] unexpected "}" in part.conf:3


=== TEST 26: a block inside of a set
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    crl {
    }
}
--- says
[emerg] unexpected "{" in part.conf:3


=== TEST 27: a set that does not end
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
--- says
[emerg] unexpected end of file, expecting "}" in part.conf:3


=== TEST 28: a policy without rules
--- http_file
auth_cert_policy staff {
}
--- says
[emerg] auth_cert_policy "staff" is empty, add rules such as "allow verified;" or "deny all;" in part.conf:2


=== TEST 29: a policy without a block
--- http_file
auth_cert_policy staff;
--- says
[emerg] directive "auth_cert_policy" has no opening "{" in part.conf:1


=== TEST 30: a policy without a name
--- http_file
auth_cert_policy { allow all; }
--- says
[emerg] invalid number of arguments in "auth_cert_policy" directive in part.conf:1


=== TEST 31: a name with a slash
--- http_file
auth_cert_policy a/b { allow all; }
--- says
[emerg] invalid name "a/b" of a policy in auth_cert_policy, expected letters, digits, "_", "-" and "." in part.conf:1


=== TEST 32: a name that auth_cert takes for another word
--- http_file
auth_cert_policy off { allow all; }
--- says
[emerg] "off" in auth_cert_policy cannot be the name of a policy, the word has a meaning of its own in part.conf:1


=== TEST 33: two policies of one name
--- http_file
auth_cert_policy staff { allow all; }
auth_cert_policy staff { deny all; }
--- says
[emerg] duplicate auth_cert_policy "staff" (the other one is in part.conf:1) in part.conf:2


=== TEST 34: an action that is none
--- http_file
auth_cert_policy staff {
    permit  subject.CN=alice;
}
--- says
[emerg] auth_cert_policy "staff": "permit": unknown, expected "allow" or "deny" in part.conf:2


=== TEST 35: a rule without a condition
--- http_file
auth_cert_policy staff {
    allow;
}
--- says
[emerg] auth_cert_policy "staff": "allow": a condition is missing, use "all" for every client in part.conf:2


=== TEST 36: a rule with a role only
--- http_file
auth_cert_policy staff {
    allow  role=admin;
}
--- says
[emerg] auth_cert_policy "staff": "allow": a condition is missing, use "all" for every client in part.conf:2


=== TEST 37: a missing semicolon behind a rule
--- http_file
auth_cert_policy staff {
    allow  subject.CN=alice
}
--- says
[emerg] unexpected "}" in part.conf:3


=== TEST 38: a block instead of a semicolon
--- http_file
auth_cert_policy staff {
    allow  subject.CN=alice { }
}
--- says
[emerg] unexpected "{" in part.conf:2


=== TEST 39: a condition without an operator
--- http_file
auth_cert_policy staff {
    allow  subject.CN;
}
--- says
[emerg] auth_cert_policy "staff": "subject.CN": expected a condition such as subject.CN=alice without spaces around the operator (=, !=, ~, ~*, !~ or !~*), or "all", "verified", "anonymous" or role=NAME in part.conf:2


=== TEST 40: spaces around the operator
--- http_file
auth_cert_policy staff {
    allow  subject.CN = alice;
}
--- says
[emerg] auth_cert_policy "staff": "subject.CN": expected a condition such as subject.CN=alice without spaces around the operator (=, !=, ~, ~*, !~ or !~*), or "all", "verified", "anonymous" or role=NAME in part.conf:2


=== TEST 41: an operator that is none
--- http_file
auth_cert_policy staff {
    allow  subject.CN==alice;
}
--- says
[emerg] auth_cert_policy "staff": "subject.CN==alice": unknown operator, expected =, !=, ~, ~*, !~ or !~*; for a value that begins with "=" or "~" use a regular expression, such as subject.CN~^= in part.conf:2


=== TEST 42: an operator of another language
--- http_file
auth_cert_policy staff {
    allow  subject.CN=~alice;
}
--- says
[emerg] auth_cert_policy "staff": "subject.CN=~alice": unknown operator, expected =, !=, ~, ~*, !~ or !~*; for a value that begins with "=" or "~" use a regular expression, such as subject.CN~^= in part.conf:2


=== TEST 43: quotes around the pattern only
--- http_file
auth_cert_policy staff {
    allow  subject.O="Acme, Inc.";
}
--- says
[emerg] auth_cert_policy "staff": "subject.O="Acme,": quotes go around the whole condition, as in "subject.O=Acme, Inc."; for a value that begins with a quote use a regular expression, such as subject.O~^["] in part.conf:2


=== TEST 44: a pattern that is empty
--- http_file
auth_cert_policy staff {
    allow  subject.CN=;
}
--- says
[emerg] auth_cert_policy "staff": "subject.CN=": the pattern is empty, use "~^$" to match an empty value in part.conf:2


=== TEST 45: an expression that is empty
--- http_file
auth_cert_policy staff {
    allow  subject.CN~;
}
--- says
[emerg] auth_cert_policy "staff": "subject.CN~": the pattern is empty, use "~^$" to match an empty value in part.conf:2


=== TEST 46: an unknown selector
--- http_file
auth_cert_policy staff {
    allow  cn=alice;
}
--- says
[emerg] auth_cert_policy "staff": "cn=alice": unknown selector, expected subject, subject.CN, issuer, issuer.CN (or another attribute type), san.dns, san.uri, san.email, san.ip, san.upn, san.dirname, san.rid, san.other.OID, serial, fingerprint, spki, eku, policy, ext.OID, spiffe_id, trust, ca or a $variable in part.conf:2


=== TEST 47: a selector in another case
--- http_file
auth_cert_policy staff {
    allow  San.dns=a.example;
}
--- says
[emerg] auth_cert_policy "staff": "San.dns=a.example": unknown selector, expected subject, subject.CN, issuer, issuer.CN (or another attribute type), san.dns, san.uri, san.email, san.ip, san.upn, san.dirname, san.rid, san.other.OID, serial, fingerprint, spki, eku, policy, ext.OID, spiffe_id, trust, ca or a $variable in part.conf:2


=== TEST 48: an unknown attribute
--- http_file
auth_cert_policy staff {
    allow  subject.Common=alice;
}
--- says
[emerg] auth_cert_policy "staff": "subject.Common=alice": unknown attribute type, expected an OpenSSL short name such as CN, O, OU, C, ST, L, DC, UID, serialNumber, emailAddress, or a dotted OID such as 2.5.4.3 in part.conf:2


=== TEST 49: an attribute without a name
--- http_file
auth_cert_policy staff {
    allow  subject.=alice;
}
--- says
[emerg] auth_cert_policy "staff": "subject.=alice": unknown attribute type, expected an OpenSSL short name such as CN, O, OU, C, ST, L, DC, UID, serialNumber, emailAddress, or a dotted OID such as 2.5.4.3 in part.conf:2


=== TEST 50: an invalid OID of an attribute
--- http_file
auth_cert_policy staff {
    allow  subject.2.5.04.3=alice;
}
--- says
[emerg] auth_cert_policy "staff": "subject.2.5.04.3=alice": unknown attribute type, expected an OpenSSL short name such as CN, O, OU, C, ST, L, DC, UID, serialNumber, emailAddress, or a dotted OID such as 2.5.4.3 in part.conf:2


=== TEST 51: an unknown object identifier
--- http_file
auth_cert_policy staff {
    allow  ext.foo=1;
}
--- says
[emerg] auth_cert_policy "staff": "ext.foo=1": unknown object identifier, expected a dotted OID such as 1.3.6.1.4.1.311.20.2.3, or an OpenSSL short name in part.conf:2


=== TEST 52: a SAN of another kind without its type
--- http_file
auth_cert_policy staff {
    allow  san.other=abc;
}
--- says
[emerg] auth_cert_policy "staff": "san.other=abc": unknown selector, expected subject, subject.CN, issuer, issuer.CN (or another attribute type), san.dns, san.uri, san.email, san.ip, san.upn, san.dirname, san.rid, san.other.OID, serial, fingerprint, spki, eku, policy, ext.OID, spiffe_id, trust, ca or a $variable in part.conf:2


=== TEST 53: two variables on the left
--- http_file
auth_cert_policy staff {
    allow  $arg_a$arg_b=x;
}
--- says
[emerg] auth_cert_policy "staff": "$arg_a$arg_b=x": invalid variable, expected one such as $name or ${name}, and nothing else before the operator in part.conf:2


=== TEST 54: an invalid variable on the left
--- http_file
auth_cert_policy staff {
    allow  $arg-a=x;
}
--- says
[emerg] auth_cert_policy "staff": "$arg-a=x": invalid variable, expected one such as $name or ${name}, and nothing else before the operator in part.conf:2


=== TEST 55: an unknown variable
--- http_file
auth_cert_policy staff {
    allow  $nobody=x;
}
--- says
[emerg] unknown "nobody" variable


=== TEST 56: the outcome of the policy as a condition
--- http_file
auth_cert_policy staff {
    allow  $auth_cert_role=admin;
}
--- says
[emerg] auth_cert_policy "staff": "$auth_cert_role=admin": a policy cannot ask for its own outcome, which $auth_cert_role, $auth_cert_decision, $auth_cert_rule and $auth_cert_reason tell in part.conf:2


=== TEST 57: the outcome of the policy as a pattern
--- http_file
auth_cert_policy staff {
    allow  subject.CN=${auth_cert_rule};
}
--- says
[emerg] auth_cert_policy "staff": "subject.CN=${auth_cert_rule}": a policy cannot ask for its own outcome, which $auth_cert_role, $auth_cert_decision, $auth_cert_rule and $auth_cert_reason tell in part.conf:2


=== TEST 58: a range that does not begin where it says
--- http_file
auth_cert_policy staff {
    allow  san.ip=10.0.0.1/8;
}
--- says
[emerg] auth_cert_policy "staff": "san.ip=10.0.0.1/8": the address has bits beyond the prefix length, write the first address of the range, such as 192.0.2.0/24 in part.conf:2


=== TEST 59: a range with too long a prefix
--- http_file
auth_cert_policy staff {
    allow  san.ip=10.0.0.0/33;
}
--- says
[emerg] auth_cert_policy "staff": "san.ip=10.0.0.0/33": invalid CIDR, expected an address such as 192.0.2.1 or a range such as 192.0.2.0/24 in part.conf:2


=== TEST 60: a range with a mask
--- http_file
auth_cert_policy staff {
    allow  san.ip=10.0.0.0/255.0.0.0;
}
--- says
[emerg] auth_cert_policy "staff": "san.ip=10.0.0.0/255.0.0.0": invalid CIDR, expected an address such as 192.0.2.1 or a range such as 192.0.2.0/24 in part.conf:2


=== TEST 61: an address that is none
--- http_file
auth_cert_policy staff {
    allow  san.ip=10.0.0;
}
--- says
[emerg] auth_cert_policy "staff": "san.ip=10.0.0": invalid value, expected an address such as 192.0.2.1 or 2001:db8::1 in part.conf:2


=== TEST 62: an address range of IPv6 that is none
--- http_file
auth_cert_policy staff {
    allow  san.ip=2001:db8::/129;
}
--- says
[emerg] auth_cert_policy "staff": "san.ip=2001:db8::/129": invalid CIDR, expected an address such as 192.0.2.1 or a range such as 192.0.2.0/24 in part.conf:2


=== TEST 63: an expression that PCRE does not take
--- http_file
auth_cert_policy staff {
    allow  subject.CN~^(alice;
}
--- says
[emerg] auth_cert_policy "staff": "subject.CN~^(alice": <*> in part.conf:2


=== TEST 64: an expression with a brace outside of quotes
--- http_file
auth_cert_policy staff {
    allow  subject.CN~^a{2}$;
}
--- says
[emerg] unexpected "{" in part.conf:2


=== TEST 65: a serial that is no number
--- http_file
auth_cert_policy staff {
    allow  serial=12:xy;
}
--- says
[emerg] auth_cert_policy "staff": "serial=12:xy": invalid value, expected a number in hex such as 0a1b2c or 0A:1B:2C in part.conf:2


=== TEST 66: a digest of another length
--- http_file
auth_cert_policy staff {
    allow  fingerprint=0a:1b:2c;
}
--- says
[emerg] auth_cert_policy "staff": "fingerprint=0a:1b:2c": invalid value, expected a SHA-256 digest, 64 hex digits with or without colons in part.conf:2


=== TEST 67: an OID that is none
--- http_file
auth_cert_policy staff {
    allow  eku=1.3.6.;
}
--- says
[emerg] auth_cert_policy "staff": "eku=1.3.6.": invalid value, expected a dotted OID such as 1.3.6.1.5.5.7.3.2, or an OpenSSL name such as clientAuth in part.conf:2


=== TEST 68: a name of an OID that is none
--- http_file
auth_cert_policy staff {
    allow  policy=ourPolicy;
}
--- says
[emerg] auth_cert_policy "staff": "policy=ourPolicy": invalid value, expected a dotted OID such as 1.3.6.1.5.5.7.3.2, or an OpenSSL name such as clientAuth in part.conf:2


=== TEST 69: a name as OpenSSL prints it
--- http_file
auth_cert_policy staff {
    allow  "subject=C = DE, O = Acme, CN = alice";
}
--- says
[emerg] auth_cert_policy "staff": "subject=C = DE, O = Acme, CN = alice": invalid value, expected an RFC 4514 name such as CN=alice,O=Example, the last RDN of the certificate first and no spaces around "," and "=" in part.conf:2


=== TEST 70: a name in the old notation
--- http_file
auth_cert_policy staff {
    allow  subject=/O=Acme/CN=alice;
}
--- says
[emerg] auth_cert_policy "staff": "subject=/O=Acme/CN=alice": invalid value, expected an RFC 4514 name such as CN=alice,O=Example, the last RDN of the certificate first and no spaces around "," and "=" in part.conf:2


=== TEST 71: DER that is none
--- http_file
auth_cert_policy staff {
    allow  ext.1.2.3=#12x;
}
--- says
[emerg] auth_cert_policy "staff": "ext.1.2.3=#12x": invalid value, expected a text, or "#" and the DER of the value in hex in part.conf:2


=== TEST 72: an e-mail address that is none
--- http_file
auth_cert_policy staff {
    allow  san.email=acme.example;
}
--- says
[emerg] auth_cert_policy "staff": "san.email=acme.example": invalid value, expected an address such as alice@example.org in part.conf:2


=== TEST 73: a URI with a space
--- http_file
auth_cert_policy staff {
    allow  "san.uri=urn:a b";
}
--- says
[emerg] auth_cert_policy "staff": "san.uri=urn:a b": invalid value, expected a URI such as spiffe://example.org/service in part.conf:2


=== TEST 74: a host name with other letters
--- http_file
auth_cert_policy staff {
    allow  san.dns=münchen.example;
}
--- says
[emerg] auth_cert_policy "staff": "san.dns=münchen.example": invalid value, expected a host name of letters, digits, "-", "_" and single "." between them (an internationalized one in its xn-- form) in part.conf:2


=== TEST 75: two roles
--- http_file
auth_cert_policy staff {
    allow  subject.CN=alice  role=a  role=b;
}
--- says
[emerg] auth_cert_policy "staff": "role=b": the rule has a role already in part.conf:2


=== TEST 76: an empty role
--- http_file
auth_cert_policy staff {
    allow  subject.CN=alice  role=;
}
--- says
[emerg] auth_cert_policy "staff": "role=": the role is empty, leave it out in part.conf:2


=== TEST 77: a role for those who are denied
--- http_file
auth_cert_policy staff {
    deny  subject.CN=alice  role=a;
}
--- says
[emerg] auth_cert_policy "staff": "role=a": a rule that denies gives no role in part.conf:2


=== TEST 78: quotes around the role only
--- http_file
auth_cert_policy staff {
    allow  subject.CN=alice  role="on call";
}
--- says
[emerg] auth_cert_policy "staff": "role="on": quotes go around the whole word, as in "role=on call" in part.conf:2


=== TEST 79: a capture without an expression
--- http_file
auth_cert_policy staff {
    allow  subject.CN=alice  role=$1;
}
--- says
[emerg] auth_cert_policy "staff": "$1": "$" can only name a capture, and the rule has no regular expression ("~") to take it from in part.conf:2


=== TEST 80: a capture that the expression has not
--- http_file
auth_cert_policy staff {
    allow  subject.CN~^(.+)$  role=$2;
}
--- says
[emerg] auth_cert_policy "staff": "$2": the last regular expression of the rule has no such capture among $0 to $9, and none of that name in part.conf:2


=== TEST 81: a named capture that the expression has not
--- http_file
auth_cert_policy staff {
    allow  subject.CN~^(?<user>.+)$  role=$name;
}
--- says
[emerg] auth_cert_policy "staff": "$name": the last regular expression of the rule has no such capture among $0 to $9, and none of that name in part.conf:2


=== TEST 82: a capture without its name
--- http_file
auth_cert_policy staff {
    allow  subject.CN~^(.+)$  role=a$;
}
--- says
[emerg] auth_cert_policy "staff": "a$": "$" has to be followed by the number or the name of a capture in part.conf:2


=== TEST 83: a variable as the role
--- http_file
auth_cert_policy staff {
    allow  subject.CN=alice  role=$remote_user;
}
--- says
[emerg] auth_cert_policy "staff": "$remote_user": "$" can only name a capture, and the rule has no regular expression ("~") to take it from in part.conf:2


=== TEST 84: a set that does not exist
--- http_file
auth_cert_policy staff {
    allow  trust=nobody;
}
--- says
[emerg] unknown auth_cert_trust "nobody" in auth_cert_policy in part.conf:2; define it with auth_cert_trust nobody { ... } next to the server blocks


=== TEST 85: a list without a path
--- http_file
auth_cert_policy staff {
    allow  subject.CN=@;
}
--- says
[emerg] auth_cert_policy "staff": "subject.CN=@": "@" needs the path of a list, such as "@/etc/nginx/pinned.list" in part.conf:2


=== TEST 86: a list with a variable in its path
--- http_file
auth_cert_policy staff {
    allow  subject.CN=@/lists/$host;
}
--- says
[emerg] auth_cert_policy "staff": "subject.CN=@/lists/$host": the path of a list cannot hold $variables, lists are read at start in part.conf:2


=== TEST 87: a list as an expression
--- http_file
auth_cert_policy staff {
    allow  subject.CN~@/etc/users;
}
--- says
[emerg] auth_cert_policy "staff": "subject.CN~@/etc/users": a list holds no regular expressions, use "=@FILE" or "!=@FILE" in part.conf:2


=== TEST 88: a list that is missing
--- http_file
auth_cert_policy staff {
    allow  subject.CN=@../html/missing.list;
}
--- says
[emerg] cannot read list "missing.list", the file behind "@": open() failed (2: No such file or directory) in part.conf:2


=== TEST 89: an e-mail domain that is taken for a list
--- http_file
auth_cert_policy staff {
    allow  san.email=@acme.example;
}
--- says
[emerg] cannot read list "acme.example", the file behind "@": open() failed (2: No such file or directory) in part.conf:2


=== TEST 90: a list that is a folder
--- user_files
>>> lists/a
alice
--- http_file
auth_cert_policy staff {
    allow  subject.CN=@../html/lists;
}
--- says
[emerg] list "lists" is not a regular file in part.conf:2


=== TEST 91: a list with a third column
--- user_files
>>> list
# organisations
Acme
Evil Corp Inc.
--- http_file
auth_cert_policy staff {
    allow  subject.O=@../html/list;
}
--- says
[emerg] list "list" line 3: "Inc.": a third column, expected a pattern and a role; put a pattern with spaces into double quotes in part.conf:2


=== TEST 92: a list with an open quote
--- user_files
>>> list
"Acme, Inc.
--- http_file
auth_cert_policy staff {
    allow  subject.O=@../html/list;
}
--- says
[emerg] list "list" line 1: ""Acme, Inc.": the closing quote is missing in part.conf:2


=== TEST 93: a list with text behind a quote
--- user_files
>>> list
"Acme"Inc.
--- http_file
auth_cert_policy staff {
    allow  subject.O=@../html/list;
}
--- says
[emerg] list "list" line 1: ""Acme"Inc.": a space is missing after the closing quote in part.conf:2


=== TEST 94: a list with an empty pattern
--- user_files
>>> list
Acme
"" nobody
--- http_file
auth_cert_policy staff {
    allow  subject.O=@../html/list;
}
--- says
[emerg] list "list" line 2: "": the pattern is empty in part.conf:2


=== TEST 95: a list with two roles for one value
--- user_files
>>> list
a.example  one
b.example  one
A.example  two
--- http_file
auth_cert_policy staff {
    allow  san.dns=@../html/list;
}
--- says
[emerg] list "list" line 3: "A.example": the list has it before, with another role in part.conf:2


=== TEST 96: a list with a wildcard where none is possible
--- user_files
>>> list
al*
--- http_file
auth_cert_policy staff {
    allow  subject.CN=@../html/list;
}
--- says
[emerg] list "list" line 1: "al*": "*" has no meaning here, write a rule with a wildcard or a regular expression instead of this line in part.conf:2


=== TEST 97: a list with a wildcard in a URI
--- user_files
>>> list
spiffe://prod.example/**
--- http_file
auth_cert_policy staff {
    allow  san.uri=@../html/list;
}
--- says
[emerg] list "list" line 1: "spiffe://prod.example/**": "*" has no meaning here, write a rule with a wildcard or a regular expression instead of this line in part.conf:2


=== TEST 98: a list with a bad wildcard
--- user_files
>>> list
*.example
--- http_file
auth_cert_policy staff {
    allow  san.dns=@../html/list;
}
--- says
[emerg] list "list" line 1: "*.example": a wildcard needs at least two labels after "*.", as in *.example.com in part.conf:2


=== TEST 99: a list with a bad range
--- user_files
>>> list
10.0.0.0/8
10.0.0.1/8
--- http_file
auth_cert_policy staff {
    allow  san.ip=@../html/list;
}
--- says
[emerg] list "list" line 2: "10.0.0.1/8": the address has bits beyond the prefix length, write the first address of the range, such as 192.0.2.0/24 in part.conf:2


=== TEST 100: a list with a bad digest
--- user_files
>>> list



abc
--- http_file
auth_cert_policy staff {
    allow  fingerprint=@../html/list;
}
--- says
[emerg] list "list" line 4: "abc": invalid value, expected a SHA-256 digest, 64 hex digits with or without colons in part.conf:2


=== TEST 101: a list with a bad SPIFFE ID
--- user_files
>>> list
spiffe://prod.example/x/
--- http_file
auth_cert_policy staff {
    allow  san.uri=@../html/list;
}
--- says
[emerg] list "list" line 1: "spiffe://prod.example/x/": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 102: a map without a selector
--- http_file
auth_cert_map $team { alice red; }
--- says
[emerg] invalid number of arguments in "auth_cert_map" directive in part.conf:1


=== TEST 103: a map without the "$"
--- http_file
auth_cert_map team subject.CN { alice red; }
--- says
[emerg] auth_cert_map "team": invalid variable, expected "$" and a name of letters, digits and "_" in part.conf:1


=== TEST 104: a map of a name that is none
--- http_file
auth_cert_map $my-team subject.CN { alice red; }
--- says
[emerg] auth_cert_map "$my-team": invalid variable, expected "$" and a name of letters, digits and "_" in part.conf:1


=== TEST 105: a map of a variable that nginx has
--- http_file
auth_cert_map $host subject.CN { alice red; }
--- says
[emerg] the duplicate "host" variable in part.conf:1


=== TEST 106: a map of a variable that can be set
--- http_file
auth_cert_map $args subject.CN { alice red; }
--- says
[emerg] auth_cert_map "$args": the variable is defined already, take another name in part.conf:1


=== TEST 107: two maps of one variable
--- http_file
auth_cert_map $team subject.CN { alice red; }
auth_cert_map $team subject.OU { Billing red; }
--- says
[emerg] auth_cert_map "$team": the variable is defined already, take another name in part.conf:2


=== TEST 108: a map of an unknown selector
--- http_file
auth_cert_map $team CN { alice red; }
--- says
[emerg] auth_cert_map "$team": "CN": unknown selector, expected subject, subject.CN, issuer, issuer.CN (or another attribute type), san.dns, san.uri, san.email, san.ip, san.upn, san.dirname, san.rid, san.other.OID, serial, fingerprint, spki, eku, policy, ext.OID, spiffe_id, trust, ca or a $variable in part.conf:1


=== TEST 109: a map without a line
--- http_file
auth_cert_map $team subject.CN {
}
--- says
[emerg] auth_cert_map "$team" is empty, add "PATTERN VALUE;" or "default VALUE;" in part.conf:2


=== TEST 110: a line of a map without a value
--- http_file
auth_cert_map $team subject.CN {
    alice;
}
--- says
[emerg] auth_cert_map "$team": "alice": expected a pattern and a value in part.conf:2


=== TEST 111: a line of a map with two values
--- http_file
auth_cert_map $team subject.CN {
    alice red blue;
}
--- says
[emerg] auth_cert_map "$team": "alice": expected a pattern and a value in part.conf:2


=== TEST 112: a word of nginx's own map
--- http_file
auth_cert_map $team san.dns {
    hostnames;
    *.a.example red;
}
--- says
[emerg] auth_cert_map "$team": "hostnames": expected a pattern and a value in part.conf:2


=== TEST 113: two defaults
--- http_file
auth_cert_map $team subject.CN {
    default  a;
    default  b;
}
--- says
[emerg] auth_cert_map "$team": duplicate "default" in part.conf:3


=== TEST 114: a capture in the default
--- http_file
auth_cert_map $team subject.CN {
    ~(.+)    $1;
    default  $1;
}
--- says
[emerg] auth_cert_map "$team": "$1": "$" can only name a capture, and the rule has no regular expression ("~") to take it from in part.conf:3


=== TEST 115: an empty pattern of a map
--- http_file
auth_cert_map $team subject.CN {
    ""  nobody;
}
--- says
[emerg] auth_cert_map "$team": "": the pattern is empty, use "~^$" to match an empty value in part.conf:2


=== TEST 116: a bad pattern of a map
--- http_file
auth_cert_map $net san.ip {
    10.0.0.0/8  a;
    10.0.0/24   b;
}
--- says
[emerg] auth_cert_map "$net": "10.0.0/24": invalid CIDR, expected an address such as 192.0.2.1 or a range such as 192.0.2.0/24 in part.conf:3


=== TEST 117: a bad expression of a map
--- http_file
auth_cert_map $team subject.CN {
    ~*[a  red;
}
--- says
[emerg] auth_cert_map "$team": "~*[a": <*> in part.conf:2


=== TEST 118: an unknown trust set
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_verify  partner;
}
--- says
[emerg] unknown auth_cert_trust "partner" in auth_cert_verify in part.conf:7; define it with auth_cert_trust partner { ... } next to the server blocks


=== TEST 119: an unknown policy
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    location / {
        auth_cert  staff stuff;
    }
}
--- says
[emerg] unknown auth_cert_policy "stuff" in auth_cert in part.conf:8; define it with auth_cert_policy stuff { ... } next to the server blocks


=== TEST 120: unknown names, all of them
--- http_file
auth_cert_verify  a b;
auth_cert         c;
--- says
[emerg] unknown auth_cert_trust "a" in auth_cert_verify in part.conf:1; define it with auth_cert_trust a { ... } next to the server blocks
[emerg] unknown auth_cert_trust "b" in auth_cert_verify in part.conf:1; define it with auth_cert_trust b { ... } next to the server blocks
[emerg] unknown auth_cert_policy "c" in auth_cert in part.conf:2; define it with auth_cert_policy c { ... } next to the server blocks


=== TEST 121: no trust set
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_verify;
}
--- says
[emerg] invalid number of arguments in "auth_cert_verify" directive in part.conf:7


=== TEST 122: optional without a trust set
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_verify  optional;
}
--- says
[emerg] "auth_cert_verify optional" names no trust set, expected "auth_cert_verify TRUST optional" in part.conf:7


=== TEST 123: optional before the trust set
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_verify  partners optional partners;
}
--- says
[emerg] "optional" in auth_cert_verify cannot be the name of a trust set, the word has a meaning of its own in part.conf:7


=== TEST 124: off with a trust set
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_verify  off partners;
}
--- says
[emerg] "auth_cert_verify off" takes no other parameter, "partners" found in part.conf:7


=== TEST 125: a trust set with off
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_verify  partners off;
}
--- says
[emerg] "off" in auth_cert_verify cannot be the name of a trust set, the word has a meaning of its own in part.conf:7


=== TEST 126: native that is optional
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_verify  native optional;
}
--- says
[emerg] "auth_cert_verify native" takes no other parameter, "optional" found; whether a certificate is optional is then said by "ssl_verify_client" in part.conf:7


=== TEST 127: one trust set twice
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_verify  partners partners;
}
--- says
[emerg] "auth_cert_verify" names "partners" twice in part.conf:7


=== TEST 128: one policy twice
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_verify  partners;
    auth_cert  staff staff;
}
--- says
[emerg] "auth_cert" names "staff" twice in part.conf:8


=== TEST 129: off with a policy
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert  off staff;
}
--- says
[emerg] "auth_cert off" takes no policy, "staff" found in part.conf:7


=== TEST 130: a policy with off
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert  staff off;
}
--- says
[emerg] "off" in auth_cert cannot be the name of a policy, the word has a meaning of its own in part.conf:7


=== TEST 131: auth_cert_verify that stands twice
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_verify  partners;
    auth_cert_verify  off;
}
--- says
[emerg] "auth_cert_verify" directive is duplicate in part.conf:8


=== TEST 132: auth_cert that stands twice
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert  staff;
    auth_cert  off;
}
--- says
[emerg] "auth_cert" directive is duplicate in part.conf:8


=== TEST 133: a status that is no error
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_status  200;
}
--- says
[emerg] invalid value "200" of "auth_cert_status", it must be a number between 400 and 599 in part.conf:7


=== TEST 134: a status that is no number
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_status  forbidden;
}
--- says
[emerg] invalid value "forbidden" of "auth_cert_status", it must be a number between 400 and 599 in part.conf:7


=== TEST 135: a status that stands twice
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_status  403;
    auth_cert_status  404;
}
--- says
[emerg] "auth_cert_status" directive is duplicate in part.conf:8


=== TEST 136: a level that is none
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_log_level  debug;
}
--- says
[emerg] invalid value "debug" of "auth_cert_log_level", it must be "info", "notice", "warn" or "error" in part.conf:7


=== TEST 137: a handshake that is none
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_handshake  on;
}
--- says
[emerg] invalid value "on" of "auth_cert_handshake", it must be "strict" or "lenient" in part.conf:7


=== TEST 138: a handshake in a location
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    location / {
        auth_cert_handshake  strict;
    }
}
--- says
[emerg] "auth_cert_handshake" directive is not allowed here in part.conf:8


=== TEST 139: a policy in a server
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_policy users { allow all; }
}
--- says
[emerg] "auth_cert_policy" directive is not allowed here in part.conf:7


=== TEST 140: a policy in an if
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    location / {
        if ($arg_a) {
            auth_cert  staff;
        }
    }
}
--- says
[emerg] "auth_cert" directive is not allowed here in part.conf:9


=== TEST 141: trust sets in limit_except
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    location / {
        limit_except GET {
            auth_cert_verify  partners;
        }
    }
}
--- says
[emerg] "auth_cert_verify" directive is not allowed here in part.conf:9


=== TEST 142: a location that nobody can vouch for
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    location / {
        auth_cert  staff;
    }
}
--- says
[warn] "auth_cert" in part.conf:8 refuses every client where no trust set vouches: add "auth_cert_verify TRUST;" or "ssl_verify_client"


=== TEST 143: auth_cert_verify in a server without TLS
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    auth_cert_verify  partners;
}
--- says
[emerg] "auth_cert_verify" in part.conf:6 needs TLS, but no "listen" of the server in part.conf:4 has the "ssl" parameter


=== TEST 144: auth_cert in a location without TLS
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    location / {
        auth_cert  staff;
    }
}
--- says
[emerg] "auth_cert" in part.conf:7 needs TLS, but no "listen" of the server in part.conf:4 has the "ssl" parameter


=== TEST 145: auth_cert_handshake in a server without TLS
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    auth_cert_handshake  strict;
}
--- says
[emerg] "auth_cert_handshake" in part.conf:6 needs TLS, but no "listen" of the server in part.conf:4 has the "ssl" parameter


=== TEST 146: what a server without TLS inherits is no mistake
--- http_file
auth_cert_trust partners { ca $TEST_NGINX_PKI/partners.crt; }
auth_cert_policy staff { allow subject.CN=alice; }
auth_cert_verify  partners;
auth_cert  staff;
auth_cert_handshake  strict;

server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    location / {
        root  html;
    }
}
--- says


=== TEST 147: a way to check CRLs that is none
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    crl  $TEST_NGINX_PKI/alice.crt;
    crl_check  all;
}
--- says
[emerg] auth_cert_trust "partners": "crl_check all": unknown choice, expected "chain" or "leaf" in part.conf:4


=== TEST 148: what to do without a CRL that is none
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    crl_missing  ignore;
}
--- says
[emerg] auth_cert_trust "partners": "crl_missing ignore": unknown choice, expected "deny" or "allow" in part.conf:3


=== TEST 149: what to do with an old CRL that is none
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    crl_expired  maybe;
}
--- says
[emerg] auth_cert_trust "partners": "crl_expired maybe": unknown choice, expected "deny" or "allow" in part.conf:3


=== TEST 150: a zone without a size
--- http_file
auth_cert_zone  large;
--- says
[emerg] invalid size "large" of "auth_cert_zone", expected a size such as 32m in part.conf:1


=== TEST 151: a zone that is too small
--- http_file
auth_cert_zone  1k;
--- says
[emerg] "auth_cert_zone 1k" is too small, it needs at least 128k in part.conf:1


=== TEST 152: two zones
--- http_file
auth_cert_zone  8m;
auth_cert_zone  8m;
--- says
[emerg] "auth_cert_zone" directive is duplicate in part.conf:2


=== TEST 153: an interval that is none
--- http_file
auth_cert_reload  often;
--- says
[emerg] invalid interval "often" of "auth_cert_reload", expected a time of at least 100ms, such as 10s, or "off" in part.conf:1


=== TEST 154: an interval of nothing
--- http_file
auth_cert_reload  0;
--- says
[emerg] invalid interval "0" of "auth_cert_reload", expected a time of at least 100ms, such as 10s, or "off" in part.conf:1


=== TEST 155: a purpose that stands twice
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    purpose  sslclient;
    purpose  sslclient;
}
--- says
[emerg] auth_cert_trust "partners": "purpose sslclient": duplicate, the set has such a line already in part.conf:4


=== TEST 156: partial_chain that stands twice
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    partial_chain  off;
    partial_chain  off;
}
--- says
[emerg] auth_cert_trust "partners": "partial_chain off": duplicate, the set has such a line already in part.conf:4


=== TEST 157: crl_missing that stands twice
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    crl_missing  deny;
    crl_missing  deny;
}
--- says
[emerg] auth_cert_trust "partners": "crl_missing deny": duplicate, the set has such a line already in part.conf:4


=== TEST 158: crl_expired that stands twice
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    crl_expired  deny;
    crl_expired  deny;
}
--- says
[emerg] auth_cert_trust "partners": "crl_expired deny": duplicate, the set has such a line already in part.conf:4


=== TEST 159: CRLs of no path
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    crl  "";
}
--- says
[emerg] auth_cert_trust "partners": "crl ": needs the path of a file or a directory with CRLs in part.conf:3


=== TEST 160: two lines of auth_cert_reload
--- http_file
auth_cert_reload  10s;
auth_cert_reload  10s;
--- says
[emerg] "auth_cert_reload" directive is duplicate in part.conf:2


=== TEST 161: two lines of auth_cert_verify_cache
--- http_file
auth_cert_verify_cache  1h;
auth_cert_verify_cache  1h;
--- says
[emerg] "auth_cert_verify_cache" directive is duplicate in part.conf:2


=== TEST 162: two lines of auth_cert_log_level
--- http_file
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_log_level  warn;
    auth_cert_log_level  warn;
}
--- says
[emerg] "auth_cert_log_level" directive is duplicate in part.conf:5


=== TEST 163: two lines of auth_cert_handshake
--- http_file
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl;
    include $TEST_NGINX_PKI/server.conf;
    auth_cert_handshake  strict;
    auth_cert_handshake  strict;
}
--- says
[emerg] "auth_cert_handshake" directive is duplicate in part.conf:5


=== TEST 164: a CA file with a line behind which certificates would be lost
--- user_files eval
">>> ca.pem\n" . pki_text('partners.crt') . "\0\n" . pki_text('ops.crt')
--- http_file
auth_cert_trust partners {
    ca  ../html/ca.pem;
}
--- says
[emerg] auth_cert_trust "partners": certificate 2 of "ca.pem" cannot be decoded<*>in part.conf:2


=== TEST 165: a list with control characters
--- user_files eval
">>> a.list\na\x01b\n"
--- http_file
auth_cert_policy tested {
    allow  subject.CN=@../html/a.list;
}
--- says eval
qq{[emerg] list "a.list" line 1: "a": a control character follows in part.conf:2\n}


=== TEST 166: the same within quotes
--- user_files eval
">>> a.list\n\"a\x7fb\"\n"
--- http_file
auth_cert_policy tested {
    allow  subject.CN=@../html/a.list;
}
--- says eval
qq{[emerg] list "a.list" line 1: ""a\x7fb"": a control character is in it in part.conf:2\n}


=== TEST 167: a CRL that is no file
--- http_file
auth_cert_trust partners {
    ca   $TEST_NGINX_PKI/partners.crt;
    crl  /dev/null;
}
--- says
[emerg] CRL file "/dev/null": is no regular file in part.conf:3


=== TEST 168: a trust domain with the first of the capitals
--- http_file
auth_cert_policy staff {
    allow  san.uri=spiffe://A.example/x;
}
--- says
[emerg] auth_cert_policy "staff": "san.uri=spiffe://A.example/x": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 169: a trust domain with the last of the capitals
--- http_file
auth_cert_policy staff {
    allow  san.uri=spiffe://z.Z/x;
}
--- says
[emerg] auth_cert_policy "staff": "san.uri=spiffe://z.Z/x": invalid value, expected a SPIFFE ID: "spiffe://", a trust domain of a-z, 0-9, ".", "_" and "-", and a path without empty, "." or ".." segments, "%", query, fragment or "/" at its end in part.conf:2


=== TEST 170: a folder without CRLs
--- user_files
>>> crl.d/.hidden
hello
--- http_file
auth_cert_trust partners {
    ca   $TEST_NGINX_PKI/partners.crt;
    crl  ../html/crl.d;
}
--- says
[emerg] no CRL in directory "crl.d" in part.conf:3


=== TEST 171: a variable of no name on the left
--- http_file
auth_cert_policy staff {
    allow  ${}=alice;
}
--- says
[emerg] auth_cert_policy "staff": "${}=alice": invalid variable, expected one such as $name or ${name}, and nothing else before the operator in part.conf:2


=== TEST 172: no name at all
--- http_file
auth_cert_policy staff {
    allow  $=alice;
}
--- says
[emerg] auth_cert_policy "staff": "$=alice": invalid variable, expected one such as $name or ${name}, and nothing else before the operator in part.conf:2


=== TEST 173: a negative zero
--- http_file
auth_cert_policy staff {
    allow  serial=-0;
}
--- says
[emerg] auth_cert_policy "staff": "serial=-0": invalid value, expected a number in hex such as 0a1b2c or 0A:1B:2C in part.conf:2


=== TEST 174: a wildcard above an empty label
--- http_file
auth_cert_policy staff {
    allow  san.dns=*.example..com;
}
--- says
[emerg] auth_cert_policy "staff": "san.dns=*.example..com": a wildcard needs at least two labels after "*.", as in *.example.com in part.conf:2


=== TEST 175: a part of a segment of a SPIFFE ID
--- http_file
auth_cert_policy staff {
    allow  spiffe_id=spiffe://prod.example/ns/b*;
}
--- says
[emerg] auth_cert_policy "staff": "spiffe_id=spiffe://prod.example/ns/b*": "*" stands for a whole segment, a part of one needs a regular expression ("~") in part.conf:2


=== TEST 176: what is to be done with CRLs, without one
--- http_file
auth_cert_trust partners {
    ca         $TEST_NGINX_PKI/partners.crt;
    crl_check  leaf;
}
--- says
[warn] auth_cert_trust "partners": "crl_check", "crl_missing" and "crl_expired" have no effect without "crl" in part.conf:4


=== TEST 177: a CA that has expired
--- http_file
auth_cert_trust partners {
    ca  $TEST_NGINX_PKI/partners.crt;
    ca  $TEST_NGINX_PKI/old-intermediate.crt;
}
--- says
[warn] auth_cert_trust "partners": a CA certificate has expired, its clients will be refused in part.conf:4


=== TEST 178: an operator without a selector
--- http_file
auth_cert_policy staff {
    allow  =alice;
}
--- says
[emerg] auth_cert_policy "staff": "=alice": expected a condition such as subject.CN=alice without spaces around the operator (=, !=, ~, ~*, !~ or !~*), or "all", "verified", "anonymous" or role=NAME in part.conf:2


=== TEST 179: "*" beside a variable, in a field without wildcards
--- http_file
auth_cert_policy staff {
    allow  subject.CN=$arg_a*;
}
--- says
[emerg] auth_cert_policy "staff": "subject.CN=$arg_a*": "*" has no meaning here, use "~" for a regular expression in part.conf:2


=== TEST 180: more conditions than are numbered
--- http_file eval
"auth_cert_policy staff {\n    allow " . "all " x 65535 . ";\n}\n"
--- says
[emerg] auth_cert_policy "staff": "allow": has too many conditions in part.conf:2
