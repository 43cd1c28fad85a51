"""The certificates of the tests: who they are stands in the tables below.

usage: pki.py FOLDER

For each NAME there is NAME.crt, NAME.key and, when a client has to send
intermediates, NAME.chain.crt (the leaf first).  All dates are fixed.
"""

import ipaddress
import os
import ssl
import sys
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.name import _ASN1Type as Asn1
from cryptography.x509.oid import ExtendedKeyUsageOID as Eku
from cryptography.x509.oid import NameOID, ObjectIdentifier

import hostile

START, END = datetime(2025, 1, 1), datetime(2049, 12, 31, 23, 59, 59)
SHA256 = hashes.SHA256()

CN = NameOID.COMMON_NAME
O = NameOID.ORGANIZATION_NAME
OU = NameOID.ORGANIZATIONAL_UNIT_NAME
C = NameOID.COUNTRY_NAME
EMAIL = NameOID.EMAIL_ADDRESS
UID = NameOID.USER_ID
ST = NameOID.STATE_OR_PROVINCE_NAME
L = NameOID.LOCALITY_NAME
STREET = NameOID.STREET_ADDRESS
DC = NameOID.DOMAIN_COMPONENT
SERIAL = NameOID.SERIAL_NUMBER
GN = NameOID.GIVEN_NAME
SN = NameOID.SURNAME
TITLE = NameOID.TITLE

UPN = ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")


# names and alternative names

def attribute(oid, value, kind=None):
    if kind is None:
        kind = {C: Asn1.PrintableString, EMAIL: Asn1.IA5String,
                DC: Asn1.IA5String}.get(
            oid, Asn1.UTF8String)
    return x509.NameAttribute(oid, value, kind, _validate=False)


def name(*attributes):
    """A name of (oid, value[, type]); a list of them is one RDN."""
    rdns = []
    for item in attributes:
        members = item if isinstance(item, list) else [item]
        rdns.append(x509.RelativeDistinguishedName(
            [attribute(*member) for member in members]))
    return x509.Name(rdns)


dns = x509.DNSName
uri = x509.UniformResourceIdentifier
email = x509.RFC822Name
rid = lambda oid: x509.RegisteredID(ObjectIdentifier(oid))
ip = lambda text: x509.IPAddress(ipaddress.ip_address(text))


def other(oid, text):
    value = text.encode()
    return x509.OtherName(oid, bytes([0x0c, len(value)]) + value)


# issuing

class Entity:
    """A certificate with its key, and who issued it."""

    def __init__(self, subject, key=None):
        self.subject = subject
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.issuer = None
        self.cert = None

    def intermediates(self):
        """What a client has to send behind its leaf."""
        found, entity = [], self.issuer
        while entity is not entity.issuer:
            found.append(entity)
            entity = entity.issuer
        return found


entities = {}


def issue(label, subject, issuer=None, key=None, serial=None, start=START,
          end=END, digest=SHA256, extensions=()):
    entity = Entity(subject, key)
    entity.issuer = entities[issuer] if issuer else entity

    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(entity.issuer.subject)
        .public_key(entity.key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(
            entity.key.public_key()), False))

    # a certificate that names its issuer's key would tell CAs of one name
    # apart before the signature does: leave that to the verification

    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)

    # Ed25519 has no other digest than its own
    if isinstance(entity.issuer.key, ed25519.Ed25519PrivateKey):
        digest = None

    entity.cert = builder.sign(entity.issuer.key, digest)
    entities[label] = entity


def authority(label, subject, issuer=None, depth=None, extra=(), crls=True,
              **options):
    usage = x509.KeyUsage(False, False, False, False, False, True, crls,
                          False, False)
    issue(label, subject, issuer,
          extensions=[(x509.BasicConstraints(True, depth), True),
                      (usage, True), *extra], **options)


CLIENT, SERVER = Eku.CLIENT_AUTH, Eku.SERVER_AUTH


