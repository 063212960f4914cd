"""A platform with 1,000 simulated controllers on this machine, everything included: controllers, walkers, an
operator's page in Chromium, a client of the live messages, and this script share the cores with the platform.

A minute by default, ten with `./dev bench sim --long`. SALLYPORT_SIM_CONTROLLERS sets another number.
"""

import datetime
import json
import multiprocessing
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/integration"))

import simulated_site as sim  # noqa: E402
from live_client import Live  # noqa: E402
from running_platform import PASSWORD, Platform  # noqa: E402

PAGE = Path(__file__).with_name("sim_page.mjs")
CONTROLLERS = int(os.environ.get("SALLYPORT_SIM_CONTROLLERS", "1000"))
SECONDS = 600 if os.environ.get("SALLYPORT_LONG") else 60
EVENTS_OF_A_PASSAGE = 4  # decided, door opened, taken, door closed
EVERYBODY = 50
ROSTER = 30_000
PATIENCE = 120


def figure(name, value, unit, limit, n, what="limit"):
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "n": n,
                      "reference": {"what": what, "value": limit}}), flush=True)


def say(words):
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)


def memory_mib(pid, field):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", text)[1]) / 1024


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def look(platform, said):
    """A client's process: from each event at a door to its message here, in ms; ends when it is told to."""
    times, lost = [], 0
    with Live(platform) as live:
        live.socket.settimeout(PATIENCE)
        said.send("looks")
        while not said.poll():
            text = live.text()
            now = time.time()
            if text.startswith(b'{"type":"event"'):
                happened = datetime.datetime.fromisoformat(json.loads(text)["data"]["at"]).timestamp()
                times.append((now - happened) * 1000)
            elif text.startswith(b'{"type":"gap"'):
                lost += json.loads(text)["data"]["lost"]
    said.send((sorted(times), lost))


def quantile(sorted_values, percent):
    return sorted_values[int(len(sorted_values) * percent / 100)]


def spread(sorted_ms):
    return ", ".join(f"p{percent} {quantile(sorted_ms, percent):.0f}" for percent in (50, 95, 99)) + " ms"


