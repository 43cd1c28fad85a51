"""Certificates that cost a server as much as they can.

Each is a chain that a client may send, up to what OpenSSL takes (100 kB) and
what the module takes (48 KiB).  A label that begins with "unknown" is issued
by nobody's CA, in the name of the one that is trusted.
"""

import os
from base64 import encodebytes

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from der import (arcs, bits, boolean, integer, octets, oid, printable, sequence,
                 set_of, tlv, utf8)
from hostile import (BASIC_CONSTRAINTS, CN, ECDSA_SHA256, END_ENTITY, OU,
                     SMTP_UTF8, UPN, USAGE, cn, dirname, dns, email,
                     extension, ip, name, other, rid, san, uri, utc)

ROOT = name((CN, utf8("Costly Root")))
CA = extension(BASIC_CONSTRAINTS, sequence(boolean(True)), critical=True)
NAME_CONSTRAINTS = "2.5.29.30"
RSA_SHA256 = sequence(oid("1.2.840.113549.1.1.11"), tlv(5))

# what is left of 48 KiB for the names
ROOM = 47000


def spki(key):
    return key.public_key().public_bytes(
        serialization.Encoding.DER,
        serialization.PublicFormat.SubjectPublicKeyInfo)


def certificate(subject, key, issuer, signer, *extensions):
    is_ec = isinstance(signer, ec.EllipticCurvePrivateKey)
    algorithm = ECDSA_SHA256 if is_ec else RSA_SHA256
    tbs = sequence(
        tlv(0xa0, integer(2)), integer(0x1234567), algorithm, issuer,
        sequence(utc(b"250101000000Z"), utc(b"491231235959Z")), subject,
        spki(key), tlv(0xa3, sequence(*extensions)))
    signature = signer.sign(tbs, ec.ECDSA(hashes.SHA256())) if is_ec \
        else signer.sign(tbs, padding.PKCS1v15(), hashes.SHA256())
    return sequence(tbs, algorithm, bits(signature))


def pem(der):
    return b"-----BEGIN CERTIFICATE-----\n" + encodebytes(der) \
        + b"-----END CERTIFICATE-----\n"


def private(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption())


def fill(make, room=ROOM):
    """As many different names as there is room for."""
    names = []
    while room > 0:
        names.append(make(len(names)))
        room -= len(names[-1])
    return names


def many(count, make):
    return [make(i) for i in range(count)]


def wide(count, i=0):
    """An OID with arcs that 64 bits do not hold; they are slow to write."""
    return "1.2" + ".%d" % (2 ** 64 + i) * count


# extensions of a certificate, by label

NAMES = {
    "1 DNS name": many(1, lambda i: dns(b"a.example")),
    "10,000 DNS names": many(10000, lambda i: dns(b"%02x" % (i & 255))),
    "DNS names of hosts": fill(lambda i: dns(b"h%05d.a.example" % i)),
    "DNS names of 250 bytes": fill(lambda i: dns(
        (b"%05d." % i) + b".".join([b"a" * 60] * 4))),
    "DNS names of one letter": fill(lambda i: dns(b"a")),
    "DNS names of no letter": fill(lambda i: dns(b"")),
    "one DNS name of 46 kB": [dns(b"a" * 46000)],
    "8,000 IPv4 addresses": many(7800, lambda i: ip(b"\x0a\1%c%c"
                                                    % (i >> 8, i & 255))),
    "IPv6 addresses": fill(lambda i: ip(
        b"\x20\1\x0d\xb8" + os.urandom(12))),
    "addresses of no byte": fill(lambda i: ip(b"")),
    "URIs": fill(lambda i: uri(b"spiffe://a.example/%05d" % i)),
    "URIs of one letter": fill(lambda i: uri(b"a")),
    "e-mail addresses": fill(lambda i: email(b"u%05d@a.example" % i)),
    "e-mail addresses, short": fill(lambda i: email(b"a@b")),
    "dirNames": fill(lambda i: dirname(cn(printable(b"%04x" % i)))),
    "dirNames, empty": fill(lambda i: dirname(sequence())),
    "dirName of 3,000 RDNs": [dirname(name(*many(
        3000, lambda i: (CN, printable(b"ab")))))],
    "UPNs": fill(lambda i: other(UPN, utf8("u%d@a" % i))),
    "otherNames, one type": fill(lambda i: other("1.2.3", utf8("a"))),
    "otherNames, many types": fill(lambda i: other("1.2.%d" % i, tlv(5))),
    "otherNames, mailboxes": fill(lambda i: other(SMTP_UTF8, utf8("a@b"))),
    "registeredIDs": fill(lambda i: rid("1.2.%d" % i)),
    "registeredIDs, short": fill(lambda i: rid("1.2")),
    "registeredIDs of one arc": fill(
        lambda i: tlv(0x88, b"\x81" * 580 + b"\1")),
    "registeredIDs of 16 bytes": fill(
        lambda i: tlv(0x88, arcs("2.25.%d" % (2 ** 127 + i)))),
    "registeredIDs of 580 bytes": fill(lambda i: rid("1.2" + ".1" * 578)),
    "registeredIDs of 580 arcs": fill(lambda i: rid("1.2" + ".127" * 578)),
    "registeredIDs of 290 arcs": fill(lambda i: rid("1.2" + ".16383" * 289)),
    "registeredIDs of 65 bits": fill(lambda i: rid(wide(1, i))),
    "registeredIDs of 58 arcs of 65 bits": fill(lambda i: rid(wide(58, i))),
    "otherNames of 65 bits": fill(lambda i: other(wide(1, i), tlv(5))),
}