def leaf(label, subject, san=(), issuer="partners", eku=(CLIENT,), extra=(),
         **options):
    extensions = [(x509.BasicConstraints(False, None), True)]
    if eku:
        extensions.append((x509.ExtendedKeyUsage(eku), False))
    if san:
        extensions.append((x509.SubjectAlternativeName(san), False))
    issue(label, subject, issuer, extensions=[*extensions, *extra], **options)


def unknown(oid, der, critical=False):
    extension = x509.UnrecognizedExtension(ObjectIdentifier(oid), der)
    return (extension, critical)


# authorities

def make_authorities():
    partners = name((O, "Acme"), (CN, "Acme CA"))

    authority("partners", partners)
    authority("imposter", partners)         # the same name, another key
    authority("imposter-rsa", partners,     # and one of another type
              key=rsa.generate_private_key(65537, 2048))
    authority("ops", name((O, "Acme Operations"), (CN, "Ops CA")))
    authority("legacy", name((CN, "Acme Legacy CA")))
    authority("rsa-ca", name((CN, "RSA CA")),
              key=rsa.generate_private_key(65537, 2048))
    authority("ed25519-ca", name((CN, "Ed25519 CA")),
              key=ed25519.Ed25519PrivateKey.generate())
    authority("no-crls", name((CN, "CA without CRLs")), "partners",
              crls=False)

    authority("intermediate", name((O, "Acme"), (CN, "Acme Issuing CA")),
              "partners")
    authority("old-intermediate", name((CN, "Acme Old Issuing CA")),
              "partners", end=datetime(2025, 6, 1))

    authority("rsa-issuing", name((CN, "RSA Issuing CA")), "partners",
              key=rsa.generate_private_key(65537, 2048))

    authority("deep1", name((CN, "Deep CA 1")), "partners")
    authority("deep2", name((CN, "Deep CA 2")), "deep1")
    authority("deep3", name((CN, "Deep CA 3")), "deep2")
    authority("deep4", name((CN, "Deep CA 4")), "deep3")

    # one above the other
    for n in range(1, 34):
        authority("stair%d" % n, name((CN, "Stair CA %d" % n)),
                  "stair%d" % (n - 1) if n > 1 else "partners")

    authority("pathlen0", name((CN, "Path Length 0 CA")), "partners", depth=0)
    authority("pathlen1", name((CN, "Below Path Length 0 CA")), "pathlen0")

    constraints = x509.NameConstraints([dns("nc.example")], None)
    authority("constrained", name((CN, "Constrained CA")), "partners",
              extra=[(constraints, True)])

    authority("full", name((C, "DE"), (ST, "Bayern"), (L, "München"),
                           (DC, "example"), (DC, "acme"), (O, "Acme, Inc."),
                           (OU, "Trust"), (CN, "Full CA")), "partners")

    authority("server-ca", name((CN, "Test Server CA")))


# people, services and devices

