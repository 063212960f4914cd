"""E4: no PIN, password or key of anybody in what the controller keeps or says of itself."""

import base64
import hashlib
import sqlite3
import unittest

from door import KEYPAD_PASSWORD, PASSWORD, Door, Refused, person

PIN, KEYPAD_PIN, CODE = "97531864", "86420975", "75319753"
WRONG, PASSPHRASE = "wr0ng passw0rd", "a long passphrase"
SECRETS = [PASSWORD, KEYPAD_PASSWORD, PIN, KEYPAD_PIN, CODE, WRONG, PASSPHRASE]


def forms(secret):
    """As it is, and what somebody finds who has a list of all PINs."""
    text = secret.encode()
    yield text
    yield base64.b64encode(text).rstrip(b"=")
    yield text.hex().encode()
    for algorithm in ("md5", "sha1", "sha256", "blake2b"):
        digest = hashlib.new(algorithm, text).digest()
        yield digest
        yield digest.hex().encode()
        yield digest.hex().upper().encode()


class Secrets(unittest.TestCase):
    def use_everything(self, door):
        client = door.manager()
        client.ask("sallyport.updateRoster", {"upsert": [person(1001, "04A1B2C3", pin=PIN)]})
        client.ask("sallyport.applyPlan", {"revision": 1, "duress": "on", "public_passwords": [
            {"number": 1, "code": CODE, "doors": [1]}], "doors": [
                {"number": 1, "unlock_mode": "card_or_user_and_pin"}]})
        door.post("keys", keys=f"#{KEYPAD_PASSWORD}#1#5001##{KEYPAD_PIN}#***")
        door.post("keys", keys=f"1001#{PIN}#")
        door.post("keys", keys=f"1001#{PIN[:-1]}5#")  # under duress
        door.post("keys", keys=f"5001#{PIN}#")  # wrong
        door.post("keys", keys=f"{CODE}#")
        door.post("keys", keys=f"#{PIN}#")  # no admin password
        for password in (WRONG, KEYPAD_PASSWORD):
            with self.assertRaises(Refused):
                door.client().login(password)
        client.ask("sallyport.backup", {"passphrase": PASSPHRASE})
        return client

    def test_no_secret_is_in_what_is_kept_or_logged(self):
        with Door() as door:
            self.use_everything(door)
            door.kill()  # with the log of the database as it is
            found = {path.name: path.read_bytes() for path in door.data.rglob("*") if path.is_file()}
            found["log"] = door.words().encode()
            self.assertIn("controller.db", found)
            for name, content in found.items():
                for secret in SECRETS:
                    for form in forms(secret):
                        self.assertNotIn(form, content, f"{secret} in {name}")

    def test_pins_are_keyed_and_passwords_cost_8_mib(self):
        with Door() as one, Door() as other:
            pins = []
            for door in (one, other):
                self.use_everything(door)
                door.kill()
                with sqlite3.connect(door.data / "controller.db") as database:
                    pins += database.execute("SELECT pin FROM people WHERE user_id = '1001'").fetchone()
                    for hash_, in database.execute("SELECT argon2id FROM accounts"):
                        self.assertTrue(hash_.startswith("$argon2id$v=19$m=8192,"), hash_)
                database.close()
            self.assertEqual([len(pin) for pin in pins], [16, 16])
            self.assertNotEqual(*pins)


if __name__ == "__main__":
    unittest.main()
