"""The daemon as a process: arguments, configuration, ports, disk, signals, and its network from outside."""

import hashlib
import json
import os
import resource
import signal
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from door import PASSWORD, Client, Door, Refused, binary, chain_fault, person
from free_port import free_port

HOLD_MS = 3_000


def run(*arguments, **options):
    return subprocess.run([binary(), *arguments], capture_output=True, text=True, timeout=20, check=False,
                          **options)


class Arguments(unittest.TestCase):
    def refused(self, expected, *arguments):
        result = run(*arguments)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(expected, result.stderr)

    def test_bad_arguments_name_the_argument(self):
        self.refused("--data", )
        self.refused("--frobnicate", "--data", "/tmp/x", "--frobnicate")
        self.refused("--listen", "--data", "/tmp/x", "--listen", "nowhere")
        self.refused("--panel", "--data", "/tmp/x", "--panel", "127.0.0.1:99999")
        self.refused("simulated or linux", "--data", "/tmp/x", "--hardware", "toaster")
        self.refused("[[door]]", "--data", "/tmp/x", "--hardware", "linux")
        self.refused("--compatibility-http", "--data", "/tmp/x", "--compatibility-http", "nowhere")
        self.refused("cannot be read", "--data", "/tmp/x", "--config", "/nowhere/door.toml")

    def test_help_and_version(self):
        self.assertIn("--panel", run("--help").stdout)
        self.assertEqual(run("--version").returncode, 0)

    def test_check_config_names_key_and_line(self):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "door.toml"
            path.write_text('listen = "127.0.0.1:0"\npower_on_codes = "forbidden"\n[limits]\npeople = 100\n')
            result = run("check-config", path)
            self.assertEqual(result.returncode, 0, result.stderr)
            for text, words in (
                    ("[limits]\npeopel = 5\n", ["line 2", "limits.peopel", "limits.people"]),
                    ("[limits]\npeople = 0\n", ["line 2", "limits.people", "from 1 to"]),
                    ("[limits]\nschedules = 256\n", ["line 2", "limits.schedules", "from 1 to 255"]),
                    ("[limits]\nholidays = 257\n", ["line 2", "limits.holidays", "from 0 to 256"]),
                    ('\nlisten = "x"\n', ["line 2", "listen"]),
                    ('power_on_codes = "no"\n', ["line 1", "power_on_codes", "allowed or forbidden"]),
                    ("[[facility_fallback]]\nfacilities = [17]\n", ["fallback.1.door", "which door"]),
                    ("[[facility_fallback]]\ndoor = 2\nfacilities = [17]\n", ["line 2", "from 1 to 1"]),
                    ("[[facility_fallback]]\ndoor = 1\n", ["facility_fallback.1.facilities", "give some"]),
                    ("[[facility_fallback]]\ndoor = 1\nfacilities = [-1]\n", ["line 3", "whole numbers"]),
                    ("[[facility_fallback]]\ndoor = 1\nfacilities = [1]\n" * 2, ["line 5", "already"]),
                    ("a = = b\n", ["line 1"])):
                path.write_text(text)
                result = run("check-config", path)
                self.assertEqual(result.returncode, 2)
                for word in words:
                    self.assertIn(word, result.stderr)

    def test_a_port_in_use_is_named(self):
        with socket.socket() as other, tempfile.TemporaryDirectory() as directory:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            free = ["--listen", "127.0.0.1:0", "--discovery", "off"]
            for arguments in (["--listen", f"127.0.0.1:{port}", "--discovery", "off"],
                              [*free, "--panel", f"127.0.0.1:{port}"]):
                result = run("--data", directory, *arguments)
                self.assertEqual(result.returncode, 3, result.stderr)
                self.assertIn(str(port), result.stderr)

    def test_a_data_directory_that_cannot_be_used(self):
        result = run("--data", "/proc/nowhere", "--listen", "127.0.0.1:0", "--discovery", "off")
        self.assertEqual(result.returncode, 1)
        self.assertIn("/proc/nowhere", result.stderr)

    def test_a_second_daemon_on_one_directory(self):
        with Door() as door:
            result = run("--data", door.data, "--listen", "127.0.0.1:0", "--discovery", "off")
            self.assertEqual(result.returncode, 1)
            self.assertIn("in use", result.stderr)


