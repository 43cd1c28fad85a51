"""The headline figures of docs/performance.md, on this machine.

usage: bench.py NGINX MODULE LOAD PKI_SCRIPTS [ROW...]

Plain nginx and nginx with the module run side by side, one worker each on
core 0; the load runs on core 1.  CPU is what the worker used, by the kernel's
count; each figure is the median of rounds in which all contestants take
turns, as a ratio to plain nginx in the same round.
"""

import os
import shutil
import statistics
import sys
import time

from cryptography.hazmat.primitives.asymmetric import ec

from host import (MODULE, SCRIPTS, Counted, Nginx, folder, issue, make_crl,
                  pem, private, replace, write)

ONLY = sys.argv[5:]

sys.path.insert(1, SCRIPTS)

ROUNDS = int(os.environ.get("ROUNDS", 5))
COUNT = int(os.environ.get("COUNT", 300))
LEAVES = int(os.environ.get("LEAVES", 400))


# for each curve a root, as many intermediates, and leaves

CHAINS = {"p256": (ec.SECP256R1(), 1), "p384": (ec.SECP384R1(), 2)}


def make_pki():
    for label, (curve, intermediates) in CHAINS.items():
        signer = ec.generate_private_key(curve)
        issuer = issue("Bench Root " + label, signer, ca=True)
        write(label + "-root.crt", pem(issuer))
        write(label + "-root.key", private(signer))
        above = b""
        for i in range(intermediates):
            key = ec.generate_private_key(curve)
            issuer = issue("Bench CA %d %s" % (i, label), key, issuer, signer,
                           ca=True)
            signer = key
            above = pem(issuer) + above
        write(label + "-sub.crt", pem(issuer))
        write(label + "-sub.key", private(signer))
        key = ec.generate_private_key(curve)
        for i in range(LEAVES):
            leaf = issue("client-%03d" % i, key, issuer, signer)
            write("%s-%03d.pem" % (label, i),
                  pem(leaf) + above + private(key))


def make_server():
    key = ec.generate_private_key(ec.SECP256R1())
    write("server.crt", pem(issue("localhost", key)))
    write("server.key", private(key))


def plain(label, curve="p256", crl=None, servers=1):
    text = "ssl_client_certificate %s/%s-root.crt; ssl_verify_client on;" \
        " ssl_verify_depth 4;" % (folder, curve)
    if crl:
        text += " ssl_crl %s/%s;" % (folder, crl)
    return Nginx(label, server=text, servers=servers)


def module(label, curve="p256", crl=None, servers=1, http="", server="",
           zone="64m"):
    text = "auth_cert_zone %s; auth_cert_reload 200ms;\n" % zone \
        + "auth_cert_trust bench { ca %s/%s-root.crt;" % (folder, curve)
    if crl:
        text += " crl %s/%s;" % (folder, crl)
    return Nginx(label, text + " }\n" + http,
                 "auth_cert_verify bench; " + server,
                 "load_module %s;\n" % MODULE, servers)


def leaves(curve, first, count):
    return ["%s/%s-%03d.pem" % (folder, curve, i)
            for i in range(first, first + count)]


# rows

def ratio(contestants, mode, certs, count=COUNT):
    """Median of CPU ratios of all contestants to the first."""
    found = {label: [] for label in contestants}
    for server in contestants.values():
        server.load(mode, certs(0), 20)
    for turn in range(1, ROUNDS + 1):
        order = list(contestants)
        if turn % 2:
            order.reverse()
        cpu = {label: contestants[label].load(mode, certs(turn), count)["cpu"]
               for label in order}
        base = cpu[next(iter(contestants))]
        for label in contestants:
            found[label].append(cpu[label] / base)
    return {label: statistics.median(values)
            for label, values in found.items()}


def say(text, *values):
    print(text % values, flush=True)


def with_servers(rows, **contestants):
    servers = {label: make().start() for label, make in contestants.items()}
    try:
        return rows(servers)
    finally:
        for server in servers.values():
            server.stop()


def row_handshake():
    def rows(servers):
        found = ratio(servers, "full", lambda turn: leaves("p256", 0, 1))
        say("| full handshake, no CRL | 1 | %.2f |", found["module"])
        say("| full handshake, 1M revoked | %.1f | %.2f |", found["native_crl"],
            found["module_crl"])
    with_servers(rows, native=lambda: plain("native"),
                 module=lambda: module("module"),
                 module_crl=lambda: module("module_crl", crl="1m.pem"),
                 native_crl=lambda: plain("native_crl", crl="1m.pem"))


def row_resume():
    def rows(servers):
        found = ratio(servers, "resume", lambda turn: leaves("p256", 0, 1),
                      4 * COUNT)
        say("| resumed handshake, 1M revoked, looked up | not checked | %.3f |",
            found["module"])
    with_servers(rows, native=lambda: plain("r_native"),
                 module=lambda: module("r_module", crl="1m.pem"))


