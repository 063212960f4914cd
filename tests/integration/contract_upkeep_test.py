"""What keeps a controller going, with a real door: restart, time, readers, updates, passwords."""

import base64
import datetime
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from running_platform import BINARIES  # noqa: E402
from update_test import Workshop  # noqa: E402
from with_a_door import DEVICE_PASSWORD, DoorTest, SimulatedDoor, eventually  # noqa: E402

PIECE = 384 * 1024


class Upkeep(DoorTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.workshop = Workshop(folder.name)
        config = Path(folder.name) / "door.toml"
        config.write_text(f'update_key = "{self.workshop.public}"\nsimulated.readers_per_door = 0\n'
                          '[[osdp]]\ndevice = "simulated"\n[[osdp.readers]]\naddress = 0\ndoor = 1\n')
        self.door_arguments = ("--config", str(config))
        super().setUp()

    def enrolled(self):
        device, door = super().enrolled()
        eventually(lambda: self.good("getDoor", 200, ids=[door])["settings_state"] == "issued")
        return device, door

    def is_online(self, device):
        return self.good("getDevice", 200, ids=[device])["state"] == "online"

    def last_noted(self, action):
        return self.good("listAudit", 200, query="?action=" + action)["items"][0]

    def test_a_clock_that_is_off_is_told(self):
        self.door.press("clock", {"set": "2026-01-01T00:00:00Z"})
        device, _ = self.enrolled()
        behind = self.good("getDevice", 200, ids=[device])["clock_offset_ms"]
        long_ago = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
        away = long_ago - datetime.datetime.now(datetime.timezone.utc)
        self.assertLess(abs(behind - away.total_seconds() * 1_000), 60_000)

    def test_the_clock_is_set_and_a_restart_comes_back_by_itself(self):
        device, _ = self.enrolled()
        self.door.press("clock", {"set": "2026-01-01T00:00:00Z"})
        set_to = self.good("setDeviceTime", 200, ids=[device])
        self.assertLess(abs(set_to["clock_offset_ms"]), 1_500)
        self.assertLess(abs(self.good("getDevice", 200, ids=[device])["clock_offset_ms"]), 1_500)
        self.assertEqual(self.last_noted("device.time_set")["subject"]["id"], device)
        since = self.good("getDevice", 200, ids=[device])["since"]
        self.good("restartDevice", 204, ids=[device])
        eventually(lambda: self.good("getDevice", 200, ids=[device])["since"] != since)
        eventually(lambda: self.is_online(device))
        self.assertEqual(self.last_noted("device.restarted")["after"], {"taken": True})
        self.door.process.kill()
        eventually(lambda: not self.is_online(device))
        for operation, body in (("restartDevice", None), ("setDeviceTime", None),
                                ("sendDeviceUpdate", {"offset": 0, "total": 9, "piece": "AAAA"})):
            self.assertEqual(self.good(operation, 409, body, [device])["code"], "device_offline")

    def test_readers_on_lines_are_told_with_their_state(self):
        device, _ = self.enrolled()
        (line,) = self.good("listDeviceReaders", 200, ids=[device])["lines"]
        (reader,) = line["readers"]
        self.assertEqual((reader["door_name"], reader["direction"], reader["state"], reader["address"]),
                         ("Gate", "entry", "unpaired", 0))
        self.good("listDeviceReaders", 404, ids=["9"])

    def test_a_reader_does_not_name_a_door_elsewhere(self):
        device, door = self.enrolled()
        near, far = (self.good("addArea", 201, {"name": name})["id"] for name in ("Near", "Far"))
        self.good("changeDevice", 200, {"area_id": near}, [device])
        first, own = "brass-key-58", "silver-lock-91"
        account = {"name": "near", "password": first, "role_id": "1", "areas": [near]}
        self.good("addAccount", 201, account)
        token = self.good("signIn", 200, {"account": "near", "password": first})["token"]
        self.good("changeMyPassword", 204, {"old": first, "password": own}, token=token)
        name = lambda: self.good("listDeviceReaders", 200, ids=[device],
                                 token=token)["lines"][0]["readers"][0]["door_name"]
        self.assertEqual(name(), "Gate")
        self.good("changeDoor", 200, {"area_id": far}, [door])
        self.assertIsNone(name())

    def test_a_reader_is_paired_and_nobody_is_told_its_key(self):
        device, _ = self.enrolled()
        lines = lambda: self.good("listDeviceReaders", 200, ids=[device])["lines"]
        state = lambda: lines()[0]["readers"][0]["state"]
        asked = {"line": 1, "address": 0, "minutes": 5}
        self.door.press("reader", {"reader": 1, "fault": "unplugged"})
        self.good("pairDeviceReader", 204, asked, [device])
        self.assertEqual(state(), "pairing")
        self.good("cancelDeviceReaderPairing", 204, {"line": 1}, [device])
        eventually(lambda: state() == "unpaired")
        self.assertEqual(self.last_noted("device.reader_pairing_cancelled")["after"],
                         {"line": 1, "taken": True})
        self.door.press("reader", {"reader": 1, "fault": "none"})
        self.good("pairDeviceReader", 204, asked, [device])
        eventually(lambda: state() == "online")
        self.assertEqual(self.last_noted("device.reader_pairing_opened")["after"], {**asked, "taken": True})
        key = (self.door.directory / "door/played_readers_1").read_text().split()[1]
        self.assertNotIn(key.lower(), json.dumps(self.good("listAudit", 200)).lower())
        self.assertNotIn(key.lower(), (self.platform.data / "log").read_text().lower())
        for member, code in (("line", "line_unknown"), ("address", "reader_unknown")):
            wrong = {**asked, member: 9}
            self.assertEqual(self.good("pairDeviceReader", 409, wrong, [device])["code"], code)
            self.assertEqual(self.last_noted("device.reader_pairing_opened")["after"]["refused"], code)
        self.good("pairDeviceReader", 400, {**asked, "minutes": 11}, [device])
        self.good("cancelDeviceReaderPairing", 409, {"line": 2}, [device])

    def test_a_reader_is_paired_on_the_command_line(self):
        device, _ = self.enrolled()
        command = lambda action, *more, of="gate": [
            BINARIES / "sallyport", "reader", action, of, *more, "--data", self.platform.data]

        def done(*arguments, code=0, **more):
            run = subprocess.run(command(*arguments, **more), capture_output=True, text=True, timeout=60)
            self.assertEqual(run.returncode, code, run.stderr)
            return run.stderr if code else run.stdout

        paired = ("pair", "--line", "1", "--address", "0", "--minutes", "1")
        self.assertRegex(done("list"), r"(?m)^1 +0 +1 +1 +entry +unpaired +-$")
        self.door.press("reader", {"reader": 1, "fault": "unplugged"})
        with subprocess.Popen(command(*paired), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              text=True) as waiting:
            eventually(lambda: " pairing " in done("list"))
            self.assertIn("No reader on line 1 of Gate", done("cancel-pairing", "--line", "1"))
            self.assertIn("on line 1 of Gate took no key.", waiting.communicate()[1])
        self.assertEqual(waiting.returncode, 1)
        self.assertEqual(self.last_noted("device.reader_pairing_cancelled")["after"],
                         {"line": 1, "taken": True})
        self.door.press("reader", {"reader": 1, "fault": "none"})
        self.assertRegex(done(*paired), r"installation mode.*\n.*on line 1 of Gate is paired")
        noted = self.last_noted("device.reader_pairing_opened")
        self.assertEqual((noted["account"], noted["after"]),
                         (None, {"line": 1, "address": 0, "minutes": 1, "taken": True}))
        self.assertIn(" online ", done("list"))
        self.assertIn("is paired already", done(*paired, code=1))
        self.assertIn("There is no line 2", done("pair", "--line", "2", "--address", "0", code=1))
        self.assertIn("no reader with the address 9", done("pair", "--line", "1", "--address", "9", code=1))
        noted = self.last_noted("device.reader_pairing_opened")["after"]
        self.assertEqual((noted["taken"], noted["refused"]), (False, "reader_unknown"))
        self.assertIn("There is no line 2", done("cancel-pairing", "--line", "2", code=1))
        self.assertIn("There is no controller 'Bo'", done("list", of="Bo", code=1))

        other = SimulatedDoor()
        self.addCleanup(other.close)
        at = {"address": "127.0.0.1", "port": other.port}
        self.good("initialiseDevice", 200, {**at, "password": DEVICE_PASSWORD})
        serial = self.good("addDevice", 201, self.login(**at))["serial"]
        self.assertIn("2 controllers are called 'gate'. Give the serial number.", done("list", code=1))
        self.assertIn("Gate has no lines of readers.", done("list", of=serial))
        other.process.kill()
        other.process.wait()
        self.assertIn("nothing listens on that port", done("list", of=serial, code=1))

    def send(self, device, package, status=200):
        bytes_ = package.read_bytes()
        for offset in range(0, len(bytes_), PIECE):
            piece = base64.b64encode(bytes_[offset:offset + PIECE]).decode()
            body = {"offset": offset, "total": len(bytes_), "piece": piece}
            if offset + PIECE >= len(bytes_):
                return self.good("sendDeviceUpdate", status, body, [device])
            self.assertIsNone(self.good("sendDeviceUpdate", 200, body, [device])["staged"])

    def test_a_signed_update_is_brought_and_another_one_refused_in_words(self):
        device, _ = self.enrolled()
        good = self.workshop.sign("good", content=bytes(500_000))
        self.assertEqual(self.send(device, good), {"staged": "9.0.0"})
        self.assertEqual((self.door.directory / "door/update/staged").read_bytes(), good.read_bytes())
        self.assertEqual(self.last_noted("device.updated")["after"], {"version": "9.0.0", "taken": True})
        old = self.send(device, self.workshop.sign("old", version="0.0.1"), 409)
        self.assertEqual(old["code"], "update_not_newer")
        self.assertIn("0.0.1", old["detail"])
        noted = self.last_noted("device.updated")["after"]
        self.assertEqual(noted, {"taken": False, "refused": "update_not_newer"})
        beyond = {"offset": 9, "total": 9, "piece": "AAAA"}
        self.assertEqual(self.good("sendDeviceUpdate", 400, beyond, [device])["code"], "invalid")

    def test_a_shared_password_is_pointed_out_until_it_is_changed_there_and_here(self):
        device, door = self.enrolled()
        issue = lambda: self.good("getDevice", 200, ids=[device])["password_issue"]
        self.assertIsNone(issue())
        other = SimulatedDoor()
        self.addCleanup(other.close)
        at = {"address": "127.0.0.1", "port": other.port}
        self.good("initialiseDevice", 200, {**at, "password": DEVICE_PASSWORD})
        self.good("addDevice", 201, self.login(name="Back", **at))
        self.assertEqual(issue(), "shared")
        weak = self.good("changeDevicePassword", 400, {"password": "12345678"}, [device])
        self.assertEqual(weak["errors"][0]["field"], "password")
        changed = self.good("changeDevicePassword", 200, {"password": "brass-bolt-58"}, [device])
        self.assertIsNone(changed["password_issue"])
        path = f"/doors/{door}/commands"
        opened = lambda: self.platform.api("POST", path, {"command": "open"}).status == 200
        eventually(opened)
        self.platform.stop()
        self.platform.start("--discovery", "off")
        eventually(opened)
        self.assertEqual(self.last_noted("device.changed")["after"], {"password": "changed"})
        self.good("changeDevice", 200, {"password": DEVICE_PASSWORD}, [device])
        eventually(lambda: self.good("getDevice", 200, ids=[device])["reason"] == "wrong_password")

    def test_an_address_that_the_host_keeps_stays(self):
        device, _ = self.enrolled()
        refused = self.good("moveDevice", 409, {"address": "127.0.0.9"}, [device])
        self.assertEqual(refused["code"], "network_of_host")
        self.assertEqual(self.good("getDevice", 200, ids=[device])["address"], "127.0.0.1")
        found = {**self.at(), "account": "admin", "password": DEVICE_PASSWORD, "new_address": "127.0.0.9"}
        self.assertEqual(self.good("moveFoundDevice", 409, found)["code"], "network_of_host")
        wrong = self.good("moveDevice", 400, {"address": "127.0.0.256"}, [device])
        self.assertEqual(wrong["errors"][0]["field"], "address")


ALONE = "SALLYPORT_ALONE"  # set where the test has a network of its own


def set_up_a_network():
    """Loopback, and an interface for the controller, in the network of this process."""
    tap = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tap, 0x400454CA, struct.pack("16sH22x", b"lan0", 0x1002))  # TUNSETIFF: TAP without a head
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_:
        fcntl.ioctl(any_, 0x8914, struct.pack("16sH22x", b"lo", 1))  # SIOCSIFFLAGS: up
    return tap


