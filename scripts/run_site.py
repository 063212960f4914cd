"""Runs a platform and simulated doors on this machine until Ctrl-C:
run_site.py BINARIES STATE [--demo] [--shift N] [--only-look]

--only-look ends after it has seen that the ports are free: a build of minutes comes before the start."""

import argparse
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import sample_site

HOST = "127.0.0.1"
PLATFORM = 8443
DOOR = 37777
PANEL = 8080
DISCOVERY = 37810
START_SECONDS = 20
STOP_SECONDS = 5


@dataclass
class Program:
    name: str
    command: list
    ports: list  # of TCP; it is up when it listens on the first
    log: Path
    panels: dict  # port: what is there
    datagram_ports: list
    process: subprocess.Popen = field(default=None)
    log_start: int = 0

    def taken_ports(self):
        return [f"port {port}" for port in self.ports if listens(port)] + [
            f"UDP port {port}" for port in self.datagram_ports if takes_datagrams(port)]

    def start(self):
        # A session of its own: Ctrl-C reaches this script only, and it stops the programs in order.
        with open(self.log, "ab") as log:
            self.log_start = log.tell()
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, start_new_session=True)

    def wait_until_up(self):
        deadline = time.monotonic() + START_SECONDS
        while not listens(self.ports[0]):
            self.check()
            if time.monotonic() > deadline:
                raise SystemExit(f"No word of the {self.name} after {START_SECONDS} s; see {self.log}.")
            time.sleep(0.02)

    def check(self):
        if self.process.poll() is not None:
            words = self.log.read_bytes()[self.log_start:].decode(errors="replace").splitlines()[-5:]
            said = f"The {self.name} stopped with exit code {self.process.returncode}; its last words:"
            raise SystemExit("\n".join([said, *words]))


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


def takes_datagrams(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def look_at_ports(site):
    taken = [f"{', '.join(ports)} (for the {program.name})"
             for program in site if (ports := program.taken_ports())]
    if taken:
        raise SystemExit(f"Another program uses {' and '.join(taken)}. Stop it (another `./dev run`? "
                         "`ss -tulpn` names it), or add `--shift 100`: then every port is 100 higher.")


def programs(binaries, state, demo, shift):
    """The platform and a door, or a simulated site; each with its folder and log in STATE."""
    def program(name, ports, *command, panels=None, datagram_ports=()):
        directory = state / name
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        log = state / f"{name}.log"
        return Program(name, [*command, "--data", directory], ports, log, panels or {}, list(datagram_ports))

    platform_port, door_port, panel_port, discovery_port = (
        port + shift for port in (PLATFORM, DOOR, PANEL, DISCOVERY))
    platform = program(
        "platform", [platform_port], binaries / "sallyport", "serve", "--listen", f"{HOST}:{platform_port}",
        *(["--discovery", f"{HOST}:{discovery_port}"] if shift else []))
    doors = ["--listen", f"{HOST}:{door_port}", "--panel", f"{HOST}:{panel_port}"]
    if not demo:
        return [platform, program(
            "door", [panel_port, door_port], binaries / "sallyport-door", "--hardware", "simulated", *doors,
            "--discovery", f"{HOST}:{discovery_port}", datagram_ports=[discovery_port],
            panels={panel_port: "a simulated door: keypad, cards, wires"})]
    password = state / "door_password"
    password.write_text(sample_site.DOOR_PASSWORD + "\n")
    count = len(sample_site.DOORS)
    panels = dict(enumerate(sample_site.DOORS, panel_port))
    return [platform, program(
        "doors", [*panels, *range(door_port, door_port + count)], binaries / "sallyport-sim", *doors,
        "--controllers", str(count), "--password-file", password, "--steady", "--passages", "600",
        panels=panels)]


def stop(site):
    started = [program.process for program in site if program.process]
    for process in started:
        if process.poll() is None:
            process.terminate()
    for process in started:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def greet(site, state, advice):
    print("Sallyport runs.\n")
    print(f"  platform      https://{HOST}:{site[0].ports[0]}/")
    for port, words in (panel for program in site for panel in program.panels.items()):
        print(f"  front panel   http://{HOST}:{port}/   {words}")
    print(f"  kept in       {state}   logs and all data; delete it to start over\n")
    print(advice)
    print("The browser warns once: the certificate is the platform's own. Ctrl-C stops all.", flush=True)


NEXT_STEP = """Next: open the platform, choose a password, add the door that the search finds, enrol a person
with a card, put them and the door in a permission group, and hold the card to the front panel."""


def live(site):
    """Until Ctrl-C, or until a program has stopped by itself."""
    while True:
        for program in site:
            program.check()
        time.sleep(0.5)


def main(binaries, state, demo, shift, only_look):
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    site = programs(binaries, state, demo, shift)
    look_at_ports(site)
    if only_look:
        return
    try:
        for program in site:
            program.start()
        for program in site:
            program.wait_until_up()
        if demo:
            sample_site.Site(HOST, PLATFORM + shift, DOOR + shift).fill()
        greet(site, state, sample_site.ADVICE if demo else NEXT_STEP)
        live(site)
    except KeyboardInterrupt:
        print()
    finally:
        stop(site)
    print("Stopped.")


def start():
    parser = argparse.ArgumentParser()
    parser.add_argument("binaries", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--shift", type=int, default=0)
    parser.add_argument("--only-look", action="store_true")
    given = parser.parse_args()
    # A platform knows its doors by their ports: with others it is another site.
    name = ("demo" if given.demo else "site") + (f"_{given.shift}" if given.shift else "")
    main(given.binaries.resolve(), given.state.resolve() / name, given.demo, given.shift, given.only_look)


if __name__ == "__main__":
    start()
