"""The program under test on ports and a database of its own, and requests to it."""

import email
import email.policy
import glob
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request


PASSWORD = "a long enough passphrase"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, check, seconds=30):
    """Asks again until the check gives something; fails loudly when it never does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s for {what}")


class Program:
    """A running server; settings are given as in the environment, without their prefix, other variables by `around`."""

    def __init__(self, directory, around=None, **settings):
        self.directory = directory
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        fixed = {
            "SERVER__LISTEN": f"127.0.0.1:{self.port}",
            "SERVER__PUBLIC_URL": self.base,
            "DATABASE__URL": f"sqlite://{directory}/mainstay.sqlite",
            "AUTH__ARGON2_MEMORY_KIB": "7168",
            "AUTH__ARGON2_ITERATIONS": "1",
            "JOBS__POLL_MS": "50",
        }
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("MAINSTAY_") and k != "DATABASE_URL"}
        self.env.update(around or {})
        self.env.update({f"MAINSTAY_{key}": value for key, value in {**fixed, **settings}.items()})
        self.start()

    def start(self):
        with open(f"{self.directory}/server.log", "ab") as log:
            command = [os.environ["MAINSTAY"], "serve"]
            self.process = subprocess.Popen(command, env=self.env, cwd=self.directory, stdout=log, stderr=log)
        try:
            wait_for("the server to be ready", self.is_ready, 60)
        except AssertionError:
            with open(f"{self.directory}/server.log") as log:
                print(log.read())
            raise

    def is_ready(self):
        assert self.process.poll() is None, "the server ended by itself"
        try:
            return urllib.request.urlopen(f"{self.base}/health/ready").status == 200
        except OSError:
            return False

    def kill(self):
        """Ends it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        assert self.process.wait(60) == 0, "the server did not stop as it should"

    def run(self, *arguments):
        """Another command of the program over the same database; gives what it writes."""
        command = [os.environ["MAINSTAY"], *arguments]
        return subprocess.run(command, env=self.env, cwd=self.directory, check=True, capture_output=True).stdout

    def letters(self, address):
        """What the file transport wrote for somebody, with its body as plain text."""
        found = []
        for path in glob.glob(f"{self.directory}/mail/*.eml"):
            with open(path, "rb") as file:
                letter = email.message_from_bytes(file.read(), policy=email.policy.default)
            if letter["to"] == address:
                found.append((letter["subject"], letter.get_body(("plain",)).get_content()))
        return found

    def register(self, handle, address):
        body = {"email": address, "password": PASSWORD, "handle": handle, "display_name": f"Person {handle}"}
        status, answer = self.post("/api/v1/auth/register", body)
        assert status == 202, (status, answer)

    def join(self, handle, address):
        """Somebody with a verified address, signed in; gives their token."""
        self.register(handle, address)
        letters = wait_for(f"the letter to {address}", lambda: self.letters(address))
        token = next(word for word in letters[0][1].split() if len(word) > 30 and "/" not in word)
        status, answer = self.post("/api/v1/auth/verify-email", {"token": token})
        assert status in (200, 204), (status, answer)
        return self.sign_in(address)

    def sign_in(self, address):
        status, answer = self.post("/api/v1/auth/login", {"email": address, "password": PASSWORD})
        assert status == 200, (status, answer)
        return answer["access_token"]

    def get(self, path, token=None):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return self.ask(urllib.request.Request(f"{self.base}{path}", headers=headers))

    def post(self, path, body, token=None, method="POST"):
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        return self.ask(urllib.request.Request(f"{self.base}{path}", json.dumps(body).encode(), headers, method=method))

    def put(self, path, body, token=None):
        return self.post(path, body, token, "PUT")

    def ask(self, request):
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read() or b"null")
