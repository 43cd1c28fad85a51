"""A client of HTTP/3 for tests: any certificate, server name and session.

Reads commands from standard input, one JSON array a line, and answers each
with one JSON object a line:

["open", {port, timeout, sni, cert, key, session, early}]  a connection;
                      session: the number of one that was closed, to resume;
                      early: requests as in "send", to go out in early data;
                      what was sent with them is in the answer
["send", [[method, authority, path, [[name, value]...], body]...]]
["receive"]           its responses, or why there are none
["close"]             number: of the session, when the server gave a ticket
["again", port, timeout, sent]  sends datagrams once more, from another port,
                      until there is an answer
"""

import base64
import json
import re
import select
import socket
import ssl
import struct
import sys
import time

import aioquic.quic.connection
import aioquic.tls
from aioquic.buffer import Buffer
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.connection import QuicConnection
from aioquic.quic.events import (ConnectionTerminated, HandshakeCompleted,
                                 StreamReset)
from cryptography.hazmat.primitives.serialization import load_pem_private_key

# it has no room for large certificates, and tickets with such ones inside
ROOM = 1024 * 1024


def room(capacity=0, data=None):
    return Buffer(capacity=ROOM) if data is None else Buffer(data=data)


aioquic.tls.Buffer = room
aioquic.quic.connection.CRYPTO_BUFFER_SIZE = ROOM

CA_NAMES = 47
COMMON_NAME = b"\x06\x03\x55\x04\x03"


class Raw:
    """A certificate to send as it is, whatever stands in it."""

    def __init__(self, der):
        self.der = der

    def public_bytes(self, encoding):
        return self.der


def certificates(file):
    with open(file) as text:
        found = re.findall("-----BEGIN CERTIFICATE-----(.*?)-----END",
                           text.read(), re.DOTALL)
    return [Raw(base64.b64decode(pem)) for pem in found]


def private_key(file):
    with open(file, "rb") as text:
        return load_pem_private_key(text.read(), password=None)


def common_names(list_of_names):
    names = []
    rest = list_of_names[2:]
    while rest:
        (size,) = struct.unpack_from("!H", rest)
        dn, rest = rest[2:2 + size], rest[2 + size:]
        at = dn.find(COMMON_NAME)
        if at < 0:
            names.append(dn.hex())
        else:
            at += len(COMMON_NAME) + 2
            names.append(dn[at:at + dn[at - 1]].decode())
    return names


def prefixed(flags, bits, number):
    """An integer of RFC 7541, section 5.1, in the low bits of a byte."""
    most = (1 << bits) - 1
    if number < most:
        return bytes([flags | number])
    out = [flags | most]
    number -= most
    while number > 0x7f:
        out.append(0x80 | number & 0x7f)
        number >>= 7
    return bytes([*out, number])


class Http3(H3Connection):
    """Without its own ideas of what a header is."""

    def _encode_headers(self, stream_id, headers):
        # literals only, RFC 9204, section 4.5.6: of any length and content
        return b"\0\0" + b"".join(
            prefixed(0x20, 3, len(name)) + name
            + prefixed(0, 7, len(value)) + value for name, value in headers)

    def _check_content_length(self, stream):
        # the response to HEAD has a length but no body
        pass


