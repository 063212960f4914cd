"""The program `sallyport` from outside: its commands, exit codes, signals, and two of it in one place."""

import signal
import socket
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from running_platform import PASSWORD, Platform  # noqa: E402


class Program(unittest.TestCase):
    def setUp(self):
        self.platform = Platform()
        self.addCleanup(self.platform.close)

    def refused(self, code, words, *arguments, text=""):
        done = self.platform.command(*arguments, text=text)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn(words, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def test_wrong_arguments_are_one_sentence(self):
        self.refused(2, "--data", "serve")
        self.refused(2, "--listen", "serve", "--data", self.platform.data, "--listen", "nowhere")
        self.refused(2, "1024", "serve", "--data", self.platform.data, "--listen", "127.0.0.1:80")
        self.refused(2, "sqlite", "serve", "--data", self.platform.data, "--database", "postgresql://x")
        self.refused(2, "--registration", "serve", "--data", self.platform.data, "--registration", "nowhere")
        self.refused(2, "--help", "fly")
        self.refused(2, "--help")
        self.assertEqual(self.platform.command("--help").returncode, 0)
        self.assertIn("sallyport", self.platform.command("--version").stdout)

    def test_a_configuration_file_is_read_and_its_mistakes_are_named(self):
        config = self.platform.data / "platform.toml"
        config.write_text('listen = "127.0.0.1:0"\ndiscovery = "off"\n')
        self.platform.start("--config", config)
        self.platform.stop()
        config.write_text('listen = "127.0.0.1:0"\nlisen = 1\n')
        self.refused(2, "line 2", "serve", "--data", self.platform.data, "--config", config)
        config.write_text("listen = [\n")
        self.refused(2, "platform.toml", "serve", "--data", self.platform.data, "--config", config)
        self.refused(2, "nowhere.toml", "serve", "--data", self.platform.data, "--config", "nowhere.toml")

    def test_commands_say_when_there_is_no_platform(self):
        nowhere = self.platform.data / "nowhere"
        for command in (["status"], ["audit", "verify"], ["reset-admin"], ["user", "list"]):
            self.refused(1, "There is no platform", *command, "--data", nowhere)
        self.assertFalse(nowhere.exists())

    def test_a_second_one_is_refused(self):
        self.platform.start()
        data = self.platform.data
        self.refused(1, "in use by another sallyport", "serve", "--data", data, "--listen", "127.0.0.1:0")
        self.refused(1, "in use by another sallyport", "reset-admin", "--data", data)

    def test_a_port_in_use_is_named(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            self.refused(3, str(port), "serve", "--data", self.platform.data, "--listen", f"127.0.0.1:{port}")

    def test_a_signal_stops_it_at_once_and_nothing_is_lost(self):
        self.platform.start()
        self.platform.set_up()
        self.assertEqual(self.platform.stop(), 0)
        self.assertFalse((self.platform.data / "addresses.json").exists())
        self.platform.start()
        self.assertEqual(self.platform.api("GET", "/me").status, 200)
        self.assertEqual(self.platform.stop(signal.SIGINT), 0)

    def test_what_it_answered_survives_a_kill(self):
        self.platform.start()
        self.platform.set_up()
        for number in range(20):
            self.assertEqual(self.platform.api("POST", "/people", {"name": f"P{number}"}).status, 201)
        self.platform.stop(signal.SIGKILL)
        self.platform.start()
        self.assertEqual(len(self.platform.api("GET", "/people").json()["items"]), 20)
        done = self.platform.command("audit", "verify", "--data", self.platform.data)
        self.assertIn("21 entries", done.stdout)

    def test_a_forgotten_password_is_set_anew(self):
        self.platform.start()
        self.platform.set_up()
        self.platform.stop()
        data = self.platform.data
        self.refused(2, "At least 8 characters", "reset-admin", "--data", data, text="short\n")
        done = self.platform.command("reset-admin", "--data", data, text="another-horse-8\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("admin", self.platform.command("user", "list", "--data", data).stdout)
        self.platform.start()
        self.assertEqual(self.platform.api("GET", "/me").status, 401)
        for password, status in ((PASSWORD, 401), ("another-horse-8", 200)):
            login = {"account": "admin", "password": password}
            self.assertEqual(self.platform.api("POST", "/sessions", login, token="").status, status)

    def test_no_secret_is_in_the_files_or_the_log(self):
        self.platform.start()
        self.platform.set_up()
        self.platform.api("POST", "/people", {"name": "Anna", "pin": "97531864"})
        self.platform.stop()
        for file in self.platform.data.rglob("*"):
            content = file.read_bytes()
            for secret in (PASSWORD, "97531864", self.platform.token):
                self.assertNotIn(secret.encode(), content, file.name)
            if file.name not in ("log", "certificate.pem"):
                self.assertEqual(file.stat().st_mode & 0o077, 0, file.name)

    def test_a_damaged_store_is_told(self):
        (self.platform.data / "platform.db").write_bytes(b"junk" * 4_096)
        self.refused(1, "damaged", "serve", "--data", self.platform.data, "--listen", "127.0.0.1:0")


if __name__ == "__main__":
    unittest.main(verbosity=1)
