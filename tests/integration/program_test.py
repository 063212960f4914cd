"""The program `sallyport` from outside: its commands, exit codes, signals, and two of it in one place."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import unittest
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from free_port import free_port  # noqa: E402
from running_platform import BINARIES, PASSWORD, Platform  # noqa: E402
from with_a_door import SimulatedDoor, eventually  # noqa: E402


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
        self.refused(2, "no command 'fly'. There are: serve, status", "fly")
        self.refused(2, "no command 'fly'. There are: list, add", "user", "fly")
        self.refused(2, "init-device: 'a:b:c' is", "init-device", "a:b:c")
        pair = ("reader", "pair", "Gate", "--data", self.platform.data)
        self.refused(2, "no command 'fly'. There are: list, pair, cancel-pairing", "reader", "fly")
        for words, arguments in (("controller is missing.", ("reader", "list")),
                                 ("--line is missing.", (*pair, "--address", "0")),
                                 ("--address is missing.", (*pair, "--line", "1")),
                                 ("--line: '0' is no number from 1 to 64.", (*pair, "--line", "0")),
                                 ("--line: '1x' is no number", (*pair, "--line", "1x")),
                                 ("--address: '127' is no number from 0 to", (*pair, "--address", "127")),
                                 ("--minutes: '11' is no number from 1 to 10.", (*pair, "--minutes", "11"))):
            self.refused(2, words, *arguments)
        for words, arguments in (("sallyport: '--bogus' means nothing there.", ("serve", "--bogus", "1")),
                                 ("--data needs something after it.", ("status", "--data")),
                                 ("port: 'x' is no number", ("set-port", "x")),
                                 ("port: '99999' is no number", ("set-port", "99999")),
                                 ("address is missing.", ("init-device",)),
                                 ("--service: 'x' is neither listen nor registration.",
                                  ("set-port", "8444", "--config", "c", "--service", "x"))):
            self.refused(2, words, *arguments)
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
        self.refused(2, "platform.toml line 1: this is no TOML (", "serve", "--data", self.platform.data,
                     "--config", config)
        self.refused(2, "nowhere.toml", "serve", "--data", self.platform.data, "--config", "nowhere.toml")

    def test_commands_say_when_there_is_no_platform(self):
        nowhere = self.platform.data / "nowhere"
        for command in (["status"], ["audit", "verify"], ["reset-admin"], ["user", "list"], ["doctor"],
                        ["user", "add", "anna"], ["user", "reset", "anna"], ["user", "unlock", "anna"],
                        ["reader", "list", "Gate"]):
            self.refused(1, "There is no platform", *command, "--data", nowhere)
        self.assertFalse(nowhere.exists())

    def test_commands_say_that_this_user_cannot_read_the_platform(self):
        self.platform.start("--discovery", "off")
        self.platform.stop()
        somebody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        if os.geteuid() != 0:
            somebody = []
            self.platform.data.chmod(0)
            self.addCleanup(self.platform.data.chmod, 0o700)
        for command in (["status"], ["reset-admin"], ["user", "list"], ["doctor"], ["serve"]):
            said = subprocess.run([*somebody, BINARIES / "sallyport", *command, "--data", self.platform.data],
                                  capture_output=True, text=True, timeout=20)
            self.assertEqual(said.returncode, 1)
            self.assertIn(f"The data directory {self.platform.data} cannot be used: Permission denied.",
                          said.stderr)

    def test_passwords_cost_64_mib(self):
        self.platform.start("--discovery", "off")
        self.platform.set_up()
        self.platform.stop()
        with closing(sqlite3.connect(self.platform.data / "platform.db")) as database:
            (stored,) = database.execute("SELECT password_hash FROM account").fetchone()
        self.assertRegex(stored, r"^\$argon2id\$v=19\$m=65536,t=2,p=1\$[^$]+\$[^$]+$")

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

    def done(self, *arguments, text=""):
        done = self.platform.command(*arguments, text=text)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done.stdout

    def sign_in(self, account, password):
        return self.platform.api("POST", "/sessions", {"account": account, "password": password}, token="")

    def test_status_says_whether_it_serves(self):
        data = self.platform.data
        self.platform.start()
        self.assertRegex(self.done("status", "--data", data), r"health +not set up yet: open https://127")
        self.platform.set_up()
        said = self.done("status", "--data", data)
        self.assertRegex(said, r"state +running at 127\.0\.0\.1:\d+\n")
        self.assertRegex(said, r"health +ok\n")
        self.assertRegex(said, r"accounts +1\n")
        self.platform.stop()
        self.assertRegex(self.done("status", "--data", data), r"state +stopped\n")

    def test_status_tells_what_the_page_of_services_tells(self):
        data = self.platform.data
        self.platform.start("--registration", "127.0.0.1:0", "--discovery", "127.0.0.1:37810", "--snmp",
                            "/nowhere/master")
        self.platform.set_up()
        nobody, clear = free_port(), free_port()
        mqtt = {"enabled": True, "host": "127.0.0.1", "port": nobody, "tls": "off"}
        for outlet, body in (("mqtt", mqtt), ("network", {"redirect_port": clear})):
            self.assertEqual(self.platform.api("PATCH", "/settings/" + outlet, body).status, 200)
        outlets = lambda: self.platform.api("GET", "/system/status").json()["outlets"]
        eventually(lambda: [one["word"] for one in outlets()].count("failing") == 2)
        page = self.platform.api("GET", "/system/status").json()
        said = self.done("status", "--data", data)
        self.assertIn(f"certificate  until {page['certificate_until']}\n", said)
        self.assertIn(f"since        {page['started_at']}\n", said)
        self.assertRegex(said, r"memory +[1-9][0-9]* MB\n")
        self.assertIn(f" of {page['storage']['disk_bytes'] // 1_000_000} MB free\n", said)
        self.assertRegex(said, r"backlog +\d+ writes wait for the disk, \d+ calls wait, records came 0 ms")
        self.assertRegex(said, r"controllers +0 online, 0 offline\n")
        self.assertRegex(said, r"sessions +1, 0 pages are live\n")
        self.assertEqual([service["name"] for service in page["services"]],
                         ["page", "registration", "redirect", "discovery"])
        for service in page["services"]:
            self.assertRegex(said, rf"{service['name']} +{service['address']}\n")
        self.assertRegex(said, rf"mqtt +127\.0\.0\.1:{nobody} is not reached: ")
        self.assertRegex(said, r"syslog +off\nmail +off\nsnmp +/nowhere/master is not reached: ")
        words = {outlet["name"]: outlet["word"] for outlet in page["outlets"]}
        self.assertEqual(words, {"mqtt": "failing", "syslog": "off", "mail": "off", "snmp": "failing"})
        self.assertEqual((data / "status.sock").stat().st_mode & 0o777, 0o600)
        with socket.socket(socket.AF_UNIX) as silent:  # holds nobody up
            silent.connect(str(data / "status.sock"))
            self.assertIn("sessions ", self.done("status", "--data", data))
        self.platform.stop()
        self.assertFalse((data / "status.sock").exists())
        said = self.done("status", "--data", data)
        self.assertIn(f"certificate  until {page['certificate_until']}\n", said)
        self.assertNotIn("backlog", said)

    def test_status_after_a_kill_is_told_again(self):
        data = self.platform.data
        self.platform.start()
        self.platform.set_up()
        self.platform.stop(signal.SIGKILL)
        self.assertRegex(self.done("status", "--data", data), r"health +does not answer\nbacklog +not known")
        self.platform.start()
        self.assertRegex(self.done("status", "--data", data), r"backlog +\d+ writes")

    def test_accounts_are_kept_on_the_machine(self):
        data = self.platform.data
        self.platform.start()
        self.refused(1, "not set up yet", "user", "unlock", "admin", "--data", data)
        self.platform.set_up()
        self.refused(1, "in use by another", "user", "add", "anna", "--data", data, text="brass-key-58\n")
        for _ in range(5):
            self.sign_in("admin", "wrong")
        self.assertEqual(self.sign_in("admin", PASSWORD).status, 429)
        self.assertIn("not locked out", self.done("user", "unlock", "admin", "--data", data))
        kinds = [one["kind"] for one in self.platform.api("GET", "/lockouts").json()["items"]]
        self.assertEqual(kinds, ["address"])
        self.refused(1, "no account 'bo'", "user", "lock", "bo", "--data", data)
        self.assertIn("Nobody signs in as admin", self.done("user", "lock", "admin", "--data", data))
        self.platform.api("POST", "/lockouts/lift", {"kind": "address", "subject": "127.0.0.1"})
        self.assertEqual(self.sign_in("admin", PASSWORD).status, 429)
        kinds = [one["kind"] for one in self.platform.api("GET", "/lockouts").json()["items"]]
        self.assertEqual(kinds, ["lock"])
        self.assertRegex(self.done("user", "list", "--data", data), r"admin .*Z +\d{4}-.*Z\n")
        locks = self.platform.api("GET", "/audit?action=lockout.set").json()["items"]
        self.assertEqual([lock["subject"]["name"] for lock in locks], ["admin"])
        self.done("user", "unlock", "admin", "--data", data)
        self.assertEqual(self.sign_in("admin", PASSWORD).status, 200)
        self.platform.stop()
        self.refused(2, "no role 'boss'", "user", "add", "anna", "--role", "boss", "--data", data)
        self.refused(2, "At least 8", "user", "add", "anna", "--data", data, text="short\n")
        self.done("user", "add", "anna", "--role", "viewer", "--data", data, text="brass-key-58\n")
        self.refused(1, "already", "user", "add", "anna", "--data", data, text="brass-key-58\n")
        self.refused(1, "no account 'bo'", "user", "reset", "bo", "--data", data, text="brass-key-59\n")
        self.done("user", "reset", "anna", "--data", data, text="brass-key-59\n")
        self.assertRegex(self.done("user", "list", "--data", data), r"anna +Viewer")
        self.done("audit", "verify", "--data", data)
        self.platform.start()
        self.platform.api("POST", "/lockouts/lift", {"kind": "address", "subject": "127.0.0.1"})
        self.assertEqual(self.sign_in("anna", "brass-key-58").status, 401)
        self.assertEqual(self.sign_in("anna", "brass-key-59").status, 200)

    def test_a_locked_account_has_no_tokens_either(self):
        data = self.platform.data
        self.platform.start()
        self.platform.set_up()
        made = self.platform.api("POST", "/tokens", {"name": "Script", "rights": {"people": "view"}}).json()
        people = lambda: self.platform.api("GET", "/people", token=made["token"])
        for _ in range(5):  # anybody could: they stop no script
            self.sign_in("admin", "wrong")
        self.assertEqual(people().status, 200)
        self.assertIn("its API tokens stop", self.done("user", "lock", "admin", "--data", data))
        eventually(lambda: people().status == 429)
        self.assertIn("is locked until", people().json()["detail"])
        self.platform.stop()
        self.platform.start()
        self.assertEqual(people().status, 429)
        self.done("user", "unlock", "admin", "--data", data)
        eventually(lambda: people().status == 200)

    def test_a_port_is_changed_when_it_is_free(self):
        config = self.platform.data / "platform.toml"
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken, free = other.getsockname()[1], free_port()
            before = f'# Mine.\nlisten = "127.0.0.1:8443"\ndiscovery = "off"\n'
            config.write_text(before)
            self.refused(3, str(taken), "set-port", str(taken), "--config", config)
            self.refused(2, "1024", "set-port", "80", "--config", config)
            self.refused(2, "nowhere.toml", "set-port", str(free), "--config", "nowhere.toml")
            self.assertEqual(config.read_text(), before)
            self.assertIn("next start", self.done("set-port", str(free), "--config", config))
            self.assertEqual(config.read_text(), before.replace("8443", str(free)))
            self.assertIn("already", self.done("set-port", str(free), "--config", config))
            self.done("set-port", str(free), "--config", config, "--service", "registration")
            self.assertIn(f'registration = "0.0.0.0:{free}"', config.read_text())

    def test_the_doctor_finds_what_is_wrong(self):
        data = self.platform.data
        self.platform.start()
        self.platform.set_up()
        self.platform.log.flush()
        (data / "log").chmod(0o600)
        said = self.platform.command("doctor", "--data", data).stdout
        for what in ("permissions", "service", "database", "audit", "certificate", "data", "photos"):
            self.assertRegex(said, rf"(?m)^ok +{what} ")
        self.platform.stop()
        (data / "platform.db").chmod(0o644)
        (data / "certificate.pem").write_text("nothing")
        done = self.platform.command("doctor", "--data", data)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, r"(?m)^BAD +permissions .*platform\.db")
        self.assertRegex(done.stdout, r"(?m)^BAD +certificate ")
        self.assertRegex(done.stdout, r"(?m)^LOOK +service +It does not run")

    def test_a_platform_that_cannot_draw_photos_says_so(self):
        self.platform.start()
        self.platform.set_up()
        self.platform.stop()
        alone = self.platform.data.parent / f"{self.platform.data.name}-alone"
        self.addCleanup(shutil.rmtree, alone)
        (alone / "bin").mkdir(parents=True)
        program = shutil.copy(BINARIES / "sallyport", alone / "bin")
        done = subprocess.run([program, "doctor", "--data", self.platform.data], capture_output=True,
                              text=True)
        self.assertRegex(done.stdout, r"(?m)^BAD +photos .*lib/sallyport/sallyport-picture cannot be started")

    def test_controllers_are_found(self):
        door = SimulatedDoor()
        self.addCleanup(door.close)
        said = self.done("discover", "--discovery", door.discovery)
        self.assertRegex(said, rf"127\.0\.0\.1:{door.port} .*not initialised\n")
        self.refused(2, "range", "discover", "--discovery", door.discovery, "--range", "nonsense")

    def test_a_controller_gets_its_first_password(self):
        door = SimulatedDoor()
        self.addCleanup(door.close)
        at = f"127.0.0.1:{door.port}"
        self.refused(1, "password", "init-device", at, text="short\n")
        said = self.done("init-device", at, text="green-door-73\n")
        fingerprint = "[0-9A-F]{2}(:[0-9A-F]{2}){31}"
        self.assertRegex(said, rf"serial +SP\w+\ncertificate +{fingerprint}\nkeypad password +\d+\n")
        self.refused(1, "has a password already", "init-device", at, text="green-door-73\n")

    def test_a_damaged_store_is_told(self):
        (self.platform.data / "platform.db").write_bytes(b"junk" * 4_096)
        self.refused(1, "damaged", "serve", "--data", self.platform.data, "--listen", "127.0.0.1:0")


if __name__ == "__main__":
    unittest.main(verbosity=1)
