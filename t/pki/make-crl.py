"""Makes a CRL, octet by octet, also such as no library would issue.

usage: make-crl.py PKI OUT OPTION...

    issuer=NAME         who signs, and under whose name (default partners)
    key=NAME            whose key signs, if it is another
    revoke=X            name of a certificate or serial in hex; several
    padded=X            the same, with an octet that DER leaves out
    remove=X            the same as revoke, with the reason removeFromCRL
    fill=N              N more serials of 16 octets
    number=N            cRLNumber (default 1; "none")
    base=N              a delta to that number
    this=T next=T       seconds from now (default -3600 and 86400)
    scope=user|ca       issuingDistributionPoint: only such certificates
    point=URI           the same: its distribution point
    dirpoint=CN         the same, by a directoryName
    idp=indirect|reasons        the same, with what is not supported
    extension=OID       a critical extension of that type
    entry=OID           the same, in each entry
    sign=bad            a signature that does not verify
    sign=none|negative|text     octets that are none, not even in form
    digest=sha1|sha256  of the signature; pss: RSA-PSS, with sha256
    keyid=NAME          authorityKeyIdentifier: the key of that certificate
    form=der|pem        (default pem)
"""

import base64
import os
import sys
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding


# DER

def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


def seq(*parts):
    return tlv(0x30, *parts)


def integer(n):
    return tlv(2, n.to_bytes(n.bit_length() // 8 + 1, "big", signed=True))


def oid(text):
    parts = [int(part) for part in text.split(".")]
    out = [40 * parts[0] + parts[1]]
    for part in parts[2:]:
        digits = [part & 0x7f]
        while part > 0x7f:
            part >>= 7
            digits.insert(0, 0x80 | part & 0x7f)
        out += digits
    return tlv(6, bytes(out))


def when(seconds):
    moment = time.gmtime(time.time() + seconds)
    return tlv(0x17, time.strftime("%y%m%d%H%M%SZ", moment).encode())


def extension(name, value, critical=False):
    return seq(oid(name), tlv(1, b"\xff") if critical else b"",
               tlv(4, value))


# signing

SHA256 = seq(oid("2.16.840.1.101.3.4.2.1"), b"\x05\x00")

ALGORITHMS = {
    ("ec", "sha256"): seq(oid("1.2.840.10045.4.3.2")),
    ("ec", "sha1"): seq(oid("1.2.840.10045.4.1")),
    ("rsa", "sha256"): seq(oid("1.2.840.113549.1.1.11"), b"\x05\x00"),
    ("rsa", "pss"): seq(
        oid("1.2.840.113549.1.1.10"),
        seq(tlv(0xa0, SHA256),
            tlv(0xa1, seq(oid("1.2.840.113549.1.1.8"), SHA256)),
            tlv(0xa2, integer(32)))),
    ("ed25519", "sha256"): seq(oid("1.3.101.112")),
}

HASHES = {"sha1": hashes.SHA1, "sha256": hashes.SHA256}


def kind(key):
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return "ec"
    return "ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else "rsa"


def sign(key, data, digest):
    if kind(key) == "ec":
        return key.sign(data, ec.ECDSA(HASHES[digest]()))
    if kind(key) == "ed25519":
        return key.sign(data)
    if digest == "pss":
        return key.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32),
                        hashes.SHA256())
    return key.sign(data, padding.PKCS1v15(), HASHES[digest]())


