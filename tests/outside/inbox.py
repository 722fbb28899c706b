"""A mail server that keeps what it takes, and accounts whose letters arrive there."""

import email
import email.policy
import threading

from program import wait_for

PASSWORD = "a long enough passphrase"


class Inbox:
    """A mail server with moods: now and then it wants to be asked again, and sometimes before it forgets what it took. Without a
    generator of chances it takes everything at once."""

    def __init__(self, chance=None):
        self.chance = chance
        self.lock = threading.Lock()
        self.taken = {}
        self.times = 0

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        mood = self.chance.random() if self.chance else 1.0
        if mood < 0.1:
            return "451 try again later"
        with self.lock:
            self.times += 1
            for address in envelope.rcpt_tos:
                self.taken.setdefault(address, []).append(message)
        # Taken, and said otherwise: the next try is a repeat.
        return "451 try again later" if mood < 0.25 else "250 OK"

    def to(self, address):
        with self.lock:
            return list(self.taken.get(address, []))


def sign_in(program, inbox, handle):
    """An owner with a verified address, signed in."""
    address = f"{handle}@mail.example"
    body = {"email": address, "password": PASSWORD, "handle": handle, "display_name": handle}
    status, answer = program.post("/api/v1/auth/register", body)
    assert status in (201, 202), (status, answer)
    letter = wait_for("the owner's letter", lambda: inbox.to(address), 120)[0]
    verify(program, letter)
    return lambda: program.post("/api/v1/auth/login", {"email": address, "password": PASSWORD})[1]["access_token"]


def verify(program, letter):
    plain = letter.get_body(("plain",)).get_content()
    token = next(word for word in plain.split() if len(word) > 30 and "/" not in word)
    status, answer = program.post("/api/v1/auth/verify-email", {"token": token})
    assert status in (200, 204), (status, answer)
