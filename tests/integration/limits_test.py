"""What a controller takes is configuration. Past it every way in names the limit; nothing is half-written.
SALLYPORT_LONG takes 1,000,000 people over."""

import os
import time
import unittest

from door import Door, Refused, person

LIMITS = """
[limits]
people = 2
cards_per_person = 2
public_passwords = 1
schedules = 2
periods_per_day = 2
holidays = 1
ranges_per_holiday = 2
"""
NIGHT, MORNING, NOON = [0, 3_600], [28_800, 36_000], [43_200, 46_800]
RANGE = ["2026-12-24", "2026-12-26"]


def card(number):
    return {"number": number, "type": "general", "status": "normal"}


def password(number, code):
    return {"number": number, "code": code, "doors": [1]}


def calendar(schedules=2, periods=(NIGHT, NOON), holidays=1, ranges=2):
    week = [list(periods)] + [[]] * 6
    return {"schedules": [{"week": week, "holidays": []}] * schedules,
            "holidays": [{"dates": [RANGE] * ranges, "periods": []}] * holidays}


class Limits(unittest.TestCase):
    def setUp(self):
        self.door = Door()
        self.addCleanup(self.door.__exit__)
        config = self.door.directory / "door.toml"
        config.write_text(LIMITS)
        self.door.arguments = ["--config", config]
        self.door.start()
        self.owner = self.door.manager()
        self.owner.ask("sallyport.updateRoster", {"upsert": [
            person(1001, "00000001", cards=[card("00000001"), card("00000002")]), person(1002, "00000003")]})
        self.owner.ask("sallyport.applyPlan", {"revision": 7, "calendar": calendar(),
                                               "public_passwords": [password(1, "777777")]})

    def state(self):
        said = self.owner.ask("sallyport.status")
        return {name: said[name] for name in ("people", "digest", "revision", "sequence")}

    def refused(self, words, method, params):
        before = self.state()
        with self.assertRaises(Refused) as refused:
            self.owner.ask(method, params)
        self.assertTrue(refused.exception.name.endswith("_limit"), refused.exception.name)
        self.assertIn(words, str(refused.exception))
        self.assertEqual(self.state(), before)

    def test_people_and_their_cards(self):
        some = person(1001, "00000009")
        self.refused("2 people", "sallyport.updateRoster", {"upsert": [some, person(1003, "00000004")]})
        many = person(1002, "00000005", cards=[card(f"0000000{n}") for n in (5, 6, 7)])
        self.refused("2", "sallyport.updateRoster", {"upsert": [some, many]})
        self.assertEqual(self.door.post("card", number="00000001")["lock"], "released")

    def test_schedules_holidays_and_public_passwords(self):
        for words, plan in (
                ("3 weekly schedules; the limit is 2", {"calendar": calendar(schedules=3)}),
                ("3 periods; the limit is 2", {"calendar": calendar(periods=(NIGHT, MORNING, NOON))}),
                ("2 holidays; the limit is 1", {"calendar": calendar(holidays=2)}),
                ("3 date ranges; the limit is 2", {"calendar": calendar(ranges=3)}),
                ("public passwords", {"public_passwords": [password(1, "777777"), password(2, "888888")]})):
            settings = {"revision": 8, "doors": [{"number": 1, "hold_s": 9}], **plan}
            self.refused(words, "sallyport.applyPlan", settings)
            self.assertEqual(self.owner.ask("sallyport.status")["doors"][0]["hold_s"], 3)

    def test_at_the_keypad(self):
        state = self.door.post("keys", keys="#246813#1#5001##12345#")
        self.assertEqual(state["signals"][-1]["signal"], "failure")
        records = self.owner.ask("sallyport.records", {"generation": 1, "after": 0})["records"]
        self.assertIn("user_not_added why=people_limit", [record.get("detail") for record in records])
        self.assertEqual(self.state()["people"], 2)

    def test_a_backup_of_a_larger_controller(self):
        with Door() as large:
            owner = large.manager()
            owner.ask("sallyport.applyPlan", {"revision": 1, "calendar": calendar(schedules=3)})
            backup = owner.ask("sallyport.backup", {"passphrase": "a long passphrase"})["backup"]
        self.refused("3 weekly schedules; the limit is 2", "sallyport.restore",
                     {"backup": backup, "passphrase": "a long passphrase"})


class Million(unittest.TestCase):
    PEOPLE = 1_000_000

    @unittest.skipUnless(os.environ.get("SALLYPORT_LONG"), "takes minutes: SALLYPORT_LONG")
    def test_a_million_people_come_in_and_are_there_after_a_restart(self):
        with Door() as door:
            config = door.directory / "door.toml"
            config.write_text(f"[limits]\npeople = {self.PEOPLE}\n")
            door.kill()
            door.arguments = ("--config", str(config))
            door.start()
            client = door.manager()
            begin = time.monotonic()
            for first in range(1, self.PEOPLE, 1_000):
                client.ask("sallyport.updateRoster", {"upsert": [
                    person(number, f"{number:08X}") for number in range(first, first + 1_000)]})
            print(f"{self.PEOPLE} people in {time.monotonic() - begin:.0f} s", flush=True)
            with self.assertRaisesRegex(Refused, "1000000|1,000,000"):
                client.ask("sallyport.updateRoster", {"upsert": [person(self.PEOPLE + 1, "FFFFFFFF")]})
            digest = client.ask("sallyport.status")["digest"]
            door.kill()
            begin = time.monotonic()
            door.start()
            print(f"started in {time.monotonic() - begin:.1f} s", flush=True)
            status = door.manager().ask("sallyport.status")
            self.assertEqual((status["people"], status["digest"]), (self.PEOPLE, digest))
            self.assertEqual(door.post("card", number=f"{self.PEOPLE:08X}")["lock"], "released")


if __name__ == "__main__":
    unittest.main()