def nobody_reads():
    """Gives the process a log whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    os.dup2(writer, 1)
    os.dup2(writer, 2)


class Network(unittest.TestCase):
    def test_a_log_that_nobody_reads_ends_no_door(self):
        with Door() as door:
            door.kill()
            door.start(before=nobody_reads)
            with socket.create_connection(door.addresses["listen"].rsplit(":", 1)) as stranger:
                stranger.sendall(b"GET / HTTP/1.1\r\n\r\n")
            self.assertEqual(door.post("card", number="04A1B2C3")["lock"], "locked")

    def test_the_whole_way_from_initialisation_to_a_record_that_is_acknowledged(self):
        with Door() as door:
            client = door.manager()
            status = client.ask("sallyport.status")
            self.assertEqual(status["fingerprint"], door.panel("GET", "/panel/state")[1]["fingerprint"])
            certificate = client.socket.getpeercert(binary_form=True)
            digest = hashlib.sha256(certificate).hexdigest().upper()
            self.assertEqual(status["fingerprint"].replace(":", ""), digest)
            client.ask("sallyport.updateRoster", {"upsert": [person(1001, "04A1B2C3", pin="97531864")]})
            client.ask("sallyport.attach", {"manager": "platform"})
            self.assertEqual(door.post("card", number="04A1B2C3")["lock"], "released")
            records = []
            while not records or records[-1]["kind"] != "access":
                records += client.next_records()
            self.assertEqual(records[-1]["result"], "granted")
            self.assertEqual([record["sequence"] for record in records], list(range(1, len(records) + 1)))
            last = {"generation": 1, "sequence": records[-1]["sequence"]}
            client.ask("sallyport.acknowledge", {"manager": "platform", **last})
            client.ask("sallyport.doorCommand", {"door": 1, "command": "open", "commandId": "1",
                                                 "expiresInMs": 5_000, "by": "alice"})
            self.assertEqual(door.terminate(), 0)
            door.start()
            again = door.manager()
            again.ask("sallyport.attach", {"manager": "platform"})
            self.assertEqual(again.next_records()[0]["sequence"], last["sequence"] + 1)
            for file in door.data.iterdir():
                self.assertNotIn(b"97531864", file.read_bytes(), file.name)
            self.assertNotIn(PASSWORD, door.words())

    def test_bytes_that_are_no_frames_end_only_their_own_connection(self):
        with Door() as door:
            good = door.manager()
            for bytes_ in (b"GET / HTTP/1.1\r\n\r\n" + b" " * 40, os.urandom(1_000),
                           Client.HEADER.pack(b"\x20\0\0\0", b"DHIP", 0, 1, 1 << 30, 1 << 30)):
                bad = door.client()
                bad.send(bytes_)
                with self.assertRaises((ConnectionError, OSError)):
                    bad.take(1)
            with socket.create_connection(door.addresses["listen"].rsplit(":", 1)) as plain:
                plain.sendall(b"not TLS at all\n" * 10)
            self.assertTrue(good.ask("sallyport.status")["serial"].startswith("SP"))
            with self.assertRaises(Refused) as refused:
                good.ask("no.such.method")
            self.assertEqual(refused.exception.name, "unknown_method")

    def test_the_certificate_is_told_as_it_is_shown(self):
        with Door() as door:
            client = door.manager()
            told = client.ask("sallyport.certificate")
            shown = client.socket.getpeercert(binary_form=True)
            self.assertEqual(ssl.PEM_cert_to_DER_cert(told["certificate"]), shown)
            self.assertEqual(told["fingerprint"].replace(":", ""), hashlib.sha256(shown).hexdigest().upper())
            self.assertNotIn("PRIVATE", told["certificate"])

    def test_discovery_answers_on_loopback(self):
        with Door() as door, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(10)
            body = b'{"method":"DHDiscover.search","params":{"mac":"","uni":1}}\n'
            asker.sendto(Client.HEADER.pack(b"\x20\0\0\0", b"DHIP", 0, 0, len(body), len(body)) + body,
                         ("127.0.0.1", int(door.addresses["discovery"].rsplit(":", 1)[1])))
            answer = json.loads(asker.recv(65_536)[32:])
            told = answer["params"]["deviceInfo"] if "params" in answer else answer["deviceInfo"]
            self.assertEqual(told["Init"], 0)
            self.assertEqual(told["Port"], int(door.addresses["listen"].rsplit(":", 1)[1]))

    def test_the_page_and_its_files(self):
        with Door() as door:
            status, page = door.panel("GET", "/")
            self.assertEqual(status, 200)
            self.assertIn(b"<html", page)
            self.assertEqual(door.panel("GET", "/../controller.db")[0], 404)
            self.assertEqual(door.panel("GET", "/panel/state", headers={"Host": "evil.example"})[0], 403)


def no_room():
    """In the new process. A sanitizer writes a file before `main` can say that a full disk is no signal."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


