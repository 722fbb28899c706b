"""Sign-ins at a real OpenID provider, by a browser of ours that follows its redirects and fills in its forms."""

import html.parser
import http.cookiejar
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from program import PASSWORD, Program, free_port, wait_for


CLIENT, SECRET = "mainstay-outside", "a secret: with%signs"
SIGN_IN = "/api/v1/auth/oidc/outside"


class Forms(html.parser.HTMLParser):
    """The one form of a page, and the fields that it is sent with as it stands."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields, self.asked = None, {}, []
        self.feed(page)
        assert self.action, f"a page without a form:\n{page}"

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            assert self.action is None and attributes.get("method", "").lower() == "post", attributes
            self.action = attributes["action"]
        elif tag == "input" and "value" in attributes:
            self.fields[attributes["name"]] = attributes["value"]
        elif tag == "input":
            self.asked.append(attributes["name"])


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    """Keeps cookies, and goes where it is sent: with what the provider sends it back to the program as the end of the way."""

    def __init__(self, program):
        self.program = program
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), Stay())

    def open(self, url, body=None, headers=()):
        request = urllib.request.Request(url, body, dict(headers))
        try:
            answer = self.opener.open(request, timeout=10)
        except urllib.error.HTTPError as other:
            answer = other
        with answer:
            return answer.status, answer.headers, answer.read().decode()

    def start(self):
        status, headers, body = self.open(self.program.base + SIGN_IN + "/start")
        assert status == 303, (status, body)
        return headers["location"]

    def link(self, token):
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        body = json.dumps({"provider": "outside"}).encode()
        status, _, body = self.open(f"{self.program.base}/api/v1/me/identities", body, headers.items())
        assert status == 200, (status, body)
        return json.loads(body)["authorization_url"]

    def walk(self, url, login):
        """From the provider's first page through all of its forms; gives the address that it sends the browser back to."""
        pages = []
        status, headers, page = self.open(url)
        for _ in range(12):
            while status in (302, 303):
                url = urllib.parse.urljoin(url, headers["location"])
                if url.startswith(self.program.base):
                    return url, pages
                status, headers, page = self.open(url)
            assert status == 200, (status, url, page)
            form = Forms(page)
            pages.append(form.fields.get("prompt"))
            fields = form.fields | {name: login for name in form.asked}
            url = urllib.parse.urljoin(url, form.action)
            form_type = {"content-type": "application/x-www-form-urlencoded"}
            status, headers, page = self.open(url, urllib.parse.urlencode(fields).encode(), form_type.items())
        raise AssertionError(f"{login} is led around in circles: {pages}")

    def come_back(self, url):
        status, _, body = self.open(url)
        return status, json.loads(body)


def changed(url, **parameters):
    """The address with other parameters; one that is None is left out."""
    parts = urllib.parse.urlsplit(url)
    query = dict(urllib.parse.parse_qsl(parts.query)) | parameters
    query = {name: value for name, value in query.items() if value is not None}
    return urllib.parse.urlunsplit(parts._replace(query=urllib.parse.urlencode(query)))


