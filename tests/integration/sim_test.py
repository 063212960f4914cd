"""A simulated site and a real platform: everything that happened at the doors arrives once and in order, and
everybody is where he should be, whatever went wrong in between."""

import os
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import simulated_site as sim  # noqa: E402
from running_platform import BINARIES, Platform  # noqa: E402


def run(*arguments):
    return subprocess.run([BINARIES / "sallyport-sim", *arguments], capture_output=True, text=True,
                          timeout=60, stdin=subprocess.DEVNULL)


class Arguments(unittest.TestCase):
    def test_wrong_arguments_are_one_sentence(self):
        for words, *arguments in (
                ("--controllers has to be 1 to 4096", "--controllers", "0"),
                ("above 65535", "--controllers", "10", "--listen", "127.0.0.1:65530"),
                ("--network", "--listen", "0.0.0.0:21000"),
                ("both", "--listen", "127.0.0.1:21000", "--register", "127.0.0.1:9500"),
                ("there is no fault 'rain'", "--faults", "loss,rain"),
                ("cannot be read", "--password-file", "nowhere"),
                ("--help", "--fly")):
            done = run(*arguments)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(words, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def test_help_and_version(self):
        self.assertIn("--controllers", run("--help").stdout)
        self.assertTrue(run("--version").stdout.startswith("sallyport-sim "))

    def test_it_ends_when_its_time_is_over(self):
        done = run("--for", "1", "--listen", "127.0.0.1:0")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_port_in_use_is_named(self):
        with sim.Simulator(1) as first:
            done = run("--listen", first.said["listen"])
        self.assertEqual(done.returncode, 3)
        self.assertIn(first.said["listen"], done.stderr)


class WithPlatform(unittest.TestCase):
    def setUp(self):
        self.platform = Platform()
        self.addCleanup(self.platform.close)

    def start(self, *arguments):
        self.platform.start(*arguments)
        self.platform.set_up()
        self.connect()

    def connect(self):
        self.clients = sim.Clients(self.platform)
        self.addCleanup(self.clients.close)

    def simulate(self, *arguments):
        simulator = sim.Simulator(*arguments)
        self.addCleanup(simulator.stop)
        return simulator

    def grant(self, doors, numbers):
        people = self.clients.each("POST", "/people", map(sim.person_of, numbers))
        self.clients.call("POST", "/permission-groups", {
            "name": f"From {people[0]['user_id']}", "template_id": None,
            "doors": [door["id"] for door in doors], "people": [person["id"] for person in people]})

    def online(self):
        return sum(device["state"] == "online" for device in sim.all_of(self.clients, "/devices"))

    def settle(self, simulator, people, seconds=90):
        """Nobody walks and nothing goes wrong any more: soon all is as it should be."""
        simulator.befall("none", 0)
        simulator.walk(0)
        count = simulator.site()["controllers"]
        sim.wait_until(lambda: self.online() == count, seconds, "all controllers are online")
        sim.wait_until(lambda: {one["people"] for one in simulator.controllers()} == {len(people)}, seconds,
                       "all controllers hold everybody")
        wanted = {sim.person_of(number)["user_id"] for number in people}
        wrong = sim.at_rest(simulator, lambda seen: (
            sim.wrong_events(self.platform, seen) + sim.wrong_people(self.platform, simulator, seen, wanted)),
            seconds)
        self.assertEqual(wrong, [])

    def test_controllers_are_found_added_and_walked_through(self):
        first = 21_000 + os.getpid() % 900 * 10
        simulator = self.simulate(5, "--listen", f"127.0.0.1:{first}", "--passages", "0", "--steady")
        self.start()
        found = self.clients.call("POST", "/devices/search?wait_s=20",
                                  {"range": f"127.0.0.1:{first}-{first + 4}"})
        serials = {device["serial"] for device in found["items"]}
        # Others may be on this machine's network as well.
        self.assertGreaterEqual(serials, {one["serial"] for one in simulator.controllers()})
        self.grant(sim.add_controllers(self.clients, simulator.controllers()), range(20))
        held = lambda: {one["people"] for one in simulator.controllers()}
        sim.wait_until(lambda: held() == {20}, 30, "people arrive")
        simulator.walk(3_600)
        sim.wait_until(lambda: simulator.site()["passages"]["walked"] >= 20, 60, "20 people walk through")
        self.settle(simulator, range(20))
        events = self.clients.call("GET", "/events?kind=access&result=granted&limit=1000")["items"]
        self.assertGreaterEqual(len(events), 15)  # somebody may have left by the exit button

    def test_controllers_register_by_themselves(self):
        self.start("--registration", "127.0.0.1:0")
        where = self.platform.addresses()["registration"]
        simulator = self.simulate(3, "--register", where, "--passages", "3600", "--steady")
        waiting = lambda: self.clients.call("GET", "/devices/waiting")["items"]
        sim.wait_until(lambda: len(waiting()) == 3, 30, "three controllers wait to be accepted")
        self.grant(sim.add_controllers(self.clients, simulator.controllers()), range(5))
        sim.wait_until(lambda: simulator.site()["passages"]["walked"] >= 5, 60, "5 people walk through")
        self.settle(simulator, range(5))

    def test_whatever_goes_wrong_nothing_is_lost_and_people_converge(self):
        simulator = self.simulate(20, "--passages", "1800", "--steady", "--seed",
                                  os.environ.get("SALLYPORT_SEED", "1"))
        self.start()
        self.grant(sim.add_controllers(self.clients, simulator.controllers()), range(10))
        simulator.befall("all", 600)
        for number in range(10, 40):
            # One more right at a time, while links are lost and power is cut.
            self.grant(sim.all_of(self.clients, "/doors"), [number])
        faults = lambda: simulator.site()["faults"]
        sim.wait_until(lambda: min(faults().values()) >= 5 and sum(faults().values()) >= 60, 120, "60 faults")
        self.platform.stop()
        self.platform.start()
        self.connect()
        self.settle(simulator, range(40))


if __name__ == "__main__":
    unittest.main()