class Disk(unittest.TestCase):
    def killed_door(self, door):
        """With a person whom only the log knows of, as SQLite's file is before it is taken up."""
        door.manager().ask("sallyport.updateRoster", {"upsert": [person(1001, "04A1B2C3")]})
        door.kill()
        self.assertGreater((door.data / "controller.db-wal").stat().st_size, 0)

    def decides_and_stores_nothing(self, door, port):
        """Started on a disk that says nothing to anybody: not even where the panel is."""
        door.addresses = {"panel": f"127.0.0.1:{port}"}
        deadline = time.monotonic() + 20
        while True:
            try:
                state = door.post("card", number="04A1B2C3")
                break
            except ConnectionRefusedError:
                self.assertIsNone(door.process.poll(), door.words())
                self.assertLess(time.monotonic(), deadline)
        self.assertEqual(state["lock"], "released")
        self.assertIn("storage_failed", door.panel("GET", "/panel/state")[1]["alarms"])

    def stores_again(self, door):
        deadline = time.monotonic() + 20
        while "storage_failed" in door.post("clock", advance_ms=0)["alarms"]:
            self.assertLess(time.monotonic(), deadline)
        door.kill()
        self.assertIsNone(chain_fault(door.data / "controller.db"))
        with sqlite3.connect(door.data / "controller.db") as database:
            kinds = [json.loads(body)["kind"] for body, in database.execute(
                "SELECT body FROM records ORDER BY ordinal")]
        self.assertEqual(kinds.count("access"), 1, kinds)

    def test_a_disk_without_any_room_keeps_no_door_from_starting(self):
        port = free_port()
        with Door("--panel", f"127.0.0.1:{port}") as door:
            self.killed_door(door)
            door.begin(no_room)
            self.decides_and_stores_nothing(door, port)
            resource.prlimit(door.process.pid, resource.RLIMIT_FSIZE,
                             (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            self.stores_again(door)

    @unittest.skipIf(os.getuid() != 0, "only root makes a disk read-only")
    def test_a_read_only_disk_keeps_no_door_from_starting(self):
        port = free_port()
        with Door("--panel", f"127.0.0.1:{port}") as door:
            self.killed_door(door)
            mount = f"mount --bind {door.data} {door.data} && mount -o remount,ro,bind {door.data}"
            door.program = ["unshare", "-m", "sh", "-c", f'{mount} && exec "$0" "$@"', binary()]
            door.begin()
            self.decides_and_stores_nothing(door, port)
            subprocess.run(["nsenter", "-t", str(door.process.pid), "-m", "mount", "-o", "remount,rw,bind",
                            door.data], check=True)
            self.stores_again(door)

    def test_a_full_disk_is_an_alarm_and_the_door_goes_on_deciding(self):
        with Door() as door:
            client = door.manager()
            client.ask("sallyport.updateRoster", {"upsert": [person(1001, "04A1B2C3")]})
            door.terminate()
            size = max(path.stat().st_size for path in door.data.iterdir())
            full = (size + 8_192, resource.RLIM_INFINITY)
            door.start(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, full))
            for _ in range(40):
                state = door.post("card", number="04A1B2C3")
                self.assertEqual(state["lock"], "released")
                if "storage_failed" in state["alarms"]:
                    break
                door.post("clock", advance_ms=HOLD_MS + 1_000)
            self.assertIn("storage_failed", door.panel("GET", "/panel/state")[1]["alarms"])
            client = door.manager()
            with self.assertRaises(Refused) as refused:
                client.ask("sallyport.updateRoster", {"upsert": [person(1002, "00000002")]})
            self.assertIn("storage", refused.exception.name)
            self.assertEqual(client.ask("sallyport.status")["people"], 1)
            resource.prlimit(door.process.pid, resource.RLIMIT_FSIZE,
                             (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            client.ask("sallyport.updateRoster", {"upsert": [person(1002, "00000002")]})
            deadline = time.monotonic() + 20
            while "storage_failed" in door.post("clock", advance_ms=0)["alarms"]:
                self.assertLess(time.monotonic(), deadline)


if __name__ == "__main__":
    unittest.main()
