"""Section 6 of the guide "install a controller", step by step, inside the virtual machine of units.py.

The controller runs on the sample's wires, the platform beside it. Each wire is moved on the simulated chip,
and what the guide says is looked for in the platform's events, on the door's tile, and at the relay.

    units_wires.py WIRES      WIRES: the chip's folder in /sys, with sim_gpioN/pull
"""

import json
import ssl
import struct
import sys
import time
import urllib.error
import urllib.request
import zlib
from pathlib import Path

WIRES = Path(sys.argv[1])
RELAY, CONTACT, EXIT, TAMPER, FIRE, D0, D1, CASE, LED = 17, 22, 23, 24, 25, 5, 6, 12, 13
PASSWORD = "green-door-73"
SECONDS = 300
FACILITY, NUMBER = 42, 12345


def say(name, good, found):
    """`found` is called for what is there instead."""
    print(f"ok {name}" if good else f"not ok {name}: {json.dumps(found())}", flush=True)


def eventually(name, attempt):
    deadline = time.monotonic() + SECONDS
    while not (answer := attempt()) and time.monotonic() < deadline:
        time.sleep(0.2)
    say(name, answer, lambda: [tile(), events()[:5]])


# --- the wires

def pull(line, way):
    (WIRES / f"sim_gpio{line}/pull").write_text(f"pull-{way}")


def driven(line):
    return (WIRES / f"sim_gpio{line}/value").read_text().strip()


def pulses(bits, d0=D0, d1=D1):
    """A reader's frame, as slow as the standard allows: this machine is slower than a board."""
    lines = {"0": d0, "1": d1}
    at = time.monotonic()
    for bit in bits:
        at += 0.02
        while time.monotonic() < at:
            pass
        pull(lines[bit], "down")
        pull(lines[bit], "up")


def h10301(facility, number):
    middle = f"{facility:08b}{number:016b}"
    even = str(middle[:12].count("1") % 2)
    odd = str((middle[12:].count("1") + 1) % 2)
    return even + middle + odd


# --- the platform

class Platform:
    def __init__(self):
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE
        self.token = None

    def ask(self, method, path, body=None):
        """The answer's bytes if it is a picture, else what its JSON says."""
        sent = isinstance(body, bytes)
        headers = {"Content-Type": "image/png" if sent else "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = body if body is None or sent else json.dumps(body).encode()
        request = urllib.request.Request(f"https://127.0.0.1:8443/api/v1{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60, context=self.context) as answer:
                text = answer.read()
                if answer.headers.get_content_type() == "image/jpeg":
                    return text
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()}") from None
        return json.loads(text) if text else None


platform = Platform()


def events(**wanted):
    found = platform.ask("GET", "/events?limit=100")["items"]
    return [one for one in found if all(one.get(name) == value for name, value in wanted.items())]


def some(**wanted):
    return lambda: events(**wanted)


def tile():
    return platform.ask("GET", "/doors")["items"][0]["state"]


def listening():
    try:
        return platform.ask("GET", "/health")
    except OSError:
        return None


def add_the_door():
    deadline = time.monotonic() + SECONDS
    while not listening() and time.monotonic() < deadline:
        time.sleep(0.2)
    setup = platform.ask("POST", "/setup", {"password": "correct-horse-7", "language": "en"})
    platform.token = setup["token"]
    # The machine has no network: what the page asks everybody is asked of this one.
    found = platform.ask("POST", "/devices/search?wait_s=20", {"range": "127.0.0.1:37810"})["items"]
    say("the page Devices finds it", len(found) == 1 and found[0]["port"] == 37777, lambda: found)
    where = {"address": "127.0.0.1", "port": 37777}
    platform.ask("POST", "/devices/initialise", {**where, "password": PASSWORD})
    device = platform.ask("POST", "/devices", {**where, "name": "Gate", "account": "admin",
                                               "password": PASSWORD})
    door = device["doors"][0]["id"]
    platform.ask("PATCH", f"/doors/{door}", {"settings": {"detector": True}})
    eventually("the door's detector is on",
               lambda: platform.ask("GET", f"/doors/{door}")["settings_state"] == "issued")
    return door


def white_png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\xff" * 64 for _ in range(64)))
    header = struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def take_a_photo(person):
    """The unit confines the platform, and the process that draws confines itself further (decision 0047)."""
    platform.ask("PUT", f"/people/{person['id']}/photo", white_png())
    drawn = platform.ask("GET", f"/people/{person['id']}/photo")
    say("a photo is drawn under the platform's unit", drawn.startswith(b"\xff\xd8\xff"),
        lambda: repr(drawn[:20]))


def enrol(door, card):
    person = platform.ask("POST", "/people", {"user_id": "1001", "name": "Ada", "cards": [{"number": card}]})
    take_a_photo(person)
    platform.ask("POST", "/permission-groups", {"name": "All", "doors": [door], "people": [person["id"]]})
    eventually("the person is issued",
               lambda: [one for one in platform.ask("GET", f"/issue-states?person={person['id']}")["items"]
                        if one["state"] == "issued"])


def main():
    door = add_the_door()
    eventually("the tile shows a closed door", lambda: tile()["contact"] == "closed")
    pull(CONTACT, "up")
    eventually("1: opened by hand, open", some(kind="door_opened"))
    eventually("1: and the alarm intrusion", some(kind="alarm_started", alarm="intrusion"))
    say("1: on the tile as well", "intrusion" in tile()["alarms"] and tile()["contact"] == "open",
        tile)
    pull(CONTACT, "down")
    eventually("1: closed by hand", some(kind="door_closed"))
    eventually("1: and the alarm is over", some(kind="alarm_ended", alarm="intrusion"))
    eventually("1: on the tile as well",
               lambda: tile()["contact"] == "closed" and not tile()["alarms"])

    pull(EXIT, "down")
    eventually("2: the lock clicks", lambda: driven(RELAY) == "1")
    pull(EXIT, "up")
    eventually("2: the event exit button comes", some(kind="exit_button"))
    eventually("2: and it is locked again", lambda: driven(RELAY) == "0")

    frame, card = h10301(FACILITY, NUMBER), f"{FACILITY << 16 | NUMBER:08X}"
    pulses(frame)
    eventually("3: a card that nobody has is an event with its number",
               some(kind="access", card=card, reason="unknown_card"))
    pulses(frame, D1, D0)
    eventually("3: bad_frame when D0 and D1 are exchanged", some(kind="bad_frame"))
    pulses("01" * 17 + "0")
    eventually("3: and when the format is not among `formats`", lambda: len(events(kind="bad_frame")) >= 2)

    enrol(door, card)
    pulses(frame)
    eventually("4: enrolled, it releases", lambda: driven(RELAY) == "1")
    say("4: green", driven(LED) == "1", tile)
    eventually("4: and locks again after the hold time", lambda: driven(RELAY) == "0")
    eventually("4: with the person's name", lambda: [one for one in events(kind="access", result="granted")
                                                     if (one["person"] or {}).get("name") == "Ada"])

    for count, line in enumerate((TAMPER, CASE), 1):
        pull(line, "up")
        eventually(f"5: tamper, for the {count}. time",
                   lambda: len(events(kind="alarm_started", alarm="tamper")) >= count)
    for line in (TAMPER, CASE):
        pull(line, "down")
    eventually("5: and over", lambda: "tamper" not in tile()["alarms"])

    pull(FIRE, "up")
    eventually("6: fire, and every door is released", lambda: driven(RELAY) == "1")
    pull(FIRE, "down")
    eventually("6: until it is reset", lambda: driven(RELAY) == "0")


if __name__ == "__main__":
    main()
