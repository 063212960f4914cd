"""Backup and restore of a controller, by the device protocol and on the command line (controller.md E5)."""

import base64
import subprocess
import unittest

from door import PASSWORD, Door, Refused, binary, person

PASSPHRASE = "battery staple"


def command(*arguments, passphrase=PASSPHRASE):
    return subprocess.run([binary(), *arguments], input=passphrase + "\n", capture_output=True, text=True,
                          check=False)


class Backup(unittest.TestCase):
    def owned(self, door):
        """A controller with an owner, who has two people."""
        client = door.manager()
        client.ask("sallyport.applyPlan", {"revision": 5, "doors": [{"number": 1, "hold_s": 9}]})
        client.ask("sallyport.updateRoster", {"upsert": [person(1001, "04A1B2C3", pin="97531864"),
                                                         person(1002, "04A1B2C4")]})
        return client

    def opens(self, door, card):
        return door.post("card", number=card)["lock"] == "released"

    def test_a_person_revoked_since_the_backup_stays_revoked(self):
        with Door() as door:
            owner = self.owned(door)
            backup = owner.ask("sallyport.backup", {"passphrase": PASSPHRASE})["backup"]
            for secret in (b"97531864", b"1001", PASSWORD.encode()):
                self.assertNotIn(secret, base64.b64decode(backup))
            owner.ask("sallyport.updateRoster", {"remove": ["1001"]})
            owner.ask("sallyport.applyPlan", {"revision": 6, "doors": [{"number": 1, "hold_s": 3}]})
            before = owner.ask("sallyport.status")
            owner.ask("sallyport.restore", {"passphrase": PASSPHRASE, "backup": backup})
            after = door.manager().ask("sallyport.status")
            self.assertEqual((after["revision"], after["owner"]), (0, "platform"))
            self.assertEqual((after["people"], after["digest"]), (1, before["digest"]))
            self.assertEqual(after["doors"][0]["hold_s"], 9)
            self.assertFalse(self.opens(door, "04A1B2C3"))
            self.assertTrue(self.opens(door, "04A1B2C4"))

    def test_people_of_a_backup_are_never_in_step_until_the_owner_has_been_there(self):
        with Door() as door:
            owner = self.owned(door)
            in_step = owner.ask("sallyport.status")["digest"]
            backup = owner.ask("sallyport.backup", {"passphrase": PASSPHRASE})["backup"]
            owner.ask("sallyport.restore",
                      {"passphrase": PASSPHRASE, "backup": backup, "people": "backups"})
            again = door.manager()
            self.assertNotEqual(again.ask("sallyport.status")["digest"], in_step)
            tags = again.ask("sallyport.tags")["tags"]
            self.assertEqual(tags, [["1001", "F" * 16], ["1002", "F" * 16]])
            records = again.ask("sallyport.records", {"generation": 1, "after": 0})["records"]
            self.assertTrue(any("backup_with_people_restored" in record.get("detail", "") and
                                "count=2" in record["detail"] for record in records))
            self.owned(door)
            self.assertEqual(door.manager().ask("sallyport.status")["digest"], in_step)

    def test_a_new_board_takes_the_place_of_a_broken_one(self):
        with Door() as broken, Door() as fresh:
            self.owned(broken)
            file = broken.directory / "configuration.backup"
            made = command("backup", file, "--data", broken.data)  # beside the running daemon
            self.assertEqual(made.returncode, 0, made.stderr)
            self.assertIn("2 people", made.stdout)
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)
            self.assertEqual(command("backup", file, "--data", broken.data).returncode, 1)
            self.assertIn("in use", command("restore", file, "--data", fresh.data).stderr)
            fresh.terminate()
            done = command("restore", file, "--data", fresh.data)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("0 people", done.stdout)
            fresh.start()
            client = fresh.client()
            client.login(PASSWORD)
            status = client.ask("sallyport.status")
            self.assertEqual((status["owner"], status["revision"], status["people"]), ("platform", 0, 0))
            self.assertFalse(self.opens(fresh, "04A1B2C3"))
            fresh.terminate()
            done = command("restore", file, "--data", fresh.data, "--people", "backups")
            self.assertEqual(done.stdout,
                             "Restored, 2 people of the backup included. The journal says so as well.\n")
            fresh.start()
            self.assertTrue(self.opens(fresh, "04A1B2C3"))

    def test_what_cannot_be_restored_is_refused_and_changes_nothing(self):
        with Door() as door:
            owner = self.owned(door)
            backup = owner.ask("sallyport.backup", {"passphrase": PASSPHRASE})["backup"]
            broken = base64.b64encode(base64.b64decode(backup)[:-7]).decode()
            for params, name in (({"backup": backup, "passphrase": "another one"}, "wrong_passphrase"),
                                 ({"backup": broken, "passphrase": PASSPHRASE}, "wrong_passphrase"),
                                 ({"backup": "AAAA", "passphrase": PASSPHRASE}, "backup_damaged"),
                                 ({"backup": "no base64!", "passphrase": PASSPHRASE}, "invalid_parameter"),
                                 ({"backup": backup, "passphrase": "short"}, "invalid_parameter"),
                                 ({"backup": backup, "passphrase": PASSPHRASE, "people": "all"},
                                  "invalid_parameter")):
                with self.assertRaises(Refused) as refused:
                    owner.ask("sallyport.restore", params)
                self.assertEqual(refused.exception.name, name, params)
            self.assertEqual(owner.ask("sallyport.status")["revision"], 5)
            file = door.directory / "none"
            door.terminate()
            self.assertEqual(command("restore", file, "--data", door.data).returncode, 1)
            file.write_bytes(b"x" * 200)
            self.assertIn("no backup", command("restore", file, "--data", door.data).stderr)
            self.assertIn("cannot be read", command("restore", "/dev/zero", "--data", door.data).stderr)
            self.assertEqual(command("restore", file, "--data", door.data, "--people", "x").returncode, 2)
            self.assertFalse([name for name in door.data.iterdir() if "unsealed" in name.name])


if __name__ == "__main__":
    unittest.main()
