"""OSDP readers of a real daemon: paired over the network, played on a pseudo-terminal."""

import base64
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from door import Door, Refused, binary, person, write_osdp_config

CARD = "04A1B2C3"
RIGHTS = [{"doors": [1, 2], "schedule": 255, "kind": "allow"}]


class OsdpReaders(unittest.TestCase):
    def site(self, readers=2, baud=115_200):
        door = Door()
        self.addCleanup(door.__exit__)
        write_osdp_config(door, readers, baud)
        door.start()
        manager = door.manager()
        manager.ask("sallyport.updateRoster", {"upsert": [person(1, CARD, rights=RIGHTS)]})
        return door, manager

    def readers(self, manager):
        return manager.ask("sallyport.readers.list")["lines"][0]["readers"]

    def wait_for(self, manager, address, state, seconds=20):
        deadline = time.monotonic() + seconds
        while (now := self.readers(manager)[address]["state"]) != state:
            self.assertLess(time.monotonic(), deadline, f"reader {address} is {now}, not {state}")
            time.sleep(0.01)

    def wait_for_model(self, manager, address, seconds=20):
        """What a reader is, it is asked where that delays no card."""
        deadline = time.monotonic() + seconds
        while "vendor" not in self.readers(manager)[address].get("model", ""):
            self.assertLess(time.monotonic(), deadline, f"reader {address} has not said what it is")
            time.sleep(0.01)

    def pair(self, manager, *addresses):
        for address in addresses:
            manager.ask("sallyport.readers.pair", {"line": 1, "address": address, "minutes": 1})
            self.wait_for(manager, address, "online")

    def details(self, manager):
        last = manager.ask("sallyport.status")["sequence"]
        after = max(0, last - 900)
        records = manager.ask("sallyport.records", {"generation": 1, "after": after, "limit": 1000})
        return [record.get("detail", record["kind"]) for record in records["records"]]

    def test_a_reader_is_paired_and_opens_its_door_also_after_a_restart(self):
        door, manager = self.site()
        self.assertEqual({reader["state"] for reader in self.readers(manager)}, {"unpaired"})
        status, answer = door.panel("POST", "/panel/card", {"number": CARD})
        self.assertEqual((status, answer["code"]), (409, "reader_offline"))
        self.pair(manager, 0, 1)
        self.assertEqual(self.readers(manager)[1]["reader"], 3)
        shown = door.post("card", number=CARD, door=2)
        self.assertEqual(shown["lock"], "released")
        self.assertGreater(shown["card_to_relay_us"], 0)
        self.wait_for_model(manager, 1)
        shown = door.post("card", number=CARD, door=1, fault="parity")
        self.assertEqual(shown["lock"], "locked")
        words = self.details(manager)
        self.assertIn("pairing_opened line=1 address=1 minutes=1 by=admin", words)
        self.assertIn("reader_key_taken line=1 address=1", words)
        self.assertIn("frame_parity_wrong bits=34 parity=odd", words)

        door.terminate()
        door.start()
        manager = door.manager()
        self.wait_for(manager, 1, "online")
        self.assertEqual(door.post("card", number=CARD, door=2)["lock"], "released")

    def test_the_front_panel_pairs_a_reader_and_shows_its_link(self):
        door, manager = self.site(1)
        reader = door.panel("GET", "/panel/state")[1]["readers"][-1]
        self.assertEqual((reader["wiring"], reader["on"]["state"]), ("osdp", "unpaired"))
        door.post("pair", reader=1)
        self.wait_for(manager, 0, "online")
        self.assertEqual(door.panel("GET", "/panel/state")[1]["readers"][-1]["on"]["state"], "online")
        self.assertIn('pairing_opened line=1 address=0 minutes=1 by="front panel"', self.details(manager))
        shown = door.post("reader", reader=1, fault="unplugged")
        self.assertEqual(shown["readers"][-1]["fault"], "unplugged")

    def test_no_key_is_in_the_log_or_in_a_record(self):
        door, manager = self.site(1)
        self.pair(manager, 0)
        key = (door.data / "played_readers_1").read_text().split()[1]
        manager.ask("sallyport.readers.rotateKey", {"line": 1, "address": 0})
        deadline = time.monotonic() + 20
        while (other := (door.data / "played_readers_1").read_text().split()[1]) == key:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        everything = door.words() + "".join(self.details(manager))
        for secret in (key, other):
            self.assertNotIn(secret.lower(), everything.lower())
        self.assertEqual((door.data / "controller.db").stat().st_mode & 0o077, 0)

    def test_a_reader_without_power_is_a_record_and_an_alarm_until_it_is_back(self):
        door, manager = self.site(2)
        self.pair(manager, 0, 1)
        door.post("reader", door=2, fault="unplugged")
        self.wait_for(manager, 1, "offline")
        self.assertIn("tamper", door.panel("GET", "/panel/state?door=2")[1]["alarms"])
        self.assertEqual(door.post("card", number=CARD, door=1)["lock"], "released")
        door.post("reader", door=2, fault="none")
        self.wait_for(manager, 1, "online")  # how soon: src/codec/osdp/line_test.cpp
        self.assertEqual(door.panel("GET", "/panel/state?door=2")[1]["alarms"], [])
        words = self.details(manager)
        self.assertIn("reader_offline", words)
        self.assertIn("reader_online", words)

    def test_a_new_speed_is_kept_and_a_wrong_one_refused(self):
        door, manager = self.site(1, baud=9_600)
        self.pair(manager, 0)
        with self.assertRaises(Refused) as refused:
            manager.ask("sallyport.readers.setLine", {"line": 1, "baud": 12_345})
        self.assertEqual(refused.exception.name, "invalid_parameter")
        with self.assertRaises(Refused):
            manager.ask("sallyport.readers.setLine", {"line": 2, "baud": 9_600})
        manager.ask("sallyport.readers.setLine", {"line": 1, "baud": 57_600})
        self.assertEqual(manager.ask("sallyport.readers.list")["lines"][0]["baud"], 57_600)
        self.assertEqual(door.post("card", number=CARD, door=1)["lock"], "released")

    def test_formats_are_checked_taken_as_a_whole_and_kept_over_a_restart(self):
        door = Door()
        self.addCleanup(door.__exit__)
        door.start()
        manager = door.manager()
        manager.ask("sallyport.updateRoster", {"upsert": [person(1, "000000AB", rights=RIGHTS)]})
        site = {"name": "Site", "bits": "P CCCC CCCC CCCC P",
                "parities": ["E XXXX XX.. .... .", ". .... ..XX XXXX O"]}
        wrong = [([dict(site, bits="P CCCC CPCC CCCC P")], "The format 'Site' has a P between"),
                 ([dict(site, parities=site["parities"][:1])], "has a P that no parity makes"),
                 ([dict(site, parities=["E XXXX"])], "for each of its 14 bits"),
                 ([dict(site, bits="C" * 65)], "The format 'Site' has 65 bits"),
                 ([site, {"name": "H10301"}, site], "stands twice"),
                 ([{"name": "H10999"}], "is one of H10301")]
        for formats, words in wrong:
            with self.assertRaises(Refused) as refused:
                manager.ask("sallyport.readers.setFormats", {"formats": formats})
            self.assertEqual(refused.exception.name, "wiegand_format")
            self.assertIn(words, str(refused.exception))
        self.assertEqual(manager.ask("sallyport.readers.list")["formats"], [])

        manager.ask("sallyport.readers.setFormats", {"formats": [site]})
        self.assertIn("card_formats_set count=1 by=admin", self.details(manager))
        status, answer = door.panel("POST", "/panel/card", {"number": CARD})
        self.assertEqual((status, answer["code"]), (400, "card_too_long"), "14 bits have no room for it")
        door.terminate()
        door.start()
        manager = door.manager()
        self.assertEqual(manager.ask("sallyport.readers.list")["formats"], [site])
        self.assertEqual(door.post("card", number="000000AB")["lock"], "released")
        door.post("card", number="000000AB", fault="parity")
        self.assertIn("frame_parity_wrong bits=14 parity=odd", self.details(manager))

    def test_a_controller_that_is_a_wiegand_reader_tells_its_panel_cards_and_keys(self):
        door = Door()
        self.addCleanup(door.__exit__)
        config = door.directory / "door.toml"
        config.write_text('[reader_mode]\nwiegand = "34-bit"\nkey_bits = 8\ninterval_us = 1000\n')
        door.arguments = ("--config", config)
        door.start()
        door.manager()
        door.post("keys", keys="#246813#5#1#*")
        self.assertEqual(door.post("card", number=CARD)["lock"], "locked")
        door.post("keys", keys="12#")
        deadline = time.monotonic() + 20
        wanted = [f"card {CARD}", "key 1", "key 2", "key #"]
        while (told := door.panel("GET", "/panel/state?door=1")[1].get("told_panel", [])) != wanted:
            self.assertLess(time.monotonic(), deadline, f"the panel heard {told}")
            time.sleep(0.01)

    def test_traffic_is_given_as_a_capture(self):
        _, manager = self.site(1)
        self.pair(manager, 0)
        answer = manager.ask("sallyport.readers.capture", {"line": 1, "seconds": 1})
        capture = base64.b64decode(answer["pcap"])
        self.assertEqual(capture[:4], b"\xd4\xc3\xb2\xa1")
        self.assertGreater(len(capture), 1_000)
        with self.assertRaises(Refused):
            manager.ask("sallyport.readers.rotateKey", {"line": 1, "address": 9})

    def test_a_wrong_configuration_is_explained(self):
        line = '[[osdp]]\ndevice = "a"\n'
        reader = "[[osdp.readers]]\naddress = 1\n"
        faults = {
            "[[osdp]]\nbaud = 9600\n": "line 1: osdp.1.device has to name the serial line",
            '[[osdp]]\ndevice = "/dev/ttyS0"\nbaud = 14400\n': "osdp.1.baud has to be 9600",
            '[[osdp]]\ndevice = "/dev/ttyS0"\n': "needs 1 to 8 readers",
            line + "[[osdp.readers]]\naddress = 127\n": "from 0 to 126",
            line + reader + "door = 2\n": "from 1 to 1",
            line + reader + reader: "twice",
            line + reader + line + reader: "osdp.2.device stands twice",
            line + reader + 'direction = "in"\n': "entry or exit",
            line + reader + "dor = 1\n": "did you mean osdp.1.readers.1.door",
        }
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "door.toml"
            for text, words in faults.items():
                path.write_text(text)
                done = subprocess.run([binary(), "check-config", path], capture_output=True, text=True,
                                      timeout=20)
                self.assertEqual(done.returncode, 2, text)
                self.assertIn(words, done.stderr)


if __name__ == "__main__":
    unittest.main()
