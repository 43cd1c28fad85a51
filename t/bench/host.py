"""Certificates, CRLs and an nginx for bench.py and soak.py, in a folder that
ends with the program.

usage of either: NGINX MODULE LOAD PKI_SCRIPTS ...
"""

import atexit
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NGINX, MODULE, LOAD, SCRIPTS = sys.argv[1:5]

folder = tempfile.mkdtemp(prefix="auth_cert_bench.")
os.chmod(folder, 0o755)
running = []


@atexit.register
def clean():
    for process in list(running):
        process.terminate()
        process.wait()
    shutil.rmtree(folder)


# certificates and CRLs

def issue(subject, key, issuer=None, signer=None, ca=False, serial=None):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(issuer.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(datetime(2025, 1, 1))
        .not_valid_after(datetime(2049, 12, 31))
        .add_extension(x509.BasicConstraints(ca, None), True))
    if ca:
        builder = builder.add_extension(x509.KeyUsage(
            False, False, False, False, False, True, True, False, False), True)
    else:
        builder = builder.add_extension(x509.ExtendedKeyUsage(
            [ExtendedKeyUsageOID.CLIENT_AUTH,
             ExtendedKeyUsageOID.SERVER_AUTH]), False)
        builder = builder.add_extension(x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.UniformResourceIdentifier(
                "spiffe://corp.example/ns/prod/sa/" + subject)]), False)
    digest = hashes.SHA384() if key.curve.name == "secp384r1" \
        else hashes.SHA256()
    return builder.sign(signer or key, digest)


def pem(cert):
    return cert.public_bytes(serialization.Encoding.PEM)


def private(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption())


def write(name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as out:
        out.write(data if isinstance(data, bytes) else data.encode())
    return path


def make_crl(name, *options):
    subprocess.run([sys.executable, SCRIPTS + "/make-crl.py", folder,
                    os.path.join(folder, name), *options], check=True)


# servers

BASE = """
    access_log off;
    keepalive_requests 100000000;
    client_body_temp_path %(dir)s; proxy_temp_path %(dir)s;
    fastcgi_temp_path %(dir)s; scgi_temp_path %(dir)s;
    uwsgi_temp_path %(dir)s;
"""

SERVER = """
    server {
        listen 127.0.0.1:%(port)d ssl;
        server_name %(name)s;
        ssl_certificate server.crt;
        ssl_certificate_key server.key;
        ssl_protocols TLSv1.2 TLSv1.3;
        %(server)s
        location / { empty_gif; }
    }
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Nginx:
    """workers: how many, on any core; otherwise one, on core 0, with its load
    on core 1."""
    def __init__(self, label, http="", server="", main="", servers=1,
                 workers=None):
        self.port = free_port()
        self.pinned = workers is None
        self.dir = os.path.join(folder, label)
        os.makedirs(self.dir)
        os.chmod(self.dir, 0o777)
        text = main + "worker_processes %d;\nerror_log %s/error.log;\n" \
            "pid %s/pid;\ndaemon off;\nevents { }\nhttp {\n%s%s" % (
                workers or 1, self.dir, self.dir, BASE % {"dir": self.dir},
                http)
        for i in range(servers):
            text += SERVER % {"port": self.port, "server": server,
                              "name": "localhost" if i == 0 else "s%d" % i}
        self.conf = write(label + "/nginx.conf", text + "}\n")
        for name in "server.crt", "server.key":
            shutil.copy(os.path.join(folder, name), self.dir)

    def start(self):
        begin = time.time()
        self.process = subprocess.Popen(
            self.on(0) + [NGINX, "-p", self.dir, "-c", self.conf,
                          "-e", self.dir + "/error.log"])
        running.append(self.process)
        while not self.workers():
            if self.process.poll() is not None:
                sys.exit(open(self.dir + "/error.log").read())
            time.sleep(0.005)
        self.started = time.time() - begin
        return self

    def workers(self):
        try:
            pid = int(open(self.dir + "/pid").read())
        except (OSError, ValueError):
            return []
        out = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)],
                             capture_output=True, text=True).stdout
        return [int(line.split()[0]) for line in out.splitlines()
                if "worker process" in line and "shutting" not in line]

    def cpu(self):
        total = 0
        for pid in self.workers():
            for task in os.listdir("/proc/%d/task" % pid):
                with open("/proc/%d/task/%s/schedstat" % (pid, task)) as f:
                    total += int(f.read().split()[0])
        return total

    def reload(self):
        """The seconds until only new workers are left."""
        old = set(self.workers())
        begin = time.time()
        self.process.send_signal(signal.SIGHUP)
        while not self.workers() or set(self.workers()) & old:
            time.sleep(0.005)
        return time.time() - begin

    def on(self, core):
        return ["taskset", "-c", str(core)] if self.pinned else []

    def start_load(self, mode, certs, count, seconds=60):
        return subprocess.Popen(
            self.on(1) + [LOAD, mode, str(self.port), ",".join(certs), "-",
                          str(count), str(seconds)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def load(self, mode, certs, count, seconds=60):
        before = self.cpu()
        load = self.start_load(mode, certs, count, seconds)
        out, error = load.communicate()
        if load.returncode:
            sys.exit(error)
        done, failed, took, median, worst = out.split()
        if int(failed):
            sys.exit("%s: %s requests failed" % (self.dir, failed))
        return {"cpu": (self.cpu() - before) / int(done),
                "median": float(median), "max": float(worst),
                "done": int(done)}

    def memory(self):
        total = 0
        for pid in [self.process.pid] + self.workers():
            try:
                with open("/proc/%d/smaps_rollup" % pid) as f:
                    total += int(re.search(r"^Pss: +(\d+)", f.read(),
                                           re.M).group(1))
            except OSError:
                pass
        return total / 1024

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait()
        running.remove(self.process)
        return self.process.returncode


class Counted(Nginx):
    """One whose instructions are counted, of its only process."""

    dumps = 0

    def start(self):
        text = open(self.conf).read()
        write(self.conf, "master_process off;\n" + text)
        self.process = subprocess.Popen(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file="
             + self.dir + "/callgrind", NGINX, "-p", self.dir, "-c", self.conf,
             "-e", self.dir + "/error.log"], stderr=subprocess.DEVNULL)
        running.append(self.process)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(open(self.dir + "/error.log").read())
                time.sleep(0.1)

    def since(self, label):
        """The instructions since this was called the last time."""
        subprocess.run(["callgrind_control", "--dump=" + label,
                        str(self.process.pid)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.dumps += 1
        path = "%s/callgrind.%d" % (self.dir, self.dumps)
        while True:
            try:
                found = re.search(r"^totals: (\d+)", open(path).read(), re.M)
            except OSError:
                found = None
            if found:
                return int(found.group(1))
            time.sleep(0.05)

    def handshake(self, path, count, mode="any"):
        """Instructions of one, with whatever answer."""
        out = subprocess.run([LOAD, mode, str(self.port), path, "-",
                              str(count)], capture_output=True, text=True)
        if out.returncode:
            sys.exit(out.stderr)
        time.sleep(0.1)
        return self.since(os.path.basename(path)) / count

    def resumed(self, path, count):
        """Instructions of one that offers the session of the one before."""
        self.handshake(path, 1, "again")    # fills the cache
        first = self.handshake(path, 1, "again")
        return (self.handshake(path, count + 1, "again") * (count + 1)
                - first) / count


def replace(name, by):
    shutil.copy(folder + "/" + by, folder + "/" + name + ".new")
    os.rename(folder + "/" + name + ".new", folder + "/" + name)
