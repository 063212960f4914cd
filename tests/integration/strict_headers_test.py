"""The headers of every kind of answer, each with its value, and the pages of other sites that get none
(platform.md S6)."""

import http.client
import re
import socket
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from free_port import free_port  # noqa: E402
from live_client import UPGRADE, Live  # noqa: E402
from running_platform import Platform  # noqa: E402

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
STRICT = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
}
#: Of what is answered before a handler sees it, and of the port in clear: neither is a page.
CONFINED = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class StrictHeaders(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.platform = Platform()
        cls.addClassCleanup(cls.platform.close)
        cls.platform.start("--discovery", "off")
        cls.platform.set_up()

    def judge(self, answer, status, cache):
        self.assertEqual(answer.status, status)
        for name, value in STRICT.items():
            self.assertEqual(answer.headers.get_all(name), [value], name)
        self.assertEqual(answer.headers.get_all("Cache-Control"), [cache])
        rules = [rule.strip().partition(" ") for rule in answer.headers["Content-Security-Policy"].split(";")]
        self.assertEqual({name: value for name, _, value in rules}, POLICY)
        for name in ("Server", "X-Powered-By", "Access-Control-Allow-Origin"):
            self.assertIsNone(answer.headers[name])

    def test_of_the_page_and_its_files(self):
        page = self.platform.call("GET", "/")
        self.judge(page, 200, "no-cache")
        for path in ("/people/7", "/sign-in?next=/people"):
            self.judge(self.platform.call("GET", path), 200, "no-cache")
        files = re.findall(r'"(/assets/[^"]+\.(?:js|css))"', page.text)
        self.assertTrue(files)
        for path in files:
            self.judge(self.platform.call("GET", path), 200, "public, max-age=31536000, immutable")
        self.judge(self.platform.call("GET", "/missing.js"), 404, "no-store")
        self.judge(self.platform.call("POST", "/"), 405, "no-store")
        again = self.platform.call("GET", "/", headers={"If-None-Match": page.headers["ETag"]})
        self.judge(again, 304, "no-cache")
        self.judge(self.platform.call("HEAD", "/"), 200, "no-cache")

    def test_of_the_api_and_its_errors(self):
        for method, path, status, more in (
            ("GET", "/me", 200, {}),
            ("HEAD", "/me", 200, {}),
            ("GET", "/me", 401, {"token": ""}),
            ("GET", "/nothing", 404, {}),
            ("PUT", "/me", 405, {}),
            ("PATCH", "/me", 400, {"raw": b"{"}),
            ("PATCH", "/me", 413, {"raw": b" " * ((4 << 20) + 1)}),
            ("GET", "/live", 426, {}),
            ("GET", "/metrics", 200, {}),
            ("DELETE", "/sessions/7", 404, {}),
            ("DELETE", "/sessions/7", 403, {"headers": {"Origin": "https://elsewhere.example"}}),
        ):
            with self.subTest(f"{method} {path} {status}"):
                self.judge(self.platform.api(method, path, **more), status, "no-store")

    def upgrade(self, path="/api/v1/live", headers=None, token=None):
        return self.platform.call("GET", path, headers={**UPGRADE, **(headers or {})}, token=token)

    def test_of_a_refused_websocket(self):
        elsewhere = {"Origin": "https://elsewhere.example"}
        for status, more in ((401, {"token": ""}), (403, {"headers": elsewhere}),
                             (404, {"path": "/api/v1/x"})):
            with self.subTest(status):
                self.judge(self.upgrade(**more), status, "no-store")

    def confined(self, headers, status, answered):
        self.assertEqual(answered, status)
        for name, value in CONFINED.items():
            self.assertEqual(headers.get_all(name), [value], name)

    def test_of_what_is_no_request(self):
        for raw, status in ((b"rubbish\r\n\r\n", 400),
                            (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", 431)):
            with self.subTest(status):
                plain = socket.create_connection((self.platform.host, self.platform.port), timeout=20)
                with self.platform.context.wrap_socket(plain) as connection:
                    connection.sendall(raw)
                    answer = http.client.HTTPResponse(connection)
                    answer.begin()
                self.confined(answer.headers, status, answer.status)

    def test_of_the_port_that_redirects(self):
        port = free_port()
        answer = self.platform.api("PATCH", "/settings/network", {"redirect_port": port})
        self.assertEqual(answer.status, 200, answer.text)
        for method, host, status in (("GET", "door.example", 308), ("POST", "door.example", 308),
                                     ("GET", "no/host", 400)):
            with self.subTest(f"{method} {host}"):
                clear = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                clear.request(method, "/", headers={"Host": host})
                answer = clear.getresponse()
                self.confined(answer.headers, status, answer.status)
                self.assertIsNone(answer.headers["Set-Cookie"])
                clear.close()

    def test_pages_of_other_sites_change_and_follow_nothing(self):
        own = f"{self.platform.host}:{self.platform.port}"
        cookie = f"sallyport_session={self.platform.token}"
        for origin, fits in ((f"https://{own}", True), (f"http://{own}", False), ("null", False),
                             (f"https://{self.platform.host}", False), (f"https://{own}.evil.example", False),
                             ("https://elsewhere.example", False)):
            for token in ("", None):
                with self.subTest(origin, token=token):
                    sent = {"Cookie": cookie, "Origin": origin}
                    change = self.platform.api("PATCH", "/me", {"language": "en"}, headers=sent, token=token)
                    self.assertEqual(change.status, 200 if fits else 403, change.text)
                    with Live(self.platform, headers={"Origin": origin}) as live:
                        self.assertEqual(live.status, 101 if fits else 403)


if __name__ == "__main__":
    unittest.main(verbosity=1)