class Maker:
    def __init__(self, folder, options):
        self.folder = folder
        self.options = {}
        for option in options:
            name, _, value = option.partition("=")
            self.options.setdefault(name, []).append(value)

    def get(self, name, default=None):
        return self.options.get(name, [default])[-1]

    def read(self, name):
        with open(os.path.join(self.folder, name), "rb") as source:
            return source.read()

    def cert(self, name):
        return x509.load_pem_x509_certificate(self.read(name + ".crt"))

    def key(self, name):
        return serialization.load_pem_private_key(
            self.read(name + ".key"), None)

    def serial(self, text):
        if os.path.exists(os.path.join(self.folder, text + ".crt")):
            return self.cert(text).serial_number
        return int(text, 16)

    def entries(self):
        moment = when(-3600)
        extra = []
        if self.get("entry"):
            extra = [extension(self.get("entry"), b"\x05\x00", True)]

        def entry(serial, *extensions):
            extensions = list(extensions) + extra
            return seq(integer(serial), moment,
                       seq(*extensions) if extensions else b"")

        found = [entry(self.serial(text))
                 for text in self.options.get("revoke", [])]
        found += [entry(self.serial(text),
                        extension("2.5.29.21", b"\x0a\x01\x08"))
                  for text in self.options.get("remove", [])]

        found += [seq(tlv(2, b"\0", integer(self.serial(text))[2:]), moment)
                  for text in self.options.get("padded", [])]

        # 16 octets each, in no order
        n = int(self.get("fill", 0))
        found += [b"\x30\x21\x02\x10" + b"\x5a" + n.to_bytes(15, "big")
                  + moment
                  for n in ((i * 0x9e3779b97f4a7c15f39cc) % (1 << 119)
                            for i in range(1, n + 1))]

        return seq(*found) if found else b""

    def point(self):
        parts = []
        if self.get("point"):
            name = tlv(0x86, self.get("point").encode())
            parts.append(tlv(0xa0, tlv(0xa0, name)))
        if self.get("dirpoint"):
            common = seq(oid("2.5.4.3"),
                         tlv(0x0c, self.get("dirpoint").encode()))
            name = tlv(0xa4, seq(tlv(0x31, common)))
            parts.append(tlv(0xa0, tlv(0xa0, name)))
        if self.get("scope") == "user":
            parts.append(b"\x81\x01\xff")
        if self.get("scope") == "ca":
            parts.append(b"\x82\x01\xff")
        if self.get("idp") == "reasons":
            parts.append(b"\x83\x02\x06\x40")
        if self.get("idp") == "indirect":
            parts.append(b"\x84\x01\xff")
        return seq(*parts) if parts else None

    def extensions(self):
        found = []
        if self.get("number") != "none":
            found.append(extension("2.5.29.20",
                                   integer(int(self.get("number", 1)))))
        if self.get("keyid"):
            key = x509.SubjectKeyIdentifier.from_public_key(
                self.cert(self.get("keyid")).public_key())
            found.append(extension("2.5.29.35",
                                   seq(tlv(0x80, key.digest))))
        if self.get("base"):
            found.append(extension("2.5.29.27",
                                   integer(int(self.get("base"))), True))
        if self.point():
            found.append(extension("2.5.29.28", self.point(), True))
        if self.get("extension"):
            found.append(extension(self.get("extension"), b"\x05\x00", True))
        return tlv(0xa0, seq(*found)) if found else b""

    def make(self):
        issuer = self.get("issuer", "partners")
        key = self.key(self.get("key", issuer))
        digest = self.get("digest", "sha256")
        algorithm = ALGORITHMS[kind(key), digest]

        signed = seq(
            integer(1), algorithm, self.cert(issuer).subject.public_bytes(),
            when(int(self.get("this", -3600))),
            when(int(self.get("next", 86400))),
            self.entries(), self.extensions())

        signature = sign(key, signed, digest)
        if self.get("sign") == "none":
            signature = b"\0" * len(signature)
        if self.get("sign") == "negative":
            signature = seq(b"\x02\x01\xff", integer(1))
        if self.get("sign") == "text":
            signature = seq(tlv(12, b"a"), tlv(12, b"b"))
        if self.get("sign") == "bad":
            signature = sign(key, signed + b"\0", digest)

        return seq(signed, algorithm, tlv(3, b"\0", signature))


def main():
    maker = Maker(sys.argv[1], sys.argv[3:])
    der = maker.make()

    if maker.get("form") != "der":
        text = base64.encodebytes(der).replace(b"\n", b"")
        lines = [text[i:i + 64] for i in range(0, len(text), 64)]
        der = (b"-----BEGIN X509 CRL-----\n" + b"\n".join(lines)
               + b"\n-----END X509 CRL-----\n")

    folder, base = os.path.split(sys.argv[2])
    hidden = os.path.join(folder, "." + base + ".new")

    with open(hidden, "wb") as out:
        out.write(der)
    os.rename(hidden, sys.argv[2])


main()