def row_cache():
    for curve, (_, intermediates) in CHAINS.items():
        def rows(servers):
            hit = ratio(servers, "full", lambda turn: leaves(curve, 0, 1))
            return hit["module"]
        hit = with_servers(rows, native=lambda: plain("h_native" + curve,
                                                      curve),
                           module=lambda: module("h_module" + curve, curve))

        each = LEAVES // (ROUNDS + 1)

        def rows(servers):
            miss = ratio(servers, "full",
                         lambda turn: leaves(curve, turn * each, each), each)
            return miss["module"]
        miss = with_servers(rows, native=lambda: plain("m_native" + curve,
                                                       curve),
                            module=lambda: module("m_module" + curve, curve))
        say("| full handshake, %s, intermediates: %d; hit, miss | 1 | %.2f,"
            " %.3f |", curve, intermediates, hit, miss)


def row_memory():
    empty = with_servers(lambda s: s["x"].memory(),
                         x=lambda: plain("e_native"))

    def rows(servers):
        say("| memory of 1M revoked, all processes | %.0f MB | %.0f MB |",
            servers["native"].memory() - empty,
            servers["module"].memory() - empty)
        peak = 0
        replace("1m-live.pem", "1m-next.pem")
        end = time.time() + 6
        while time.time() < end:
            peak = max(peak, servers["module"].memory())
        say("| the same, peak while it is replaced | - | %.0f MB |",
            peak - empty)
    with_servers(rows, native=lambda: plain("c_native", crl="1m.pem"),
                 module=lambda: module("c_module", crl="1m-live.pem"))


def row_first():
    """The first handshake after a change beside later ones that come alone as
    well: a worker that had something to do just before is faster, whatever
    changed.  In CPU time: a client that was just started is slow, too."""
    def alone(server):
        time.sleep(0.5)
        return server.load("full", leaves("p256", 0, 1), 1)["cpu"]

    def compare(servers, happens):
        found = {label: [] for label in servers}
        for turn in range(2 * ROUNDS):
            happens(turn)
            time.sleep(2)
            first = {label: alone(server)
                     for label, server in servers.items()}
            later = {label: [] for label in servers}
            for _ in range(5):
                for label, server in servers.items():
                    later[label].append(alone(server))
            for label in servers:
                found[label].append(
                    first[label] / statistics.median(later[label]))
        return tuple(statistics.median(values) for values in found.values())

    def rows(servers):
        def change(turn):
            replace("1m-live.pem", "1m.pem" if turn % 2 else "1m-next.pem")

        def reload(turn):
            for server in servers.values():
                server.reload()

        say("| first handshake after 1M revoked were replaced, to later ones |"
            " %.2f (without a CRL) | %.2f |", *compare(servers, change))
        say("| first handshake after a reload of nginx, to later ones |"
            " %.2f (without a CRL) | %.2f |", *compare(servers, reload))
    with_servers(rows, native=lambda: plain("f_native"),
                 module=lambda: module("f_module", crl="1m-live.pem"))


def row_hosts():
    empty = with_servers(lambda s: s["x"].memory(),
                         x=lambda: plain("v_empty", servers=20))

    def rows(servers):
        found = {}
        for label, server in servers.items():
            memory = server.memory() - empty
            found[label] = (memory, server.reload())
        say("| 20 servers with one CRL of 100k: memory, reload | %.0f MB, %.2f s"
            " | %.0f MB, %.2f s |", *found["native"], *found["module"])
    with_servers(rows,
                 native=lambda: plain("v_native", crl="100k.pem", servers=20),
                 module=lambda: module("v_module", crl="100k.pem",
                                       servers=20))


# Copying 45 MB, and freeing the pages of a file that is replaced, is not
# nginx's work but would take its core: a rename is all that happens here.

def replace_twice(server):
    names = "1m-next.pem", "1m.pem"
    for name in names:
        shutil.copy(folder + "/" + name, folder + "/new-" + name)
    # an open file keeps its pages
    kept = [open(folder + "/" + name) for name in
            ("1m-stall.pem", "new-1m-next.pem", "new-1m.pem")]
    child = os.fork()
    if child == 0:
        time.sleep(1)
        for name in names:
            os.rename(folder + "/new-" + name, folder + "/1m-stall.pem")
            time.sleep(2)
        os._exit(0)
    during = server.load("keep", leaves("p256", 0, 1), 10 ** 9, 6)
    os.waitpid(child, 0)
    for file in kept:
        file.close()
    return during


