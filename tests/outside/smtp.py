"""Mail through a real SMTP server: what arrives, and that neither an outage nor a power cut loses any of it."""

import email
import email.policy
import re
import tempfile

from aiosmtpd.controller import Controller

from program import Program, free_port, wait_for


SENDER = "noreply@mainstay-market.org"


class Inbox:
    """Keeps what the mail server takes."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, message))
        return "250 OK"

    def to(self, address):
        return [message for _, receivers, message in self.taken if address in receivers]


def register(program, handle):
    address = f"{handle}@mail.example"
    status, body = program.post(
        "/api/v1/auth/register",
        {"email": address, "password": "a long enough passphrase", "handle": handle, "display_name": f"Person {handle}"},
    )
    assert status in (201, 202), (status, body)
    return address


def check_letter(message, address):
    assert message["to"] == address, message["to"]
    assert SENDER in message["from"], message["from"]
    assert re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", message["message-id"]), message["message-id"]
    assert message["date"], "a letter without a date"
    assert message["auto-submitted"] == "auto-generated", message["auto-submitted"]
    plain = message.get_body(("plain",)).get_content()
    assert message.get_body(("html",)), "a letter without HTML"
    return plain


def main():
    inbox, port = Inbox(), free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    with tempfile.TemporaryDirectory() as directory:
        program = Program(
            directory,
            MAIL__TRANSPORT="smtp",
            MAIL__FROM=SENDER,
            MAIL__SMTP_HOST="127.0.0.1",
            MAIL__SMTP_PORT=str(port),
            MAIL__SMTP_TLS="none",
        )
        address = register(program, "ada")
        letters = wait_for("the letter that verifies", lambda: inbox.to(address))
        plain = check_letter(letters[0], address)
        token = next(word for word in plain.split() if len(word) > 30 and "/" not in word)
        status, body = program.post("/api/v1/auth/verify-email", {"token": token})
        assert status in (200, 204), (status, body)
        status, body = program.post("/api/v1/auth/verify-email", {"token": token})
        assert 400 <= status < 500, "a link that works twice"
        print("smtp: a letter arrived, and its link verified once")

        controller.stop()
        addresses = [register(program, f"out{n}") for n in range(5)]
        # A power cut while the mail server is away: what was acknowledged is still to be sent.
        program.kill()
        program.start()
        controller = Controller(inbox, hostname="127.0.0.1", port=port)
        controller.start()
        for address in addresses:
            letters = wait_for(f"the letter to {address}", lambda: inbox.to(address), 90)
            assert len({letter["message-id"] for letter in letters}) == 1, "repeats carry the same Message-ID"
            check_letter(letters[0], address)
        print(f"smtp: {len(addresses)} letters of an outage and a power cut arrived after it")
        program.stop()
    controller.stop()
    print("2 passed, 0 failed")


main()
