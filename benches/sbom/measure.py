#!/usr/bin/env python3
"""A bill of materials with 22,000 components, end to end: uploaded, traced to listed projects, and the exposure read.

    benches/sbom/measure.py PROGRAM [PEER_PYTHON] [POSTGRES_URL]

PROGRAM is the built `mainstay`; PEER_PYTHON a Python with `cyclonedx-bom` installed, which parses the same file in the same run;
POSTGRES_URL an empty database, beside SQLite. Peaks of memory are the kernel's (VmHWM), so this wants Linux.
"""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

COMPONENTS = 22_000
RUNS = 5

PEER = """
import json, resource, sys, time
from cyclonedx.model.bom import Bom
begin = time.perf_counter()
bom = Bom.from_json(json.load(open(sys.argv[1])))
took = time.perf_counter() - begin
print(json.dumps({"seconds": took, "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "components": len(bom.components)}))
"""


def document(packages):
    """Components of eight kinds, each with hashes, licences and places, three dependencies each; the listed packages among them."""
    chance = random.Random(22)
    kinds = ["npm", "pypi", "cargo", "maven/org.example", "golang/example.org", "gem", "nuget", "deb/debian"]
    components, dependencies = [], []
    for at in range(COMPONENTS):
        kind = kinds[at % len(kinds)]
        version = f"{chance.randrange(9)}.{chance.randrange(40)}.{chance.randrange(90)}"
        purl = f"{packages[at]}@{version}" if at < len(packages) else f"pkg:{kind}/component-{at}@{version}"
        components.append({
            "type": "library", "bom-ref": f"ref-{at}", "name": f"component-{at}", "version": version, "purl": purl,
            "description": "What it does, in a sentence of the usual length.",
            "hashes": [{"alg": "SHA-256", "content": f"{chance.getrandbits(256):064x}"}],
            "licenses": [{"license": {"id": chance.choice(["MIT", "Apache-2.0", "BSD-3-Clause"])}}],
            "externalReferences": [{"type": "vcs", "url": f"https://github.com/example/component-{at}"}],
        })
        needs = sorted({f"ref-{chance.randrange(at + 1, COMPONENTS)}" for _ in range(3)}) if at + 1 < COMPONENTS else []
        dependencies.append({"ref": f"ref-{at}", "dependsOn": needs})
    dependencies.append({"ref": "shop", "dependsOn": [f"ref-{at}" for at in range(200)]})
    subject = {"type": "application", "bom-ref": "shop", "name": "Shop", "version": "1.0"}
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": subject},
                       "components": components, "dependencies": dependencies}).encode()


class Server:
    def __init__(self, program, database):
        self.place = tempfile.mkdtemp(prefix="mainstay-sbom-")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.api = f"http://127.0.0.1:{port}/api/v1"
        self.port = port
        arguments = [program, "demo", "--data-dir", f"{self.place}/demo", "--listen", f"127.0.0.1:{port}"]
        if database:
            arguments += ["--database-url", database]
        self.log = open(f"{self.place}/log", "wb")
        self.process = subprocess.Popen(arguments, stdout=self.log, stderr=self.log)
        self.token = None
        for _ in range(1200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2).close()
                break
            except (OSError, urllib.error.URLError):
                if self.process.poll() is not None:
                    sys.exit(open(f"{self.place}/log").read())
                time.sleep(0.1)

    def ask(self, method, path, body=None, kind="application/json"):
        headers = {"content-type": kind}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(f"{self.api}{path}", data=body, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error.code} {error.read().decode()}")

    def sign_in(self):
        body = {"email": "volunteer@example.org", "password": "mainstay-demo-2026"}
        self.token = self.ask("POST", "/auth/login", json.dumps(body).encode())["access_token"]

    def peak(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))

    def reset_peak(self):
        with open(f"/proc/{self.process.pid}/clear_refs", "w") as refs:
            refs.write("5")

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.place)


def stopped(server, megabytes):
    """An upload of so many MB without an announced length, of which half is sent; the peak of memory after it."""
    server.reset_peak()
    with socket.create_connection(("127.0.0.1", server.port)) as stream:
        head = ("POST /api/v1/organizations/bench/sboms HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                f"authorization: Bearer {server.token}\r\ntransfer-encoding: chunked\r\n\r\n")
        stream.sendall(head.encode())
        piece = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
        sent = 0
        try:
            for _ in range(megabytes // 2):
                stream.sendall(piece)
                sent += 1
        except OSError:
            pass
    time.sleep(1)
    kept = server.ask("GET", "/organizations/bench/sboms?product=stopped")["items"]
    return {"sent_mib": sent, "kept": len(kept), "peak_mib": round(server.peak())}


def measure(program, name, database):
    server = Server(program, database)
    try:
        server.sign_in()
        projects = server.ask("GET", "/projects?limit=100")["items"]
        packages = sorted({package.split("@")[0].split("?")[0] for project in projects for package in project.get("packages", [])})
        body = document(packages)
        server.ask("POST", "/organizations", json.dumps({"slug": "bench", "name": "Bench", "kind": "company"}).encode())
        broken_off = stopped(server, 400)
        idle = server.peak()
        runs = []
        for run in range(RUNS):
            server.reset_peak()
            begin = time.perf_counter()
            made = server.ask("POST", f"/organizations/bench/sboms?product=shop-{run}", body)
            uploaded = time.perf_counter()
            exposure = server.ask("GET", "/organizations/bench/exposure")
            runs.append((time.perf_counter() - begin, uploaded - begin, server.peak()))
            assert made["components"] == COMPONENTS, made
        whole, upload, peak = (sorted(column) for column in zip(*runs))
        print(json.dumps({"database": name, "mib_of_document": round(len(body) / 2**20, 1), "components": COMPONENTS,
                          "listed_projects_found": len(exposure["projects"]), "first_seconds": round(runs[0][0], 2),
                          "median_seconds": round(whole[RUNS // 2], 2), "median_upload_seconds": round(upload[RUNS // 2], 2),
                          "first_peak_mib": round(runs[0][2]), "peak_mib": round(peak[-1]), "stopped_upload": broken_off}), flush=True)
        return body
    finally:
        server.stop()


def main():
    program, *rest = sys.argv[1:]
    body = measure(program, "SQLite", None)
    if len(rest) > 1 and rest[1]:
        measure(program, "PostgreSQL", rest[1])
    if rest and rest[0]:
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            file.write(body)
            file.flush()
            for _ in range(3):
                told = subprocess.run([rest[0], "-c", PEER, file.name], check=True, capture_output=True, text=True).stdout
                print(json.dumps({"peer": "cyclonedx-python-lib", **json.loads(told)}), flush=True)
    else:
        print("SKIPPED: no Python with cyclonedx-bom was named, so nothing parses the same file beside it")


if __name__ == "__main__":
    main()
