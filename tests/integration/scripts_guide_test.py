"""docs/guides/scripts.md, word by word: what stands in its frames is run, in their order."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from running_platform import BINARIES
from with_a_door import DEVICE_PASSWORD, SECONDS, DoorTest, eventually

GUIDE = Path(__file__).resolve().parents[2] / "docs/guides/scripts.md"
RIGHTS = {"devices": "administer", "people": "edit", "permissions": "edit", "doors": "control",
          "events": "view"}


class ScriptsGuide(DoorTest):
    def frames(self):
        """With the addresses of this test instead of the guide's."""
        text = "".join(re.findall(r"^```\n(.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE))
        here = f"127.0.0.1:{self.door.port}"
        for there, instead in (
                ("https://sallyport:8443", f"https://{self.platform.host}:{self.platform.port}"),
                ("sallyport init-device 192.168.1.108",
                 f"'{BINARIES}/sallyport' init-device {here} <<<{DEVICE_PASSWORD}"),
                ('"192.168.1.108", port: 37777', f'"127.0.0.1", port: {self.door.port}')):
            self.assertEqual(text.count(there), 1, there)
            text = text.replace(there, instead)
        return text

    def run_frames(self, typed):
        folder = Path(tempfile.mkdtemp(prefix="sallyport-"))
        self.addCleanup(shutil.rmtree, folder)
        shutil.copy(self.platform.data / "certificate.pem", folder / "platform.pem")
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", self.frames()], cwd=folder, input=typed,
                              capture_output=True, text=True, timeout=3 * SECONDS)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual((folder / "token.header").stat().st_mode & 0o777, 0o600)
        return done.stdout

    def test_its_commands_lead_from_a_new_controller_to_an_open_door(self):
        token = self.good("addToken", 201, {"name": "Script", "rights": RIGHTS})["token"]
        said = self.run_frames(f"{token}\n{DEVICE_PASSWORD}\n")
        self.assertRegex(said, r"keypad password +\d+")
        (group,) = self.good("listPermissionGroups", 200)["items"]
        self.assertEqual(group["name"], "Staff")
        states = lambda: {one["state"] for one in self.good("listIssueStates", 200)["items"]}
        eventually(lambda: states() == {"issued"})
        self.door.press("card", {"number": "04A1B2C3"})
        granted = eventually(lambda: self.good("listEvents", 200, query="?kind=access")["items"])
        self.assertEqual((granted[0]["result"], granted[0]["person"]["name"]), ("granted", "Anna Berger"))


if __name__ == "__main__":
    unittest.main()
