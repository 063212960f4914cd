"""A platform of its own for a test: the real program on loopback, in a directory that goes with it."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARIES = Path(os.environ.get("SALLYPORT_BIN", ROOT / "build/release/bin"))
PASSWORD = "correct-horse-7"


def code_of(secret, at=None):
    """What an authenticator app shows (RFC 6238)."""
    step = int((time.time() if at is None else at) // 30)
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    offset = mac[19] & 15
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.bytes = response.read()
        self.text = self.bytes.decode(errors="replace")

    def json(self):
        return json.loads(self.text)


class Platform:
    def __init__(self, program=BINARIES / "sallyport"):
        self.program = program
        self.data = Path(tempfile.mkdtemp(prefix="sallyport-"))
        self.token = None
        self.process = None
        self.connection = None
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE

    def start(self, *extra):
        command = [self.program, "serve", "--data", self.data, "--listen", "127.0.0.1:0", *extra]
        addresses = self.data / "addresses.json"
        addresses.unlink(missing_ok=True)  # of one that was killed
        self.log = open(self.data / "log", "ab")
        self.process = subprocess.Popen(command, stderr=self.log, stdout=self.log)
        deadline = time.monotonic() + 60
        while not addresses.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("the platform did not start: " + (self.data / "log").read_text())
            time.sleep(0.02)
        self.host, port = self.addresses()["listen"].rsplit(":", 1)
        self.port = int(port)
        self.connection = None

    def addresses(self):
        return json.loads((self.data / "addresses.json").read_text())

    def call(self, method, path, body=None, token=None, headers=None, raw=None):
        """An answer of /api/v1; with the token of `set_up` unless told otherwise (token="" sends none)."""
        sent = dict(headers or {})
        token = self.token if token is None else token
        if token:
            sent["Authorization"] = "Bearer " + token
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        if self.connection is not None:
            try:
                return self.exchange(method, path, data, sent)
            except (http.client.HTTPException, ConnectionError, ssl.SSLError):
                pass  # the platform had closed it after an answer, or while it was idle
        self.connection = http.client.HTTPSConnection(self.host, self.port, context=self.context, timeout=30)
        return self.exchange(method, path, data, sent)

    def exchange(self, method, path, data, headers):
        self.connection.request(method, path, body=data, headers=headers)
        return Answer(self.connection.getresponse())

    def api(self, method, path, body=None, **more):
        return self.call(method, "/api/v1" + path, body, **more)

    def set_up(self):
        answer = self.api("POST", "/setup", {"password": PASSWORD, "language": "en"})
        assert answer.status == 200, answer.text
        self.token = answer.json()["token"]
        return answer

    def command(self, *arguments, text=""):
        return subprocess.run(
            [BINARIES / "sallyport", *arguments], input=text, capture_output=True, text=True, timeout=60
        )

    def stop(self, with_signal=signal.SIGTERM):
        """The exit code."""
        if self.process is None:
            return None
        self.process.send_signal(with_signal)
        code = self.process.wait(20)
        self.process = None
        self.log.close()
        return code

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.log.close()
        shutil.rmtree(self.data, ignore_errors=True)