SUBJECTS = {
    "4,000 RDNs": name(*many(3900, lambda i: (CN, printable(b"a")))),
    "3,000 attributes in an RDN": name([(OU, printable(b"%02x" % (i & 255)))
                                        for i in range(3000)]),
    "a CN of 46 kB": cn(utf8("a" * 46000)),
    "unknown attribute types": name(*many(
        2400, lambda i: ("1.2.840.99.%d" % i, printable(b"a")))),
    "attribute types of 65 bits": name(*many(
        2200, lambda i: (wide(1, i), printable(b"a")))),
}

EXTENSIONS = {
    "2,500 extensions": many(2500, lambda i: extension("1.2.3.%d" % i,
                                                       tlv(12, b"a"))),
    "one extension 3,000 times": many(3000, lambda i: extension(
        "1.2.3.4", tlv(5))),
    "an extension of 46 kB": [extension("1.2.3", octets(b"a" * 46000))],
    "4,000 policies": [extension("2.5.29.32", sequence(*many(
        4000, lambda i: sequence(oid("1.2.%d" % (40 + i))))))],
    "extensions of 65 bits": many(2200, lambda i: extension(wide(1, i),
                                                            tlv(5))),
    "policies with qualifiers": [extension("2.5.29.32", sequence(*fill(
        lambda i: sequence(oid("1.2.%d" % (40 + i)),
                           sequence(sequence(oid("1.2"), tlv(5)))),
        ROOM - 300)))],
    "policies, short": [extension("2.5.29.32", sequence(*fill(
        lambda i: sequence(oid("1.2")), ROOM - 300)))],
    "policies of 65 bits": [extension("2.5.29.32", sequence(*many(
        3000, lambda i: sequence(oid(wide(1, i))))))],
}


def ekus(purposes):
    return extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.2"),
                                           *purposes))


USAGES = {
    "6,000 EKUs": ekus(many(6000, lambda i: oid("1.2.%d" % i))),
    "EKUs of 65 bits": ekus(fill(lambda i: oid(wide(1, i)))),
    "EKUs of 58 arcs of 65 bits": ekus(fill(lambda i: oid(wide(58, i)))),
}


def constraints(names):
    permitted = tlv(0xa0, *[sequence(item) for item in names])
    return extension(NAME_CONSTRAINTS, sequence(permitted), critical=True)


