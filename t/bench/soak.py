"""CRL, CA and list change each second for a while, under load.

usage: soak.py NGINX MODULE LOAD PKI_SCRIPTS SECONDS

Clients that are always allowed make full handshakes, handshakes with a session
to resume, and requests on one connection: not one of them may fail.  Three more are witnesses of what
is in force: one is revoked, one is in the list and one has its CA in the file
of CAs, in every other spell of ten seconds; what nginx says of them has to
follow.
"""

import signal
import sys
import time

from cryptography.hazmat.primitives.asymmetric import ec

from host import (MODULE, Nginx, folder, issue, make_crl, pem,
                  private, replace, write)

SECONDS = int(sys.argv[5])
SPELL = 10

# a busy machine is no failure, what never comes is one
PATIENCE = 60


def make_pki():
    key = ec.generate_private_key(ec.SECP256R1())
    cas = {}
    for name in "ca", "other":
        ca_key = ec.generate_private_key(ec.SECP256R1())
        cas[name] = issue("Soak CA " + name, ca_key, ca=True), ca_key
        write(name + ".crt", pem(cas[name][0]))
        write(name + ".key", private(ca_key))
    for name, issuer in (("steady", "ca"), ("revoked", "ca"),
                         ("listed", "ca"), ("foreign", "other")):
        cert = issue(name, key, *cas[issuer])
        write(name + ".crt", pem(cert))
        write(name + ".pem", pem(cert) + private(key))
    server = issue("localhost", key)
    write("server.crt", pem(server))
    write("server.key", private(key))


# what is in the files at a turn: something else each time; in an even spell
# the three witnesses are allowed, in an odd one refused

def make_files(turn):
    odd = turn // SPELL % 2
    name = "%d-" % (turn % (2 * SPELL))
    revoke = ["revoke=revoked"] if odd else []
    parts = []
    for ca in "ca", "other":
        make_crl(name + ca, "issuer=" + ca, "fill=%d" % (2000 + 50 * turn),
                 "number=%d" % (turn + 1),
                 *(revoke if ca == "ca" else []))
        parts.append(open("%s/%s" % (folder, name + ca)).read())
    write(name + "crl", "".join(parts))
    cas = [open(folder + "/ca.crt").read()]
    if not odd:
        cas.insert(turn % 2, open(folder + "/other.crt").read())
    write(name + "cas", "".join(cas) + "# %d\n" % turn)
    names = ["u%06d" % (turn + i) for i in range(1000)]
    if not odd:
        names.insert(turn * 37 % 1000, "listed")
    names += ["steady", "revoked", "foreign"]
    write(name + "list", "\n".join(names) + "\n")


def put(turn):
    for name in "crl", "cas", "list":
        replace("live-" + name, "%d-%s" % (turn % (2 * SPELL), name))


def allowed(server, witness):
    load = server.start_load("full", ["%s/%s.pem" % (folder, witness)], 1)
    return load.communicate()[0].split()[:2] == ["1", "0"]


def soak(server):
    steady = ["%s/steady.pem" % folder]
    loads = {mode: server.start_load(mode, steady, 10 ** 8, SECONDS)
             for mode in ("full", "offer", "keep")}
    begin = time.time()
    memory = None
    turn = checks = 0
    told = True
    waiting = {}
    while time.time() - begin < SECONDS:
        turn += 1
        put(turn)
        if turn % SPELL == 0:
            if waiting:
                sys.exit("not in force: %s" % ", ".join(waiting))
            told = turn // SPELL % 2 == 0
            waiting = dict.fromkeys(["revoked", "listed", "foreign"])
        end = begin + turn
        while waiting and time.time() < end:
            waiting = {name: None for name in waiting
                       if allowed(server, name) != told}
            if not waiting:
                checks += 3
        time.sleep(max(0, end - time.time()))
        if turn == 3 * SPELL:
            memory = server.memory()
    for mode, load in loads.items():
        done, failed = load.communicate(timeout=PATIENCE)[0].split()[:2]
        print("%s: %s requests, %s failed" % (mode, done, failed), flush=True)
        if int(failed) or not int(done):
            sys.exit("requests were lost")
    print("%d changes of each file, %d of %d changed verdicts in force"
          % (turn, checks, turn // SPELL * 3 - len(waiting)))
    if memory:
        print("memory after %d s and at the end: %.0f MB, %.0f MB"
              % (3 * SPELL, memory, server.memory()))


def main():
    make_pki()
    for turn in range(2 * SPELL):
        make_files(turn)
    put(0)
    files = {"f": folder}
    server = Nginx(
        "soak", """
        auth_cert_zone 16m;
        auth_cert_reload 300ms;
        ssl_session_cache shared:tls:1m;
        auth_cert_trust soak { ca %(f)s/live-cas; crl %(f)s/live-crl; }
        auth_cert_policy soak { allow subject.CN=@%(f)s/live-list; }
        """ % files, "auth_cert_verify soak; auth_cert soak;",
        "load_module %s;\n" % MODULE, workers=2).start()
    soak(server)
    status = server.stop(signal.SIGQUIT)
    log = open(server.dir + "/error.log").read()
    bad = [line for line in log.splitlines()
           if any(word in line for word in ("[alert]", "[emerg]", "[crit]",
                                            "stays in force", "signal 6",
                                            "Sanitizer"))]
    if status or bad:
        sys.exit("\n".join(bad[:20] + ["nginx ended with %d" % status]))


main()
