"""Every operation of api/openapi.yaml answers as the file says: the running program, judged call by call."""

import hashlib
import http.client
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from contract import ROOT, Contract  # noqa: E402
from free_port import free_port  # noqa: E402
from mail_server import MailServer  # noqa: E402
from running_platform import PASSWORD, Platform, code_of  # noqa: E402

UNKNOWN = "7"  # roles 1 to 4 come with the platform
BEFORE_SETUP = {"getHealth", "getReadiness", "getSetup", "setUp"}


class EveryOperation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.contract = Contract()
        cls.platform = Platform()
        cls.addClassCleanup(cls.platform.close)
        cls.platform.start("--discovery", "off")
        others = [op for op in cls.contract.operations if op.id != "setUp"]
        cls.before_setup = {op.id: cls.ask(op, token="") for op in others}
        cls.setup_answer = cls.platform.set_up()

    @classmethod
    def ask(cls, operation, body=None, ids=(), query="", **more):
        path = operation.path
        for one in [*ids, *[UNKNOWN] * 3]:
            path = path.replace("{id}", one, 1)
        return cls.platform.api(operation.method, path + query, body, **more)

    def good(self, operation_id, status, body=None, ids=(), query="", **more):
        """An answer with this status, as the file says."""
        operation = self.contract.by_id[operation_id]
        answer = self.ask(operation, body, ids, query, **more)
        self.assertEqual(answer.status, status, f"{operation_id}: {answer.text}")
        self.assertEqual(self.contract.judge(operation, answer), [])
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else None

    def test_only_few_answer_before_set_up(self):
        for operation_id, answer in self.before_setup.items():
            with self.subTest(operation_id):
                operation = self.contract.by_id[operation_id]
                self.assertEqual(self.contract.judge(operation, answer), [])
                if operation_id not in BEFORE_SETUP:
                    self.assertEqual((answer.status, answer.json()["code"]), (403, "setup_needed"))

    def test_none_answers_without_a_session(self):
        for operation in self.contract.operations:
            if operation.open:
                continue
            for token in ("", "A" * 43):
                with self.subTest(operation.id, token=token):
                    answer = self.ask(operation, self.contract.example(operation), token=token)
                    self.assertEqual((answer.status, answer.json()["code"]), (401, "unauthenticated"))
                    self.assertEqual(self.contract.judge(operation, answer), [])

    def test_foreign_pages_change_nothing(self):
        for operation in self.contract.operations:
            if operation.method == "GET":
                continue
            with self.subTest(operation.id):
                headers = {"Origin": "https://elsewhere.example"}
                answer = self.ask(operation, self.contract.example(operation), headers=headers)
                self.assertEqual((answer.status, answer.json()["code"]), (403, "foreign_origin"))

    def test_wrong_bodies_are_problems(self):
        for operation in self.contract.operations:
            if not operation.body or operation.id == "setUp":
                continue
            with self.subTest(operation.id):
                self.refused_bytes(operation)
            for body in self.contract.wrong_bodies(operation):
                with self.subTest(operation.id, body=str(body)[:100]):
                    answer = self.ask(operation, body)
                    self.assertIn(answer.status, (400, 404), answer.text)
                    self.assertEqual(self.contract.judge(operation, answer), [])

    def refused_bytes(self, operation):
        for raw in (b"", b"{", b"\xff\xfe", b'{"a": ' * 50, b"[" * 100_000, b"nul"):
            answer = self.ask(operation, raw=raw)
            self.assertEqual((answer.status, answer.json()["code"]), (400, "bad_json"))
        answer = self.ask(operation, raw=b" " * (4 * 1024 * 1024 + 1))
        self.assertEqual((answer.status, answer.json()["code"]), (413, "body_too_large"))
        self.assertEqual(self.contract.judge(operation, answer), [])

    def test_unknown_ids_are_not_found(self):
        for operation in self.contract.operations:
            if "{id}" not in operation.path:
                continue
            for wrong in (UNKNOWN, "x", "99999999999999999999", "1%20OR%201=1"):
                with self.subTest(operation.id, id=wrong):
                    answer = self.ask(operation, self.contract.example(operation), [wrong])
                    self.assertEqual((answer.status, answer.json()["code"]), (404, "not_found"))
                    self.assertEqual(self.contract.judge(operation, answer), [])

    def test_wrong_parameters_are_named(self):
        for operation in self.contract.operations:
            for parameter in map(self.contract.resolved, operation.parameters):
                if parameter["in"] != "query" or operation.id == "searchDevices":
                    continue
                with self.subTest(operation.id, parameter=parameter["name"]):
                    query = f"?{parameter['name']}=" + "%22" * 300
                    answer = self.ask(operation, self.contract.example(operation), query=query)
                    self.assertEqual(answer.status, 400)
                    self.assertEqual(self.contract.judge(operation, answer), [])
                    named = [error["field"] for error in answer.json().get("errors", [])]
                    bad_cursor = answer.json()["code"] == "bad_cursor"
                    self.assertTrue(parameter["name"] in named or bad_cursor, answer.text)

    def test_every_operation_is_seen_to_succeed(self):
        tests = "".join(file.read_text() for file in Path(__file__).parent.glob("contract*_test.py"))
        for operation in self.contract.operations:
            with self.subTest(operation.id):
                if operation.id != "setUp":  # the next test
                    self.assertRegex(tests, rf'good\(\s*"{operation.id}", (2\d\d|426)')

    def test_set_up(self):
        self.assertEqual(self.contract.judge(self.contract.by_id["setUp"], self.setup_answer), [])

    def test_system(self):
        self.assertEqual(self.good("getHealth", 200)["state"], "ok")
        self.assertEqual(self.good("getReadiness", 200)["state"], "ok")
        self.good("getMetrics", 200)
        self.assertEqual(self.good("getSystemStatus", 200)["storage"]["database"], "ok")
        self.assertFalse(self.good("getSetup", 200)["needed"])
        self.good("setUp", 409, {"password": PASSWORD, "language": "en"})
        self.good("getSettings", 200)
        changed = self.good("changeSettings", 200, {"time_zone": "Asia/Shanghai"})
        self.assertEqual(changed["time_zone"], "Asia/Shanghai")
        self.good("changeSettings", 400, {"time_zone": "Mars/One"})
        self.good("live", 426)

    def test_mqtt(self):
        self.assertEqual(self.good("getMqtt", 200)["state"]["word"], "off")
        self.good("testMqtt", 409)
        self.good("changeMqtt", 400, {"enabled": True})
        self.good("changeMqtt", 400, {"tls": "given"})
        self.good("changeMqtt", 400, {"tls": "given", "certificate": "none"})
        self.good("changeMqtt", 400, {"areas": [UNKNOWN]})
        changed = self.good("changeMqtt", 200, {"host": "127.0.0.1", "port": 1, "tls": "off"})
        self.assertIsNotNone(self.good("testMqtt", 200)["problem"])
        self.good("changeMqtt", 409, {"people": True, "revision": changed["revision"] - 1})

    def test_syslog(self):
        self.assertEqual(self.good("getSyslog", 200)["state"]["word"], "off")
        self.good("testSyslog", 409)
        self.good("changeSyslog", 400, {"enabled": True})
        changed = self.good("changeSyslog", 200, {"host": "127.0.0.1", "port": 1, "tls": "off"})
        self.assertIsNotNone(self.good("testSyslog", 200)["problem"])
        self.good("changeSyslog", 409, {"audit": False, "revision": changed["revision"] - 1})

    def test_mail(self):
        self.assertEqual(self.good("getMailServer", 200)["state"]["word"], "off")
        self.good("testMailServer", 409, {"to": "anna@example.org"})
        self.good("testMailServer", 400, {"to": "anna"})
        self.good("changeMailServer", 400, {"enabled": True})
        self.good("changeMailServer", 400, {"sender": "two@at@once"})
        server = {"host": "127.0.0.1", "port": 1, "tls": "off", "sender": "doors@example.org"}
        changed = self.good("changeMailServer", 200, server)
        self.assertIsNotNone(self.good("testMailServer", 200, {"to": "anna@example.org"})["problem"])
        self.good("changeMailServer", 409, {"in_clear": True, "revision": changed["revision"] - 1})

    def test_mailbox(self):
        role = self.good("addRole", 201, {"name": "Reads mail", "rights": {}})
        login = {"account": "mia", "password": "brass-key-58"}
        mia = {"name": "mia", "password": login["password"], "role_id": role["id"]}
        mia = self.good("addAccount", 201, mia)
        token = self.good("signIn", 200, login)["token"]
        passwords = {"old": login["password"], "password": "silver-lock-91"}
        self.good("changeMyPassword", 204, passwords, token=token)
        own = {"password": "silver-lock-91", "address": "mia@example.org"}
        with MailServer() as server:
            self.good("changeMailServer", 200, {"enabled": False})
            self.good("beginMailbox", 409, own, token=token)
            self.good("askForCode", 409, {"account": "mia"}, token="")
            self.good("changeMailServer", 200, {"enabled": True, "host": "127.0.0.1", "port": server.port,
                                                "tls": "off", "sender": "doors@example.org"})
            self.good("beginMailbox", 400, own | {"password": "wrong"}, token=token)
            self.good("confirmMailbox", 409, {"code": "12345678"}, token=token)
            self.good("beginMailbox", 204, own, token=token)
            self.good("confirmMailbox", 400, {"code": "1"}, token=token)
            self.good("confirmMailbox", 200, {"code": server.next_code()}, token=token)
            self.assertTrue(self.good("getMyMailbox", 200, token=token)["proved"])
            self.assertTrue(self.good("getRecovery", 200, token="")["mail"])
            self.good("askForCode", 204, {"account": "mia"}, token="")
            new = {"account": "mia", "code": server.next_code(), "password": login["password"]}
            self.good("recoverByCode", 401, new | {"code": "1"}, token="")
            self.good("recoverByCode", 204, new, token="")
            token = self.good("signIn", 200, login)["token"]
            self.good("removeMailbox", 204, {"password": login["password"]}, token=token)
            self.good("changeMailServer", 200, {"enabled": False})
        self.good("removeAccount", 204, ids=[mia["id"]])
        self.good("removeRole", 204, ids=[role["id"]])

    def test_sessions(self):
        token = self.good("signIn", 200, {"account": "admin", "password": PASSWORD})["token"]
        self.assertEqual(len(self.good("listSessions", 200, query="?limit=1")["items"]), 1)
        self.good("getMe", 200, token=token)
        self.good("changeMe", 200, {"language": "zh"}, token=token)
        self.good("changeMe", 200, {"language": "en"}, token=token)
        self.good("signOut", 204, token=token)
        self.good("getMe", 401, token=token)
        self.good("signIn", 401, {"account": "nobody", "password": "wrong"})

    def test_second_factor(self):
        role = {"name": "Nobody special", "rights": {}}
        role = self.good("addRole", 201, role)
        login = {"account": "eve", "password": "brass-key-58"}
        eve = self.good("addAccount", 201, {"name": "eve", "password": "brass-key-58", "role_id": role["id"]})
        token = self.good("signIn", 200, login)["token"]
        passwords = {"old": "brass-key-58", "password": "silver-lock-91"}
        self.good("changeMyPassword", 204, passwords, token=token)
        own = {"password": "silver-lock-91"}
        login |= own
        self.good("renewRecoveryCodes", 409, own, token=token)
        self.good("confirmSecondFactor", 409, {"code": "123456"}, token=token)
        self.good("beginSecondFactor", 400, {"password": "wrong"}, token=token)
        begun = self.good("beginSecondFactor", 200, own, token=token)
        self.good("confirmSecondFactor", 400, {"code": "12345"}, token=token)
        code = {"code": code_of(begun["secret"])}
        codes = self.good("confirmSecondFactor", 200, code, token=token)["recovery_codes"]
        self.assertEqual(self.good("getMySecondFactor", 200, token=token)["recovery_codes"], 10)
        self.assertEqual(self.good("signIn", 401, login)["code"], "second_factor_needed")
        self.assertEqual(self.good("signIn", 401, login | code)["code"], "wrong_code")
        self.good("signIn", 200, login | {"code": codes[0], "stay": True})
        self.good("renewRecoveryCodes", 200, own, token=token)
        self.good("removeSecondFactor", 204, ids=[eve["id"]])
        self.good("signIn", 200, login)
        self.good("removeMySecondFactor", 204, own, token=token)
        self.good("setMyQuestions", 403, {**own, "questions": []}, token=token)
        self.good("removeAccount", 204, ids=[eve["id"]])
        self.good("removeRole", 204, ids=[role["id"]])

    def test_sign_in_rules(self):
        self.assertEqual(self.good("getSignInRules", 200)["second_factor"], "nobody")
        changed = self.good("changeSignInRules", 200, {"staying_signed_in": "forbidden"})
        self.assertEqual(changed["staying_signed_in"], "forbidden")
        self.assertEqual(self.good("getSetup", 200)["staying_signed_in"], "forbidden")
        self.good("changeSignInRules", 200, {"staying_signed_in": "allowed"})

    def test_network(self):
        self.assertEqual(self.good("getNetwork", 200)["allowed"], [])
        networks = {"allowed": ["10.0.0.0/8", "fd00::/8"]}
        self.assertEqual(self.good("changeNetwork", 200, networks)["own_address"], "127.0.0.1")
        self.good("changeNetwork", 400, {"allowed": ["10.0.0.0/99"]})
        with socket.socket() as taken:
            port = free_port()
            taken.bind(("127.0.0.1", port))
            self.good("changeNetwork", 400, {"redirect_port": port})
        self.good("changeNetwork", 200, {"allowed": [], "redirect_port": port})
        plain = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        plain.request("GET", "/people")
        answer = plain.getresponse()
        self.assertEqual(answer.status, 308)
        self.assertEqual(answer.headers["Location"], f"https://127.0.0.1:{self.platform.port}/people")
        self.good("changeNetwork", 200, {"redirect_port": None})

    def test_certificate(self):
        made = self.good("getCertificate", 200)
        self.assertFalse(made["own"])
        with tempfile.TemporaryDirectory() as place:
            key, certificate = Path(place, "key"), Path(place, "certificate")
            command = "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=door.example"
            subprocess.run(
                [*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True
            )
            body = {"certificate": certificate.read_text(), "key": key.read_text()}
        self.good("setCertificate", 400, {**body, "key": "nothing"})
        own = self.good("setCertificate", 200, body)
        self.assertEqual((own["own"], own["subject"]), (True, "CN = door.example"))
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection((self.platform.host, self.platform.port), 30) as plain:
            with context.wrap_socket(plain) as seen:
                digest = hashlib.sha256(seen.getpeercert(True)).hexdigest().upper()
        self.assertEqual(own["fingerprint"].replace(":", ""), digest)
        self.assertEqual(self.good("dropCertificate", 200)["fingerprint"], made["fingerprint"])

    def test_zz_forgotten_password(self):
        """The last one: it ends every session."""
        self.assertFalse(self.good("getRecovery", 200)["questions"])
        questions = self.contract.example(self.contract.by_id["setMyQuestions"])
        self.good("setMyQuestions", 400, {"password": "wrong", "questions": []})
        self.good("setMyQuestions", 204, questions)
        self.assertTrue(self.good("getMyQuestions", 200)["possible"])
        answers = {"answers": ["lindenhof", "AM  WALL"], "password": PASSWORD}
        self.good("recoverPassword", 401, answers | {"answers": ["lindenhof", "elsewhere"]})
        self.good("recoverPassword", 204, answers)
        self.good("getMe", 401)
        self.platform.token = self.good("signIn", 200, {"account": "admin", "password": PASSWORD})["token"]

    def test_what_the_site_wants_to_know_of_people_besides(self):
        field = {"name": "Locker", "kind": "text"}
        made = self.good("replacePersonFields", 200, {"fields": [field]})["items"]
        self.assertEqual(self.good("listPersonFields", 200)["items"], made)
        values = {made[0]["id"]: "B 12"}
        person = self.good("addPerson", 201, {"name": "Lea", "custom": values, "administrator": True})
        self.assertEqual((person["custom"], person["administrator"]), (values, True))
        self.good("replacePersonFields", 400, {"fields": [{"name": "A", "kind": "choice"}]})
        self.good("replacePersonFields", 200, {"fields": []})
        self.assertEqual(self.good("getPerson", 200, ids=[person["id"]])["custom"], {})

    def test_former_people_and_how_long_things_are_kept(self):
        person = self.good("addPerson", 201, {"name": "Gone"})["id"]
        self.good("removePerson", 204, ids=[person])
        former = self.good("listFormerPeople", 200, query="?q=gone")["items"]
        self.assertEqual([one["name"] for one in former], ["Gone"])
        self.good("eraseFormerPerson", 204, ids=[former[0]["id"]])
        self.assertEqual(self.good("listFormerPeople", 200, query="?q=gone")["items"], [])
        kept = self.good("changeRetention", 200, {"events_days": 365})
        self.assertEqual(self.good("getRetention", 200), kept)
        notice = self.good("changePrivacyNotice", 200, {"en": "We record who opens which door."})
        self.assertEqual(self.good("getPrivacyNotice", 200), notice)
        self.assertEqual(notice["kept"]["events_days"], 365)

    def test_people_and_permissions(self):
        person = self.good("addPerson", 201, self.contract.example(self.contract.by_id["addPerson"]))
        self.good("addPerson", 409, {"name": "Twice", "user_id": person["user_id"]})
        ids = [person["id"]]
        self.good("getPerson", 200, ids=ids)
        self.good("changePerson", 200, {"name": "Anna Klein", "pin": None, "uses": 3}, ids)
        self.assertEqual(self.good("listPeople", 200, query="?q=klein")["items"][0]["uses"], 3)
        example = self.contract.example(self.contract.by_id["addTimeTemplate"])
        template = self.good("addTimeTemplate", 201, example)
        self.good("getTimeTemplate", 200, ids=[template["id"]])
        self.good("changeTimeTemplate", 200, {"name": "Office hours"}, [template["id"]])
        self.good("changeTimeTemplate", 409, {"name": "Office", "revision": 1}, [template["id"]])
        self.good("listTimeTemplates", 200)
        group = self.good(
            "addPermissionGroup", 201, {"name": "Staff", "template_id": template["id"], "people": ids}
        )
        guests = self.good("addDepartment", 201, {"name": "Guests"})
        visit = {"name": "Visit", "departments": [guests["id"]], "valid_to": "2027-01-01T00:00:00Z"}
        visit = self.good("addPermissionGroup", 201, visit)
        denied = self.good("changePermissionGroup", 200, {"effect": "deny", "valid_to": None}, [visit["id"]])
        self.good("changePermissionGroup", 409, {"effect": "allow", "revision": 1}, [visit["id"]])
        self.assertEqual((denied["effect"], denied["departments"]), ("deny", [guests["id"]]))
        self.good("addPermissionGroup", 409, {"name": "Staff"})
        self.good("addPermissionGroup", 400, {"name": "Other", "people": [UNKNOWN]})
        self.good("getPermissionGroup", 200, ids=[group["id"]])
        self.good("removeTimeTemplate", 409, ids=[template["id"]])
        self.good("changePermissionGroup", 200, {"template_id": None, "people": []}, [group["id"]])
        self.good("listPermissionGroups", 200, query="?person=" + person["id"])
        self.good("removePermissionGroup", 204, ids=[group["id"]])
        self.good("removeTimeTemplate", 204, ids=[template["id"]])
        self.good("removePerson", 204, ids=ids)
        self.good("listAudit", 200, query="?limit=5")

    def test_imports(self):
        example = lambda name: self.contract.example(self.contract.by_id[name])  # noqa: E731
        ids = [self.good("openImport", 201, example("openImport"))["id"]]
        row = {"user_id": "7001", "name": "Cem", "details": {"phone": "12"}}
        self.assertEqual(self.good("fillImport", 200, {"people": [row]}, ids)["faults"], [])
        faults = self.good("fillImport", 200, {"people": [row, {"name": "Dora"}]}, ids)["faults"]
        self.assertEqual(
            [(fault["field"], fault["code"]) for fault in faults],
            [("people.1.user_id", "missing"), ("people.0.user_id", "duplicate")],
        )
        self.good("beginImport", 409, ids=ids)
        self.good("cancelImport", 204, ids=ids)
        self.good("getImport", 404, ids=ids)
        ids = [self.good("openImport", 201, {"existing": "refuse"})["id"]]
        self.good("fillImport", 200, {"people": [row]}, ids)
        self.good("beginImport", 200, ids=ids)
        end = time.monotonic() + 20
        while (now := self.good("getImport", 200, ids=ids))["state"] == "running" and time.monotonic() < end:
            pass
        self.assertEqual((now["state"], now["added"]), ("done", 1))
        person = self.good("listPeople", 200, query="?q=7001")["items"][0]
        self.assertEqual(person["details"]["phone"], "12")
        batch = {"people": [row, {"user_id": "7002", "name": "Dora"}]}
        looked_at = self.good("addPeople", 201, batch)
        self.assertEqual([fault["field"] for fault in looked_at["faults"]], ["people.0.user_id"])
        self.good("beginImport", 409, ids=[looked_at["import"]["id"]])
        looked_at = self.good("addPeople", 201, {"people": batch["people"][1:]})
        self.assertEqual((looked_at["faults"], looked_at["import"]["rows"]), ([], 1))
        self.good("beginImport", 200, ids=[looked_at["import"]["id"]])
        end = time.monotonic() + 20
        while not (added := self.good("listPeople", 200, query="?q=7002")["items"]):
            self.assertLess(time.monotonic(), end)
        for one in (person, added[0]):
            self.good("removePerson", 204, ids=[one["id"]])

    def test_exports(self):
        department = self.good("addDepartment", 201, {"name": "Exported"})["id"]
        self.good("listEvents", 200, query=f"?department={department}")
        for form in ("csv", "xlsx", "pdf"):
            ids = [self.good("exportEvents", 201, {"format": form}, query="?kind=access")["id"]]
            end = time.monotonic() + 20
            while (now := self.good("getExport", 200, ids=ids))["state"] in ("waiting", "running"):
                self.assertLess(time.monotonic(), end)
            self.assertEqual(now["state"], "done", now)
            self.assertIn(ids[0], [one["id"] for one in self.good("listExports", 200)["items"]])
            self.good("fetchExport", 200, ids=ids)
            self.good("removeExport", 204, ids=ids)
            self.good("fetchExport", 404, ids=ids)
        self.good("removeDepartment", 204, ids=[department])

    def test_photos(self):
        picture = (ROOT / "tests/fuzz/corpus/drawing/baseline").read_bytes()
        ids = [self.good("addPerson", 201, {"name": "Pia"})["id"]]
        self.good("getPhoto", 404, ids=ids)
        for wrong in (b"GIF89a", picture[:-100]):
            self.good("setPhoto", 400, ids=ids, raw=wrong)
        for right in ("png_palette", "progressive", "baseline"):
            self.good("setPhoto", 204, ids=ids,
                      raw=(ROOT / "tests/fuzz/corpus/drawing" / right).read_bytes())
        tag = self.good("getPerson", 200, ids=ids)["photo"]
        self.good("getPhoto", 200, ids=ids)
        answer = self.ask(self.contract.by_id["getPhoto"], ids=ids, query="?tag=" + tag)
        self.assertEqual(answer.headers["Content-Type"], "image/jpeg")
        self.assertTrue(answer.bytes.startswith(b"\xff\xd8\xff\xdb"), "what describes it is gone")
        self.assertIn(b"Exif", picture)
        self.assertNotIn(b"Exif", answer.bytes)
        self.good("removePhoto", 204, ids=ids)
        self.good("removePhoto", 404, ids=ids)
        self.good("removePerson", 204, ids=ids)

    def test_floor_plans(self):
        corpus = ROOT / "tests/fuzz/corpus/picture"
        area = self.good("addArea", 201, {"name": "Tower"})["id"]
        plan = self.good("addFloorPlan", 201, {"name": "Ground floor", "area_id": area})
        ids = [plan["id"]]
        self.good("addFloorPlan", 409, {"name": "ground FLOOR", "area_id": area})
        self.good("getFloorPlanPicture", 404, ids=ids)
        for wrong, code in ((b"GIF89a", "picture_unreadable"), (b"<svg/>", "picture_is_drawing"),
                            (b"x" * 4_000_001, "picture_too_large")):
            self.assertEqual(self.good("setFloorPlanPicture", 400, ids=ids, raw=wrong)["code"], code)
        for name, kind in (("baseline", "jpeg"), ("png", "png"), ("webp_lossy", "webp")):
            seen = self.good("setFloorPlanPicture", 200, ids=ids, raw=(corpus / name).read_bytes())["picture"]
            self.assertEqual(seen["type"], "image/" + kind)
            fetch = self.contract.by_id["getFloorPlanPicture"]
            answer = self.ask(fetch, ids=ids, query="?tag=" + seen["tag"])
            self.assertEqual(answer.headers["Content-Type"], "image/" + kind)
            self.good("getFloorPlanPicture", 200, ids=ids)
        picture = (corpus / "png").read_bytes()
        self.good("setFloorPlanPicture", 409, ids=ids, query="?revision=1", raw=picture)
        links = [{"plan_id": ids[0], "x": 0.5, "y": 1}]
        campus = self.good("addFloorPlan", 201, {"name": "Campus", "links": links})
        self.assertEqual(campus["links"], links)
        self.good("changeFloorPlan", 200, {"position": 2, "revision": 4}, ids)
        self.good("changeFloorPlan", 409, {"position": 3, "revision": 4}, ids)
        again = {"door_id": "9", "x": 0, "y": 0, "rotation": 360}
        wrong = {"doors": [{"door_id": "9", "x": 1.5, "y": -1}, again]}
        fields = {error["field"] for error in self.good("changeFloorPlan", 400, wrong, ids)["errors"]}
        self.assertEqual(fields, {"doors.0.x", "doors.0.y", "doors.1", "doors.1.rotation"})
        self.assertEqual([one["name"] for one in self.good("listFloorPlans", 200)["items"]],
                         ["Campus", "Ground floor"])
        self.assertIn("1 floor plan", self.good("removeArea", 409, ids=[area])["detail"])
        self.good("removeFloorPlan", 204, ids=ids)
        self.assertEqual(self.good("getFloorPlan", 200, ids=[campus["id"]])["links"], [])
        self.good("removeFloorPlan", 204, ids=[campus["id"]])
        self.good("removeArea", 204, ids=[area])

    def test_holidays(self):
        example = self.contract.example(self.contract.by_id["addHoliday"])
        holiday = self.good("addHoliday", 201, example)
        self.good("addHoliday", 409, example)
        self.good("addHoliday", 400, {"name": "Backwards", "from": "2026-12-24", "to": "2026-12-23"})
        ids = [holiday["id"]]
        self.good("getHoliday", 200, ids=ids)
        hours = [{"from": "09:00:00", "to": "12:00:00"}]
        self.assertEqual(self.good("changeHoliday", 200, {"periods": hours}, ids)["periods"], hours)
        self.good("changeHoliday", 409, {"periods": [], "revision": 1}, ids)
        self.good("listHolidays", 200, query="?limit=5")
        template = {"name": "Feasts", "week": [[]] * 7, "holiday_ids": ids}
        template = self.good("addTimeTemplate", 201, template)
        self.assertEqual(template["holiday_ids"], ids)
        self.good("changeTimeTemplate", 400, {"holiday_ids": [UNKNOWN]}, [template["id"]])
        self.good("removeHoliday", 409, ids=ids)
        self.good("changeTimeTemplate", 200, {"holiday_ids": []}, [template["id"]])
        self.good("removeHoliday", 204, ids=ids)
        self.good("listAudit", 200, query="?action=holiday.changed")

    def test_cards(self):
        card = {"number": "C0FFEE", "type": "vip"}
        ann = self.good("addPerson", 201, {"name": "Ann Card", "user_id": "ann.card", "cards": [card]})
        lost = {"cards": [card | {"status": "lost"}]}
        changed = self.good("changePerson", 200, lost, [ann["id"]])
        self.assertEqual(changed["cards"], [{"number": "00C0FFEE", "type": "vip", "status": "lost"}])
        self.good("addPerson", 409, {"name": "Bo Card", "cards": [card]})
        listed = self.good("listCards", 200, query="?status=lost&q=c0f&limit=5")["items"]
        self.assertEqual([one["person"]["name"] for one in listed], ["Ann Card"])
        self.good("removePerson", 204, ids=[ann["id"]])
        history = self.good("getCard", 200, ids=["c0ffee"])["history"]
        self.assertEqual([step["status"] for step in history], ["returned", "lost", "active"])

    def test_accounts_and_roles(self):
        guard = self.good("addRole", 201, {"name": "Gate", "rights": {"doors": "control"}})
        self.good("addRole", 409, {"name": "gate", "rights": {}})
        self.good("getRole", 200, ids=[guard["id"]])
        self.good("changeRole", 200, {"name": "Gatehouse", "revision": 1}, [guard["id"]])
        self.good("changeRole", 409, {"name": "Gate", "revision": 1}, [guard["id"]])
        self.good("changeRole", 409, {"name": "Mine"}, ["1"])
        self.good("listRoles", 200, query="?limit=2")
        body = {"name": "anna", "password": "brass-key-58", "role_id": guard["id"], "areas": []}
        anna = self.good("addAccount", 201, body)
        self.good("addAccount", 409, body)
        self.good("addAccount", 400, {**body, "name": "bo", "role_id": UNKNOWN * 3})
        self.good("addAccount", 400, {**body, "name": "bo", "password": "short"})
        self.good("getAccount", 200, ids=[anna["id"]])
        self.good("changeAccount", 200, {"areas": None, "revision": 1}, [anna["id"]])
        self.good("changeAccount", 409, {"areas": None, "revision": 1}, [anna["id"]])
        self.good("changeAccount", 200, {"mailbox": None}, [anna["id"]])
        self.good("changeAccount", 400, {"mailbox": "anna@example.org"}, [anna["id"]])
        self.good("listAccounts", 200, query="?limit=1")
        self.good("removeRole", 409, ids=[guard["id"]])
        login = {"account": "anna", "password": "brass-key-58"}
        token = self.good("signIn", 200, login)["token"]
        passwords = {"old": "brass-key-58", "password": "silver-lock-91"}
        self.good("changeMyPassword", 400, {**passwords, "old": "wrong"}, token=token)
        self.good("changeMyPassword", 204, passwords, token=token)
        session = self.good("listSessions", 200)["items"][0]
        self.good("endSession", 204, ids=[session["id"]])
        self.good("getMe", 401, token=token)
        self.good("listLockouts", 200)
        self.good("liftLockout", 204, {"kind": "account", "subject": "anna"})
        self.good("removeAccount", 204, ids=[anna["id"]])
        self.good("removeRole", 204, ids=[guard["id"]])

    def test_tokens(self):
        body = {"name": "Export", "rights": {"people": "view"}, "expires_at": "2099-01-01T00:00:00Z"}
        made = self.good("addToken", 201, body)
        self.good("addToken", 409, body)
        self.good("addToken", 400, {**body, "name": "Late", "expires_at": "2020-01-01T00:00:00Z"})
        self.assertNotIn("token", self.good("listTokens", 200, query="?limit=1")["items"][0])
        self.good("listPeople", 200, token=made["token"])
        self.good("addPerson", 403, {"name": "Bo"}, token=made["token"])
        self.good("removeToken", 204, ids=[made["id"]])
        self.good("listPeople", 401, token=made["token"])

    def test_webhooks(self):
        body = {"name": "Receiver", "url": "https://127.0.0.1:9/in", "kinds": ["alarm_started"]}
        made = self.good("addWebhook", 201, body)
        self.good("addWebhook", 409, body)
        self.good("addWebhook", 400, {**body, "name": "Plain", "url": "http://example.org/"})
        self.assertNotIn("secret", self.good("getWebhook", 200, ids=[made["id"]]))
        changed = self.good("changeWebhook", 200, {"enabled": False, "revision": 1}, [made["id"]])
        self.assertEqual(changed["state"], "off")
        self.good("changeWebhook", 409, {"enabled": True, "revision": 1}, [made["id"]])
        problem = self.good("testWebhook", 200, ids=[made["id"]])["problem"]
        self.assertEqual(problem, {"code": "address_refused", "said": None})
        self.assertEqual(len(self.good("listDeliveries", 200, ids=[made["id"]])["items"]), 1)
        self.assertEqual(len(self.good("listWebhooks", 200)["items"]), 1)
        self.good("removeWebhook", 204, ids=[made["id"]])

    def test_areas(self):
        site = self.good("addArea", 201, {"name": "North"})
        hall = self.good("addArea", 201, {"name": "Hall", "parent_id": site["id"]})
        self.good("addArea", 409, {"name": "north"})
        self.good("addArea", 400, {"name": "Elsewhere", "parent_id": UNKNOWN})
        self.good("changeArea", 400, {"parent_id": hall["id"]}, [site["id"]])
        self.good("changeArea", 409, {"name": "Hall 1", "revision": 7}, [hall["id"]])
        self.good("changeArea", 200, {"name": "Hall 1", "revision": 1}, [hall["id"]])
        self.good("getArea", 200, ids=[hall["id"]])
        self.assertEqual(len(self.good("listAreas", 200, query="?limit=1")["items"]), 1)
        self.good("listDevices", 200, query=f"?area={site['id']}")
        self.good("listDoors", 200, query=f"?area={site['id']}")
        self.good("removeArea", 409, ids=[site["id"]])
        self.good("removeArea", 204, ids=[hall["id"]])
        self.good("listAudit", 200, query="?action=area.changed")

    def test_departments(self):
        staff = self.good("addDepartment", 201, {"name": "Staff"})
        night = self.good("addDepartment", 201, {"name": "Night", "parent_id": staff["id"]})
        self.good("addPerson", 201, {"name": "Owl", "user_id": "owl", "department_id": night["id"]})
        self.assertEqual(len(self.good("listPeople", 200, query=f"?department={staff['id']}")["items"]), 1)
        self.good("changeDepartment", 409, {"name": "Day", "revision": 2}, [night["id"]])
        self.good("changeDepartment", 200, {"parent_id": None}, [night["id"]])
        self.good("getDepartment", 200, ids=[night["id"]])
        self.good("listDepartments", 200)
        self.good("removeDepartment", 409, ids=[night["id"]])
        self.good("removeDepartment", 204, ids=[staff["id"]])

    def test_lists_of_a_platform_without_doors(self):
        for operation_id in ("listDoors", "listDevices", "listEvents", "listIssueStates"):
            self.assertEqual(self.good(operation_id, 200), {"items": [], "next": None})
        times = "?from=2026-03-28T00:00:00Z&to=2026-03-29T00:00:00Z&buckets=24"
        self.assertEqual(len(self.good("countEvents", 200, query=times)["items"]), 24)


if __name__ == "__main__":
    unittest.main(verbosity=1)