def make_clients():
    alice = name((O, "Acme, Inc."), (OU, "Billing"), (OU, "Platform"),
                 (CN, "alice"))

    leaf("by-no-crls", name((CN, "by-no-crls")), issuer="no-crls")

    leaf("alice", alice, serial=0x0a1b2c, san=[
        dns("alice.partners.example"),
        uri("spiffe://prod.example/ns/billing/sa/web"),
        email("alice@acme.example"),
        ip("192.0.2.1"), ip("2001:db8::1")])

    leaf("bob", name((O, "Acme, Inc."), (CN, "bob")), serial=0x0b0b, san=[
        dns("bob.ops.example.com"), email("bob@acme.example"),
        ip("192.0.2.77")])
    leaf("mallory", name((O, "Evil Corp"), (CN, "mallory")), san=[
        dns("mallory.partners.example"), email("mallory@evil.example")])

    leaf("service", name((CN, "service")), san=[
        uri("spiffe://prod.example/ns/billing/sa/worker")])
    leaf("device-17", name((CN, "device-17")), san=[uri("urn:device:17")])
    leaf("device-18", name((CN, "device-18")), san=[uri("urn:device:18")])

    leaf("ops-alice", alice, issuer="ops")
    leaf("ops-carol", name((O, "Acme Operations"), (CN, "carol")),
         issuer="ops", san=[dns("carol.ops.example.com")])
    leaf("legacy-dave", name((CN, "dave")), issuer="legacy")
    leaf("imposter-alice", alice, issuer="imposter", serial=0x0a1b2c)
    leaf("imposter-rsa-alice", alice, issuer="imposter-rsa", serial=0x0a1b2c)

    for issuer in "partners", "imposter":
        key = x509.AuthorityKeyIdentifier.from_issuer_public_key(
            entities[issuer].key.public_key())
        leaf("keyid-" + issuer, name((CN, "keyid-" + issuer)), issuer=issuer,
             extra=[(key, False)])

    leaf("via-intermediate", name((CN, "via-intermediate")),
         issuer="intermediate")
    leaf("via-rsa", name((CN, "via-rsa")), issuer="rsa-issuing")
    leaf("deep", name((CN, "deep")), issuer="deep3")
    leaf("deeper", name((CN, "deeper")), issuer="deep4")
    leaf("six-steps", name((CN, "six-steps")), issuer="stair6")
    leaf("34-high", name((CN, "34-high")), issuer="stair32")
    leaf("35-high", name((CN, "35-high")), issuer="stair33")
    leaf("rsa", name((CN, "rsa")),
         key=rsa.generate_private_key(65537, 2048))

    for n in ("1", "2"):
        where = x509.DistributionPoint(
            [uri("http://crl.example/" + n)], None, None, None)
        leaf("point-" + n, name((CN, "point-" + n)),
             extra=[(x509.CRLDistributionPoints([where]), False)])

    both = [x509.DistributionPoint([uri("http://crl.example/" + n)], None,
                                   None, None) for n in ("1", "2")]
    leaf("point-both", name((CN, "point-both")),
         extra=[(x509.CRLDistributionPoints(both), False)])

    # by another kind of name, in part, or by another CA than the issuer
    crl = x509.DirectoryName(name((CN, "crl")))
    first = uri("http://crl.example/1")
    for label, where in (
            ("dirname", x509.DistributionPoint([crl], None, None, None)),
            ("relative", x509.DistributionPoint(
                None, x509.RelativeDistinguishedName(
                    [x509.NameAttribute(CN, "crl")]), None, None)),
            ("reasons", x509.DistributionPoint([first], None, frozenset(
                [x509.ReasonFlags.key_compromise]), None)),
            ("issuer", x509.DistributionPoint([first], None, None, [crl]))):
        leaf("point-" + label, name((CN, "point-" + label)),
             extra=[(x509.CRLDistributionPoints([where]), False)])

    # CRLDistributionPoints that are none
    leaf("point-broken", name((CN, "point-broken")),
         extra=[unknown("2.5.29.31", b"\x30\x03\x06\x09")])

    # what OpenSSL takes for a CA, and RFC 5280 does not: no basicConstraints
    usage = x509.KeyUsage(True, False, False, False, False, True, False,
                          False, False)
    issue("half-ca", name((CN, "half-ca")), "partners",
          extensions=[(usage, True)])

    leaf("by-rsa", name((CN, "by-rsa")), issuer="rsa-ca")
    leaf("by-ed25519", name((CN, "by-ed25519")), issuer="ed25519-ca")


# each says something that is easily read wrong