def row_stall():
    def rows(servers):
        server = servers["module"]
        always, replaced = [], []
        # a virtual machine now and then waits for its host: the median of three
        for turn in range(3):
            always.append(server.load("keep", leaves("p256", 0, 1), 10 ** 9,
                                      5)["max"] / 1e3)
            replaced.append(replace_twice(server)["max"] / 1e3)
        log = open(server.dir + "/error.log").read()
        if "stays in force" in log:
            sys.exit(log)
        say("| longest wait of a request: as always, while a CRL of 1M is"
            " replaced | - | %.1f ms, %.1f ms |", statistics.median(always),
            statistics.median(replaced))
    with_servers(rows, module=lambda: module("s_module", crl="1m-stall.pem"))


def row_start():
    rules = "".join("allow san.uri=spiffe://corp.example/ns/prod/sa/u%06d;\n"
                    % i for i in range(100000))
    path = write("rules.conf", "auth_cert_policy many {\n%sdeny all;\n}\n"
                 % rules)
    def rows(servers):
        return servers["x"].started
    empty = with_servers(rows, x=lambda: plain("b_native"))
    many = with_servers(rows, x=lambda: module(
        "b_module", http="include %s;\n" % path, server="auth_cert many;"))
    say("| start with 100k exact rules, beyond a plain start | - | %.2f s |",
        many - empty)


# a rule for each selector, so that each looks at all values
EACH_SELECTOR = """
auth_cert_policy each {
    allow subject.CN=nobody;        allow subject.O=nobody;
    allow subject=CN=nobody;        allow issuer=CN=nobody;
    allow san.dns=nobody.example;   allow san.dns=*.ops.example;
    allow san.uri=urn:nobody;       allow san.uri=spiffe://b.example/x/**;
    allow san.email=a@nobody.example;
    allow san.ip=192.0.2.1;         allow san.ip=198.51.100.0/24;
    allow san.upn=a@nobody.example; allow san.dirname=CN=nobody;
    allow san.rid=1.2.3.4;          allow san.other.1.2.3=b;
    allow serial=0a;                allow spiffe_id=spiffe://b.example/x;
    allow fingerprint=%s;           allow spki=%s;
    allow eku=codeSigning;          allow policy=1.2.3.4;
    allow ext.1.2.3=b;
}
""" % ("0" * 64, "0" * 64)


def row_hostile():
    """Not among those that are measured by default: it takes long."""
    import costly
    chains = costly.Maker(write).make()
    root = folder + "/costly-root.crt"
    # as it is by default, or never a hit
    resumed = "RESUMED" in os.environ
    cache = "" if resumed else "auth_cert_verify_cache off;"
    trust = "auth_cert_zone 8m; %s\nauth_cert_trust bench { ca %s; }\n" \
        % (cache, root)
    load = "load_module %s;\n" % MODULE

    contestants = [
        Counted("w_native", server="ssl_verify_client on; ssl_verify_depth 8;"
                " ssl_client_certificate %s;" % root),
        Counted("w_verify", trust, "auth_cert_verify bench;", load),
        Counted("w_each", trust + EACH_SELECTOR,
                "auth_cert_verify bench; auth_cert each;", load)]

    for server in contestants:
        server.start()
        server.handshake(chains[0][1], 3)

    say("\n| a handshake and a request with | bytes | nginx: instructions "
        "| verified | and a rule for each selector |\n"
        "|---|---|---|---|---|")

    for label, path, size in chains:
        if os.environ.get("LABEL", "") not in label:
            continue
        native, *others = [
            server.resumed(path, 8) if resumed else server.handshake(path, 3)
            for server in contestants]
        say("| %s | %s | %s | %.2f | %.2f |", label, "{:,}".format(size),
            "{:,.0f}".format(native), *[count / native for count in others])

    for server in contestants:
        server.stop()


ROWS = ["handshake", "resume", "cache", "memory", "first", "hosts", "stall",
        "start"]


def main():
    wanted = ONLY or ROWS
    make_server()
    if wanted != ["hostile"]:
        make_pki()
    if set(wanted) & {"handshake", "resume", "memory", "first",
                      "stall"}:
        make_crl("1m.pem", "issuer=p256-root", "fill=1000000", "number=1")
        make_crl("sub.pem", "issuer=p256-sub", "number=1")
        for name in "1m.pem", "1m-next.pem":
            if name != "1m.pem":
                make_crl(name, "issuer=p256-root", "fill=1000000", "number=2")
            with open(folder + "/" + name, "ab") as out:
                out.write(open(folder + "/sub.pem", "rb").read())
        for name in "1m-live.pem", "1m-stall.pem":
            shutil.copy(folder + "/1m.pem", folder + "/" + name)
    if "hosts" in wanted:
        make_crl("100k.pem", "issuer=p256-root", "fill=100000")
    if wanted != ["hostile"]:
        say("| | nginx | auth_cert |\n|---|---|---|")
    for name in wanted:
        globals()["row_" + name]()


main()
