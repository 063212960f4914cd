"""A platform and a simulated door for one test."""

import http.client
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from free_port import free_port
from running_platform import BINARIES
from with_a_platform import PlatformTest

DEVICE_PASSWORD = "green-door-73"
SECONDS = 60


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


class DoorTest(PlatformTest):
    """A platform that is set up, and a door that nobody has initialised."""

    door_arguments = ()
    door_listens = "127.0.0.1:0"

    def begin(self):
        self.door = SimulatedDoor(*self.door_arguments, listen=self.door_listens)
        self.addCleanup(self.door.close)
        self.platform.start("--discovery", self.door.discovery, "--registration",
                            f"127.0.0.1:{free_port()}", *self.more_arguments())

    def more_arguments(self):
        """Of the platform."""
        return ()

    def at(self):
        return {"address": "127.0.0.1", "port": self.door.port}

    def login(self, **more):
        return {"name": "Gate", "account": "admin", "password": DEVICE_PASSWORD, **self.at(), **more}

    def enrolled(self):
        self.good("initialiseDevice", 200, {**self.at(), "password": DEVICE_PASSWORD})
        device = self.good("addDevice", 201, self.login())
        return device["id"], device["doors"][0]["id"]
