"""OSDP readers on one line of a running controller: 115,200 baud on a pseudo-terminal whose bytes take the
time of their speed (10 bits each), every frame secured. A reader begins its answer 0.5 ms after the command.

Figures: from the card before the reader to the relay command "osdp_1_readers_p95_ms",
"osdp_4_readers_p95_ms", "osdp_8_readers_p95_ms", "osdp_4_readers_2_absent_p95_ms", with six people a second,
each answered by a light and a beep; the same with 30 people a second, when lights and beeps take a third of
the line: "osdp_1_readers_rush_p95_ms", "osdp_4_readers_rush_p95_ms", "osdp_8_readers_rush_p95_ms". Beside
each is said how much of it is the wire alone. "osdp_recovery_s" of a reader that was unplugged for 10 s;
"osdp_8_readers_idle_cpu_percent" of a core, without the thread that plays the readers.
"""

import json
import os
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/integration"))
from door import Door, person, write_osdp_config  # noqa: E402

CARD = "04A1B2C3"
CARDS = 320
BETWEEN_CARDS_S = (0.1, 0.2)
RUSH_S = (0, 0.04)
# Secured poll and its answer; the same with a card of up to 15 bytes (line_test.cpp counts them).
POLL_BYTES, CARD_BYTES = 30, 46
UNPLUGGED_S = 10
IDLE_S = 10


def publish(name, value, unit, n, limit):
    print(json.dumps({"name": name, "value": value, "unit": unit, "n": n,
                      "reference": {"what": "limit", "value": limit}}), flush=True)


class Site:
    """A controller with so many readers, each at a door of its own, all paired."""

    def __init__(self, readers):
        self.door = Door()
        self.readers = readers
        write_osdp_config(self.door, readers)

    def __enter__(self):
        self.door.start()
        self.manager = self.door.manager()
        rights = [{"doors": list(range(1, self.readers + 1)), "schedule": 255, "kind": "allow"}]
        self.manager.ask("sallyport.updateRoster", {"upsert": [person(1, CARD, rights=rights)]})
        for address in range(self.readers):
            self.manager.ask("sallyport.readers.pair", {"line": 1, "address": address, "minutes": 1})
            self.wait_for(address, "online")
        return self

    def __exit__(self, *_):
        self.door.__exit__()

    def state(self, address):
        return self.manager.ask("sallyport.readers.list")["lines"][0]["readers"][address]["state"]

    def wait_for(self, address, state, seconds=30):
        begin = time.perf_counter()
        while self.state(address) != state:
            if time.perf_counter() - begin > seconds:
                raise TimeoutError(f"reader {address} is {self.state(address)}, not {state}")
            time.sleep(0.005)
        return time.perf_counter() - begin

    def plug(self, address, fault):
        self.door.post("reader", door=address + 1, fault=fault)

    def cards(self, doors, pause):
        """Milliseconds from card to relay, sorted."""
        dice = random.Random(1)
        times = []
        while len(times) < CARDS:
            for door in range(1, doors + 1):
                time.sleep(dice.uniform(*pause))
                times.append(self.door.post("card", number=CARD, door=door)["card_to_relay_us"] / 1_000)
            self.door.post("clock", advance_ms=5_000)
        return sorted(times)


def wire_ms(readers, share):
    """Of a card that waits for this share of a round of polls, and then for its own."""
    return (share * readers * POLL_BYTES + CARD_BYTES) * 10 / 115.2


def say(what, readers, times):
    p50, p95 = times[len(times) // 2], times[len(times) * 95 // 100]
    print(f"{what}: p50 {p50:.1f} (wire {wire_ms(readers, 0.5):.1f}), "
          f"p95 {p95:.1f} (wire {wire_ms(readers, 0.95):.1f}), longest {times[-1]:.1f} ms")
    return p95


def measure_cards(name, readers, absent, limit):
    with Site(readers + absent) as site:
        for address in range(readers, readers + absent):
            site.plug(address, "unplugged")
            site.wait_for(address, "offline")
        times = site.cards(readers, BETWEEN_CARDS_S)
        p95 = say(f"{readers} readers, {absent} absent", readers, times)
        publish(f"{name}_p95_ms", round(p95, 2), "ms", len(times), limit)
        if absent == 0:
            times = site.cards(readers, RUSH_S)
            rush = say(f"{readers} readers in a rush", readers, times)
            publish(f"{name}_rush_p95_ms", round(rush, 2), "ms", len(times), limit)
        return p95


def measure_recovery():
    with Site(4) as site:
        site.plug(2, "unplugged")
        time.sleep(UNPLUGGED_S)
        site.plug(2, "none")
        publish("osdp_recovery_s", round(site.wait_for(2, "online"), 3), "s", 1, 2)


def cpu_seconds(process):
    """Of all threads but the one that plays the readers."""
    ticks = 0
    for task in Path(f"/proc/{process}/task").iterdir():
        name, _, rest = (task / "stat").read_text().rpartition(")")
        if "played readers" not in name:
            ticks += sum(map(int, rest.split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def measure_idle():
    with Site(8) as site:
        process = site.door.process.pid
        before = cpu_seconds(process)
        time.sleep(IDLE_S)
        percent = (cpu_seconds(process) - before) * 100 / IDLE_S
        publish("osdp_8_readers_idle_cpu_percent", round(percent, 2), "%", 8, 2)


def main():
    measure_cards("osdp_1_readers", 1, 0, 12)
    four = measure_cards("osdp_4_readers", 4, 0, 20)
    measure_cards("osdp_4_readers_2_absent", 4, 2, round(four * 1.1, 2))
    measure_cards("osdp_8_readers", 8, 0, 35)
    measure_recovery()
    measure_idle()


if __name__ == "__main__":
    main()
