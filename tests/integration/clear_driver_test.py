"""A controller that speaks the dialect in clear, managed by the real platform: people, doors, events."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from with_a_door import DEVICE_PASSWORD, DoorTest, eventually  # noqa: E402

CARD = "04A1B2C3"


class ClearDriver(DoorTest):
    door_arguments = ("--compatibility-dhip", "127.0.0.1:0")

    def clear_port(self):
        at = json.loads((self.door.directory / "door/addresses.json").read_text())
        return int(at["compatibility_dhip"].rsplit(":", 1)[1])

    def enrolled(self):
        self.good("initialiseDevice", 200, {**self.at(), "password": DEVICE_PASSWORD})
        login = self.login(port=self.clear_port(), connection="in_clear")
        device = self.good("addDevice", 201, login)
        return device["id"], device["doors"][0]["id"]

    def accesses(self):
        events = self.good("listEvents", 200, query="?kind=access")["items"]
        return [(one["card"], one["result"]) for one in reversed(events)]

    def test_it_is_managed_without_our_protocol_and_loses_nothing(self):
        device, door = self.enrolled()
        said = self.good("getDevice", 200, ids=[device])
        self.assertEqual((said["connection"], said["pinning"], said["fingerprint"]), ("in_clear", "none", ""))
        self.assertEqual(self.good("listAudit", 200, query="?action=device.added")["items"][0]["after"]
                         ["connection"], "in_clear")
        person = self.good("addPerson", 201, {"user_id": "1001", "name": "Anna", "pin": "4321",
                                              "cards": [{"number": CARD, "type": "general"}]})
        self.good("addPermissionGroup", 201, {"name": "All", "remark": "", "template_id": None,
                                              "doors": [door], "people": [person["id"]]})
        eventually(lambda: all(one["state"] == "issued" for one in
                               self.good("listIssueStates", 200)["items"] or [{"state": "none"}]))
        self.door.press("card", {"number": CARD})
        eventually(lambda: self.accesses() == [(CARD, "granted")])
        event = self.good("listEvents", 200, query="?kind=access")["items"][0]
        self.assertEqual(event["person"]["name"], "Anna")
        self.good("commandDoor", 200, {"command": "always_open"}, [door])
        eventually(lambda: self.good("getDoor", 200, ids=[door])["state"]["mode"] == "always_open")
        self.good("commandDoor", 200, {"command": "normal"}, [door])
        eventually(lambda: self.good("getDoor", 200, ids=[door])["state"]["mode"] == "normal")

        # What happens while the platform is away is brought, once.
        self.platform.stop()
        self.door.press("card", {"number": "0000AAAA"})
        self.door.press("card", {"number": CARD})
        self.platform.start("--discovery", self.door.discovery)
        eventually(lambda: self.accesses() == [(CARD, "granted"), ("0000AAAA", "denied"), (CARD, "granted")])

    def test_what_the_dialect_cannot_say_is_refused_in_words(self):
        device, door = self.enrolled()
        for operation, body, at in (
                ("changeDevicePassword", {"password": "brass-bolt-58"}, device),
                ("listDeviceReaders", None, device),
                ("pairDeviceReader", {"line": 1, "address": 0, "minutes": 5}, device),
                ("cancelDeviceReaderPairing", {"line": 1}, device),
                ("sendDeviceUpdate", {"offset": 0, "total": 9, "piece": "AAAA"}, device),
                ("commandDoor", {"command": "silence"}, door)):
            answer = self.good(operation, 409, body, [at])
            self.assertEqual(answer["code"], "not_spoken", operation)
            self.assertIn("in clear", answer["detail"])
        said = self.platform.command("reader", "list", "Gate", "--data", self.platform.data)
        self.assertIn("Gate speaks in clear", said.stderr)
        for operation, body, at in (
                ("changeDevice", {"keypad_password": "246810"}, device),
                ("changeDoor", {"settings": {"verification_s": 20}}, door),
                ("changeDoor", {"settings": {"pre_alarm_s": 5}}, door)):
            answer = self.good(operation, 409, body, [at])
            self.assertEqual(answer["code"], "not_spoken", operation)
        self.good("changeDoor", 200, {"settings": {"hold_s": 7}}, [door])
        self.assertLess(abs(self.good("setDeviceTime", 200, ids=[device])["clock_offset_ms"]), 2_000)

    def test_a_wrong_port_says_that_it_may_be_encrypted(self):
        self.good("initialiseDevice", 200, {**self.at(), "password": DEVICE_PASSWORD})
        problem = self.good("addDevice", 503, self.login(connection="in_clear"))
        self.assertEqual(problem["code"], "not_a_controller")
        self.assertIn("in clear", problem["detail"])
        self.good("addDevice", 400, {**self.login(), "serial": "SP1", "connection": "in_clear"})


if __name__ == "__main__":
    unittest.main()
