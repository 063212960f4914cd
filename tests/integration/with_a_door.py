"""A platform and a simulated door for one test, and calls that have to answer as api/openapi.yaml says."""

import http.client
import json
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from contract import Contract
from running_platform import BINARIES, Platform

DEVICE_PASSWORD = "green-door-73"
SECONDS = 20


class SimulatedDoor:
    def __init__(self, *arguments, listen="127.0.0.1:0"):
        self.directory = Path(tempfile.mkdtemp(prefix="sallyport-door-"))
        log = open(self.directory / "log", "wb")
        self.process = subprocess.Popen(
            [BINARIES / "sallyport-door", "--data", self.directory / "door", "--hardware", "simulated",
             "--listen", listen, "--panel", "127.0.0.1:0", "--discovery", "127.0.0.1:0", *arguments],
            stdout=log, stderr=log)
        log.close()
        addresses = self.directory / "door/addresses.json"
        deadline = time.monotonic() + SECONDS
        while not addresses.exists():
            assert self.process.poll() is None and time.monotonic() < deadline, "the door did not start"
            time.sleep(0.02)
        at = json.loads(addresses.read_text())
        self.port = int(at["listen"].rsplit(":", 1)[1])
        self.discovery = at["discovery"]
        self.panel = at["panel"]

    def press(self, path, body):
        connection = http.client.HTTPConnection(self.panel, timeout=SECONDS)
        connection.request("POST", "/panel/" + path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status < 300, answer.read()
        connection.close()

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.directory)


def eventually(attempt):
    """What `attempt` answers, as soon as it is true."""
    deadline = time.monotonic() + SECONDS
    while not (answer := attempt()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return answer


class DoorTest(unittest.TestCase):
    """A platform that is set up, and a door that nobody has initialised."""

    door_arguments = ()
    door_listens = "127.0.0.1:0"

    def setUp(self):
        self.contract = Contract()
        self.platform = Platform()
        self.addCleanup(self.platform.close)
        self.door = SimulatedDoor(*self.door_arguments, listen=self.door_listens)
        self.addCleanup(self.door.close)
        self.platform.start("--discovery", self.door.discovery, "--registration", "127.0.0.1:0")
        self.platform.set_up()

    def good(self, operation_id, status, body=None, ids=(), query=""):
        """An answer with this status, as the file says."""
        operation = self.contract.by_id[operation_id]
        path = operation.path
        for one in ids:
            path = path.replace("{id}", one, 1)
        answer = self.platform.api(operation.method, path + query, body)
        self.assertEqual(answer.status, status, f"{operation_id}: {answer.text}")
        self.assertEqual(self.contract.judge(operation, answer), [])
        return answer.json() if answer.text else None

    def at(self):
        return {"address": "127.0.0.1", "port": self.door.port}

    def login(self, **more):
        return {"name": "Gate", "account": "admin", "password": DEVICE_PASSWORD, **self.at(), **more}

    def enrolled(self):
        self.good("initialiseDevice", 200, {**self.at(), "password": DEVICE_PASSWORD})
        device = self.good("addDevice", 201, self.login())
        return device["id"], device["doors"][0]["id"]
