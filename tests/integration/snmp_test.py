"""Figures of the running platform by SNMPv3, through Debian's snmpd: who may read, and nobody may set."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from contract import ROOT  # noqa: E402
from free_port import free_port  # noqa: E402
from with_a_door import DoorTest, eventually  # noqa: E402

USER = ("-v3", "-u", "monitor")
SECRETS = ("-a", "SHA-256", "-A", "quiet-river-12", "-x", "AES", "-X", "silver-lock-91")
ENTERPRISE = ".1.3.6.1.4.1.32473.1"
PROGRAMS = all(shutil.which(name, path="/usr/sbin:/usr/bin:/bin") for name in ("snmpd", "snmpwalk"))


class Agent:
    """snmpd on loopback with a configuration of its own: the few lines of docs/guides/snmp.md."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="sallyport-snmp-"))
        self.socket = self.folder / "master"
        self.port = free_port(socket.SOCK_DGRAM)
        self.process = None
        (self.folder / "snmpd.conf").write_text(
            "master agentx\n"
            f"agentXSocket unix:{self.socket}\n"
            f"agentAddress udp:127.0.0.1:{self.port}\n"
            f"createUser monitor {SECRETS[1]} {SECRETS[3]} {SECRETS[5]} {SECRETS[7]}\n"
            f"rouser monitor authPriv {ENTERPRISE}\n"
            "createUser writer SHA-256 quiet-river-12 AES silver-lock-91\n"
            f"rwuser writer authPriv {ENTERPRISE}\n")

    def start(self):
        log = self.folder / "log"
        self.process = subprocess.Popen(
            ["snmpd", "-f", "-Lf", log, "-C", "-c", self.folder / "snmpd.conf",
             "-I", "-smux,mteTrigger,mteTriggerConf"],
            env={**os.environ, "SNMP_PERSISTENT_DIR": str(self.folder / "kept"), "MIBS": "",
                 "PATH": "/usr/sbin:/usr/bin:/bin"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(self.socket.exists)

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def close(self):
        self.stop()
        shutil.rmtree(self.folder)

    def ask(self, program, *arguments, who=(*USER, "-l", "authPriv", *SECRETS)):
        done = subprocess.run(
            [program, *who, "-m", "", "-t", "3", "-r", "1", "-On", f"127.0.0.1:{self.port}", *arguments],
            capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def walk(self, below=ENTERPRISE):
        """Values by the rest of their names."""
        _, said = self.ask("snmpwalk", below)
        lines = re.findall(rf"^{re.escape(ENTERPRISE)}\.(\S+) = (?:[\w-]+: )?\"?(.*?)\"?$", said, re.M)
        return dict(lines)


def names_of_the_mib():
    """Of each object that is read, the rest of its name after the module's."""
    text = (ROOT / "docs/SALLYPORT-MIB.txt").read_text()
    places = {name: (rest, parent, number) for name, rest, parent, number in re.findall(
        r"^(\w+) OBJECT(?:-TYPE| IDENTIFIER)(.*?)::= \{ (\w+) (\d+) \}", text, re.M | re.S)}

    def path(name):
        _, parent, number = places[name]
        return number if parent == "sallyport" else f"{path(parent)}.{number}"

    return {name: path(name) for name, (rest, _, _) in places.items() if "read-only" in rest}


@unittest.skipUnless(PROGRAMS, "snmpd and snmp are not installed")
class Snmp(DoorTest):
    def begin(self):
        self.agent = Agent()
        self.addCleanup(self.agent.close)
        self.agent.start()
        super().begin()

    def more_arguments(self):
        return ("--snmp", str(self.agent.socket))

    def test_figures_are_those_of_the_mib_and_read_with_both_secrets_only(self):
        self.enrolled()
        names = names_of_the_mib()
        online = f"{names['sallyportDevicesOnline']}.0"
        values = eventually(lambda: (v := self.agent.walk()).get(online) == "1" and v)
        self.assertEqual(values[f"{names['sallyportDevices']}.0"], "1")
        self.assertEqual(values[f"{names['sallyportState']}.0"], "1")
        self.assertRegex(values[f"{names['sallyportVersion']}.0"], r"^\d+\.\d+")
        row = next(key for key in values if key.startswith(names["sallyportDeviceName"] + "."))
        self.assertEqual(values[row], "Gate")
        index = row.removeprefix(names["sallyportDeviceName"])
        self.assertEqual(values[names["sallyportDeviceState"] + index], "1")
        told = {key for name in names.values() for key in values if key.startswith(name + ".")}
        self.assertEqual(told, set(values), "everything that is told stands in the MIB")
        self.assertEqual([name for name, place in names.items()
                          if not any(key.startswith(place + ".") for key in values)], [])

        for less in (("-l", "noAuthNoPriv"), ("-l", "authNoPriv", *SECRETS[:4])):
            _, said = self.agent.ask("snmpwalk", ENTERPRISE, who=(*USER, *less))
            self.assertNotIn("Gate", said)
            self.assertIn("uthorization", said)
        code, said = self.agent.ask("snmpget", f"{ENTERPRISE}.{online}", who=("-v2c", "-c", "public"))
        self.assertNotEqual(code, 0, said)

    def test_nothing_can_be_set_and_an_agent_that_restarts_is_found_again(self):
        state = f"{ENTERPRISE}.1.3.0"
        eventually(lambda: self.agent.walk(state))
        writer = ("-v3", "-u", "writer", "-l", "authPriv", *SECRETS)
        code, said = self.agent.ask("snmpset", state, "i", "2", who=writer)
        self.assertNotEqual(code, 0)
        self.assertIn("notWritable", said)
        code, said = self.agent.ask("snmpset", state, "i", "2")
        self.assertIn("noAccess", said)
        _, said = self.agent.ask("snmpbulkget", "-Cr40", ENTERPRISE)
        self.assertIn(state, said)
        self.agent.stop()
        self.agent.start()
        eventually(lambda: self.agent.walk(state))
        self.assertEqual(self.platform.stop(), 0)
        self.platform.start("--discovery", "off", "--snmp", str(self.agent.socket))
        eventually(lambda: self.agent.walk(state))


if __name__ == "__main__":
    unittest.main(verbosity=1)
