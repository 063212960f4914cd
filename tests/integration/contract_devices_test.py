"""Operations about controllers, doors and live messages answer as api/openapi.yaml says, with a real door."""

import json
import re
import signal
import sqlite3
import sys
import tempfile
import unittest
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from live_client import UPGRADE, Closed, Live  # noqa: E402
from with_a_door import DEVICE_PASSWORD, DoorTest, SimulatedDoor, eventually  # noqa: E402


class WithADoor(DoorTest):
    def test_adding_tells_each_obstacle_apart(self):
        self.assertEqual(self.good("addDevice", 409, self.login())["code"], "device_uninitialised")
        impostor = {**self.at(), "password": DEVICE_PASSWORD, "fingerprint": "ab" * 32}
        self.assertEqual(self.good("initialiseDevice", 409, impostor)["code"], "certificate_mismatch")
        made = self.good("initialiseDevice", 200, {**self.at(), "password": DEVICE_PASSWORD})
        again = self.good("initialiseDevice", 409, {**self.at(), "password": DEVICE_PASSWORD})
        self.assertEqual(again["code"], "device_initialised")
        wrong = self.good("addDevice", 409, self.login(password="wrong-door-11"))
        self.assertEqual(wrong["code"], "device_wrong_password")
        foreign = self.good("addDevice", 409, self.login(fingerprint="ab" * 32))
        self.assertEqual(foreign["code"], "certificate_mismatch")
        device = self.good("addDevice", 201, self.login(fingerprint=made["fingerprint"]))
        self.assertEqual((device["state"], device["pinning"]), ("online", "given"))
        self.assertEqual(self.good("addDevice", 409, self.login())["code"], "device_exists")
        nobody = {**self.login(), "port": 1}
        self.assertEqual(self.good("addDevice", 503, nobody)["code"], "device_refused")
        # A group address: the kernel itself says that there is no way to a machine of it.
        self.told(503, "device_unreachable", "224.0.0.1", {**self.login(), "address": "224.0.0.1"})
        unknown = {**self.login(), "address": "no-such-door.invalid"}
        self.told(503, "device_unknown_name", "no-such-door.invalid", unknown)
        with_port = {**self.login(), "address": "127.0.0.1:99999"}
        self.assertEqual(self.good("addDevice", 400, with_port)["errors"][0]["field"], "address")

    def told(self, status, code, name, body):
        """The sentence names the place, and what to do."""
        problem = self.good("addDevice", status, body)
        self.assertEqual(problem["code"], code)
        self.assertRegex(problem["detail"], rf"{re.escape(name)}.*\. Check ")

    def test_a_device_is_added_by_the_name_of_its_host(self):
        self.good("initialiseDevice", 200, {**self.at(), "password": DEVICE_PASSWORD})
        device = self.good("addDevice", 201, {**self.login(), "address": "localhost"})
        self.assertEqual((device["address"], device["state"]), ("localhost", "online"))
        again = {**self.login(), "name": "Again"}
        self.assertEqual(self.good("addDevice", 409, again)["code"], "device_exists", "it is the same one")

    def test_a_device_that_dials_in_waits_until_it_is_added_and_nobody_else_has_its_name(self):
        addresses = json.loads((self.platform.data / "addresses.json").read_text())
        registering = ("--register", addresses["registration"], "--register-id", "gate-7")
        door = SimulatedDoor(*registering)
        self.addCleanup(door.close)
        waiting = eventually(lambda: self.good("listWaitingDevices", 200)["items"])[0]
        self.assertEqual((waiting["serial"], waiting["model"]), ("gate-7", "Sallyport Door"))
        self.assertEqual(self.good("listDevices", 200)["items"], [])
        seen = {"serial": "gate-7", "fingerprint": waiting["fingerprint"]}
        login = {"name": "Barn", **seen, "account": "admin", "password": DEVICE_PASSWORD}
        unseen = {member: value for member, value in login.items() if member != "fingerprint"}
        wrong = self.good("addDevice", 400, unseen)["errors"]
        self.assertEqual([(one["field"], one["code"]) for one in wrong], [("fingerprint", "missing")])
        self.assertEqual(self.good("addDevice", 409, login)["code"], "device_uninitialised")
        squatter = SimulatedDoor(*registering)
        self.addCleanup(squatter.close)
        both = lambda: [one for one in self.good("listWaitingDevices", 200)["items"]
                        if one["serial"] == "gate-7"]
        eventually(lambda: len(both()) == 2)
        self.good("initialiseDevice", 200, {**seen, "password": DEVICE_PASSWORD})
        device = self.good("addDevice", 201, login)
        self.assertEqual((device["address"], device["port"], device["pinning"]), ("gate-7", 0, "given"))
        said = self.platform.command("reader", "list", "Barn", "--data", self.platform.data)
        self.assertIn("Barn dials in at the platform: look after its readers on the page.", said.stderr)
        self.assertEqual(self.good("addDevice", 409, login)["code"], "device_exists")
        online = lambda: self.good("getDevice", 200, ids=[device["id"]])["state"] == "online"
        opened = lambda: self.platform.api("POST", f"/doors/{device['doors'][0]['id']}/commands",
                                           {"command": "open"}).status == 200
        eventually(opened)
        self.assertEqual(self.good("listWaitingDevices", 200)["items"], [])
        eventually(lambda: [event for event in self.good("listEvents", 200)["items"]
                            if event["kind"] == "remote_command"])
        eventually(lambda: "was not let in" in (self.platform.data / "log").read_text())
        self.assertTrue(online())
        self.platform.stop()
        self.platform.start("--discovery", "off", "--registration", addresses["registration"])
        eventually(opened)
        door.process.kill()
        eventually(lambda: self.good("getDevice", 200, ids=[device["id"]])["reason"] == "not_registered")
        nobody = {**login, "serial": "gate-8"}
        self.assertEqual(self.good("addDevice", 503, nobody)["code"], "device_not_registered")

    def test_a_device_is_listed_changed_and_removed(self):
        device, door = self.enrolled()
        self.assertEqual(self.good("listDevices", 200)["items"][0]["id"], device)
        self.assertEqual(self.good("changeDevice", 200, {"name": "West"}, [device])["name"], "West")
        self.assertEqual(self.good("getDoor", 200, ids=[door])["name"], "West", "nobody has named it")
        self.good("changeDoor", 200, {"name": "West gate"}, [door])
        self.good("changeDevice", 200, {"name": "East"}, [device])
        self.good("changeDevice", 409, {"name": "West", "revision": 1}, [device])
        self.good("changeDoor", 409, {"name": "East gate", "revision": 1}, [door])
        self.assertEqual(self.good("getDoor", 200, ids=[door])["name"], "West gate", "somebody has named it")
        renamed = self.good("listAudit", 200, query="?action=door.changed")["items"]
        self.assertEqual([entry["after"] for entry in renamed], [{"name": "West gate"}, {"name": "West"}])
        self.good("changeDevice", 200, {"password": "no-longer-9"}, [device])
        self.good("changeDevice", 200, {"password": DEVICE_PASSWORD}, [device])
        eventually(lambda: self.good("getDevice", 200, ids=[device])["state"] == "online")
        self.assertEqual(self.good("listDoors", 200, query="?device=" + device)["items"][0]["id"], door)
        self.good("removeDevice", 204, ids=[device])
        self.good("getDevice", 404, ids=[device])
        self.assertEqual(self.good("listDoors", 200)["items"], [])

    def test_events_that_never_came_are_counted(self):
        device, _ = self.enrolled()
        self.assertEqual(self.good("getDevice", 200, ids=[device])["missing_events"], 0)
        database = sqlite3.connect(self.platform.data / "platform.db", timeout=10)
        with database:
            database.execute("INSERT INTO event_gap VALUES (?, 1, 1000, 1002, 0)", [int(device)])
        database.close()
        self.assertEqual(self.good("listDevices", 200)["items"][0]["missing_events"], 3)

    def test_rules_answer_as_the_file_says(self):
        device, door = self.enrolled()
        person = self.good("addPerson", 201, {"name": "Anna"})["id"]
        week = {"name": "Day", "week": [[] for _ in range(7)]}
        template = self.good("addTimeTemplate", 201, week)["id"]
        rules = {"always_open": template, "groups": [{"people": [person], "needed": 1}],
                 "first_card": {"people": [person], "template_id": template}}
        changed = self.good("changeDoorRules", 200, rules, [door])
        self.assertEqual(changed["first_card"]["then"], "others_may_enter")
        self.assertEqual(self.good("getDoorRules", 200, ids=[door]), changed)
        self.assertEqual(self.good("listDoorRules", 200)["items"], [changed])
        self.assertEqual(self.good("removePerson", 409, ids=[person])["code"], "door_waits_for_person")
        self.good("changeDoorRules", 400, {"groups": [{"people": [], "needed": 1}]}, [door])
        self.good("changeDoorRules", 409, {"groups": [], "revision": 1}, [door])
        outside = [{"door_id": door, "direction": "entry"}]
        yard = {"name": "Yard", "entries": outside, "reset_at": "04:00:00"}
        area = self.good("addPassbackArea", 201, yard)["id"]
        soft = self.good("changePassbackArea", 200, {"passback": "soft"}, [area])
        self.good("changePassbackArea", 409, {"passback": "off", "revision": 1}, [area])
        self.assertEqual(self.good("listPassbackAreas", 200)["items"], [soft])
        eventually(lambda: self.good("getDoor", 200, ids=[door])["settings_state"] == "issued")
        self.good("resetPassbackArea", 204, ids=[area])
        nobody = self.good("pardonPerson", 409, {"person_id": person}, [area])
        self.assertEqual(nobody["code"], "person_not_there")
        group = {"name": "Staff", "doors": [door], "people": [person]}
        self.good("addPermissionGroup", 201, group)
        states = lambda: self.good("listIssueStates", 200, query="?person=" + person)["items"]
        eventually(lambda: states()[0]["state"] == "issued")
        self.good("pardonPerson", 204, {"person_id": person}, [area])
        noted = self.good("listAudit", 200, query="?action=device.person_pardoned")["items"][0]
        self.assertEqual((noted["subject"]["id"], noted["after"]["person"]["name"]), (device, "Anna"))
        self.good("getPassbackArea", 200, ids=[area])
        self.good("removePassbackArea", 204, ids=[area])
        self.good("addInterlock", 400, {"name": "Lock", "doors": [door]})
        self.assertEqual(self.good("listInterlocks", 200)["items"], [])

    def test_a_door_that_asks_for_a_confirmation_is_not_released_without_one(self):
        _, door = self.enrolled()
        self.good("changeDoor", 200, {"confirm": True}, [door])
        for command in ("open", "always_open", "normal"):
            refused = self.good("commandDoor", 409, {"command": command}, [door])
            self.assertEqual(refused["code"], "confirmation_needed")
            self.good("commandDoor", 409, {"command": command, "confirmed": False}, [door])
        self.assertEqual(self.good("listAudit", 200, query="?action=door.commanded")["items"], [])
        for command in ("close", "lockdown"):
            self.good("commandDoor", 200, {"command": command}, [door])
        self.good("commandDoor", 200, {"command": "normal", "confirmed": True}, [door])

    def test_a_search_of_a_range_finds_the_door(self):
        self.assertEqual(len(self.good("searchDevices", 200, {}, query="?wait_s=20")["items"]), 1)
        found = self.good("searchDevices", 200, {"range": self.door.discovery}, query="?wait_s=20")
        self.assertEqual(found["items"][0]["port"], self.door.port)
        self.assertEqual(self.good("getDeviceSearch", 200, ids=[found["id"]])["state"], "done")
        self.good("cancelDeviceSearch", 204, ids=[found["id"]])
        running = self.good("searchDevices", 202, {"range": "127.0.0.1:20000-40000"}, query="?wait_s=0")
        self.good("cancelDeviceSearch", 204, ids=[running["id"]])
        self.assertEqual(self.good("getDeviceSearch", 200, ids=[running["id"]])["state"], "cancelled")
        for wrong, code in [("10.0.0.0/8", "range_too_large"), ("hello", "range_invalid")]:
            refused = self.good("searchDevices", 400, {"range": wrong})
            self.assertEqual((refused["code"], refused["errors"][0]["code"]), ("invalid", code))

    def test_a_card_opens_and_is_told_live(self):
        device, door = self.enrolled()
        person = self.good("addPerson", 201, {"name": "Anna", "cards": [{"number": "04A1B2C3"}]})["id"]
        self.good("addPermissionGroup", 201, {"name": "Staff", "doors": [door], "people": [person]})
        query = "?person=" + person
        eventually(lambda: self.good("listIssueStates", 200, query=query)["items"][0]["state"] == "issued")
        with Live(self.platform) as live, Live(self.platform, token=self.viewer()) as of_viewer:
            self.assertEqual(live.status, 101)
            self.door.press("card", {"number": "04A1B2C3", "reader": 1})
            event = self.awaited_access(live)
            self.assertEqual((event["result"], event["person"]["name"], event["card"]),
                             ("granted", "Anna", "04A1B2C3"))
            self.assertEqual(self.awaited_access(of_viewer), event | {"card": None})
            self.good("getEvent", 200, ids=[event["id"]])
            self.good("listEvents", 200, query=f"?door={door}&result=granted&kind=access")
            self.good("commandDoor", 200, {"command": "open"}, [door])
            self.good("changeDoor", 200, {"settings": {"hold_s": 5}}, [door])
            while self.awaited(live, "door")["settings"]["hold_s"] != 5:
                pass
            self.good("signOut", 204)
            with self.assertRaises(Closed) as closed:
                while True:
                    live.message()
            self.assertEqual(closed.exception.code, 4401)

    def test_live_names_what_is_wrong_in_its_query(self):
        live = self.contract.by_id["live"]
        for query, field, code in (
            ("?batches=always", "batches", "choice"),
            ("?batches=", "batches", "too_short"),
            ("?batches=on_request&batches=on_request", "batches", "duplicate"),
            ("?batches=on_request&batches=", "batches", "duplicate"),
            ("?batch=on_request", "batch", "unknown"),
        ):
            with self.subTest(query):
                refused = self.platform.api("GET", "/live" + query, headers=UPGRADE)
                self.assertEqual(refused.status, 400, refused.text)
                self.assertEqual(self.contract.judge(live, refused), [])
                wrong = {(error["field"], error["code"]) for error in refused.json()["errors"]}
                self.assertEqual((refused.json()["code"], wrong), ("invalid", {(field, code)}))

    def test_live_gathers_for_who_asks(self):
        device, door = self.enrolled()
        with Live(self.platform, query="?batches=on_request") as live:
            self.assertEqual(live.status, 101)
            for seconds in (5, 6, 7):
                self.good("changeDoor", 200, {"settings": {"hold_s": seconds}}, [door])
            live.send("next")
            told = live.message()
            for message in told:
                schema = {"$ref": "#/components/schemas/LiveMessage"}
                self.assertEqual(self.contract.complaints(schema, message), [], message)
            doors = [message["data"] for message in told if message["type"] == "door"]
            self.assertEqual([one["settings"]["hold_s"] for one in doors], [7], "the last word alone")
            self.good("changeDoor", 200, {"settings": {"hold_s": 8}}, [door])
            holds = 7
            while holds != 8:  # each is answered when something happens, such as that the door has it
                live.send("next")
                doors = [message["data"] for message in live.message() if message["type"] == "door"]
                holds = doors[-1]["settings"]["hold_s"] if doors else holds

    def awaited_access(self, live):
        event = self.awaited(live, "event")
        while event["kind"] != "access":
            event = self.awaited(live, "event")
        return event

    def end_of_question(self, live):
        """How it ended and the reason in the event, in whichever order they come."""
        state, event = "waiting", None
        while state == "waiting" or event is None:
            message = live.message()
            if message["type"] == "verification":
                state = message["data"]["state"]
            elif message["data"].get("kind") == "access":
                event = message["data"]
        return state, event["reason"]

    def asking_for(self, seconds, door):
        self.good("changeDoor", 200, {"settings": {"verification_s": seconds}}, [door])
        eventually(lambda: self.good("getDoor", 200, ids=[door])["settings_state"] == "issued")

    def test_a_door_asks_an_operator_whose_first_answer_counts(self):
        _, door = self.enrolled()
        person = self.good("addPerson", 201, {"name": "Anna", "cards": [{"number": "04A1B2C3"}]})["id"]
        self.good("addPermissionGroup", 201, {"name": "Staff", "doors": [door], "people": [person]})
        query = "?person=" + person
        eventually(lambda: self.good("listIssueStates", 200, query=query)["items"][0]["state"] == "issued")
        self.asking_for(20, door)

        def show():
            self.door.press("clock", {"advance_ms": 10_000})  # it is not the same card held for longer
            self.door.press("card", {"number": "04A1B2C3", "reader": 1})

        with Live(self.platform) as live, Live(self.platform, token=self.viewer()) as of_viewer:
            show()
            asked = self.awaited(live, "verification")
            self.assertEqual((asked["state"], asked["person"]["name"], asked["card"], asked["door_id"]),
                             ("waiting", "Anna", "04A1B2C3", door))
            self.assertTrue(0 < asked["left_ms"] <= 20_000, asked)
            self.assertEqual(self.good("listVerifications", 200)["items"][0]["id"], asked["id"])
            self.assertEqual(self.good("getVerification", 200, ids=[asked["id"]])["state"], "waiting")
            granted = self.good("answerVerification", 200, {"answer": "granted"}, [asked["id"]])
            self.assertEqual((granted["state"], granted["by"]), ("granted", "admin"))
            self.assertEqual(self.end_of_question(live), ("granted", None))
            late = self.good("answerVerification", 409, {"answer": "denied"}, [asked["id"]])
            self.assertEqual(late["code"], "question_over")
            self.assertIn("admin has answered", late["detail"])
            self.assertEqual(self.good("listVerifications", 200)["items"], [])
            show()
            asked = self.awaited(live, "verification")
            self.good("answerVerification", 200, {"answer": "denied"}, [asked["id"]])
            self.assertEqual(self.end_of_question(live), ("denied", "verification_denied"))
            self.asking_for(1, door)
            show()
            asked = self.awaited(live, "verification")
            self.assertEqual(self.end_of_question(live), ("unanswered", "verification_timeout"))
            self.good("answerVerification", 409, {"answer": "granted"}, [asked["id"]])
            last = ""
            while last != "verification_timeout":
                message = of_viewer.message()
                self.assertNotEqual(message["type"], "verification", "it is for who may control the door")
                last = message["data"].get("reason")
        self.asking_for(None, door)
        show()
        newest = lambda: self.good("listEvents", 200, query="?kind=access")["items"][0]
        eventually(lambda: newest()["result"] == "granted")
        noted = self.good("listAudit", 200, query="?action=door.verified")["items"]
        self.assertEqual([(entry["after"]["answer"], entry["after"]["taken"]) for entry in noted],
                         [("denied", True), ("granted", True)])

    def viewer(self):
        """The token of somebody who may see no people."""
        first, own = "brass-key-58", "silver-lock-91"
        role = next(role["id"] for role in self.good("listRoles", 200)["items"] if role["name"] == "Viewer")
        self.good("addAccount", 201, {"name": "viewer", "password": first, "role_id": role})
        token = self.good("signIn", 200, {"account": "viewer", "password": first})["token"]
        changed = self.platform.api("POST", "/me/password", {"old": first, "password": own}, token=token)
        self.assertEqual(changed.status, 204, changed.text)
        return token

    def test_what_a_keypad_changed_is_shown_until_it_is_adopted_or_put_back(self):
        made = self.good("initialiseDevice", 200, {**self.at(), "password": DEVICE_PASSWORD})
        device = self.good("addDevice", 201, self.login())
        door = device["doors"][0]["id"]

        def settled(settings, at_keypad):
            seen = self.good("getDoor", 200, ids=[door])
            return (all(seen["settings"][name] == value for name, value in settings.items())
                    and seen["at_keypad"] == at_keypad and seen["settings_state"] == "issued")

        eventually(lambda: settled({"hold_s": 3}, None))
        self.good("settleKeypadChanges", 409, {"decision": "adopt"}, [door])
        self.good("settleKeypadChanges", 400, {"decision": "burn"}, [door])
        self.door.press("keys", {"keys": f"#{made['keypad_password']}#4#10#"})
        eventually(lambda: settled({"hold_s": 3}, {"hold_s": 10}))
        # Another change here leaves it as it is there.
        self.good("changeDoor", 200, {"settings": {"overtime_s": 90}}, [door])
        eventually(lambda: settled({"hold_s": 3, "overtime_s": 90}, {"hold_s": 10}))
        self.good("settleKeypadChanges", 200, {"decision": "put_back"}, [door])
        eventually(lambda: settled({"hold_s": 3}, None))
        self.door.press("keys", {"keys": "4#20#"})
        eventually(lambda: settled({"hold_s": 3}, {"hold_s": 20}))
        self.good("settleKeypadChanges", 200, {"decision": "adopt"}, [door])
        eventually(lambda: settled({"hold_s": 20, "overtime_s": 90}, None))
        actions = [entry["action"] for entry in self.good("listAudit", 200)["items"]]
        self.assertEqual(actions[:3], ["door.adopted", "door.put_back", "door.changed"])

    def test_codes_of_keypads_come_from_here_and_are_never_told(self):
        self.good("initialiseDevice", 200, {**self.at(), "password": DEVICE_PASSWORD})
        device = self.good("addDevice", 201, self.login())
        doors, device = [door["id"] for door in device["doors"]], device["id"]
        one = self.good("addPublicPassword", 201, {"name": "Post", "code": "4711", "doors": doors})["id"]
        there = lambda: self.good("getPublicPassword", 200, ids=[one])["issue"][0]["state"] == "issued"
        opened = lambda: [event["detail"] for event in self.good("listEvents", 200)["items"]
                          if (event["method"], event["result"]) == ("public_password", "granted")]
        eventually(there)
        self.door.press("keys", {"keys": "4711#"})
        self.assertEqual(eventually(opened), ["public_password number=1"])
        changed = self.good("changePublicPassword", 200, {"code": "0815", "uses": 1}, [one])
        self.assertEqual(len(self.good("listPublicPasswords", 200)["items"]), 1)
        eventually(there)
        self.door.press("keys", {"keys": "4711#0815#0815#"})
        eventually(lambda: len(opened()) == 2)
        self.good("addPublicPassword", 409, {"name": "Other", "code": "0815"})
        self.good("changePublicPassword", 400, {"code": "x"}, [one])
        self.good("changePublicPassword", 409, {"code": "0816", "revision": 1}, [one])
        self.good("removePublicPassword", 204, ids=[one])
        self.assertNotIn("code", changed)

        # A user ID of somebody at the keypad is in the way of the plan, until it is another code.
        keypad = lambda: self.good("getDevice", 200, ids=[device])["keypad_password"]
        self.good("changeDevice", 200, {"keypad_password": "246810"}, [device])
        eventually(lambda: keypad()["state"] == "issued")
        two = self.good("addPublicPassword", 201, {"name": "Two", "code": "77"})["id"]
        self.door.press("keys", {"keys": "#246810#1#77##5#*1#76##6#"})
        self.door.press("keys", {"keys": "**"})
        eventually(lambda: len(self.good("listKeypadPeople", 200, ids=[device])["items"]) == 2)
        self.good("addPublicPassword", 409, {"name": "Three", "code": "76", "doors": doors})
        self.good("changePublicPassword", 200, {"doors": doors}, [two])
        issue = lambda: self.good("getPublicPassword", 200, ids=[two])["issue"][0]
        eventually(lambda: (issue()["state"], issue()["reason"]) == ("failed", "user_id_taken"))
        self.good("changePublicPassword", 200, {"code": "78"}, [two])
        eventually(lambda: issue()["state"] == "issued")

        # What the keypad sets stays, and is told, until it is set here again.
        self.door.press("keys", {"keys": "#246810#0#135790#135790#"})
        self.assertIsNotNone(eventually(lambda: keypad()["changed_at_keypad"]))
        self.good("changePublicPassword", 200, {"code": "79"}, [two])
        eventually(lambda: issue()["state"] == "issued")
        self.door.press("keys", {"keys": "**#135790#4#11#"})
        hold = lambda: self.good("getDoor", 200, ids=[doors[0]])["at_keypad"]
        eventually(lambda: hold() == {"hold_s": 11})
        self.good("changeDevice", 200, {"keypad_password": "246810"}, [device])
        eventually(lambda: keypad()["state"] == "issued" and keypad()["changed_at_keypad"] is None)
        self.good("changeDevice", 200, {"keypad_password": None}, [device])
        self.assertIsNone(keypad())

    def test_who_is_changed_at_a_keypad_stays_so_until_settled(self):
        made = self.good("initialiseDevice", 200, {**self.at(), "password": DEVICE_PASSWORD})
        device = self.good("addDevice", 201, self.login())
        doors, device = [door["id"] for door in device["doors"]], device["id"]
        anna = self.good("addPerson", 201, {"name": "Anna", "user_id": "11", "pin": "1"})["id"]
        bo = self.good("addPerson", 201, {"name": "Bo", "user_id": "12", "pin": "1"})["id"]
        self.good("addPermissionGroup", 201, {"name": "Staff", "doors": doors, "people": [anna, bo]})
        states = lambda: {pair["person_id"]: (pair["state"], pair["reason"])
                          for pair in self.good("listIssueStates", 200)["items"]}
        changed = lambda: {one["user_id"]: one["change"]
                           for one in self.good("listKeypadPeople", 200, ids=[device])["items"]}
        eventually(lambda: states() == {anna: ("issued", None), bo: ("issued", None)})
        # 77 is added, 11 deleted, 12 deleted and added again with another PIN.
        self.door.press("keys", {"keys": f"#{made['keypad_password']}#1#77##5#*2#11#12#*1#12##9#*"})
        eventually(lambda: changed() == {"11": "removed", "12": "changed", "77": "added"})
        eventually(lambda: states() == {anna: ("failed", "removed_at_keypad"),
                                        bo: ("failed", "changed_at_keypad")})
        self.good("addPerson", 201, {"name": "Somebody", "user_id": "13"})
        self.assertEqual(len(changed()), 3)
        self.good("settleKeypadPerson", 400, {"decision": "adopt"}, [device])
        put_back = lambda user: {"decision": "put_back", "user_id": user}
        self.good("settleKeypadPerson", 204, put_back("11"), [device])
        self.good("settleKeypadPerson", 204, put_back("12"), [device])
        eventually(lambda: states() == {anna: ("issued", None), bo: ("issued", None)})
        self.assertEqual(changed(), {"77": "added"})
        self.good("settleKeypadPerson", 409, put_back("11"), [device])
        self.good("settleKeypadPerson", 204, put_back("77"), [device])
        eventually(lambda: changed() == {})
        # Somebody at the keypad has the card of Cem, who is refused until that one is gone.
        self.door.press("keys", {"keys": f"*#{made['keypad_password']}#1#78#"})
        self.door.press("card", {"number": "00ABCDEF", "reader": 1})
        self.door.press("keys", {"keys": "##*"})
        card = {"number": "ABCDEF", "type": "general"}
        cem = self.good("addPerson", 201, {"name": "Cem", "cards": [card]})["id"]
        group = self.good("listPermissionGroups", 200)["items"][0]["id"]
        with Live(self.platform) as live:
            self.good("changePermissionGroup", 200, {"people": [anna, bo, cem]}, [group])
            while self.awaited(live, "device")["refused_people"] != 1:
                pass
        self.assertEqual(states()[cem], ("failed", "card_taken"))
        refused = lambda: self.good("getDevice", 200, ids=[device])["refused_people"]
        self.assertEqual(refused(), 1)
        self.good("retryIssue", 204, {"person_id": cem}, [device])
        eventually(lambda: refused() == 1)
        eventually(lambda: changed() == {"78": "added"})
        self.good("settleKeypadPerson", 409, {"decision": "adopt", "user_id": "78", "name": "Dora",
                                              "cards": [card]}, [device])
        self.good("settleKeypadPerson", 204, {"decision": "put_back"}, [device])
        eventually(lambda: states()[cem] == ("issued", None))
        actions = [entry["action"] for entry in self.good("listAudit", 200)["items"]]
        self.assertEqual(actions[:2], ["keypad_person.put_back", "device.issue_retried"])

    def awaited(self, live, kind):
        """The next message of that type; every one on the way is as the file says."""
        while True:
            message = live.message()
            complaints = self.contract.complaints({"$ref": "#/components/schemas/LiveMessage"}, message)
            self.assertEqual(complaints, [], message)
            if message["type"] == kind:
                return message["data"]

    def test_live_is_for_who_is_signed_in_and_on_our_own_page(self):
        for headers, token, status in (
            ({}, "nonsense", 401),
            ({"Origin": "https://elsewhere.example"}, None, 403),
            ({"Origin": f"https://{self.platform.host}:{self.platform.port}"}, None, 101),
        ):
            with Live(self.platform, headers, token) as live:
                self.assertEqual(live.status, status)

    def test_an_offline_door_takes_no_command(self):
        device, door = self.enrolled()
        self.door.process.kill()
        eventually(lambda: self.good("getDevice", 200, ids=[device])["state"] == "offline")
        refused = self.good("commandDoor", 409, {"command": "open"}, [door])
        self.assertEqual(refused["code"], "device_offline")
        self.assertFalse(self.good("getDoor", 200, ids=[door])["state"]["online"])

    def test_a_stalled_controller_is_offline_within_ten_seconds_with_its_reason(self):
        device, door = self.enrolled()
        seen = lambda: self.good("getDevice", 200, ids=[device])
        eventually(lambda: seen()["state"] == "online")
        eventually(lambda: self.good("getDoor", 200, ids=[door])["settings_state"] == "issued")
        stalled = datetime.now(timezone.utc)
        self.door.process.send_signal(signal.SIGSTOP)
        try:
            told = eventually(lambda: (now := seen())["state"] == "offline" and now)
        finally:
            self.door.process.send_signal(signal.SIGCONT)
        self.assertEqual(told["reason"], "timeout")
        since = datetime.fromisoformat(told["since"].replace("Z", "+00:00"))
        self.assertLess((since - stalled).total_seconds(), 10, "by the platform's own clock")
        eventually(lambda: seen()["state"] == "online")


class WithTwoDoors(DoorTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        config = Path(folder.name) / "door.toml"
        config.write_text("doors = 2\n")
        self.door_arguments = ("--config", str(config))
        super().setUp()

    def test_an_interlock_answers_as_the_file_says(self):
        self.enrolled()
        doors = [door["id"] for door in self.good("listDoors", 200)["items"]]
        lock = self.good("addInterlock", 201, {"name": "Air lock", "doors": doors})
        self.assertEqual(self.good("getInterlock", 200, ids=[lock["id"]]), lock)
        changed = self.good("changeInterlock", 200, {"name": "Lock"}, [lock["id"]])
        self.good("changeInterlock", 409, {"name": "Sluice", "revision": 1}, [lock["id"]])
        self.assertEqual(self.good("listInterlocks", 200)["items"], [changed])
        self.good("removeInterlock", 204, ids=[lock["id"]])


if __name__ == "__main__":
    unittest.main(verbosity=1)
