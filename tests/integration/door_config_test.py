"""The configurations that the guides show, as check-config sees them, and hardware that is not there."""

import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from door import binary

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guides"
SHOWN = re.compile(r"^```toml\n(.*?)^```$", re.M | re.S)


def run(*arguments):
    return subprocess.run([binary(), *arguments], capture_output=True, text=True, timeout=20, check=False)


class Guides(unittest.TestCase):
    def check(self, text):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "door.toml"
            path.write_text(text)
            result = run("check-config", path)
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_the_sample_is_in_order(self):
        self.check((GUIDES / "door.toml").read_text())

    def test_what_the_installers_guide_shows_is_in_order(self):
        shown = SHOWN.findall((GUIDES / "install-a-controller.md").read_text())
        self.assertTrue(shown)
        for text in shown:
            self.check(text)


class Checks(unittest.TestCase):
    def test_each_mistake_is_named_with_its_line(self):
        ports = 'listen = "0.0.0.0:37777"\npanel = "127.0.0.1:37777"\n'
        for text, words in (
                (ports, "line 2: panel has the port of listen"),
                ('register = "192.0.2.1:0"\n', "line 1: register"),
                ('register = "192.0.2.1:9500"\nregister_id = "a b"\n', "line 2: register_id"),
                ('register_id = "gate-7"\n', "line 1: register_id"),
                ("reader_mode.address = 3\n", "reader_mode.address means nothing"),
                ('[osdp]\ndevice = "/dev/ttyS0"\n', "each beginning with [[osdp]]"),
                ("limits = 3\n", "limits has to be one table, beginning with [limits]"),
                ("[[limits]]\npeople = 3\n", "beginning with [limits]"),
                ("limit.people = 3\n", "did you mean limits.people?"),
                ('update_key = "/no/such/key"\n', "There is no /no/such/key."),
                ('update_key = "/dev/zero"\n', "/dev/zero is no file."),
                ('[syslog]\ncollector = "192.0.2.1:6514"\nauthority = "/dev/zero"\n', "syslog.authority")):
            with tempfile.TemporaryDirectory() as directory:
                path = Path(directory) / "door.toml"
                path.write_text(text)
                result = run("check-config", path)
                self.assertEqual(result.returncode, 2, text)
                self.assertIn(words, result.stderr)
                self.assertNotIn("..\n", result.stderr)
        self.assertIn("cannot be read", run("check-config", "/dev/zero").stderr)

    def test_two_servers_do_not_get_the_same_port_by_arguments_either(self):
        result = run("--data", "/tmp/x", "--listen", "127.0.0.1:37777", "--compatibility-http",
                     "127.0.0.1:37777")
        self.assertEqual(result.returncode, 2)
        self.assertIn("listen and compatibility_http", result.stderr)


class LinuxHardware(unittest.TestCase):
    def refused(self, words, text, *arguments):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "door.toml"
            path.write_text(text)
            for call in (("check-config", path), ("--config", path, "--data", directory)):
                if arguments and call[0] == "check-config":
                    continue
                result = run(*call, *arguments)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertIn(words, result.stderr)

    def test_a_door_needs_wires(self):
        self.refused("[[door]]", 'hardware = "linux"\n')

    def test_wires_are_of_real_doors_and_played_readers_of_simulated_ones(self):
        self.refused('hardware = "linux"', '[[door]]\nrelay = "gpiochip0:1"\n')
        self.refused("serial line", 'hardware = "linux"\n[[door]]\nrelay = "gpiochip0:1"\n'
                     '[[osdp]]\ndevice = "simulated"\n[[osdp.readers]]\naddress = 1\n')

    def test_the_front_panel_page_is_not_for_real_doors(self):
        wired = '[[door]]\nrelay = "gpiochip0:1"\n'
        self.refused("simulated hardware", f'hardware = "linux"\npanel = "127.0.0.1:0"\n{wired}')
        self.refused("simulated hardware", f'hardware = "linux"\n{wired}', "--panel", "127.0.0.1:0")

    def test_doors_are_counted_by_their_tables(self):
        self.refused("line 1: doors", 'doors = 2\nhardware = "linux"\n[[door]]\nrelay = "gpiochip0:1"\n')

    def test_without_any_chip_it_says_what_to_do(self):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "door.toml"
            path.write_text('hardware = "linux"\n[[door]]\nrelay = "no_such_chip:1"\n')
            result = run("--config", path, "--data", directory, "--listen", "127.0.0.1:0", "--discovery",
                         "off")
            self.assertEqual(result.returncode, 1)
            self.assertIn("no_such_chip cannot be opened", result.stderr)
            self.assertIn("gpiodetect", result.stderr)


if __name__ == "__main__":
    unittest.main()