@unittest.skipUnless(os.environ.get(ALONE), "it runs from the test below")
class Moving(DoorTest):
    door_listens = "0.0.0.0:0"

    def setUp(self):
        self.addCleanup(os.close, set_up_a_network())
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        config = Path(folder.name) / "door.toml"
        config.write_text('network_interface = "lan0"\n')
        self.door_arguments = ("--config", str(config))
        super().setUp()

    def test_a_controller_gets_another_address_and_stays_the_same_device(self):
        place = {"subnet_mask": "255.255.255.0"}
        self.good("initialiseDevice", 200, {**self.at(), "password": DEVICE_PASSWORD})
        found = {**self.at(), "account": "admin", "password": DEVICE_PASSWORD, "new_address": "10.7.0.2"}
        self.assertEqual(self.good("moveFoundDevice", 200, {**found, **place}),
                         {"address": "10.7.0.2", "port": self.door.port})
        device = self.good("addDevice", 201, self.login(address="10.7.0.2"))
        door = device["doors"][0]["id"]
        eventually(lambda: self.good("getDoor", 200, ids=[door])["settings_state"] == "issued")
        moved = self.good("moveDevice", 200, {"address": "10.7.0.3", **place}, [device["id"]])
        self.assertEqual((moved["id"], moved["address"], moved["fingerprint"]),
                         (device["id"], "10.7.0.3", device["fingerprint"]))
        self.good("commandDoor", 200, {"command": "open"}, [door])


class InANetworkOfItsOwn(unittest.TestCase):
    def test_it_moves(self):
        if subprocess.run(["unshare", "-rn", "true"], check=False).returncode != 0:
            self.skipTest("no network of its own is allowed here")
        done = subprocess.run(["unshare", "-rn", sys.executable, __file__, "Moving"], capture_output=True,
                              text=True, check=False, env={**os.environ, ALONE: "1"})
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