def parameters(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


def sign_in(program, login, spoil_away=lambda url: url, spoil_back=lambda url: url):
    browser = Browser(program)
    back, _ = browser.walk(spoil_away(browser.start()), login)
    return browser.come_back(spoil_back(back))


def refused(answer, status, code):
    assert (answer[0], answer[1].get("code")) == (status, code), answer


def whoever_is_verified_joins_and_comes_back(program):
    browser = Browser(program)
    away = browser.start()
    asked = parameters(away)
    assert asked["code_challenge_method"] == "S256" and len(asked["nonce"]) >= 43 <= len(asked["state"]), asked
    back, pages = browser.walk(away, "ada")
    assert pages == ["login", "consent"], pages
    status, tokens = browser.come_back(back)
    assert status == 200, (status, tokens)
    status, me = program.get("/api/v1/me", tokens["access_token"])
    assert (me["handle"], me["email"], me["email_verified"]) == ("ada-lovelace", "ada@people.example", True), me
    refused(browser.come_back(back), 422, "auth.oidc_state")
    # In the same browser the provider remembers who it was, and asks nothing more.
    back, pages = browser.walk(browser.start(), "nobody")
    status, tokens = browser.come_back(back)
    assert (status, pages) == (200, []), (status, pages, tokens)
    assert program.get("/api/v1/me", tokens["access_token"])[1]["id"] == me["id"]


def an_address_links_when_both_sides_verified_it(program):
    bob = program.join("bob", "bob@people.example")
    status, tokens = sign_in(program, "bob")
    assert status == 200, tokens
    assert program.get("/api/v1/me", tokens["access_token"])[1]["handle"] == "bob"
    identities = program.get("/api/v1/me/identities", bob)[1]["items"]
    assert [identity["subject"] for identity in identities] == ["bob"], identities
    program.join("victim", "victim@people.example")
    refused(sign_in(program, "unproven"), 403, "auth.oidc_address_unverified")
    program.register("squatted", "squatted@people.example")
    refused(sign_in(program, "squatted"), 403, "auth.oidc_address_unverified")


def whoever_is_signed_in_links_any_identity(program):
    carol, dave = program.join("carol", "carol@people.example"), program.join("dave", "dave@people.example")
    browser = Browser(program)
    back, _ = browser.walk(browser.link(carol), "private")
    # In another browser the answer is worth nothing.
    refused(Browser(program).come_back(back), 422, "auth.oidc_state")
    assert browser.come_back(back)[0] == 200
    browser = Browser(program)
    back, _ = browser.walk(browser.link(dave), "private")
    refused(browser.come_back(back), 409, "auth.oidc_linked_elsewhere")
    status, tokens = sign_in(program, "private")
    assert program.get("/api/v1/me", tokens["access_token"])[1]["handle"] == "carol", tokens


def what_was_tampered_with_proves_nothing(program):
    other = "K2dEJ1cm2T8Tn0jzR3NKWc5m8lD0mWJSMPr3kS3k0aQ"
    replaced = lambda **values: lambda url: changed(url, **values)
    for what, answer, status, code in [
        ("another nonce", sign_in(program, "ada", replaced(nonce=other)), 401, "auth.oidc_refused"),
        ("no nonce", sign_in(program, "ada", replaced(nonce=None)), 401, "auth.oidc_refused"),
        ("another challenge", sign_in(program, "ada", replaced(code_challenge=other)), 401, "auth.oidc_refused"),
        ("another state", sign_in(program, "ada", replaced(state=other)), 422, "auth.oidc_state"),
        ("a changed answer", sign_in(program, "ada", spoil_back=replaced(state=other)), 422, "auth.oidc_state"),
        ("a made-up code", sign_in(program, "ada", spoil_back=replaced(code=other)), 401, "auth.oidc_refused"),
        ("another issuer", sign_in(program, "ada", spoil_back=replaced(iss="https://x.example")), 401, "auth.oidc_refused"),
    ]:
        assert (answer[0], answer[1].get("code")) == (status, code), (what, answer)
    # A code is spent once: also by whoever has the cookie and the state of the sign-in that it belongs to.
    browser = Browser(program)
    back, _ = browser.walk(browser.start(), "ada")
    cookie = next(cookie for cookie in browser.jar if cookie.name == "mainstay_oidc")
    assert browser.come_back(back)[0] == 200
    browser.jar.set_cookie(cookie)
    refused(browser.come_back(back), 401, "auth.oidc_refused")
    # What the provider says no to is no sign-in.
    status, headers, _ = Browser(program).open(changed(Browser(program).start(), code_challenge=None, code_challenge_method=None))
    assert parameters(headers["location"])["error"] == "invalid_request", headers["location"]


def main():
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as directory:
        entry = {"name": "outside", "label": "Outside ID", "issuer": issuer, "client_id": CLIENT, "client_secret": SECRET}
        listed = ", ".join(f"{name} = {json.dumps(value)}" for name, value in entry.items())
        program = Program(
            directory,
            MAIL__TRANSPORT="file",
            FETCH__ALLOW_PRIVATE="true",
            FETCH__ALLOW_HTTP="true",
            RATE_LIMIT__ENABLED="false",
            OIDC__PROVIDERS=f'[{{{listed}, scopes = ["openid", "email", "profile"]}}]',
        )
        # The provider is not there yet: that is told, and remembered by nobody.
        refused(program.get(SIGN_IN + "/start"), 503, "auth.oidc_unreachable")
        script = os.path.join(os.path.dirname(__file__), "provider.mjs")
        command = ["node", script, str(port), CLIENT, SECRET, f"{program.base}{SIGN_IN}/callback"]
        with open(f"{directory}/provider.log", "wb") as log:
            provider = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_for("the provider", lambda: is_there(issuer, provider))
            for test in [
                whoever_is_verified_joins_and_comes_back,
                an_address_links_when_both_sides_verified_it,
                whoever_is_signed_in_links_any_identity,
                what_was_tampered_with_proves_nothing,
            ]:
                test(program)
                print(f"oidc: {test.__name__.replace('_', ' ')}")
        except BaseException:
            for name in ("provider.log", "server.log"):
                with open(f"{directory}/{name}") as log:
                    print(f"--- {name}\n{log.read()[-4000:]}", file=sys.stderr)
            raise
        finally:
            provider.kill()
            provider.wait()
        program.stop()
    print("4 passed, 0 failed")


def is_there(issuer, process):
    assert process.poll() is None, "the provider ended by itself"
    try:
        with urllib.request.urlopen(f"{issuer}/.well-known/openid-configuration") as answer:
            return re.search("S256", answer.read().decode())
    except OSError:
        return False


main()
