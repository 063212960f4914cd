"""A simulated site for a test or a measurement: the real sallyport-sim on loopback, its controllers added to
a platform, and the platform's events compared with the simulator's own ledger."""

import json
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from running_platform import BINARIES, Platform

DOOR_PASSWORD = "simulated-door-7"
START_SECONDS = 60


class Simulator:
    def __init__(self, controllers, *arguments):
        self.folder = tempfile.TemporaryDirectory(prefix="sallyport-sim-")
        password = Path(self.folder.name) / "password"
        password.write_text(DOOR_PASSWORD + "\n")
        self.log = open(Path(self.folder.name) / "log", "w+", encoding="utf8")
        where = [] if "--register" in arguments or "--listen" in arguments else ["--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            [BINARIES / "sallyport-sim", "--controllers", str(controllers), "--password-file", password,
             "--control", "127.0.0.1:0", *where, *arguments],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        assert line, "the simulator did not start: " + Path(self.log.name).read_text(encoding="utf8")
        self.said = json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def ask(self, path, body=None):
        """The status and the answer."""
        request = urllib.request.Request(
            f"http://{self.said['control']}{path}", None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def site(self):
        return self.ask("/site")[1]

    def controllers(self):
        return self.ask("/controllers")[1]["items"]

    def walk(self, passages):
        status, answer = self.ask("/walk", {"passages": passages})
        assert status == 200, answer

    def befall(self, kinds, an_hour):
        status, answer = self.ask("/faults", {"kinds": kinds, "an_hour": an_hour})
        assert status == 200, answer

    def stop(self):
        """The exit code."""
        self.process.terminate()
        code = self.process.wait(20)
        self.process.stdout.close()
        self.log.close()
        self.folder.cleanup()
        return code


class Clients:
    """A platform's API from several threads, each with a connection of its own."""

    def __init__(self, platform, threads=8):
        self.platform = platform
        self.own = threading.local()
        self.all = []
        self.pool = ThreadPoolExecutor(threads)

    def call(self, method, path, body=None):
        if not hasattr(self.own, "client"):
            self.own.client = Platform.__new__(Platform)
            self.own.client.__dict__.update(self.platform.__dict__, connection=None)
            self.all.append(self.own.client)
        answer = self.own.client.api(method, path, body)
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.text}"
        return answer.json() if answer.text else None

    def each(self, method, path, bodies):
        return list(self.pool.map(lambda body: self.call(method, path, body), bodies))

    def close(self):
        self.pool.shutdown()
        for client in self.all:
            client.connection.close()


def add_controllers(clients, controllers):
    """Each by its address, or by its serial where it dials; the doors' ids."""
    login = {"account": "admin", "password": DOOR_PASSWORD}

    prints = {}
    if any(one["address"].endswith(":0") for one in controllers):
        waiting = clients.call("GET", "/devices/waiting")["items"]
        prints = {one["serial"]: one["fingerprint"] for one in waiting}

    def body(one):
        if one["address"].endswith(":0"):
            return {"name": one["serial"], "serial": one["serial"], **login,
                    "fingerprint": prints[one["serial"]]}
        host, port = one["address"].rsplit(":", 1)
        return {"name": one["serial"], "address": host, "port": int(port), **login}

    clients.each("POST", "/devices", [body(one) for one in controllers])
    return all_of(clients, "/doors")


def all_of(clients, path):
    """All pages of a list."""
    items, cursor = [], None
    while True:
        page = clients.call("GET", f"{path}?limit=1000" + (f"&cursor={cursor}" if cursor else ""))
        items += page["items"]
        cursor = page["next"]
        if not cursor:
            return items


def person_of(number):
    return {"user_id": str(100_001 + number), "name": f"Person {number}",
            "cards": [{"number": f"{0x04B00000 + number:08X}"}]}


def wait_until(holds, seconds, what):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def taken_over(controllers):
    """Whether the platform has acknowledged whatever the controllers have stored."""
    return all(one["acknowledged"] == {key: one["journal"][key] for key in ("generation", "sequence")}
               for one in controllers)


def database(platform):
    return sqlite3.connect(f"file:{platform.data / 'platform.db'}?mode=ro", uri=True)


def at_rest(simulator, look, seconds=60):
    """What `look` makes of the controllers, while none of them stores anything: who is in a door walks on."""
    deadline = time.monotonic() + seconds
    journals = lambda: [one["journal"] for one in simulator.controllers()]
    while time.monotonic() < deadline:
        before = simulator.controllers()
        if taken_over(before):
            seen = look(before)
            if journals() == [one["journal"] for one in before]:
                return seen
        time.sleep(0.1)
    raise AssertionError(f"the controllers were not at rest and taken over within {seconds} s")


def wrong_events(platform, controllers):
    """Sentences: what was lost, doubled, in disorder or not the same; the last hash stands for all before."""
    wrong = []
    with database(platform) as db:
        ids = dict(db.execute("SELECT serial, id FROM device"))
        cursors = {row[0]: row[1:] for row in db.execute(
            "SELECT device_id, generation, sequence, hash FROM device_cursor")}
        gaps = db.execute("SELECT count(*) FROM event_gap").fetchone()[0]
        if gaps:
            wrong.append(f"{gaps} gaps")
        for one in controllers:
            device, journal = ids[one["serial"]], one["journal"]
            # New ids grow: their order is that of arrival.
            got = [row[0] for row in db.execute("SELECT sequence FROM event WHERE device_id = ? ORDER BY id",
                                                [device])]
            if got != list(range(1, journal["sequence"] + 1)):
                wrong.append(f"{one['serial']}: {len(got)} of {journal['sequence']}, or in disorder")
            if cursors.get(device) != (journal["generation"], journal["sequence"], journal["hash"]):
                wrong.append(f"{one['serial']}: the cursor {cursors.get(device)} is not {journal}")
    return wrong


def wrong_people(platform, simulator, controllers, desired):
    """Sentences: which controllers do not hold the user IDs that they should, as the platform sent them."""
    wrong = []
    with database(platform) as db:
        ids = dict(db.execute("SELECT serial, id FROM device"))
        for one in controllers:
            sent = {user: tag & (1 << 64) - 1 for user, tag in db.execute(
                "SELECT user_id, tag FROM device_entry WHERE device_id = ?", [ids[one["serial"]]])}
            held = simulator.ask(f"/people?controller={one['number']}")[1]["items"]
            if {person["user_id"]: int(person["tag"], 16) for person in held} != sent:
                wrong.append(f"{one['serial']} holds others than the platform knows")
            if set(sent) != desired:
                wrong.append(f"{one['serial']} holds {len(sent)} people instead of {len(desired)}")
    return wrong
