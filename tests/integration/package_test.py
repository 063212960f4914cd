"""The Debian packages: built, checked, installed into a directory of their own, run, upgraded and purged."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from door import Door, binary, person
from running_platform import PASSWORD, Platform

ROOT = Path(__file__).resolve().parents[2]
BUILD = binary().parent.parent


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if result.returncode != 0:
        raise AssertionError(f"{command[0]} failed:\n{result.stdout}{result.stderr}")
    return result.stdout


def build_packages(into, version):
    """The packages of the release build, under a version of the test's own."""
    run("cpack", "--config", "CPackConfig.cmake", "-D", f"CPACK_PACKAGE_VERSION={version}",
        "-D", f"CPACK_OUTPUT_FILE_PREFIX={into}", cwd=BUILD)
    return {re.sub("_.*", "", package.name): package for package in Path(into).glob("*.deb")}


class FileSystem:
    """An empty one with a dpkg database. Scripts of packages run outside of it and see $DPKG_ROOT."""

    def __init__(self, folder):
        self.root = Path(folder) / "root"
        for name in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/systemd", "etc"):
            (self.root / name).mkdir(parents=True)
        (self.root / "var/lib/dpkg/status").touch()

    def dpkg(self, *arguments):
        return run("dpkg", f"--root={self.root}", "--force-script-chrootless", "--force-depends",
                   "--force-not-root", "--log=/dev/null", *arguments)

    def status(self, package):
        return run("dpkg-query", f"--admindir={self.root}/var/lib/dpkg", "-W", "-f=${db:Status-Abbrev}",
                   package).strip()


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.old = build_packages(Path(cls.folder.name) / "old", "0.0.1")
        cls.new = build_packages(Path(cls.folder.name) / "new", "0.0.2")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def field(self, package, name):
        return run("dpkg-deb", "--field", self.new[package], name).strip()

    def test_they_name_what_they_need(self):
        self.assertEqual(sorted(self.new), ["sallyport", "sallyport-door"])
        for package in self.new:
            depends = self.field(package, "Depends")
            for needed in ("tzdata", "libc6", "libsodium23", "libsqlite3-0", "libssl3", "systemd"):
                self.assertRegex(depends, rf"\b{needed}\b")
            self.assertEqual(self.field(package, "Version"), "0.0.2")
        for needed in ("libjpeg62-turbo", "libpng16-16"):
            self.assertRegex(self.field("sallyport", "Depends"), rf"\b{needed}\b")

    def test_lintian_finds_no_fault(self):
        if not shutil.which("lintian"):
            self.skipTest("lintian is not installed")
        for package in self.new.values():
            found = run("lintian", "--allow-root", "--no-cfg", "--fail-on", "error,warning", package)
            self.assertEqual(found, "")

    def test_the_binary_has_no_path_of_the_machine_that_built_it(self):
        target = Path(self.folder.name) / "unpacked"
        run("dpkg-deb", "-x", self.new["sallyport-door"], target)
        self.assertNotIn(str(ROOT).encode(), (target / "usr/bin/sallyport-door").read_bytes())

    def test_a_controller_is_installed_upgraded_removed_and_purged(self):
        with tempfile.TemporaryDirectory() as folder:
            system = FileSystem(folder)
            system.dpkg("-i", self.old["sallyport-door"])
            self.assertEqual(system.status("sallyport-door"), "ii")
            self.assertIn("sallyport-door:x:", (system.root / "etc/passwd").read_text())
            self.assertRegex((system.root / "etc/group").read_text(), r"(?m)^gpio:")
            program = system.root / "usr/bin/sallyport-door"
            config = system.root / "etc/sallyport/door.toml"
            self.assertIn("in order", run(program, "check-config", config))
            self.runs_with_data(program, system.root / "var/lib/sallyport-door")
            self.upgrade_keeps_what_is_the_installations_own(system, config)
            system.dpkg("-r", "sallyport-door")
            self.assertFalse(program.exists())
            self.assertTrue((system.root / "var/lib/sallyport-door/controller.db").exists())
            self.assertTrue(config.exists())
            system.dpkg("-P", "sallyport-door")
            self.assertFalse((system.root / "var/lib/sallyport-door").exists())
            self.assertFalse(config.exists())

    def runs_with_data(self, program, data):
        with Door(program=[program]) as door:
            door.manager().ask("sallyport.updateRoster", {"upsert": [person(1001, "04A1B2C3")]})
            self.assertEqual(door.post("card", number="04A1B2C3")["lock"], "released")
            self.assertEqual(door.terminate(), 0)
            shutil.copytree(door.data, data)

    def upgrade_keeps_what_is_the_installations_own(self, system, config):
        config.write_text(config.read_text().replace("doors = 1", "doors = 2"))
        system.dpkg("--force-confold", "-i", self.new["sallyport-door"])
        self.assertEqual(system.status("sallyport-door"), "ii")
        self.assertIn("doors = 2", config.read_text())
        program = system.root / "usr/bin/sallyport-door"
        with Door(program=[program]) as door:
            door.kill()
            shutil.rmtree(door.data)
            shutil.copytree(system.root / "var/lib/sallyport-door", door.data)
            door.start()
            self.assertEqual(door.post("card", number="04A1B2C3")["lock"], "released")

    def test_the_platform_is_installed_upgraded_removed_and_purged(self):
        with tempfile.TemporaryDirectory() as folder:
            system = FileSystem(folder)
            system.dpkg("-i", self.old["sallyport"])
            self.assertEqual(system.status("sallyport"), "ii")
            program, data = system.root / "usr/bin/sallyport", system.root / "var/lib/sallyport"
            config = system.root / "etc/sallyport/platform.toml"
            self.a_site_is_set_up(program, data)
            config.write_text(config.read_text() + "# ours\n")
            system.dpkg("--force-confold", "-i", self.new["sallyport"])
            self.assertEqual(system.status("sallyport"), "ii")
            self.assertIn("# ours", config.read_text())
            self.the_site_is_as_it_was(program, data)
            system.dpkg("-r", "sallyport")
            self.assertFalse(program.exists())
            self.assertTrue((data / "platform.db").exists())
            system.dpkg("-P", "sallyport")
            self.assertFalse(data.exists())
            self.assertFalse(config.exists())

    def a_site_is_set_up(self, program, data):
        platform = Platform(program)
        self.addCleanup(platform.close)
        platform.start("--discovery", "off")
        platform.set_up()
        added = platform.api("POST", "/people", {"user_id": "1001", "name": "Ada"})
        self.assertEqual(added.status, 201)
        photo = (ROOT / "tests/fuzz/corpus/drawing/baseline").read_bytes()
        stored = platform.api("PUT", f"/people/{added.json()['id']}/photo", raw=photo)
        self.assertEqual(stored.status, 204, stored.text)
        self.assertEqual(platform.stop(), 0)
        shutil.copytree(platform.data, data, dirs_exist_ok=True)

    def the_site_is_as_it_was(self, program, data):
        platform = Platform(program)
        self.addCleanup(platform.close)
        shutil.copytree(data, platform.data, dirs_exist_ok=True)
        platform.start("--discovery", "off")
        login = {"account": "admin", "password": PASSWORD}
        token = platform.api("POST", "/sessions", login).json()["token"]
        people = platform.api("GET", "/people", token=token).json()["items"]
        self.assertEqual([one["name"] for one in people], ["Ada"])
        self.assertEqual(platform.api("GET", f"/people/{people[0]['id']}/photo", token=token).status, 200)
        self.assertEqual(platform.stop(), 0)


if __name__ == "__main__":
    unittest.main()
