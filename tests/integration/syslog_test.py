"""Records on their way to a collector of logs: a small one, in this test, that can fail in every way."""

import re
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
from contextlib import suppress
from pathlib import Path

from door import Door, binary, person
from free_port import free_port

PATIENCE_S = 20
MESSAGE = re.compile(
    rb'<\d+>1 \S+ gate sallyport-door - (\S+) '
    rb'\[sallyport@32473 serial="(SP\w+)" generation="(\d+)" sequence="(\d+)"(.*)\] \xef\xbb\xbf')


def make_certificate(folder, name, *arguments):
    key, certificate = Path(folder) / f"{name}.key", Path(folder) / f"{name}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", key, "-out", certificate,
                    *arguments], check=True, capture_output=True)
    return certificate, key


def fingerprint(certificate):
    said = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"],
                          check=True, capture_output=True, text=True).stdout
    return said.strip().split("=")[1]


class Collector:
    """Takes what comes, a connection after another, until it is told to stop."""

    def __init__(self, certificate=None, port=None):
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        self.port = port or free_port()  # others of it are to be there again when it is back
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.changed = threading.Condition()
        self.messages = []
        self.connections = 0
        self.open = None
        self.stopping = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Takes nothing more; whoever is connected is cut off, also who was just taken and not open yet."""
        with self.changed:
            self.stopping = True
        self.listener.shutdown(socket.SHUT_RDWR)
        self.cut()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive(), "the collector did not stop"
        self.listener.close()

    def cut(self):
        with self.changed, suppress(OSError):  # it may have left by itself
            if self.open:
                self.open.shutdown(socket.SHUT_RDWR)

    def run(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            with plain:
                try:
                    self.serve(plain)
                except OSError:
                    pass
                with self.changed:
                    self.open = None

    def serve(self, plain):
        plain.settimeout(PATIENCE_S)
        stream = self.context.wrap_socket(plain, server_side=True) if self.context else plain
        stream.settimeout(None)
        with self.changed:
            if self.stopping:
                return
            self.open = stream
            self.connections += 1
            self.changed.notify_all()
        with stream, stream.makefile("rb") as file:
            while True:
                length = b""
                while (digit := file.read(1)).isdigit():
                    length += digit
                if digit != b" ":
                    return
                message = file.read(int(length))
                with self.changed:
                    self.messages.append(message)
                    self.changed.notify_all()

    def wait(self, condition):
        with self.changed:
            assert self.changed.wait_for(lambda: condition(self), PATIENCE_S), self.messages

    def sequences(self):
        return [int(MESSAGE.match(message).group(4)) for message in self.messages]

    def has(self, sequence):
        self.wait(lambda collector: sequence in collector.sequences())


def configured(folder, port, *lines):
    path = Path(folder) / "door.toml"
    path.write_text("\n".join(["[syslog]", f'collector = "127.0.0.1:{port}"', 'host = "gate"', *lines, ""]))
    return ("--config", path)


def last_record(door):
    return door.manager().ask("sallyport.status")["sequence"]


class Syslog(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def test_every_record_arrives_once_and_in_order(self):
        with Collector() as collector:
            with Door(*configured(self.folder.name, collector.port, 'transport = "tcp"')) as door:
                door.manager().ask("sallyport.updateRoster", {"upsert": [person(1001, "04A1B2C3")]})
                door.post("card", number="04A1B2C3")
                last = last_record(door)
                collector.has(last)
                self.assertEqual(collector.sequences()[:last], list(range(1, last + 1)))
                granted = [m for m in collector.messages if b'result="granted"' in m]
                self.assertEqual(len(granted), 1)
                self.assertIn(b'user_id="1001"', granted[0])
                self.assertNotIn(b"04A1B2C3", b"".join(collector.messages))
                self.assertTrue(all(MESSAGE.match(message) for message in collector.messages))

    def test_nothing_is_lost_over_an_outage_a_cut_and_a_kill(self):
        first = Collector()
        arguments = configured(self.folder.name, first.port, 'transport = "tcp"', 'card_numbers = "shown"')
        with Door(*arguments) as door:
            first.has(last_record(door))
            first.cut()
            first.wait(lambda collector: collector.connections == 2)
            for number in range(20):
                door.post("card", number=f"0000{number:04X}")
            first.stop()
            for number in range(20):
                door.post("card", number=f"0001{number:04X}")
            door.kill()
            door.start()
            with Collector(port=first.port) as second:
                last = last_record(door)
                second.has(last)
                arrived = first.sequences() + second.sequences()
                # The door goes on: a record that came after the question may be among them.
                self.assertEqual(sorted({s for s in arrived if s <= last}), list(range(1, last + 1)))
                self.assertIn(b'card="00010000"', b"".join(second.messages))
                # What had been there for long enough does not come again.
                self.wait_for_cursor(door, last)
                door.kill()
                door.start()
                second.wait(lambda collector: collector.connections == 2)
                second.has(last + 1)
                self.assertEqual([s for s in second.sequences() if s <= last].count(last), 1)

    def wait_for_cursor(self, door, last):
        deadline = time.monotonic() + PATIENCE_S
        database = sqlite3.connect(f"file:{door.data}/controller.db?mode=ro", uri=True)
        while True:
            rows = database.execute("SELECT sequence FROM cursors WHERE manager = '@syslog'").fetchall()
            if rows and rows[0][0] >= last:
                return database.close()
            self.assertLess(time.monotonic(), deadline, rows)
            time.sleep(0.05)

    def test_tls_to_the_certificate_that_is_pinned_and_to_no_other(self):
        right = make_certificate(self.folder.name, "right")
        wrong = make_certificate(self.folder.name, "wrong")
        pinned = f'fingerprint = "{fingerprint(right[0])}"'
        self.arrives_only_at(right, wrong, pinned)

    def test_tls_to_a_certificate_that_the_authority_signed_for_this_address(self):
        named = ("-addext", "subjectAltName=IP:127.0.0.1")
        right = make_certificate(self.folder.name, "right", *named)
        other_authority = make_certificate(self.folder.name, "wrong", *named)
        other_name = make_certificate(self.folder.name, "elsewhere", "-addext", "subjectAltName=IP:127.0.0.2")
        self.arrives_only_at(right, other_authority, f'authority = "{right[0]}"')
        with Collector(other_name) as collector:
            arguments = configured(self.folder.name, collector.port, f'authority = "{other_name[0]}"')
            self.says_why_not(arguments, "No TLS connection")
            self.assertEqual(collector.messages, [])

    def arrives_only_at(self, right, wrong, *pinned):
        with Collector(right) as collector:
            with Door(*configured(self.folder.name, collector.port, *pinned)) as door:
                collector.has(last_record(door))
        with Collector(wrong) as collector:
            self.says_why_not(configured(self.folder.name, collector.port, *pinned), "certificate")
            self.assertEqual(collector.messages, [])

    def says_why_not(self, arguments, words):
        with Door(*arguments) as door:
            deadline = time.monotonic() + PATIENCE_S
            while "syslog collector is not reached" not in door.words():
                self.assertLess(time.monotonic(), deadline, door.words())
                time.sleep(0.02)
            self.assertIn(words, door.words())

    def test_a_collector_that_takes_nothing_delays_no_door(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            silent.settimeout(PATIENCE_S)
            port = silent.getsockname()[1]
            with Door(*configured(self.folder.name, port, 'transport = "tcp"')) as door:
                self.addCleanup(silent.accept()[0].close)
                door.manager().ask("sallyport.updateRoster", {"upsert": [person(1001, "04A1B2C3")]})
                self.assertEqual(door.post("card", number="04A1B2C3")["lock"], "released")
                self.assertEqual(door.terminate(), 0)

    def test_the_configuration_is_checked(self):
        path = Path(self.folder.name) / "door.toml"
        for text, words in (
                ('transport = "tcp"', ["line 2", "syslog.transport", "means nothing without"]),
                ('collector = "x"', ["line 2", "ADDR:PORT"]),
                ('collector = "127.0.0.1:0"', ["line 2", "ADDR:PORT"]),
                ('collector = "127.0.0.1:6514"', ["line 2", "one of syslog.fingerprint and"]),
                ('collector = "127.0.0.1:6514"\nfingerprint = "AA"', ["line 3", "SHA-256"]),
                ('collector = "127.0.0.1:6514"\nauthority = "/nowhere"', ["line 3", "/nowhere"]),
                ('collector = "127.0.0.1:6514"\ntransport = "udp"', ["line 3", "tls or tcp, not 'udp'"]),
                ('collector = "127.0.0.1:6514"\ntransport = "tcp"\ncard_numbers = "some"',
                 ["line 4", "hidden or shown"]),
                ('colector = "127.0.0.1:6514"', ["line 2", "did you mean syslog.collector"])):
            path.write_text(f"[syslog]\n{text}\n")
            result = subprocess.run([binary(), "check-config", path], capture_output=True, text=True,
                                    check=False)
            self.assertEqual(result.returncode, 2, text)
            for word in words:
                self.assertIn(word, result.stderr)


if __name__ == "__main__":
    unittest.main()
