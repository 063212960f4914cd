"""The door controller as a process: how fast people come in and records leave, start and memory with 30,000
people and 60,000 records or 1,000,000, and a card's way to the relay while the journal is being written.

Figures: "roster_30k_s", "roster_delta_p95_ms", "controller_start_ms", "controller_rss_mib",
"controller_start_1m_records_ms", "controller_rss_1m_records_mib", "record_search_by_time_p95_ms",
"waiting_records_10k_s", "records_s", "record_to_commit_p99_ms", "frame_end_to_relay_p99_us".
"""

import hashlib
import json
import sqlite3
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/integration"))
from door import Door, person  # noqa: E402

PEOPLE = 30_000
RECORDS = 60_000
MOST_RECORDS = 1_000_000
WAITING = 10_000
DELTAS = 200
IN_FLIGHT = 256
DOORS = 64
ROUNDS = 32
TICKS_OF_JOURNAL_S = 0.002
COMMITS = 1_000
SEARCHES = 50
FIRST_RECORD_S = 1_767_225_600  # 2026-01-01T00:00:00Z
BETWEEN_RECORDS_S = 20
RIGHTS = [{"doors": list(range(1, DOORS + 1)), "schedule": 255, "kind": "allow"}]


def publish(name, value, unit, n, what, reference):
    print(json.dumps({"name": name, "value": value, "unit": unit, "n": n,
                      "reference": {"what": what, "value": reference}}), flush=True)


def card(number):
    return f"{number * 2654435761 % (1 << 32):08X}"


def entry(number):
    return person(number, card(number), pin=f"{number % 10_000:04}", rights=RIGHTS)


def measure_people(door):
    """Everybody is taken over, as by a platform that finds an empty controller; then one person at a time."""
    manager = door.manager()
    batches = [[entry(number) for number in range(first, first + 1_000)]
               for first in range(1, PEOPLE, 1_000)]
    begin = time.perf_counter()
    for people in batches:
        manager.ask("sallyport.updateRoster", {"upsert": people})
    seconds = time.perf_counter() - begin
    assert manager.ask("sallyport.status")["people"] == PEOPLE
    publish("roster_30k_s", round(seconds, 3), "s", PEOPLE, "limit", 5)
    times = []
    for number in range(1, DELTAS + 1):
        change = {"upsert": [entry(number) | {"tag": f"{PEOPLE + number:016X}"}]}
        begin = time.perf_counter()
        manager.ask("sallyport.updateRoster", change)
        times.append((time.perf_counter() - begin) * 1_000)
    publish("roster_delta_p95_ms", round(percentile(times, 0.95), 3), "ms", DELTAS, "limit", 50)


def body(sequence):
    trace = [["working_mode", "passed", -1], ["credential", "passed", -1], ["validity", "passed", -1],
             ["rights", "passed", 255], ["schedule", "passed", 255], ["door_mode", "passed", -1]]
    at = time.gmtime(FIRST_RECORD_S + sequence * BETWEEN_RECORDS_S)
    return json.dumps({"generation": 1, "sequence": sequence, "at": time.strftime("%FT%T.000000Z", at),
                       "utc_offset_s": 7_200, "kind": "access", "door": 1, "reader": 1, "direction": "entry",
                       "result": "granted", "method": "card", "user_id": str(sequence % PEOPLE + 1),
                       "card": card(sequence % PEOPLE + 1), "trace": trace},
                      separators=(",", ":")).encode()


def fill_records(door, count):
    """Writes the journal that a busy year leaves behind, as the daemon would have."""
    with sqlite3.connect(door.data / "controller.db") as database:
        last, previous = database.execute("SELECT last_ordinal, last_hash FROM journal").fetchone()
        rows = []
        for sequence in range(last + 1, count + 1):
            text = body(sequence)
            hash_ = hashlib.blake2b(previous + text, digest_size=32).digest()
            rows.append((sequence, previous, hash_, text))
            previous = hash_
        database.executemany("INSERT INTO records (ordinal, previous, hash, body) VALUES (?, ?, ?, ?)", rows)
        database.execute("UPDATE journal SET last_ordinal = ?, last_hash = ?", (count, previous))
    database.close()