class Maker:
    """Writes LABEL.pem, chain and key, for each label."""

    def __init__(self, write):
        self.write = write
        self.root_key = ec.generate_private_key(ec.SECP256R1())
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.root = certificate(ROOT, self.root_key, ROOT, self.root_key, CA)
        self.chains = []
        write("costly-root.crt", pem(self.root))

    def add(self, label, certs, key=None):
        path = self.write("costly-%d.pem" % len(self.chains),
                          b"".join(pem(cert) for cert in certs)
                          + private(key or self.key))
        self.chains.append((label, path, sum(len(cert) for cert in certs)))

    def leaf(self, *extensions, subject=None, key=None, signer=None,
             issuer=ROOT, usage=USAGE):
        return certificate(subject or cn(utf8("c")), key or self.key, issuer,
                           signer or self.root_key, END_ENTITY, usage,
                           *extensions)

    def make(self):
        for label, names in NAMES.items():
            self.add(label, [self.leaf(san(*names))])
        for label, subject in SUBJECTS.items():
            self.add(label, [self.leaf(subject=subject)])
        for label, extensions in EXTENSIONS.items():
            self.add(label, [self.leaf(*extensions)])
        for label, usage in USAGES.items():
            self.add(label, [self.leaf(usage=usage)])
        self.chain_rows()
        self.unknown_rows()
        return self.chains

    def chain_rows(self):
        plain = self.leaf()
        other_key = ec.generate_private_key(ec.SECP256R1())

        def ca(i, *extensions):
            subject = cn(utf8("Other CA %d" % i))
            return certificate(subject, other_key, subject, other_key, CA,
                               *extensions)

        self.add("16 other CAs", [plain] + many(16, ca))
        self.add("100 other CAs", [plain] + many(100, ca))
        self.add("16 CAs of the root's name", [plain] + many(
            16, lambda i: certificate(ROOT, other_key, ROOT, other_key, CA)))
        self.add("16 times itself", [plain] * 17)
        self.add("8 CAs with 350 DNS names each", [plain] + many(
            8, lambda i: ca(i, san(*fill(lambda j: dns(b"%03x" % j), 5400)))))
        self.add("a CA with 9,000 DNS names", [plain, ca(0, san(*fill(
            lambda i: dns(b"%02x" % (i & 255)), ROOM - 1000)))])
        self.add("a certificate of 90 kB", [self.leaf(san(*fill(
            lambda i: dns(b"%02x" % (i & 255)), 90000)))])

        # each name against each constraint, within OpenSSL's own bound
        key = ec.generate_private_key(ec.SECP256R1())
        subject = cn(utf8("Constrained"))
        limited = certificate(subject, key, ROOT, self.root_key, CA,
                              constraints(many(1000, lambda i: dns(
                                  b"a%03d" % i)) + [dns(b"z")]))
        self.add("1,000 names and constraints", [certificate(
            cn(utf8("c")), self.key, subject, key, END_ENTITY, USAGE,
            san(*many(1000, lambda i: dns(b"z")))), limited])

        big = rsa.generate_private_key(65537, 8192)
        self.add("RSA of 8192 bits", [self.leaf(key=big)], big)

    def unknown_rows(self):
        stranger = ec.generate_private_key(ec.SECP256R1())

        def leaf(*extensions, **others):
            return self.leaf(*extensions, signer=stranger, **others)

        self.add("unknown, 1 DNS name", [leaf(san(*NAMES["1 DNS name"]))])
        for label in "10,000 DNS names", "8,000 IPv4 addresses", "dirNames":
            self.add("unknown, " + label, [leaf(san(*NAMES[label]))])
        for label in SUBJECTS:
            self.add("unknown, " + label, [leaf(subject=SUBJECTS[label])])
        nobody = cn(utf8("Nobody"))
        self.add("unknown, no CA of that name", [leaf(
            san(*NAMES["10,000 DNS names"]), issuer=nobody)])
        self.add("unknown, 16 CAs of the root's name", [leaf()] + many(
            16, lambda i: certificate(ROOT, stranger, ROOT, stranger, CA)))

        # a chain of 16 that ends nowhere
        chain = []
        names = many(18, lambda i: cn(utf8("CA %d" % i)))
        for i in range(16):
            chain.append(certificate(names[i], stranger, names[i + 1],
                                     stranger, CA))
        self.add("unknown, a chain of 16 to nobody",
                 [leaf(issuer=names[0])] + chain)
        chain[15] = certificate(names[15], stranger, ROOT, stranger, CA)
        self.add("unknown, a chain of 16 to the root's name",
                 [leaf(issuer=names[0])] + chain)
