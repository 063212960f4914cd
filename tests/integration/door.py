"""A real sallyport-door on free ports of loopback, and a client that speaks the device protocol to it."""

import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import ssl
import struct
import subprocess
import tempfile
import time
from pathlib import Path

PASSWORD = "correct horse"
KEYPAD_PASSWORD = "246813"
START_SECONDS = 60


def binary():
    directory = os.environ.get("SALLYPORT_BIN", "build/release/bin")
    return Path(directory).resolve() / "sallyport-door"


class Door:
    """The daemon in a directory that outlives it: start, stop and kill it as often as you like."""

    def __init__(self, *arguments, program=None):
        self.directory = Path(tempfile.mkdtemp(prefix="sallyport-door-"))
        self.arguments = arguments
        self.program = program or [binary()]
        self.process = None
        self.clients = []

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.directory)

    @property
    def data(self):
        return self.directory / "data"

    def start(self, before=None):
        """Returns when it listens; `before` runs in the new process first."""
        (self.data / "addresses.json").unlink(missing_ok=True)
        self.begin(before)
        self.addresses = self.wait_for_addresses()

    def begin(self, before=None):
        addresses = [word for option in ("--listen", "--panel", "--discovery")
                     if option not in self.arguments for word in (option, "127.0.0.1:0")]
        with open(self.directory / "log", "ab") as log:
            self.process = subprocess.Popen(
                [*self.program, "--data", self.data, "--hardware", "simulated", *addresses, *self.arguments],
                stdout=log, stderr=log, preexec_fn=before)

    def wait_for_addresses(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                return json.loads((self.data / "addresses.json").read_text())
            except (FileNotFoundError, json.JSONDecodeError):
                pass
            try:
                self.process.wait(0.002)
                break
            except subprocess.TimeoutExpired:
                pass
        raise AssertionError(f"sallyport-door did not start: {self.words()}")

    def words(self):
        return (self.directory / "log").read_text()

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        if self.process:
            self.process.wait()
        self.gone()

    def terminate(self, seconds=2):
        """SIGTERM; the exit code, which has to come in time."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        self.gone()
        return code

    def gone(self):
        self.process = None
        for client in self.clients:
            client.close()
        self.clients.clear()

    def panel(self, method, path, body=None, headers=None):
        """(status, answer)"""
        connection = http.client.HTTPConnection(self.addresses["panel"], timeout=20)
        try:
            text = body if isinstance(body, (str, bytes, type(None))) else json.dumps(body)
            connection.request(method, path, text, headers or {})
            response = connection.getresponse()
            answer = response.read()
            return response.status, json.loads(answer) if answer[:1] in b"{[" else answer
        finally:
            connection.close()

    def post(self, call, **body):
        status, answer = self.panel("POST", f"/panel/{call}", body)
        assert status == 200, answer
        return answer

    def client(self):
        """Not logged in."""
        self.clients.append(Client(self.addresses["listen"]))
        return self.clients[-1]

    def initialise(self):
        client = self.client()
        return client, client.request("sallyport.initialise",
                                      {"password": PASSWORD, "keypadPassword": KEYPAD_PASSWORD})

    def manager(self, name="platform"):
        """A client that is logged in and owns the roster; the controller is initialised if need be."""
        client, answer = self.initialise()
        until = time.monotonic() + 20
        while answer.get("error", {}).get("name") == "busy" and time.monotonic() < until:
            self.clients.pop().close()  # it starts anew
            client, answer = self.initialise()
        assert "error" not in answer or answer["error"]["name"] == "conflict", answer
        client.login()
        client.ask("sallyport.claim", {"manager": name})
        return client


class Refused(Exception):
    def __init__(self, error):
        super().__init__(f"{error['name']}: {error['message']}")
        self.name = error["name"]


class Client:
    HEADER = struct.Struct("<4s4sIIQQ")

    def __init__(self, address, seconds=20):
        host, port = address.rsplit(":", 1)
        plain = socket.create_connection((host, int(port)), seconds)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.socket = context.wrap_socket(plain)
        self.bytes = b""
        self.next_id = 1
        self.notifications = []

    def close(self):
        self.socket.close()

    def send(self, bytes_):
        self.socket.sendall(bytes_)

    def send_request(self, method, params):
        request = {"method": method, "params": params, "id": self.next_id, "session": 0}
        body = json.dumps(request).encode() + b"\n"
        self.send(self.HEADER.pack(b"\x20\0\0\0", b"DHIP", 0, self.next_id, len(body), len(body)) + body)
        self.next_id += 1
        return self.next_id - 1

    def take(self, count):
        while len(self.bytes) < count:
            more = self.socket.recv(1 << 16)
            if not more:
                raise ConnectionError("the controller closed the connection")
            self.bytes += more
        taken, self.bytes = self.bytes[:count], self.bytes[count:]
        return taken

    def message(self):
        header = self.HEADER.unpack(self.take(self.HEADER.size))
        return json.loads(self.take(header[4]))

    def answer_to(self, request):
        while True:
            message = self.message()
            if "method" in message:
                self.notifications.append(message)
            elif message["id"] == request:
                return message

    def request(self, method, params=None):
        return self.answer_to(self.send_request(method, params or {}))

    def ask(self, method, params=None):
        answer = self.request(method, params)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer.get("params", {})

    def login(self, password=PASSWORD, account="admin"):
        answer = self.request("global.login", {"userName": account, "password": ""})
        if answer["error"]["name"] != "login_challenge":
            raise Refused(answer["error"])
        return self.ask("global.login", {"userName": account, "password": password, "encryption": "TLS"})

    def next_records(self):
        """The records of the next notification that has some."""
        while True:
            for index, message in enumerate(self.notifications):
                if message["method"] == "client.notifyRecords":
                    del self.notifications[index]
                    return message["params"]["records"]
            message = self.message()
            if "method" in message:
                self.notifications.append(message)


def chain_fault(database):
    """None, or what is wrong with the journal that a dead daemon left behind."""
    with sqlite3.connect(database) as connection:
        previous, expected = None, None
        for ordinal, before, hash_, body in connection.execute(
                "SELECT ordinal, previous, hash, body FROM records ORDER BY ordinal"):
            if expected is not None and ordinal != expected:
                return f"record {expected} is missing"
            if previous is not None and before != previous:
                return f"record {ordinal} does not follow"
            if hashlib.blake2b(before + body, digest_size=32).digest() != hash_:
                return f"record {ordinal} was changed"
            previous, expected = hash_, ordinal + 1
    return None


def person(user_id, card, **more):
    return {"user_id": str(user_id), "type": "general",
            "cards": [{"number": card, "type": "general", "status": "normal"}],
            "rights": [{"doors": [1], "schedule": 255, "kind": "allow"}],
            "tag": f"{int(user_id):016X}", **more}


def write_osdp_config(door, readers, baud=115_200):
    """A door for each of so many readers, all on one played line."""
    lines = [f"doors = {readers}", "[simulated]", "readers_per_door = 0",
             "[[osdp]]", 'device = "simulated"', f"baud = {baud}"]
    for address in range(readers):
        lines += ["[[osdp.readers]]", f"address = {address}", f"door = {address + 1}"]
    path = door.directory / "door.toml"
    path.write_text("\n".join(lines) + "\n")
    door.arguments = (*door.arguments, "--config", str(path))