class Connection:
    """One connection and what came back on it."""

    def __init__(self, port, timeout, sni, cert, key, ticket):
        self.address = ("127.0.0.1", port)
        self.timeout = timeout
        self.ticket = None
        self.error = ""
        self.alert = None
        self.reused = None
        self.streams = {}

        configuration = QuicConfiguration(
            is_client=True, alpn_protocols=H3_ALPN, server_name=sni,
            verify_mode=ssl.CERT_NONE, session_ticket=ticket)

        if cert:
            configuration.certificate, *rest = certificates(cert)
            configuration.certificate_chain = rest
            configuration.private_key = private_key(key)

        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(self.address)
        self.quic = QuicConnection(configuration=configuration,
                                   session_ticket_handler=self.keep_ticket)
        self.h3 = Http3(self.quic)
        self.quic.connect(self.address, now=time.time())

    def keep_ticket(self, ticket):
        self.ticket = ticket

    def run_until(self, done, timeout=None):
        """Sends and receives until done() or it is over."""
        end = time.time() + (timeout or self.timeout)

        while not done() and not self.error:
            for data, _ in self.quic.datagrams_to_send(now=time.time()):
                try:
                    self.socket.send(data)
                except ConnectionRefusedError:
                    pass

            now = time.time()
            if now > end:
                self.error = "read: timeout"
                return

            timer = self.quic.get_timer()
            wait = min(end, timer or end) - now
            ready, _, _ = select.select([self.socket], [], [], max(wait, 0))

            if ready:
                self.receive_datagram()
            elif timer and timer <= time.time():
                self.quic.handle_timer(now=time.time())

            self.read_events()

    def receive_datagram(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionRefusedError:
            # nginx may need a while until it listens
            time.sleep(0.02)
            return
        self.quic.receive_datagram(data, self.address, now=time.time())

    def read_events(self):
        event = self.quic.next_event()
        while event is not None:
            if isinstance(event, HandshakeCompleted):
                self.reused = event.session_resumed
            elif isinstance(event, ConnectionTerminated):
                self.end(event.error_code, event.reason_phrase)
            elif isinstance(event, StreamReset):
                self.error = "reset: %d" % event.error_code

            for message in self.h3.handle_event(event):
                self.read_message(message)
            event = self.quic.next_event()

    def read_message(self, message):
        stream = self.streams.get(message.stream_id)
        if stream is None:
            return
        if isinstance(message, HeadersReceived) and not stream["headers"]:
            stream["headers"] = [[name.decode("latin-1"),
                                  value.decode("latin-1")]
                                 for name, value in message.headers]
        elif isinstance(message, DataReceived):
            stream["body"] += message.data
        stream["done"] = message.stream_ended

    def end(self, code, reason):
        # RFC 9001, section 4.8: an alert of TLS
        if 0x100 <= code < 0x200:
            self.alert = code - 0x100
        self.error = "closed: %d %s" % (code, reason)

    def handshake(self):
        self.run_until(lambda: self.reused is not None)
        request = getattr(self.quic.tls, "_certificate_request", None)
        names = b""
        if request:
            for kind, value in request.other_extensions:
                if kind == CA_NAMES:
                    names = value
        return {"reused": bool(self.reused), "asked": request is not None,
                "ca_names": common_names(names)}

    def send(self, requests):
        for method, authority, path, headers, body in requests:
            number = self.quic.get_next_available_stream_id()
            fields = [(":method", method), (":scheme", "https"),
                      (":authority", authority), (":path", path), *headers]
            self.h3.send_headers(
                number, [(name.encode("latin-1"), value.encode("latin-1"))
                         for name, value in fields],
                end_stream=not body)
            if body:
                self.h3.send_data(number, base64.b64decode(body), True)
            self.streams[number] = {"headers": [], "body": b"",
                                    "done": False}
        return {}

    def send_early(self, requests):
        """All that goes out before the server has said anything."""
        self.send(requests)

        sent = [data for data, _ in
                self.quic.datagrams_to_send(now=time.time())]
        for data in sent:
            self.socket.send(data)
        return [base64.b64encode(data).decode() for data in sent]

    def receive(self):
        # without a request it is an alert that is waited for
        self.run_until(lambda: self.streams and all(
            stream["done"] for stream in self.streams.values()))

        found = [[stream["headers"],
                  base64.b64encode(stream["body"]).decode()]
                 for _, stream in sorted(self.streams.items())
                 if stream["done"]]
        self.streams = {}
        return {"responses": found}

    def close(self):
        # a server that gives a ticket does so at once
        if not self.error:
            self.run_until(lambda: self.ticket, 0.5)
        self.quic.close()
        for data, _ in self.quic.datagrams_to_send(now=time.time()):
            try:
                self.socket.send(data)
            except ConnectionRefusedError:
                pass
        self.socket.close()


def send_again(port, timeout, sent):
    """The server may still know the connection that they were of."""
    end = time.time() + timeout

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.connect(("127.0.0.1", port))

        while time.time() < end:
            for data in sent:
                other.send(base64.b64decode(data))
            if select.select([other], [], [], 0.2)[0]:
                return {"answered": True}

    return {"answered": False}


def main():
    connection = None
    tickets = []

    for line in sys.stdin:
        command, *arguments = json.loads(line)

        try:
            if command == "open":
                o = arguments[0]
                number = o["session"]
                connection = Connection(
                    o["port"], o["timeout"], o["sni"], o["cert"], o["key"],
                    None if number is None else tickets[number])
                early = o.get("early")
                sent = connection.send_early(early) if early else []
                answer = connection.handshake()
                answer["sent"] = sent
            elif command == "send":
                answer = connection.send(arguments[0])
            elif command == "receive":
                answer = connection.receive()
            elif command == "again":
                answer = send_again(*arguments)
            else:
                connection.close()
                answer = {"session": None}
                if connection.ticket:
                    tickets.append(connection.ticket)
                    answer["session"] = len(tickets) - 1

            if command != "again":
                answer.update(error=connection.error, alert=connection.alert)
        except Exception as error:
            # a client that fails is what some tests are about
            answer = {"error": repr(error), "alert": None}

        print(json.dumps(answer), flush=True)


main()
