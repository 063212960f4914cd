"""Every operation of api/openapi.yaml against every role, and against API tokens: who may call it is what the
file says."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from contract import Contract  # noqa: E402
from running_platform import Platform  # noqa: E402

FIRST, OWN = "brass-key-58", "silver-lock-91"
LEVELS = ["none", "view", "control", "edit", "administer"]
SITE, PEOPLE = " of the site", " by people"
UNKNOWN = "2"


class EveryRole(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.contract = Contract()
        cls.platform = Platform()
        cls.addClassCleanup(cls.platform.close)
        cls.platform.start("--discovery", "off")
        cls.platform.set_up()
        cls.roles = {role["name"]: role for role in cls.must(200, "GET", "/roles")["items"]}
        cls.area = cls.must(201, "POST", "/areas", {"name": "North"})["id"]

    @classmethod
    def must(cls, status, method, path, body=None, **more):
        answer = cls.platform.api(method, path, body, **more)
        assert answer.status == status, f"{method} {path}: {answer.status} {answer.text}"
        return answer.json() if answer.text else None

    @classmethod
    def account(cls, name, role, areas=None):
        """A signed-in account that has chosen its password."""
        body = {"name": name, "password": FIRST, "role_id": role, "areas": areas}
        cls.must(201, "POST", "/accounts", body)
        login = {"account": name, "password": FIRST}
        token = cls.must(200, "POST", "/sessions", login)["token"]
        cls.must(204, "POST", "/me/password", {"old": FIRST, "password": OWN}, token=token)
        return token

    def ask(self, operation, token):
        path = operation.path.replace("{id}", UNKNOWN)
        body = {"no_such_member": 1} if operation.body else None
        return self.platform.api(operation.method, path, body, token=token)

    def expected(self, right, rights, sees_all):
        """The code of the refusal, or None."""
        if right in ("anybody", "signed_in"):
            return None
        right = right.removesuffix(PEOPLE)
        enough = [LEVELS.index(rights.get(function, "none")) >= LEVELS.index(level)
                  for function, level in (one.split(".") for one in right.removesuffix(SITE).split(" or "))]
        if not any(enough):
            return "forbidden"
        return "whole_site_only" if right.endswith(SITE) and not sees_all else None

    def walk(self, name, role, areas=None):
        self.walk_with(self.account(name, role["id"], areas), role["name"], role["rights"], areas is None)

    def walk_with(self, token, name, rights, sees_all, script=False):
        for operation in self.contract.operations:
            if operation.id == "setUp" or (operation.id == "signOut" and not script):
                continue
            with self.subTest(operation.id, role=name):
                answer = self.ask(operation, token)
                wanted = self.expected(operation.right, rights, sees_all)
                own = operation.right == "signed_in" and operation.method != "GET"
                if script and (own or operation.right.endswith(PEOPLE)):
                    wanted = "not_for_tokens"
                code = answer.json().get("code") if answer.status >= 400 else None
                if wanted:
                    self.assertEqual((answer.status, code), (403, wanted), answer.text)
                else:
                    self.assertNotIn(code, ("forbidden", "whole_site_only", "not_for_tokens"), answer.text)
                self.assertEqual(self.contract.judge(operation, answer), [])

    def test_every_operation_says_who_may_call_it(self):
        for operation in self.contract.operations:
            with self.subTest(operation.id):
                right = r"[a-z]+\.[a-z]+"
                form = rf"^(anybody|signed_in|{right}( or {right})*( of the site)?( by people)?)$"
                self.assertRegex(operation.right, form)
                self.assertEqual(operation.right == "anybody", operation.open)

    def test_every_operation_against_every_role(self):
        for number, role in enumerate(self.roles.values()):
            self.walk(f"whole-{number}", role)

    def test_every_operation_against_every_role_in_a_part_of_the_site(self):
        for number, role in enumerate(self.roles.values()):
            self.walk(f"part-{number}", role, [self.area])

    def test_each_level_of_each_function_alone(self):
        """Of an account; the lowest and the highest of a token of somebody who may do everything as well."""
        maker = self.account("maker", self.roles["Administrator"]["id"])
        for function in self.roles["Administrator"]["rights"]:
            for level in LEVELS[1:]:
                rights = {function: level}
                name = f"{function}-{level}"
                role = self.must(201, "POST", "/roles", {"name": name, "rights": rights})
                self.walk(name, role)
                if level in ("view", "administer"):
                    token = self.script(name, maker, rights)
                    self.walk_with(token, f"token {name}", rights, True, script=True)

    def script(self, name, session, rights, areas=None):
        body = {"name": name, "rights": rights, "areas": areas}
        return self.must(201, "POST", "/tokens", body, token=session)["token"]

    def test_every_operation_against_tokens_of_every_role(self):
        """Of all that its maker may, and of the rights of each other role where they are covered."""
        for number, role in enumerate(self.roles.values()):
            session = self.account(f"maker-{number}", role["id"])
            for other in self.roles.values():
                if any(LEVELS.index(level) > LEVELS.index(role["rights"].get(function, "none"))
                       for function, level in other["rights"].items()):
                    continue
                token = self.script(other["name"], session, other["rights"])
                name = f"token {other['name']} of {role['name']}"
                self.walk_with(token, name, other["rights"], True, script=True)

    def test_every_operation_against_tokens_in_a_part_of_the_site(self):
        administrator = self.roles["Administrator"]
        whole, part = self.account("whole", "1"), self.account("part", "1", [self.area])
        for name, session, areas in (("narrow", whole, [self.area]), ("inherited", part, None)):
            token = self.script(name, session, administrator["rights"], areas)
            self.walk_with(token, name, administrator["rights"], False, script=True)

    def test_a_token_loses_what_its_maker_loses(self):
        """Every operation with a token of an administrator who has become something less."""
        administrator, viewer = self.roles["Administrator"], self.roles["Viewer"]
        session = self.account("demoted", administrator["id"])
        token = self.script("all", session, administrator["rights"])
        account = next(a for a in self.must(200, "GET", "/accounts")["items"] if a["name"] == "demoted")
        self.must(200, "PATCH", f"/accounts/{account['id']}", {"role_id": viewer["id"]})
        self.walk_with(token, "demoted", viewer["rights"], True, script=True)
        self.must(204, "DELETE", f"/accounts/{account['id']}")
        self.assertEqual(self.platform.api("GET", "/me", token=token).json()["code"], "wrong_token")

    def test_nothing_is_answered_before_the_first_password_is_changed(self):
        role = self.roles["Administrator"]["id"]
        self.must(201, "POST", "/accounts", {"name": "new", "password": FIRST, "role_id": role})
        token = self.must(200, "POST", "/sessions", {"account": "new", "password": FIRST})["token"]
        answered = {"getMe", "changeMe", "changeMyPassword", "signOut"}
        for operation in self.contract.operations:
            if operation.open or operation.id in answered:
                continue
            with self.subTest(operation.id):
                answer = self.ask(operation, token)
                self.assertEqual((answer.status, answer.json()["code"]), (403, "password_change_needed"))
        self.assertEqual(self.must(200, "GET", "/me", token=token)["password_change"], "needed")


if __name__ == "__main__":
    unittest.main(verbosity=1)