def make_names():
    leaf("two-cns", name((CN, "first"), (CN, "alice")))
    leaf("multi-rdn", name((O, "Acme, Inc."), [(CN, "alice"), (UID, "a1")]))
    leaf("nul-cn", name((CN, "alice\0.evil.example")))
    leaf("nul-dns", name((CN, "nul-dns")),
         san=[dns("alice.partners.example\0.evil.example")])
    leaf("crlf-cn", name((CN, "alice\r\nX-Client-Role: admin")))
    leaf("special-cn", name((CN, ' #a,b+c"d\\e<f>g;h=i ')))
    leaf("utf8", name((O, "Müller & Söhne"), (CN, "Zoë 東京")))
    leaf("bmp", name((CN, "Zoë 東京", Asn1.BMPString)))
    leaf("printable", name((CN, "alice", Asn1.PrintableString)))
    leaf("country", name((C, "DE"), (O, "Acme, Inc."), (CN, "eve"),
                         (EMAIL, "eve@acme.example")))
    leaf("full-name", name(
        (C, "DE"), (ST, "Bayern"), (L, "München"), (STREET, "Am Tor 1"),
        (O, "Acme, Inc."), (OU, "Billing"), (OU, "a\\b"), (DC, "example"),
        (DC, "acme"), (UID, "u1"), (EMAIL, "eve@acme.example"),
        (SERIAL, "4711"), (GN, "Eve"), (SN, "Doe"), (TITLE, "Dr."),
        (CN, "eve")), issuer="full")
    leaf("no-subject", name(), san=[dns("no-subject.example")])

    leaf("comma-uri", name((CN, "comma-uri")), san=[uri("urn:x:a,b\\c")])
    leaf("two-uris", name((CN, "two-uris")), san=[
        uri("spiffe://prod.example/ns/billing/sa/web"), uri("urn:second")])
    leaf("quoted", name((CN, 'a";URI="b\\')), san=[
        uri('urn:x:a"b'), uri("urn:x:c;d=e"), uri("urn:x:f\\"),
        dns("one.example"), dns("two.example")])
    leaf("blank-ends", name((CN, " admin ")), san=[
        uri(" spiffe://prod.example/admin"),
        uri("spiffe://prod.example/admin "), uri("urn:a b"),
        dns("admin.example "), email("admin@acme.example "),
        other(UPN, " "), dns("kept.example")])
    leaf("spiffe-port", name((CN, "spiffe-port")),
         san=[uri("spiffe://prod.example:8443/ns/billing/sa/web")])
    leaf("spiffe-dots", name((CN, "spiffe-dots")),
         san=[uri("spiffe://prod.example/ns/billing/../admin")])
    leaf("wildcard-dns", name((CN, "wildcard-dns")),
         san=[dns("*.ops.example.com")])
    leaf("two-labels", name((CN, "two-labels")),
         san=[dns("a.b.ops.example.com")])
    leaf("upper-case", name((CN, "ALICE")), san=[
        dns("BOB.OPS.Example.COM"), email("alice@ACME.Example")])
    leaf("mapped-ip", name((CN, "mapped-ip")),
         san=[ip("::ffff:192.0.2.1")])

    leaf("upn", name((CN, "upn")), san=[other(UPN, "alice@corp.example")])
    leaf("other-name", name((CN, "other-name")),
         san=[other(ObjectIdentifier("1.2.3.4"), "abc")])
    leaf("dirname", name((CN, "dirname")),
         san=[x509.DirectoryName(name((O, "Acme, Inc."), (CN, "alice")))])
    leaf("rid", name((CN, "rid")), san=[rid("1.2.3.4.5")])
    leaf("many-sans", name((CN, "many-sans")),
         san=[dns("h%d.many.example" % n) for n in range(1, 301)])

    leaf("many-umlauts", name((CN, "x" + "ü" * 300)))
    leaf("many-as", name((CN, "a" * 40 + "!")))

    leaf("big-serial", name((CN, "big-serial")),
         serial=0x7fffffffffffffffffffffffffffffffffffffff)
    leaf("high-serial", name((CN, "high-serial")), serial=0x80)

    policies = x509.CertificatePolicies([
        x509.PolicyInformation(ObjectIdentifier("1.2.3.4.1"), None),
        x509.PolicyInformation(ObjectIdentifier("1.2.3.4.2"), None)])
    leaf("policies", name((CN, "policies")), eku=(CLIENT, Eku.CODE_SIGNING),
         extra=[(policies, False), unknown("1.2.3.4.9", b"\x0c\x03abc"),
                unknown("1.2.3.4.10", b"\x02\x01\x2a")])


