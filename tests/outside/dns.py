"""Proofs by a real name server, dnsmasq: what is found, what is refused, what lapses, and that no name leads inside."""

import http.server
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import urllib.request

from program import Program, free_port, wait_for


ORGANIZATION = "/api/v1/organizations/acme"
# On loopback; the first counts as public, the other as somebody's inside.
PUBLIC, INNER = "127.0.0.77", "127.0.0.78"


class Names:
    """Serves the records that it is given; other names there are not."""

    def __init__(self, directory):
        self.port, self.directory, self.process = free_port(), directory, None
        self.text, self.hosts = {}, {}

    def start(self):
        lines = [
            "no-resolv", "no-hosts", "no-daemon", "bind-interfaces", "local-ttl=0", f"port={self.port}",
            "listen-address=127.0.0.1", "local=/net/", "user=root" if os.getuid() == 0 else "", "pid-file=",
        ]
        # A text is a list of the parts that it is transferred in.
        lines += [f"txt-record={name}," + ",".join(f'"{part}"' for part in parts) for name, all in self.text.items() for parts in all]
        lines += [f"host-record={name},{address}" for name, all in self.hosts.items() for address in all]
        path = f"{self.directory}/dnsmasq.conf"
        with open(path, "w") as file:
            file.write("\n".join(line for line in lines if line) + "\n")
        with open(f"{self.directory}/dnsmasq.log", "ab") as log:
            self.process = subprocess.Popen([shutil.which("dnsmasq"), f"--conf-file={path}"], stdout=log, stderr=log)
        wait_for("the name server", self.answers)

    def answers(self):
        assert self.process.poll() is None, "the name server ended by itself"
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def set(self, text=None, hosts=None):
        self.stop()
        self.text |= text or {}
        self.hosts |= hosts or {}
        self.start()