class OperatorsPage:
    """The Live page in Chromium, which measures itself (sim_page.mjs) until it is told to end."""

    def __init__(self, platform):
        self.process = subprocess.Popen(
            ["node", PAGE, f"https://{platform.host}:{platform.port}", PASSWORD],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "looks\n":
            sys.exit("There is no operator's page to measure: why stands above.")

    def enough(self):
        """What it measured; says it too."""
        output, _ = self.process.communicate("enough\n", timeout=PATIENCE)
        if self.process.returncode != 0:
            sys.exit("The operator's page did not last: why stands above.")
        seen = json.loads(output)
        for sentence in seen["warnings"] + seen["faults"]:
            say(f"the page: {sentence}")
        delays = sorted(seen["delays"])
        if not delays:
            sys.exit("The operator's page showed no event.")
        say(f"the page: {len(delays)} rows came into view in {seen['paintings']} paintings, at most "
            f"{seen['longest_pause']} ms apart; {spread(delays)} after their events")
        return delays


class Site:
    def __init__(self, platform, simulator):
        self.platform = platform
        self.simulator = simulator
        self.clients = sim.Clients(platform)

    def settled(self, people=None):
        controllers = self.simulator.controllers()
        return all(one["sessions"] for one in controllers) and sim.taken_over(controllers) and (
            people is None or all(one.get("people") == people for one in controllers))

    def fill(self):
        started = time.monotonic()
        self.doors = sim.add_controllers(self.clients, self.simulator.controllers())
        say(f"{len(self.doors)} controllers added in {time.monotonic() - started:.1f} s")
        self.people = [person["id"] for person in
                       self.clients.each("POST", "/people", map(sim.person_of, range(EVERYBODY)))]
        self.group = self.clients.call("POST", "/permission-groups", {
            "name": "Everybody", "template_id": None, "doors": [door["id"] for door in self.doors],
            "people": self.people[:-1]})["id"]
        for door in self.doors:
            self.clients.call("PATCH", f"/doors/{door['id']}", {"settings": {"detector": True}})
        sim.wait_until(lambda: self.settled(EVERYBODY - 1), PATIENCE, "everybody is everywhere")
        say(f"filled in {time.monotonic() - started:.1f} s")

    def events(self):
        """1,000 events a second while an operator and a client look."""
        page = OperatorsPage(self.platform)
        ours, theirs = multiprocessing.Pipe()
        client = multiprocessing.Process(target=look, args=(self.platform, theirs))
        client.start()
        assert ours.recv() == "looks"
        before = self.simulator.site()
        used = {name: cpu_seconds(pid) for name, pid in self.pids().items()}
        started = time.monotonic()
        # Some are turned away, which is one event instead of four.
        self.simulator.walk(1.15 * 3600 / EVENTS_OF_A_PASSAGE)
        while (left := started + SECONDS - time.monotonic()) > 0:
            time.sleep(min(left, 10))
            say(f"{self.simulator.site()['records'] - before['records']} records, platform "
                f"{memory_mib(self.platform.process.pid, 'VmRSS'):.0f} MiB")
        self.simulator.walk(0)
        seconds = time.monotonic() - started
        for name, pid in self.pids().items():
            say(f"{name}: {(cpu_seconds(pid) - used[name]) / seconds:.2f} cores")
        sim.wait_until(self.settled, PATIENCE, "everything is taken over")
        late = time.monotonic() - started - seconds
        delays = page.enough()
        ours.send("enough")
        self.clients.call("POST", f"/doors/{self.doors[0]['id']}/commands", {"command": "open"})  # one more
        times, lost = ours.recv()
        client.join()
        records = self.simulator.site()["records"] - before["records"]
        say(f"taken over {late:.1f} s after the last walk began; {self.simulator.site()['passages']}")
        say(f"{len(times)} live messages, {lost} not sent to a client that was too slow; {spread(times)}")
        figure("sim_1000_events_s", records / seconds, "events/s", 1000, records)
        figure("sim_1000_event_to_client_p95_ms", quantile(times, 95), "ms", 500, len(times))
        figure("sim_1000_event_to_page_p95_ms", quantile(delays, 95), "ms", 500, len(delays))
        self.verify("sim_1000_controllers_with_wrong_events")

    def pids(self):
        return {"platform": self.platform.process.pid, "simulator": self.simulator.process.pid}

    def verify(self, name):
        wrong = sim.at_rest(self.simulator, lambda seen: sim.wrong_events(self.platform, seen), PATIENCE)
        for sentence in wrong[:10]:
            say(sentence)
        figure(name, len(wrong), "controllers", 0, len(self.doors))

    def permission(self):
        """One person more may go everywhere."""
        started = time.monotonic()
        self.clients.call("PATCH", f"/permission-groups/{self.group}", {"people": self.people})
        sim.wait_until(lambda: self.settled(EVERYBODY), PATIENCE, "the new person is everywhere")
        figure("sim_1000_permission_s", time.monotonic() - started, "s", 5, len(self.doors))

    def restart(self):
        """The platform is stopped and started while people walk."""
        self.simulator.walk(360 / EVENTS_OF_A_PASSAGE)
        self.platform.stop()
        time.sleep(5)  # records wait meanwhile
        before = self.simulator.site()["connections"]
        started = time.monotonic()
        self.platform.start()
        sim.wait_until(lambda: all(one["sessions"] for one in self.simulator.controllers()), PATIENCE,
                       "all are back")
        say(f"all connected after {time.monotonic() - started:.1f} s")
        self.simulator.walk(0)
        sim.wait_until(self.settled, PATIENCE, "all are caught up")
        figure("sim_1000_restart_s", time.monotonic() - started, "s", 30, CONTROLLERS)
        dialled = self.simulator.site()["connections"] - before
        figure("sim_1000_restart_connections", dialled, "connections", CONTROLLERS, CONTROLLERS,
               "one for each controller")
        self.clients = sim.Clients(self.platform)
        self.verify("sim_1000_controllers_with_wrong_events_after_restart")

    def roster(self):
        """30,000 people for one controller of the thousand."""
        bodies = map(sim.person_of, range(EVERYBODY, ROSTER))
        started = time.monotonic()
        people = [person["id"] for person in self.clients.each("POST", "/people", bodies)]
        say(f"{len(people)} people created in {time.monotonic() - started:.1f} s")
        one = [self.doors[0]["id"]]
        started = time.monotonic()
        self.clients.call("POST", "/permission-groups",
                          {"name": "All at one door", "template_id": None, "doors": one, "people": people})
        sim.wait_until(lambda: max(one.get("people", 0) for one in self.simulator.controllers()) == ROSTER,
                       PATIENCE, "30,000 people are at one controller")
        figure("sim_roster_30k_s", time.monotonic() - started, "s", 10, ROSTER)


def main():
    platform = Platform()
    try:
        platform.start()
        platform.set_up()
        with sim.Simulator(CONTROLLERS, "--passages", "0", "--steady", "--listen", "127.0.0.1:21000",
                           "--records", "2000") as simulator:
            say(f"simulator: {memory_mib(simulator.process.pid, 'VmRSS'):.0f} MiB")
            site = Site(platform, simulator)
            site.fill()
            site.events()
            site.permission()
            peak = memory_mib(platform.process.pid, "VmHWM")
            site.restart()
            site.roster()
            peak = max(peak, memory_mib(platform.process.pid, "VmHWM"))
            figure("sim_1000_platform_rss_mib", peak, "MiB", 512, CONTROLLERS)
            each = memory_mib(simulator.process.pid, "VmRSS") * 1024 / CONTROLLERS
            figure("sim_controller_kib", each, "KiB", 1024, CONTROLLERS, "a thousandth of 1 GiB")
    finally:
        platform.close()


if __name__ == "__main__":
    main()