# each is a client "host-..." or "path-...", named for what is special about it

HOSTS = {
    "parent": "ops.example.com",
    "single": "bob",
    "suffix": "bobops.example.com",
    "leading-dot": ".ops.example.com",
    "empty-label": "bob..ops.example.com",
    "trailing-dot": "bob.ops.example.com.",
    "part-star": "b*.ops.example.com",
    "inner-star": "bob.*.example.com",
    "idn": "xn--mnchen-3ya.ops.example.com",
    "underscore": "_bob.ops.example.com",
    "space": "bob .ops.example.com",
}

PATHS = {
    "x": "https://a.example/x",
    "xy": "https://a.example/x/y",
    "xyz": "https://a.example/x/y/z",
    "none": "https://a.example",
    "root": "https://a.example/",
    "slash": "https://a.example/x/",
    "empty": "https://a.example/x//y",
    "dot": "https://a.example/x/./y",
    "dots": "https://a.example/x/../y",
    "percent": "https://a.example/x%2Fy",
    "percent-dots": "https://a.example/x/%2e%2e/y",
    "query": "https://a.example/x?y",
    "fragment": "https://a.example/x#y",
    "backslash": "https://a.example/x\\y",
    "port": "https://a.example:443/x",
    "user": "https://a.example@evil.example/x",
    "longer": "https://a.example.evil.example/x",
    "scheme": "http://a.example/x",
    "upper": "HTTPS://A.example/x",
    "star": "https://a.example/*",
    "urn": "urn:x:y",
}


def make_hosts_and_paths():
    for label, value in HOSTS.items():
        leaf("host-" + label, name((CN, "host-" + label)), san=[dns(value)])

    for label, value in PATHS.items():
        leaf("path-" + label, name((CN, "path-" + label)), san=[uri(value)])


# each must fail to verify, or only under some setting

def make_refused():
    leaf("expired", name((CN, "alice")), end=datetime(2025, 6, 1))
    leaf("not-yet", name((CN, "alice")), start=datetime(2049, 1, 1))
    leaf("server-only", name((CN, "alice")), eku=(SERVER,))
    leaf("no-eku", name((CN, "no-eku")), eku=())
    leaf("any-eku", name((CN, "any-eku")), eku=(Eku.ANY_EXTENDED_KEY_USAGE,))

    leaf("path-length", name((CN, "alice")), issuer="pathlen1")
    leaf("constrained-ok", name((CN, "constrained-ok")),
         issuer="constrained", san=[dns("a.nc.example")])
    leaf("constrained-bad", name((CN, "constrained-bad")),
         issuer="constrained", san=[dns("a.elsewhere.example")])
    leaf("old-chain", name((CN, "alice")), issuer="old-intermediate")
    leaf("below-leaf", name((CN, "alice")), issuer="bob")

    leaf("self-signed", name((CN, "alice")), issuer=None)
    leaf("critical", name((CN, "alice")),
         extra=[unknown("1.2.3.4.99", b"\x05\x00", critical=True)])


# a CA that was certified again before its first certificate ended

def make_renewed():
    key = ec.generate_private_key(ec.SECP256R1())
    subject = name((CN, "Renewed CA"))

    authority("renewed", subject, "partners", key=key)
    authority("renewed-first", subject, "partners", key=key,
              end=datetime(2041, 1, 1))
    leaf("by-renewed", name((CN, "by-renewed")), issuer="renewed")