class Site:
    """A server at an address, which counts who comes."""

    def __init__(self, address, port):
        site = self
        self.visits, self.answer = [], lambda path: (404, {}, b"")

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                site.visits.append(self.headers["host"] + self.path)
                status, headers, body = site.answer(self.path)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((address, port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Proxy:
    """Listens where the environment says that a proxy is, and counts who comes, whatever they want."""

    def __init__(self):
        self.visits = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            caller, _ = self.socket.accept()
            self.visits += 1
            caller.close()

    def environment(self):
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        named = {spelled: self.url for name in names for spelled in (name, name.lower())}
        # Nothing that is left over from whoever runs this excepts a name.
        return named | {"NO_PROXY": "", "no_proxy": ""}

    def notices(self):
        """A client that goes by the environment is counted."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": self.url}))
        try:
            opener.open("http://acme.example.net/", timeout=5)
        except OSError:
            pass
        return self.visits >= 1


class Acme:
    """An organization and its owner."""

    def __init__(self, program):
        self.program = program
        self.token = program.join("ada", "ada@acme.example")
        body = {"slug": "acme", "name": "Acme", "kind": "company", "description": "Makes everything."}
        status, answer = program.post("/api/v1/organizations", body, self.token)
        assert status == 201, (status, answer)

    def add(self, domain):
        status, answer = self.program.post(f"{ORGANIZATION}/domains", {"domain": domain}, self.token)
        assert status == 201, (status, answer)
        return answer["proof"]["record_name"], answer["proof"]["record_value"]

    def verify(self, domain):
        return self.program.post(f"{ORGANIZATION}/domains/{domain}/verify", {}, self.token)

    def refused(self, domain, why):
        status, answer = self.verify(domain)
        assert (status, answer["code"]) == (409, "organization.domain_unproven"), (status, answer)
        assert why in answer["detail"], answer["detail"]

    def verified(self):
        return self.program.get(ORGANIZATION)[1]["verified_domains"]

    def status(self, domain):
        items = self.program.get(f"{ORGANIZATION}/domains", self.token)[1]["items"]
        return next(item["status"] for item in items if item["domain"] == domain)


def a_text_record_proves_a_domain(names, acme):
    record, value = acme.add("acme.example.net")
    acme.refused("acme.example.net", f"0 text records at {record}")
    names.set(text={record: [["v=spf1 -all"], [value + "0"], [value[:-1]]]})
    acme.refused("acme.example.net", "3 text records")
    assert acme.verified() == []
    # In two parts, beside so many others that the answer is too long for one datagram.
    names.set(text={record: [[f"{n:03}" + "x" * 200] for n in range(40)] + [[value[:20], value[20:]]]})
    status, answer = acme.verify("acme.example.net")
    assert (status, answer.get("method")) == (200, "dns_txt"), (status, answer)
    assert acme.verified() == ["acme.example.net"]


def no_name_leads_inside(names, acme):
    domain = "rebound.example.net"
    _, value = acme.add(domain)
    outside, inside = Site(PUBLIC, 80), Site(INNER, 80)
    try:
        file = lambda path: (200, {}, value.encode())
        inside.answer = file
        for addresses in [[INNER], [PUBLIC, INNER], ["::1"], [f"::ffff:{INNER}"], ["169.254.169.254"], ["0.0.0.0"]]:
            names.set(hosts={domain: addresses})
            acme.refused(domain, "does not lead to a public address")
        assert outside.visits == [], outside.visits

        # The name changes its mind while the first answer, a redirect back to it, is on its way.
        def rebind(path):
            names.set(hosts={domain: [INNER]})
            return 302, {"location": f"http://{domain}/inside"}, b""

        names.set(hosts={domain: [PUBLIC]})
        outside.answer = rebind
        acme.refused(domain, "does not lead to a public address")
        assert len(outside.visits) == 1, outside.visits
        for url in [f"http://{INNER}/", "http://2130706510/", "http://0x7f00004e/", f"http://[::ffff:{INNER}]/"]:
            names.set(hosts={domain: [PUBLIC]})
            outside.answer = lambda path: (302, {"location": url}, b"")
            acme.refused(domain, "does not lead to a public address")
        assert inside.visits == [], inside.visits
        outside.answer = file
        status, answer = acme.verify(domain)
        assert (status, answer.get("method")) == (200, "well_known_file"), (status, answer)
    finally:
        outside.close()
        inside.close()


def it_lapses_a_week_after_the_record_went(names, acme):
    domain, program = "acme.example.net", acme.program
    names.set(text={f"_mainstay.{domain}": []})
    acme.refused(domain, "0 text records")
    assert (acme.status(domain), acme.verified()) == ("failing", [domain, "rebound.example.net"])
    # A name server that is away proves nothing, either way.
    names.stop()
    acme.refused(domain, "the name service")
    assert acme.status(domain) == "failing"
    names.start()
    # Nobody waits here for a week: the row says that it has passed, and the first chores after a start see it.
    program.stop()
    with sqlite3.connect(f"{program.directory}/mainstay.sqlite") as database:
        # Instants are microseconds there.
        earlier = "update organization_domains set failing_since = failing_since - ?, check_at = failing_since where domain = ?"
        changed = database.execute(earlier, [8 * 24 * 3600 * 1_000_000, domain])
        assert changed.rowcount == 1
    database.close()
    program.start()
    wait_for("the domain to lapse", lambda: acme.status(domain) == "lapsed")
    assert acme.verified() == ["rebound.example.net"]
    subjects = lambda: {subject for subject, _ in program.letters("ada@acme.example")}
    wanted = {f"The proof of {domain} is gone", f"{domain} has lapsed"}
    wait_for("the letters about it", lambda: wanted <= subjects())


def main():
    with tempfile.TemporaryDirectory() as directory:
        names, proxy = Names(directory), Proxy()
        try:
            names.start()
            program = Program(
                directory,
                around=proxy.environment(),
                MAIL__TRANSPORT="file",
                FETCH__NAME_SERVERS=f"127.0.0.1:{names.port}",
                FETCH__ALLOW_NETWORKS=f"{PUBLIC}/32",
                FETCH__ALLOW_HTTP="true",
                RATE_LIMIT__ENABLED="false",
            )
            acme = Acme(program)
            for test in [a_text_record_proves_a_domain, no_name_leads_inside, it_lapses_a_week_after_the_record_went]:
                test(names, acme)
                print(f"dns: {test.__name__.replace('_', ' ')}")
            program.stop()
            assert proxy.visits == 0, f"{proxy.visits} visits at the proxy of the environment"
            wait_for("the proxy to notice one who comes", proxy.notices)
            print("dns: no proxy of the environment was asked")
        except BaseException:
            for name in ("dnsmasq.log", "server.log"):
                if os.path.exists(f"{directory}/{name}"):
                    with open(f"{directory}/{name}") as log:
                        print(f"--- {name}\n{log.read()[-4000:]}", file=sys.stderr)
            raise
        finally:
            names.stop()
    print("4 passed, 0 failed")


main()
