"""A database that is damaged when the controller starts: the doors go on, it says so, there is a way out."""

import sqlite3
import subprocess
import unittest

from door import Door, Refused, binary, person

PASSPHRASE = "a long passphrase"
KNOWN = "04A1B2C3"
OF_FACILITY_17 = "00110001"  # the upper half of a 34-bit frame's number is the facility
CONFIG = "doors = 2\n[[facility_fallback]]\ndoor = 1\nfacilities = [42, 17]\n"


def damage_people(database):
    """Overwrites the first page of their table."""
    connection = sqlite3.connect(database)
    page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'people'").fetchone()[0]
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    with open(database, "r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


def command(*arguments):
    return subprocess.run([binary(), *arguments], input=PASSPHRASE + "\n", capture_output=True, text=True,
                          timeout=60)


class DamagedDatabase(unittest.TestCase):
    def setUp(self):
        self.door = Door()
        self.addCleanup(self.door.__exit__)
        config = self.door.directory / "door.toml"
        config.write_text(CONFIG)
        self.door.arguments = ["--config", config]
        self.door.start()
        self.owner = self.door.manager()
        self.owner.ask("sallyport.updateRoster", {"upsert": [person(1001, KNOWN)]})
        self.owner.ask("sallyport.applyPlan", {"revision": 3, "doors": [{"number": 1, "hold_s": 1}]})

    @property
    def database(self):
        return self.door.data / "controller.db"

    def opens(self, card, number=1):
        state = self.door.post("card", number=card, door=number)
        self.door.post("clock", advance_ms=2_000)
        return state["lock"] == "released"

    def alarms(self):
        return self.owner.ask("sallyport.status")["doors"][0]["alarms"]

    def lose_people(self):
        self.assertEqual(self.door.terminate(), 0)
        damage_people(self.database)
        self.door.start()
        self.owner = self.door.manager()

    def test_without_its_people_a_door_goes_by_the_facility_where_it_is_told_to(self):
        self.assertFalse(self.opens(OF_FACILITY_17))
        self.lose_people()
        self.assertIn("people of this controller cannot be read", self.door.words())
        self.assertIn("storage_failed", self.alarms())
        self.assertTrue(self.owner.ask("sallyport.status")["peopleLost"])
        self.assertFalse(self.opens(KNOWN))
        self.assertTrue(self.opens(OF_FACILITY_17))
        self.assertFalse(self.opens(OF_FACILITY_17, number=2), "no fallback unless it is configured")
        self.lockdown("lockdown")
        self.assertEqual(self.door.terminate(), 0)
        self.door.start()
        self.owner = self.door.manager()
        self.assertFalse(self.opens(OF_FACILITY_17), "the lockdown was stored")
        self.lockdown("normal")
        self.assertTrue(self.opens(OF_FACILITY_17), "they are still lost")
        records = self.owner.ask("sallyport.records", {"generation": 1, "after": 0})["records"]
        let_in = [record for record in records if "facility_only" in record.get("flags", [])
                  and record.get("result") == "granted"]
        self.assertEqual([(record["card"], record["detail"]) for record in let_in],
                         [(OF_FACILITY_17, "facility_code number=17")] * 2)
        self.assertIn(["facility", "passed", 17], let_in[0]["trace"])
        self.assertIn(("storage_failed", "people_lost"),
                      [(record.get("alarm"), record.get("detail")) for record in records])

    def lockdown(self, word):
        self.owner.ask("sallyport.doorCommand", {"door": 1, "command": word, "commandId": word,
                                                 "expiresInMs": 5_000, "by": "anna"})

    def test_the_owner_brings_the_people_back(self):
        self.lose_people()
        with self.assertRaises(Refused) as refused:
            self.owner.ask("sallyport.backup", {"passphrase": PASSPHRASE})
        self.assertIn("damaged", str(refused.exception))
        self.owner.ask("sallyport.updateRoster", {"upsert": [person(1001, KNOWN)]})
        self.assertTrue(self.opens(KNOWN))
        self.assertTrue(self.opens(OF_FACILITY_17), "more may come")
        self.owner.ask("sallyport.updateRoster", {"whole": True})
        self.assertEqual(self.alarms(), [])
        for _ in range(2):
            self.assertFalse(self.opens(OF_FACILITY_17))
            self.assertTrue(self.opens(KNOWN))
            self.door.kill()  # what was answered is durable
            self.door.start()
        kept = sqlite3.connect(self.database)
        self.addCleanup(kept.close)
        tables = {row[0] for row in kept.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        self.assertLessEqual({"people", "damaged_people_1"}, tables)

    def test_a_file_that_is_no_database_stops_no_door_and_a_backup_replaces_it(self):
        backup = self.door.directory / "configuration.backup"
        self.assertEqual(command("backup", backup, "--data", self.door.data).returncode, 0)
        self.assertEqual(self.door.terminate(), 0)
        self.database.write_bytes(b"x" * 50_000)
        self.door.start()
        self.assertIn("restore FILE --data", self.door.words())
        self.assertFalse(self.opens(KNOWN))
        self.assertTrue(self.opens(OF_FACILITY_17))
        self.assertEqual(self.door.post("input", name="exit_button", active=True)["lock"], "released")
        self.assertIn("storage_failed", self.door.post("input", name="exit_button", active=False)["alarms"])
        self.door.post("clock", advance_ms=5_000)
        self.nobody_takes_it_over()
        self.assertEqual(self.door.terminate(), 0)
        self.assertEqual(self.database.read_bytes(), b"x" * 50_000, "for an investigation")
        done = command("restore", backup, "--data", self.door.data, "--people", "backups")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("controller.db.damaged-1", done.stdout)
        self.assertEqual((self.door.data / "controller.db.damaged-1").read_bytes(), b"x" * 50_000)
        self.door.start()
        self.assertTrue(self.opens(KNOWN))
        self.assertFalse(self.opens(OF_FACILITY_17))
        self.owner = self.door.manager()
        self.assertEqual(self.alarms(), [])

    def test_a_disk_that_cannot_be_read_stops_no_door_and_all_is_there_when_it_is_well(self):
        self.assertEqual(self.door.terminate(), 0)
        log = self.door.data / "controller.db-wal"
        log.mkdir()  # SQLite cannot open it: as good as a disk that fails
        self.door.start()
        self.assertIn("mend or replace the disk", self.door.words())
        self.assertFalse(self.opens(KNOWN))
        self.assertTrue(self.opens(OF_FACILITY_17))
        self.assertEqual(self.door.post("input", name="exit_button", active=True)["lock"], "released")
        self.assertIn("storage_failed", self.door.post("input", name="exit_button", active=False)["alarms"])
        self.door.post("clock", advance_ms=5_000)
        self.nobody_takes_it_over()
        self.assertEqual(self.door.terminate(), 0)
        log.rmdir()
        self.door.start()
        self.assertTrue(self.opens(KNOWN))
        self.owner = self.door.manager()
        self.assertEqual(self.alarms(), [])

    def nobody_takes_it_over(self):
        """It does not know its accounts any more; that makes it nobody's."""
        _, answer = self.door.initialise()
        self.assertIn("cannot be used", answer["error"]["message"])
        state = self.door.post("keys", keys="#88888888#0#654321#654321#")
        self.assertEqual(state["signals"][-1]["signal"], "failure")


if __name__ == "__main__":
    unittest.main()