def make_server():
    for label in "edge-a", "edge-b":
        leaf(label, name((CN, label)), issuer="server-ca", eku=(SERVER,),
             san=[uri("spiffe://prod.example/" + label), uri("urn:second")])

    leaf("server", name((CN, "localhost")), issuer="server-ca",
         eku=(SERVER,), san=[
             dns("localhost"), dns("a.example"), dns("b.example"),
             dns("*.test.example"), ip("127.0.0.1")])
    leaf("server-uris", name((CN, "localhost")), issuer="server-ca",
         eku=(SERVER,), san=[
             dns("localhost"), uri("spiffe://prod.example/edge"),
             uri("urn:edge:a,b")])


# clients that send other certificates than they should, all above their own

CHAINS = {
    "no-chain": ["deep"],
    "deep-shuffled": ["deep", "deep1", "deep3", "deep2"],
    "alice-extra": ["alice", "ops", "deep1", "partners", "imposter"],
    "with-root": ["via-intermediate", "intermediate", "partners"],
    "unrelated": ["via-intermediate", "ops", "bob", "intermediate", "legacy"],
    "own-root": ["legacy-dave", "legacy"],
    "longest": ["alice"] + 4 * ["ops", "legacy", "bob", "deep1"],
    "too-long": ["alice"] + 4 * ["ops", "legacy", "bob", "deep1"] + ["ops"],
    "34-high": ["34-high"] + ["stair%d" % (32 - n) for n in range(16)],
    "35-high": ["35-high"] + ["stair%d" % (33 - n) for n in range(16)],
    "too-big": ["alice"] + 9 * ["many-sans"],

    # far more than the chain needs
    "crowded": ["deep", "many-sans", "deep1", "many-sans", "deep3",
                "many-sans", "deep2"],
    "crowded-renewed": ["by-renewed", "renewed-first", "many-sans", "renewed",
                      "many-sans"],
    "crowded-imposter": ["imposter-alice"] + 3 * ["many-sans"],
}


# files

def pem(entity):
    return entity.cert.public_bytes(serialization.Encoding.PEM)


def write(folder, file, data):
    with open(os.path.join(folder, file), "wb") as out:
        out.write(data)


def write_key(folder, label, key):
    write(folder, label + ".key", key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()))


def write_entity(folder, label, entity):
    write(folder, label + ".crt", pem(entity))
    write_key(folder, label, entity.key)

    chain = entity.intermediates()
    if chain:
        write(folder, label + ".chain.crt",
              pem(entity) + b"".join(pem(ca) for ca in chain))


def write_hostile(folder):
    issuer = entities["partners"]
    made, key = hostile.certificates(issuer.subject.public_bytes(), issuer.key)

    for label, der in made.items():
        assert label not in entities, label
        write(folder, label + ".crt",
              ssl.DER_cert_to_PEM_cert(der).encode())
        write_key(folder, label, key)


def write_chains(folder):
    for label, (client, *above) in CHAINS.items():
        write_entity(folder, label, entities[client])
        write(folder, label + ".chain.crt",
              b"".join(pem(entities[name]) for name in (client, *above)))


def write_trust(folder):
    for label in "partners", "ops":
        write(folder, label + ".der", entities[label].cert.public_bytes(
            serialization.Encoding.DER))

    write(folder, "partners+ops.crt",
          pem(entities["partners"]) + pem(entities["ops"]))

    os.mkdir(os.path.join(folder, "ca.d"))
    write(folder, "ca.d/partners.pem", pem(entities["partners"]))
    write(folder, "ca.d/ops.der", entities["ops"].cert.public_bytes(
        serialization.Encoding.DER))

    write(folder, "empty.crt", b"")
    write(folder, "garbage.crt",
          b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")


def main():
    folder = sys.argv[1]

    make_authorities()
    make_clients()
    make_names()
    make_hosts_and_paths()
    make_refused()
    make_renewed()
    make_server()

    for label, entity in entities.items():
        write_entity(folder, label, entity)

    write_chains(folder)
    write_hostile(folder)
    write_trust(folder)


main()
