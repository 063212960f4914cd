"""Every operation of api/openapi.yaml by somebody who may do everything, but in another part of the site: the
ids there answer as unknown ones do, nothing is put there, and no list, search, count, file or live message
names what is there (platform.md S3)."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from contract import ROOT  # noqa: E402
from live_client import Live  # noqa: E402
from with_a_door import DEVICE_PASSWORD, DoorTest, SimulatedDoor, eventually  # noqa: E402

FIRST, OWN = "brass-key-58", "silver-lock-91"
#: In the name of all that is elsewhere.
MARK = "zanzibar"
CARD, USER_ID = "0ABCDEF7", "90210"
UNKNOWN = "2"
PICTURE = ROOT / "tests/fuzz/corpus/drawing/baseline"
#: Of the whole site: whoever sees a part of it reads them, and changes none.
SHARED = {"time-templates", "holidays"}


class OtherPart(DoorTest):
    def begin(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        config = Path(folder.name, "door.toml")
        config.write_text("doors = 2\n")
        self.door_arguments = ("--config", str(config))
        super().begin()
        self.own_door = SimulatedDoor(*self.door_arguments)
        self.addCleanup(self.own_door.close)

    def made(self, operation, body):
        return self.good(operation, 201, body)["id"]

    def controller(self, name, simulated, area):
        at = {"address": "127.0.0.1", "port": simulated.port}
        made = self.good("initialiseDevice", 200, {**at, "password": DEVICE_PASSWORD})
        self.keypad_password = made["keypad_password"]
        login = {"name": name, **at, "account": "admin", "password": DEVICE_PASSWORD, "area_id": area}
        device = self.good("addDevice", 201, login)
        doors = [door["id"] for door in device["doors"]]
        for number, door in enumerate(doors):
            self.good("changeDoor", 200, {"name": f"{name} door {number}"}, [door])
        return device["id"], doors

    def part(self, name, simulated, user_id, card):
        """One of everything that lives in a part of the site, by the word of its path."""
        area = self.made("addArea", {"name": f"{name} area"})
        department = self.made("addDepartment", {"name": f"{name} department"})
        device, doors = self.controller(f"{name} controller", simulated, area)
        eventually(lambda: all(self.good("getDoor", 200, ids=[door])["settings_state"] == "issued"
                               for door in doors))
        person = {"name": f"{name} person", "user_id": user_id, "department_id": department,
                  "cards": [{"number": card}]}
        ids = {"areas": area, "departments": department, "devices": device, "doors": doors[0],
               "people": self.made("addPerson", person), "cards": card}
        self.good("setPhoto", 204, ids=[ids["people"]], raw=PICTURE.read_bytes())
        gone = self.made("addPerson", {"name": f"{name} former", "department_id": department})
        self.good("removePerson", 204, ids=[gone])
        query = f"?q={name}%20former"
        ids["former-people"] = self.good("listFormerPeople", 200, query=query)["items"][0]["id"]
        members = {"doors": doors, "people": [ids["people"]]}
        ids["permission-groups"] = self.made("addPermissionGroup", {"name": f"{name} group", **members})
        yard = {"name": f"{name} yard", "entries": [{"door_id": doors[0], "direction": "entry"}]}
        ids["passback-areas"] = self.made("addPassbackArea", yard)
        ids["interlocks"] = self.made("addInterlock", {"name": f"{name} lock", "doors": doors})
        code = {"name": f"{name} code", "code": user_id + "77", "doors": doors}
        ids["public-passwords"] = self.made("addPublicPassword", code)
        ids["floor-plans"] = self.made("addFloorPlan", {"name": f"{name} plan", "area_id": area})
        self.good("setFloorPlanPicture", 200, ids=[ids["floor-plans"]], raw=PICTURE.read_bytes())
        self.good("commandDoor", 200, {"command": "open"}, [doors[0]])
        events = lambda: self.good("listEvents", 200, query="?kind=remote_command&door=" + doors[0])["items"]
        ids["events"] = eventually(events)[0]["id"]
        return ids

    def setUp(self):
        super().setUp()
        self.theirs = self.part(MARK, self.door, USER_ID, CARD)
        self.own = self.part("north", self.own_door, "1001", "00000A11")
        self.theirs["people/import"] = self.made("openImport", {"existing": "refuse"})
        self.theirs["events/exports"] = self.made("exportEvents", {"format": "csv"})
        token = {"name": f"{MARK} token", "rights": {"people": "view"}}
        self.theirs["tokens"] = self.made("addToken", token)
        self.insider = self.account({"areas": [self.own["areas"]], "departments": [self.own["departments"]]})

    def account(self, part):
        self.made("addAccount", {"name": "insider", "password": FIRST, "role_id": "1", **part})
        session = self.good("signIn", 200, {"account": "insider", "password": FIRST})["token"]
        self.good("changeMyPassword", 204, {"old": FIRST, "password": OWN}, token=session)
        return session

    def ask(self, operation, one="", body=None, query="", raw=None):
        path = operation.path.replace("{id}", one) + query
        return self.platform.api(operation.method, path, body, token=self.insider, raw=raw)

    def tells_nothing(self, answer):
        for word in (MARK, CARD, USER_ID, *self.theirs.values()):
            self.assertNotIn(word, answer.text.lower() if word == MARK else answer.text)
        self.assertNotIn(b"JFIF", answer.bytes)

    def of_one(self):
        """(operation, the word of its path) of those that are about one thing."""
        for operation in self.contract.operations:
            if "{id}" in operation.path:
                yield operation, operation.path[1:].partition("/{id}")[0]

    def test_what_is_elsewhere_answers_as_if_it_were_not_there(self):
        asked = set()
        for operation, word in self.of_one():
            if operation.right.endswith((" of the site", " of the site by people")) or word in SHARED:
                continue
            with self.subTest(operation.id):
                self.assertIn(word, {**self.theirs, "verifications": ""}, "a kind that this test has to make")
                if word == "verifications":  # there is a test of its own
                    continue
                asked.add(word)
                sent = {"raw": PICTURE.read_bytes()} if operation.method == "PUT" else {
                    "body": self.contract.example(operation)}
                answer = self.ask(operation, self.theirs[word], **sent)
                unknown = self.ask(operation, UNKNOWN, **sent)
                self.assertEqual((answer.status, answer.text), (404, unknown.text))
        self.assertEqual(asked, set(self.theirs))
        self.everything_is_still_there()

    def everything_is_still_there(self):
        for operation, word in self.of_one():
            if operation.method == "GET" and operation.path.endswith("/{id}") and word in self.theirs:
                self.good(operation.id, 200, ids=[self.theirs[word]])
        self.assertTrue(self.good("listFormerPeople", 200, query=f"?q={MARK}")["items"])

    def test_no_list_and_no_search_tells_of_it(self):
        of = {"area": "areas", "department": "departments", "device": "devices", "door": "doors",
              "person": "people", "group": "permission-groups"}
        time = "from=2020-01-01T00:00:00Z&to=2035-01-01T00:00:00Z"
        for operation in self.contract.operations:
            if operation.method != "GET" or "{id}" in operation.path or operation.id == "live":
                continue
            names = {self.contract.resolved(one)["name"] for one in operation.parameters}
            needed = f"?{time}&" if operation.id == "countEvents" else "?"
            wishes = ["", f"q={MARK}", f"q={CARD}", f"q={USER_ID}", f"card={CARD}"]
            wishes += [f"{name}={self.theirs[word]}" for name, word in of.items()]
            for wish in wishes:
                if wish and wish.partition("=")[0] not in names:
                    continue
                with self.subTest(operation.id, wish=wish):
                    answer = self.ask(operation, query=needed + wish)
                    self.tells_nothing(answer)
                    if wish and answer.status == 200:
                        self.finds_nothing(operation, answer.json())

    def finds_nothing(self, operation, found):
        if operation.id == "countEvents":
            values = [value for bucket in found["items"] for value in bucket.values()]
            self.assertEqual([value for value in values if isinstance(value, int) and value != 0], [])
        else:
            self.assertEqual(found["items"], [])

    def test_no_export_holds_it(self):
        for query in ("", f"?door={self.theirs['doors']}", f"?person={self.theirs['people']}"):
            with self.subTest(query):
                begun = self.platform.api("POST", "/events/exports" + query, {"format": "csv"},
                                          token=self.insider)
                self.tells_nothing(begun)
                if begun.status >= 400:
                    continue
                one = "/events/exports/" + begun.json()["id"]
                state = lambda one=one: self.platform.api("GET", one, token=self.insider).json()["state"]
                eventually(lambda state=state: state() == "done")
                file = self.platform.api("GET", one + "/file", token=self.insider)
                self.assertEqual(file.status, 200)
                self.tells_nothing(file)

    def test_nothing_is_put_there_and_nothing_of_it_is_used(self):
        theirs, own = self.theirs, self.own
        entries = {"entries": [{"door_id": theirs["doors"], "direction": "entry"}]}
        both = {"doors": [own["doors"], theirs["doors"]]}
        placed = {"doors": [{"door_id": theirs["doors"], "x": 0.5, "y": 0.5}]}
        there = {"department_id": theirs["departments"]}
        login = {"name": "New", "address": "127.0.0.1", "port": 1, "account": "admin", "password": "x" * 8}
        for operation_id, word, body in (
            ("addDevice", None, {**login, "area_id": theirs["areas"]}),
            ("changeDevice", "devices", {"area_id": theirs["areas"]}),
            ("changeDoor", "doors", {"area_id": theirs["areas"]}),
            ("addArea", None, {"name": "New", "parent_id": theirs["areas"]}),
            ("changeArea", "areas", {"parent_id": theirs["areas"]}),
            ("addDepartment", None, {"name": "New", "parent_id": theirs["departments"]}),
            ("changeDepartment", "departments", {"parent_id": theirs["departments"]}),
            ("addPerson", None, {"name": "New", **there}),
            ("changePerson", "people", there),
            ("addPermissionGroup", None, {"name": "New", **both}),
            ("addPermissionGroup", None, {"name": "New", "people": [theirs["people"]]}),
            ("addPermissionGroup", None, {"name": "New", "departments": [theirs["departments"]]}),
            ("changePermissionGroup", "permission-groups", both),
            ("changePermissionGroup", "permission-groups", {"add_people": [theirs["people"]]}),
            ("changePermissionGroup", "permission-groups", {"departments": [theirs["departments"]]}),
            ("changeDoorRules", "doors", {"groups": [{"people": [theirs["people"]], "needed": 1}]}),
            ("changeDoorRules", "doors", {"first_card": {"people": [theirs["people"]], "template_id": "1"}}),
            ("addPassbackArea", None, {"name": "New", **entries}),
            ("changePassbackArea", "passback-areas", entries),
            ("pardonPerson", "passback-areas", {"person_id": theirs["people"]}),
            ("addInterlock", None, {"name": "New", **both}),
            ("changeInterlock", "interlocks", both),
            ("addPublicPassword", None, {"name": "New", "code": "55501", **both}),
            ("changePublicPassword", "public-passwords", both),
            ("addFloorPlan", None, {"name": "New", "area_id": theirs["areas"]}),
            ("changeFloorPlan", "floor-plans", {"area_id": theirs["areas"]}),
            ("changeFloorPlan", "floor-plans", placed),
            ("changeFloorPlan", "floor-plans",
             {"links": [{"plan_id": theirs["floor-plans"], "x": 0.5, "y": 0.5}]}),
            ("retryIssue", "devices", {"person_id": theirs["people"]}),
            ("addToken", None, {"name": "New", "rights": {}, "areas": [theirs["areas"]]}),
            ("addToken", None, {"name": "New", "rights": {}, "departments": [theirs["departments"]]}),
        ):
            with self.subTest(operation_id, body=body):
                operation = self.contract.by_id[operation_id]
                answer = self.ask(operation, own[word] if word else "", body)
                unknown = self.ask(operation, own[word] if word else "", self.with_unknown_ids(body))
                self.assertIn(answer.status, (400, 404), answer.text)
                self.assertIn('"not_found"', answer.text)
                self.assertEqual((answer.status, answer.text), (unknown.status, unknown.text))
                self.assertEqual(self.contract.judge(operation, answer), [])

    def with_unknown_ids(self, body):
        if isinstance(body, dict):
            return {name: self.with_unknown_ids(value) for name, value in body.items()}
        if isinstance(body, list):
            return [self.with_unknown_ids(value) for value in body]
        return UNKNOWN if body in self.theirs.values() else body

    def test_what_is_taken_there_is_not_named(self):
        place = {"department_id": self.own["departments"]}
        for body in ({"user_id": USER_ID}, {"cards": [{"number": CARD}]}):
            new = {"name": "New", **place, **body}
            with self.subTest(body):
                answer = self.ask(self.contract.by_id["addPerson"], body=new)
                self.assertEqual(answer.status, 409, answer.text)
                for word in (MARK, *self.theirs.values()):
                    self.assertNotIn(word, answer.text.replace(CARD, "").lower())
        ids = [self.good("openImport", 201, {"existing": "change"}, token=self.insider)["id"]]
        rows = {"people": [{"user_id": USER_ID, "name": "Mine", **place}]}
        faults = self.good("fillImport", 200, rows, ids, token=self.insider)["faults"]
        self.assertTrue(faults)
        self.assertNotIn(MARK, str(faults))
        self.assertEqual(self.good("getPerson", 200, ids=[self.theirs["people"]])["name"], f"{MARK} person")

    def test_live_messages_are_of_the_own_part(self):
        with Live(self.platform, token=self.insider) as live, Live(self.platform) as whole:
            self.good("commandDoor", 200, {"command": "open"}, [self.theirs["doors"]])
            seen = lambda of: next(message for message in iter(of.message, None)
                                   if message["data"].get("kind") == "remote_command")
            self.assertEqual(seen(whole)["data"]["door_id"], self.theirs["doors"])
            self.good("commandDoor", 200, {"command": "open"}, [self.own["doors"]])
            texts = []
            while not texts or self.own["doors"] not in texts[-1] or "remote_command" not in texts[-1]:
                texts.append(live.text().decode())
            for word in (MARK, *(self.theirs[one] for one in ("doors", "devices", "people"))):
                self.assertNotIn(word, "".join(texts).lower())

    def test_live_messages_count_nobody_elsewhere(self):
        with Live(self.platform, token=self.insider) as live, Live(self.platform) as whole:
            self.own_door.press("keys", {"keys": f"*#{self.keypad_password}#1#{USER_ID}##5#*"})
            count = lambda message: message["data"].get("keypad_people")
            while count(whole.message()) != 1:
                pass
            self.good("commandDoor", 200, {"command": "open"}, [self.own["doors"]])
            messages = [live.message()]
            while messages[-1]["data"].get("kind") != "remote_command":
                messages.append(live.message())
            counts = [count(message) for message in messages if message["type"] == "device"]
            self.assertEqual(set(counts), {0}, counts)

    def test_a_question_elsewhere_is_not_answered(self):
        door = self.theirs["doors"]
        self.good("changeDoor", 200, {"settings": {"verification_s": 20}}, [door])
        eventually(lambda: self.good("getDoor", 200, ids=[door])["settings_state"] == "issued")
        query = f"?person={self.theirs['people']}&door={door}"
        eventually(lambda: self.good("listIssueStates", 200, query=query)["items"][0]["state"] == "issued")
        self.door.press("card", {"number": CARD, "reader": 1})
        asked = eventually(lambda: self.good("listVerifications", 200)["items"])[0]["id"]
        for operation_id in ("getVerification", "answerVerification"):
            operation = self.contract.by_id[operation_id]
            answer = self.ask(operation, asked, self.contract.example(operation))
            self.assertEqual((answer.status, answer.json()["code"]), (404, "not_found"))
        self.tells_nothing(self.platform.api("GET", "/verifications", token=self.insider))
        self.assertEqual(self.good("getVerification", 200, ids=[asked])["state"], "waiting")


if __name__ == "__main__":
    unittest.main(verbosity=1)
