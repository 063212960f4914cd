"""Webhooks of the running program over real TLS: who is believed, where nothing goes, what is not lost."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import queue
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from contract_devices_test import DEVICE_PASSWORD, SimulatedDoor, eventually  # noqa: E402
from running_platform import Platform  # noqa: E402


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.certificate, self.key = self.folder / "ca.pem", self.folder / "ca.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 2,
                "-subj", "/CN=Test authority", "-keyout", self.key, "-out", self.certificate)

    def issue(self, name):
        key, request, certificate = (self.folder / f"{name}.{end}" for end in ("key", "csr", "pem"))
        names = self.folder / f"{name}.ext"
        names.write_text(f"subjectAltName={name}\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", "/CN=server", "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-days", 2,
                "-CAcreateserial", "-extfile", names, "-out", certificate)
        return certificate, key


class Receiver:
    """An HTTPS server that answers with a status, and keeps what it was sent."""

    def __init__(self, certificate, key, status=204):
        self.status, self.got = status, queue.Queue()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.put((self.path, dict(self.headers), body))
                self.send_response(receiver.status)
                self.send_header("Location", "https://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        # Not before a thread of its own reads: who is slow to greet must not hold up `close`.
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                 do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Webhooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="sallyport-ca-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.authority = Authority(cls.folder)
        cls.good = cls.authority.issue("IP:127.0.0.1")

    def setUp(self):
        self.platform = Platform()
        self.addCleanup(self.platform.close)

    def start(self, *arguments, believe=True):
        os.environ["SSL_CERT_FILE"] = str(self.authority.certificate if believe else self.good[0])
        self.addCleanup(os.environ.pop, "SSL_CERT_FILE", None)
        self.platform.start("--discovery", "off", *arguments)

    def receiver(self, certificate=None, **more):
        receiver = Receiver(*(certificate or self.good), **more)
        self.addCleanup(receiver.close)
        return receiver

    def hook(self, receiver, **more):
        body = {"name": "Receiver", "url": f"https://127.0.0.1:{receiver.port}/in?k=1", **more}
        answer = self.platform.api("POST", "/webhooks", body)
        self.assertEqual(answer.status, 201, answer.text)
        return answer.json()

    def tried(self, hook):
        return self.platform.api("POST", f"/webhooks/{hook['id']}/test").json()

    def check(self, hook, sent):
        """As a receiver does: the signature is over what came."""
        path, headers, body = sent
        self.assertEqual(path, "/in?k=1")
        key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        mac = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        self.assertEqual(headers["webhook-signature"], f"v1,{mac}")
        return json.loads(body)

    def test_a_good_certificate_is_believed_and_what_comes_is_signed(self):
        self.start("--webhooks", "127.0.0.0/8")
        self.platform.set_up()
        receiver = self.receiver()
        hook = self.hook(receiver)
        said = self.tried(hook)
        self.assertEqual((said["status"], said["problem"]), (204, None))
        self.assertEqual(self.check(hook, receiver.got.get(timeout=20))["type"], "test")
        receiver.status = 302  # followed nowhere
        self.assertEqual(self.tried(hook)["problem"], {"code": "bad_status", "said": "HTTP 302"})

    def test_a_certificate_for_another_name_is_not_spoken_to(self):
        self.start("--webhooks", "127.0.0.0/8")
        self.platform.set_up()
        receiver = self.receiver(self.authority.issue("DNS:other.example"))
        self.assertEqual(self.tried(self.hook(receiver))["problem"]["code"], "tls_failed")
        self.assertTrue(receiver.got.empty())

    def test_nor_is_one_of_a_stranger(self):
        self.start("--webhooks", "127.0.0.0/8", believe=False)
        self.platform.set_up()
        receiver = self.receiver(self.authority.issue("IP:127.0.0.1,DNS:again"))
        self.assertEqual(self.tried(self.hook(receiver))["problem"]["code"], "tls_failed")
        self.assertTrue(receiver.got.empty())

    def test_nothing_goes_to_this_machine_unless_it_was_allowed(self):
        self.start()
        self.platform.set_up()
        receiver = self.receiver()
        self.assertEqual(self.tried(self.hook(receiver))["problem"]["code"], "address_refused")
        self.assertTrue(receiver.got.empty())
        mapped = "[::ffff:127.0.0.1]"
        for number, host in enumerate(("localhost", "[::1]", "0.0.0.0", "169.254.169.254", mapped)):
            answer = self.platform.api(
                "POST", "/webhooks", {"name": f"N{number}", "url": f"https://{host}:{receiver.port}/"})
            self.assertEqual(self.tried(answer.json())["problem"]["code"], "address_refused", host)

    def test_wrong_networks_are_named(self):
        wrong = ("--webhooks", "10.0.0.0/8,nowhere")
        done = self.platform.command("serve", "--data", self.platform.data, *wrong)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("'nowhere'", done.stderr)

    def test_what_happens_at_a_door_arrives_once_the_receiver_is_back_and_after_a_kill(self):
        door = SimulatedDoor()
        self.addCleanup(door.close)
        self.start("--webhooks", "127.0.0.0/8")
        self.platform.set_up()
        at = {"address": "127.0.0.1", "port": door.port}
        self.platform.api("POST", "/devices/initialise", {**at, "password": DEVICE_PASSWORD})
        added = self.platform.api(
            "POST", "/devices", {"name": "Gate", "account": "admin", "password": DEVICE_PASSWORD, **at})
        self.assertEqual(added.status, 201, added.text)
        receiver = self.receiver(status=500)
        hook = self.hook(receiver, kinds=["access"])
        door.press("card", {"number": "04A1B2C3"})
        first = self.check(hook, receiver.got.get(timeout=20))
        self.assertEqual(first["type"], "event.access")
        self.assertEqual(first["data"]["reason"], "unknown_card")
        self.platform.stop(signal.SIGKILL)
        receiver.status = 200
        self.platform.start("--discovery", "off", "--webhooks", "127.0.0.0/8")
        again = self.check(hook, receiver.got.get(timeout=20))
        self.assertEqual(again["data"]["id"], first["data"]["id"])
        eventually(lambda: self.platform.api("GET", "/devices").json()["items"][0]["state"] == "online")
        door.press("card", {"number": "04A1B2C4"})
        second = first
        while second["data"]["id"] == first["data"]["id"]:  # it may have been tried more often meanwhile
            second = self.check(hook, receiver.got.get(timeout=20))
        self.assertGreater(int(second["data"]["id"]), int(first["data"]["id"]))


if __name__ == "__main__":
    unittest.main(verbosity=1)
