"""The daemon as a service: what it tells the service manager, its log, and the unit that it runs under."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from door import KEYPAD_PASSWORD, PASSWORD, Door, binary, person

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "packaging/systemd"
WATCHDOG_S = 2


class ServiceManager:
    """Listens where a service reports to."""

    def __init__(self, abstract=False):
        self.folder = tempfile.TemporaryDirectory()
        self.address = ("@sallyport-test-" if abstract else "") + self.folder.name + "/notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + self.address[1:] if abstract else self.address)
        self.socket.settimeout(20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.folder.cleanup()

    def program(self, **variables):
        words = [f"{name}={value}" for name, value in variables.items()]
        return ["/usr/bin/env", f"NOTIFY_SOCKET={self.address}", *words, binary()]

    def next(self):
        return self.socket.recv(4_096).decode()

    def until(self, words):
        while True:
            said = self.next()
            if words in said:
                return said

    def silent_for(self, seconds):
        self.socket.settimeout(seconds)
        try:
            return not self.socket.recv(4_096)
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(20)


class Notice(unittest.TestCase):
    def test_ready_when_it_listens_and_stopping_when_it_stops(self):
        for abstract in (False, True):
            with ServiceManager(abstract) as service, Door(program=service.program()) as door:
                said = service.next()
                self.assertTrue(said.startswith("READY=1\nSTATUS=1 doors, managed at 127.0.0.1:"), said)
                self.assertEqual(door.panel("GET", "/panel/state")[0], 200)
                self.assertEqual(door.terminate(), 0)
                self.assertEqual(service.next(), "STOPPING=1")

    def test_the_watchdog_is_fed_while_the_loop_turns_and_only_then(self):
        watchdog = {"WATCHDOG_USEC": int(WATCHDOG_S * 1e6)}
        with ServiceManager() as service, Door(program=service.program(**watchdog)) as door:
            self.assertIn("READY=1", service.next())
            began = time.monotonic()
            for _ in range(4):
                self.assertEqual(service.next(), "WATCHDOG=1")
            self.assertLess(time.monotonic() - began, 4 * WATCHDOG_S)
            door.process.send_signal(signal.SIGSTOP)
            self.assertTrue(self.stops_being_fed(service))
            door.process.send_signal(signal.SIGCONT)
            service.until("WATCHDOG=1")

    def stops_being_fed(self, service):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if service.silent_for(2 * WATCHDOG_S):
                return True
        return False

    def test_a_watchdog_for_another_process_or_a_manager_that_is_gone_is_no_matter(self):
        with ServiceManager() as service:
            program = service.program(WATCHDOG_USEC=1_000, WATCHDOG_PID=1)
            with Door(program=program):
                self.assertIn("READY=1", service.next())
                self.assertTrue(service.silent_for(0.1))
        with Door(program=["/usr/bin/env", f"NOTIFY_SOCKET={service.address}", binary()]) as door:
            self.assertEqual(door.post("card", number="04A1B2C3")["lock"], "locked")


class Log(unittest.TestCase):
    def everything_secret(self, door):
        """Does what involves secrets, rightly and wrongly; gives all that must not be in a log."""
        client = door.manager()
        client.ask("sallyport.updateRoster", {"upsert": [person(1001, "04A1B2C3", pin="97531864")]})
        client.ask("sallyport.applyPlan", {"revision": 1, "publicPasswords": [], "public_passwords": [
            {"number": 1, "code": "86420975", "doors": [1]}]})
        client.request("sallyport.updateRoster", {"upsert": [{"user_id": "1002", "pin": "55443322x"}]})
        client.request("sallyport.applyPlan", {"revision": 1, "keypad_password": "1212121212"})
        session = door.client().login()["sessionKey"]
        door.client().request("global.login", {"userName": "admin", "sessionKey": session + "00"})
        stranger = door.client()
        stranger.request("global.login", {"userName": "admin", "password": ""})
        stranger.request("global.login", {"userName": "admin", "password": "wrong but close",
                                          "encryption": "TLS"})
        stranger.send(b'\x20\0\0\0DHIP' + b"\0" * 24 + b'{"password": "half a frame')
        door.post("keys", keys="1001#97531864#")
        door.post("keys", keys="86420975#")
        door.post("keys", keys=f"#{KEYPAD_PASSWORD}#1#7#31415926#**")
        return (PASSWORD, KEYPAD_PASSWORD, "97531864", "86420975", "55443322", "1212121212", session,
                "wrong but close", "half a frame", "31415926")

    def test_no_secret_reaches_it_in_either_form(self):
        for arguments in ((), ("--log", "json")):
            with Door(*arguments) as door:
                secrets = self.everything_secret(door)
                self.assertEqual(door.terminate(), 0)
                words = door.words()
                self.assertIn("Stopping", words)
                for secret in secrets:
                    self.assertNotIn(secret, words)

    def test_as_json_each_line_is_an_object(self):
        with Door("--log", "json") as door:
            door.client().send(b"no frame at all" * 10)
            with self.assertRaises(OSError):
                door.clients[-1].take(1)
            self.assertEqual(door.terminate(), 0)
            lines = [json.loads(line) for line in door.words().splitlines()]
            self.assertTrue(all(sorted(line) == ["at", "level", "message"] for line in lines), lines)
            self.assertIn("warning", [line["level"] for line in lines])

    def test_a_form_that_there_is_not_is_refused(self):
        result = subprocess.run([binary(), "--data", "/tmp/x", "--log", "xml"], capture_output=True,
                                text=True, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("text or json, not 'xml'", result.stderr)


@unittest.skipUnless(os.path.exists("/usr/bin/systemd-analyze"), "systemd-analyze is not installed")
class Units(unittest.TestCase):
    def analyze(self, *arguments):
        return subprocess.run(["/usr/bin/systemd-analyze", *arguments], capture_output=True, text=True,
                              check=False)

    def test_they_say_nothing_that_systemd_does_not_know(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("sallyport-door.service", "sallyport.service", "sallyport-door-update.service",
                         "sallyport-door-update.path"):
                unit = Path(folder) / name
                text = (UNITS / name).read_text()
                # The programs are where they were built.
                for program in ("sallyport-door", "sallyport", "sallyport-door-update"):
                    text = text.replace(f"ExecStart=/usr/bin/{program} ", f"ExecStart={binary()} ")
                unit.write_text(text)
                result = self.analyze("verify", "--man=no", unit)
                self.assertEqual((result.returncode, result.stderr), (0, ""), name)

    def test_they_are_confined(self):
        # In tenths; a service without any confinement has 96. What is left: the network, serial ports, GPIO.
        for name, worst in (("sallyport-door.service", 25), ("sallyport.service", 20)):
            result = self.analyze("security", "--offline=yes", "--no-pager", f"--threshold={worst}",
                                  UNITS / name)
            self.assertEqual(result.returncode, 0, result.stdout[-200:] + result.stderr)


if __name__ == "__main__":
    unittest.main()
