"""Runs a platform and simulated doors on this machine until Ctrl-C: run_site.py BINARIES STATE [--demo]"""

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

    def start(self):
        taken = [f"port {port}" for port in self.ports if listens(port)]
        taken += [f"UDP port {port}" for port in self.datagram_ports if takes_datagrams(port)]
        if taken:
            raise SystemExit(f"Another program uses {', '.join(taken)}, where the {self.name} would listen. "
                             "Stop it first (another `./dev run`?); `ss -tulpn` says which one it is.")
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


def programs(binaries, state, demo):
    """The platform and a door, or a simulated site; each with its folder and log in STATE."""
    def program(name, ports, *command, panels=None, datagram_ports=()):
        directory = state / name
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        log = state / f"{name}.log"
        return Program(name, [*command, "--data", directory], ports, log, panels or {}, list(datagram_ports))

    platform = program(
        "platform", [PLATFORM], binaries / "sallyport", "serve", "--listen", f"{HOST}:{PLATFORM}")
    doors = ["--listen", f"{HOST}:{DOOR}", "--panel", f"{HOST}:{PANEL}"]
    if not demo:
        return [platform, program(
            "door", [PANEL, DOOR], binaries / "sallyport-door", "--hardware", "simulated", *doors,
            "--discovery", f"{HOST}:{DISCOVERY}", datagram_ports=[DISCOVERY],
            panels={PANEL: "a simulated door: keypad, cards, wires"})]
    password = state / "door_password"
    password.write_text(sample_site.DOOR_PASSWORD + "\n")
    count = len(sample_site.DOORS)
    panels = dict(enumerate(sample_site.DOORS, PANEL))
    return [platform, program(
        "doors", [*panels, *range(DOOR, DOOR + count)], binaries / "sallyport-sim", *doors,
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
    print(f"  platform      https://{HOST}:{PLATFORM}/")
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


def main(binaries, state, demo):
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    site = programs(binaries, state, demo)
    try:
        for program in site:
            program.start()
        for program in site:
            program.wait_until_up()
        if demo:
            sample_site.Site(HOST, PLATFORM, DOOR).fill()
        greet(site, state, sample_site.ADVICE if demo else NEXT_STEP)
        live(site)
    except KeyboardInterrupt:
        print()
    finally:
        stop(site)
    print("Stopped.")


if __name__ == "__main__":
    is_demo = "--demo" in sys.argv
    folder = Path(sys.argv[2]).resolve() / ("demo" if is_demo else "site")
    main(Path(sys.argv[1]).resolve(), folder, is_demo)
