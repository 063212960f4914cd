"""OSDP readers on one line of a running controller: 115,200 baud on a pseudo-terminal whose bytes take the
time of their speed, every frame secured. A reader begins its answer 0.5 ms after the command.

Figures: from the card before the reader to the relay command "osdp_1_readers_p95_ms",
"osdp_4_readers_p95_ms", "osdp_8_readers_p95_ms", "osdp_4_readers_2_absent_p95_ms"; "osdp_recovery_s" of a
reader that was unplugged for 10 s; "osdp_8_readers_idle_cpu_percent" of a core, without the thread that plays
the readers.
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
CARDS = 400
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

    def cards(self, doors):
        """Milliseconds from card to relay, sorted."""
        dice = random.Random(1)
        times = []
        while len(times) < CARDS:
            for door in range(1, doors + 1):
                time.sleep(dice.uniform(0, 0.04))
                times.append(self.door.post("card", number=CARD, door=door)["card_to_relay_us"] / 1_000)
            self.door.post("clock", advance_ms=5_000)
        return sorted(times)


def measure_cards(name, readers, absent, limit):
    with Site(readers + absent) as site:
        for address in range(readers, readers + absent):
            site.plug(address, "unplugged")
            site.wait_for(address, "offline")
        times = site.cards(readers)
        p50, p95 = times[len(times) // 2], times[len(times) * 95 // 100]
        print(f"{readers} readers, {absent} absent: p50 {p50:.1f}, p95 {p95:.1f}, longest {times[-1]:.1f} ms")
        publish(name, round(p95, 2), "ms", len(times), limit)
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
    measure_cards("osdp_1_readers_p95_ms", 1, 0, 12)
    four = measure_cards("osdp_4_readers_p95_ms", 4, 0, 20)
    measure_cards("osdp_4_readers_2_absent_p95_ms", 4, 2, round(four * 1.1, 2))
    measure_cards("osdp_8_readers_p95_ms", 8, 0, 35)
    measure_recovery()
    measure_idle()


if __name__ == "__main__":
    main()
