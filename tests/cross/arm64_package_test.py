"""The controller's package for arm64, looked at here and run under qemu's user emulation: `./dev cross`."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/integration"))

from door import Door, person  # noqa: E402

PACKAGES = ROOT / "build/arm64/packages"


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise AssertionError(f"{command[0]} failed:\n{result.stdout}{result.stderr}")
    return result.stdout.strip()


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.packages = list(PACKAGES.glob("*.deb"))
        cls.folder = tempfile.TemporaryDirectory()
        if cls.packages:
            run("dpkg-deb", "-x", cls.packages[0], cls.folder.name)
        cls.emulated = ["qemu-aarch64", "-L", ROOT / "build/arm64-sysroot",
                        Path(cls.folder.name) / "usr/bin/sallyport-door"]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def field(self, name):
        return run("dpkg-deb", "--field", self.packages[0], name)

    def test_it_is_for_arm64_and_names_what_it_needs(self):
        self.assertEqual([package.name.split("_")[0] for package in self.packages], ["sallyport-door"])
        self.assertEqual(self.field("Architecture"), "arm64")
        depends = self.field("Depends")
        for needed in ("libc6", "libfmt9", "libgpiod2", "libsodium23", "libsqlite3-0", "libssl3",
                       "libstdc++6"):
            self.assertRegex(depends, rf"(^|, ){needed.replace('+', '[+]')} \(>= ")
        for needed in ("libboost-json1.81.0", "libspdlog1.10-fmt9", "tzdata", "systemd"):
            self.assertRegex(depends, rf"(^|, ){needed}\b")

    def test_lintian_finds_no_fault(self):
        found = run("lintian", "--allow-root", "--no-cfg", "--fail-on", "error,warning", self.packages[0])
        self.assertEqual(found, "")

    def test_a_controller_opens_a_door_and_keeps_what_happened(self):
        with Door(program=self.emulated) as door:
            door.manager().ask("sallyport.updateRoster", {"upsert": [person(1001, "04A1B2C3")]})
            self.assertEqual(door.post("card", number="04A1B2C3")["lock"], "released")
            door.kill()
            door.start()
            self.assertEqual(door.post("card", number="04A1B2C3")["lock"], "released")
            self.assertEqual(door.post("card", number="0BADCAFE")["light"], "red")
            records = door.manager().ask("sallyport.records", {"generation": 1, "after": 0})["records"]
            self.assertEqual([record.get("result") for record in records if record["kind"] == "access"],
                             ["granted", "granted", "denied"])
            self.assertEqual(door.terminate(seconds=20), 0)


if __name__ == "__main__":
    unittest.main()