def resident_mib(door):
    for line in Path(f"/proc/{door.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1_024
    raise RuntimeError("no VmRSS")


def measure_start(door, start, memory, records, limit_ms):
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        door.start()
        times.append((time.perf_counter() - begin) * 1_000)
        resident = resident_mib(door)
        door.terminate()
    times.sort()
    publish(start, round(times[2], 1), "ms", PEOPLE + records, "limit", limit_ms)
    publish(memory, round(resident, 1), "MiB", PEOPLE + records, "limit", 32)


def measure_most_records(door):
    (door.directory / "door.toml").write_text(f"[limits]\nrecords = {MOST_RECORDS}\n")
    door.arguments = ("--config", str(door.directory / "door.toml"))
    fill_records(door, MOST_RECORDS)
    measure_start(door, "controller_start_1m_records_ms", "controller_rss_1m_records_mib", MOST_RECORDS,
                  10_000)


def search(manager, count, **condition):
    """How many records such a search found, and milliseconds."""
    begin = time.perf_counter()
    answer = manager.ask("RecordFinder.find",
                         {"name": "AccessControlCardRec", "condition": condition, "count": count})
    return answer["totalCount"], (time.perf_counter() - begin) * 1_000


def measure_search(door):
    """Who came within an hour, somewhere in a full journal; beside it a search that looks at all of it."""
    door.start()
    manager = door.manager()
    times = []
    for number in range(SEARCHES):
        first = FIRST_RECORD_S + (number + 1) * (RECORDS // (SEARCHES + 2)) * BETWEEN_RECORDS_S
        found, took = search(manager, 1_024, StartTime=first, EndTime=first + 3_600 - 1)
        assert found == 3_600 // BETWEEN_RECORDS_S, found
        times.append(took)
    _, all_of_it = search(manager, 1)
    publish("record_search_by_time_p95_ms", round(percentile(times, 0.95), 2), "ms", SEARCHES,
            "the whole journal", round(all_of_it, 1))
    door.terminate()


def take(manager, count):
    """So many records, each acknowledged; what comes twice or is missing is an error."""
    last = None
    while count > 0:
        records = manager.next_records()
        for record in records:
            assert last is None or record["sequence"] == last + 1, (last, record["sequence"])
            last = record["sequence"]
        count -= len(records)
        manager.send_request("sallyport.acknowledge", {"manager": "bench", "generation": 1, "sequence": last})


def attach_after(client, sequence):
    client.ask("sallyport.attach", {"manager": "bench", "after": {"generation": 1, "sequence": sequence}})


def measure_waiting(door):
    """What has waited while the platform was away."""
    door.start()
    manager = door.manager()
    last = manager.ask("sallyport.status")["sequence"]
    begin = time.perf_counter()
    attach_after(manager, last - WAITING)
    take(manager, WAITING)
    publish("waiting_records_10k_s", round(time.perf_counter() - begin, 3), "s", WAITING, "limit", 10)
    door.terminate()


def measure_records(door):
    """Commands that change nothing, each a record, as fast as they are taken: a record is told when it is
    durable."""
    door.start()
    manager, listener = door.manager(), door.client()
    listener.login()
    attach_after(listener, manager.ask("sallyport.status")["sequence"])
    listening = threading.Thread(target=take, args=(listener, WAITING))
    begin = time.perf_counter()
    listening.start()
    waiting = []
    for number in range(WAITING):
        waiting.append(manager.send_request("sallyport.doorCommand",
                                            {"door": 1, "command": "close", "commandId": f"r{number}",
                                             "expiresInMs": 5_000, "by": "bench"}))
        if len(waiting) >= IN_FLIGHT:
            manager.answer_to(waiting.pop(0))
    listening.join()
    rate = WAITING / (time.perf_counter() - begin)
    publish("records_s", round(rate), "records/s", WAITING, "at least", 2_000)
    door.terminate()


def percentile(values, share):
    return sorted(values)[int(share * (len(values) - 1))]


def raw_commits_ms(door, count):
    """A record's row, alone in a transaction, by SQLite itself in the same directory."""
    times = []
    path = door.data / "raw.db"
    with sqlite3.connect(path, isolation_level=None) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE records (ordinal INTEGER PRIMARY KEY, previous, hash, body)")
        for sequence in range(1, count + 1):
            row = (sequence, b"p" * 32, b"h" * 32, body(sequence))
            begin = time.perf_counter()
            database.execute("INSERT INTO records VALUES (?, ?, ?, ?)", row)
            times.append((time.perf_counter() - begin) * 1_000)
    database.close()
    path.unlink()
    return times


def measure_commit(door):
    """From a command on its way to the controller to the record of it, which is told when it is durable: what
    a commit may take at most (controller.md E2), the network of this machine and the answer included."""
    door.start()
    manager, listener = door.manager(), door.client()
    listener.login()
    status = manager.ask("sallyport.status", {})
    listener.ask("sallyport.attach", {"manager": "listener", "after": {key: status[key] for key in
                                                                       ("generation", "sequence")}})
    times = []
    for number in range(COMMITS):
        begin = time.perf_counter()
        manager.ask("sallyport.doorCommand", {"door": 1, "command": "close", "commandId": f"c{number}",
                                              "expiresInMs": 5_000, "by": "bench"})
        record = listener.next_records()[-1]
        times.append((time.perf_counter() - begin) * 1_000)
        listener.send_request("sallyport.acknowledge", {"manager": "listener",
                                                        "generation": record["generation"],
                                                        "sequence": record["sequence"]})
    raw = raw_commits_ms(door, COMMITS)
    print(f"record to commit: {COMMITS} records one by one; p50 {percentile(times, 0.5):.2f}, "
          f"p99 {percentile(times, 0.99):.2f}, longest {max(times):.2f} ms (limit 20); "
          f"SQLite alone p50 {percentile(raw, 0.5):.2f}, p99 {percentile(raw, 0.99):.2f} ms")
    publish("record_to_commit_p99_ms", round(percentile(times, 0.99), 3), "ms", COMMITS, "limit", 20)
    door.terminate()


class JournalWriter(threading.Thread):
    """Remote commands that change nothing, each a record, until stopped."""

    def __init__(self, door):
        super().__init__()
        self.manager = door.manager()
        self.stopped = threading.Event()
        self.count = 0
        self.start()

    def run(self):
        while not self.stopped.wait(TICKS_OF_JOURNAL_S):
            self.count += 1
            self.manager.ask("sallyport.doorCommand",
                             {"door": self.count % DOORS + 1, "command": "close",
                              "commandId": str(self.count), "expiresInMs": 5_000, "by": "bench"})


def measure_latency(door):
    (door.directory / "door.toml").write_text(f"doors = {DOORS}\n[simulated]\nwiegand_bit_us = 200\n")
    door.arguments = ("--config", str(door.directory / "door.toml"))
    door.start()
    writer = JournalWriter(door)
    number = 0
    for _ in range(ROUNDS):
        for number_of_door in range(1, DOORS + 1):
            number += 1
            door.post("card", number=card(number), door=number_of_door)
        door.post("clock", advance_ms=5_000)
    writer.stopped.set()
    writer.join()
    status, latency = door.panel("GET", "/panel/latency")
    assert status == 200 and latency["count"] >= ROUNDS * DOORS * 0.9, latency
    print(f"frame end to relay: {latency['count']} cards beside {writer.count} other records; "
          f"p50 {latency['p50_us']}, p99 {latency['p99_us']}, longest {latency['max_us']} us")
    for up_to, count in latency["histogram"]:
        print(f"  up to {up_to:>7} us {count:>6} {'#' * (60 * count // latency['count'])}")
    publish("frame_end_to_relay_p99_us", latency["p99_us"], "us", latency["count"], "limit", 1_000)
    door.terminate()


def main():
    with Door() as door:
        measure_people(door)
        door.terminate()
        fill_records(door, RECORDS)
        measure_start(door, "controller_start_ms", "controller_rss_mib", RECORDS, 1_000)
        measure_search(door)
        measure_waiting(door)
        measure_records(door)
        measure_commit(door)
        measure_latency(door)
        measure_most_records(door)


if __name__ == "__main__":
    main()
