"""kill -9 at random instants, while people come, keys are pressed, and a manager edits the roster: what was
answered as stored is there, what was told to the manager is told once, the chain holds.

SALLYPORT_SEED repeats a run; SALLYPORT_LONG kills 1,000 times."""

import json
import os
import random
import signal
import sqlite3
import threading
import time
import unittest

from door import Door, Refused, chain_fault, person

KILLS = 1_000 if os.environ.get("SALLYPORT_LONG") else 50
SEED = int(os.environ.get("SALLYPORT_SEED", random.randrange(1_000_000)))
LONGEST_LIFE_S = 0.4  # after a few answers
MOST_ANSWERS = 5
LONGEST_WAIT_S = 20
RECORDS = 5_000  # the ring turns over many times
PEOPLE = 40


class Witness(threading.Thread):
    """A manager that notes every record it is told of: what was told was stored."""

    def __init__(self, door, seen, acknowledge):
        super().__init__()
        self.client = door.manager()
        self.seen = seen
        self.acknowledge = acknowledge
        self.twice = []
        self.client.ask("sallyport.attach", {"manager": "platform"})
        self.start()

    def run(self):
        last = None
        try:
            while True:
                for record in self.client.next_records():
                    key = (record["generation"], record["sequence"])
                    if self.seen.setdefault(key, record["hash"]) != record["hash"]:
                        self.twice.append(key)
                    if last is not None and key <= last:
                        self.twice.append(key)
                    last = key
                if self.acknowledge:
                    self.client.ask("sallyport.acknowledge", {"manager": "platform", "generation": last[0],
                                                              "sequence": last[1]})
        except (OSError, ConnectionError, Refused):
            pass


class Life(threading.Thread):
    """Does something again and again until the controller is gone; what it does then ends in no answer."""

    def __init__(self, act):
        super().__init__()
        self.act = act
        self.fault = None
        self.start()

    def run(self):
        try:
            while True:
                self.act()
        except (OSError, ConnectionError, json.JSONDecodeError):
            pass
        except Exception as error:  # what http.client raises for half an answer, or what is wrong
            if type(error).__module__ != "http.client":
                self.fault = error


class Kill(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(SEED)
        self.seen = {}
        self.roster = {}  # user ID: the card that was answered as stored; None: removed
        self.doubtful = {}  # user ID: what was asked for and never answered
        self.cards = []  # shown since the last kill, and answered
        self.shown = 0
        self.answered = 0
        self.edits = 0
        self.news = threading.Condition()

    def show_card(self, door):
        self.shown += 1
        card = f"{0xC0000000 + self.shown:08X}"
        door.post("card", number=card)
        self.cards.append(card)
        door.post("input", name="exit_button", active=True)
        door.post("input", name="exit_button", active=False)
        with self.news:
            self.answered += 1
            self.news.notify()

    def edit(self, client):
        user_id = str(1 + self.edits * 7 % PEOPLE)
        with self.news:
            self.edits += 1
            self.news.notify()
        card = None if self.edits % 3 == 0 else f"{0xD0000000 + self.edits:08X}"
        self.doubtful = {user_id: card}
        change = {"remove": [user_id]} if card is None else {"upsert": [person(user_id, card)]}
        client.ask("sallyport.updateRoster", change)
        self.roster[user_id] = card
        self.doubtful = {}

    def killer_of(self, process):
        """Counts what is done first, so that the program is killed at work however slow it is."""
        cards = self.answered + self.chance.randint(0, MOST_ANSWERS)
        edits = self.edits + self.chance.randint(0, MOST_ANSWERS)
        timer = threading.Timer(self.chance.uniform(0.0, LONGEST_LIFE_S), process.kill)

        def run():
            with self.news:
                self.news.wait_for(lambda: self.answered >= cards and self.edits >= edits, LONGEST_WAIT_S)
            timer.run()

        return threading.Thread(target=run)

    def run_until_killed(self, door, acknowledge):
        witness = Witness(door, self.seen, acknowledge)
        editor = door.manager()
        process = door.process
        killer = self.killer_of(process)
        killer.start()
        lives = [Life(lambda: self.show_card(door)), Life(lambda: self.edit(editor))]
        for life in lives:
            life.join()
            self.assertIsNone(life.fault)
        self.assertEqual(process.wait(), -signal.SIGKILL, "it ended by itself: " + door.words()[-2_000:])
        killer.join()
        witness.join()
        self.assertEqual(witness.twice, [])
        door.kill()

    def check(self, database):
        self.assertIsNone(chain_fault(database))
        with sqlite3.connect(database) as connection:
            records = [(json.loads(body), hash_.hex()) for hash_, body in connection.execute(
                "SELECT hash, body FROM records ORDER BY ordinal")]
            cards_of = {user_id: cards[:8][::-1].hex()[8:].upper() for user_id, cards in connection.execute(
                "SELECT user_id, cards FROM people")}
        connection.close()
        kept = {(record["generation"], record["sequence"]): hash_ for record, hash_ in records}
        lost = [key for key, hash_ in self.seen.items()
                if key >= min(kept) and kept.get(key, "").upper() != hash_.upper()]
        self.assertEqual(lost, [], "told, but not there")
        shown = [record["card"] for record, _ in records if record["kind"] == "access"]
        self.assertEqual(len(shown), len(set(shown)), "a card is recorded twice")
        self.assertEqual(set(self.cards) - set(shown), set(), "answered, but not there")
        self.cards.clear()
        for user_id, card in self.roster.items():
            found = cards_of.get(user_id)
            self.assertIn(found, {card, self.doubtful.get(user_id, card)}, f"person {user_id}")
        self.roster.update((user_id, cards_of.get(user_id)) for user_id in self.doubtful)
        self.doubtful = {}

    def test_nothing_that_was_answered_as_stored_is_lost_and_no_record_comes_twice(self):
        print(f"SALLYPORT_SEED={SEED}, {KILLS} kills", flush=True)
        with Door() as door:
            config = door.directory / "door.toml"
            config.write_text(f"[limits]\nrecords = {RECORDS}\n[simulated]\nwiegand_bit_us = 200\n")
            door.arguments = ("--config", str(config))
            door.kill()
            door.start()
            door.manager()
            for kill in range(KILLS):
                with self.subTest(seed=SEED, kill=kill):
                    self.run_until_killed(door, acknowledge=kill % 3 != 0)
                    self.check(door.data / "controller.db")
                door.start()
            self.hear_the_rest(door)
        self.assertGreater(self.answered, KILLS, "the kills came before anything happened")
        self.assertGreater(self.edits, KILLS)

    def hear_the_rest(self, door):
        witness = Witness(door, self.seen, acknowledge=True)
        last = door.manager().ask("sallyport.status")["sequence"]
        deadline = time.monotonic() + 20
        while (1, last) not in self.seen:
            self.assertLess(time.monotonic(), deadline)
            witness.join(0.01)
        door.kill()
        witness.join()
        missing = set(range(1, last + 1)) - {sequence for _, sequence in self.seen}
        self.assertEqual(missing, set(), "a gap in what the manager was told")


if __name__ == "__main__":
    unittest.main()
