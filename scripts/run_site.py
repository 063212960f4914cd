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
    port: int
    log: Path
    process: subprocess.Popen = field(default=None)

    def start(self):
        if listens(self.port):
            raise SystemExit(f"Port {self.port} is in use; the {self.name} needs it. Stop the other program.")
        # A session of its own: Ctrl-C reaches this script only, and it stops the programs in order.
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, start_new_session=True)

    def wait_until_up(self):
        deadline = time.monotonic() + START_SECONDS
        while not listens(self.port):
            self.check()
            if time.monotonic() > deadline:
                raise SystemExit(f"The {self.name} is not up after {START_SECONDS} s; see {self.log}.")
            time.sleep(0.02)

    def check(self):
        if self.process.poll() is not None:
            words = self.log.read_text(errors="replace").splitlines()[-5:]
            said = f"The {self.name} stopped with exit code {self.process.returncode}; its last words:"
            raise SystemExit("\n".join([said, *words]))


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


def programs(binaries, state, doors):
    """The platform and so many doors, each with its folder and log in STATE."""
    def program(name, port, *command):
        directory = state / name
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Program(name, [*command, "--data", directory], port, state / f"{name}.log")

    serve = [binaries / "sallyport", "serve", "--listen", f"{HOST}:{PLATFORM}"]
    site = [program("platform", PLATFORM, *serve)]
    for number in range(doors):
        site.append(program(
            f"door{number + 1}", PANEL + number, binaries / "sallyport-door", "--hardware", "simulated",
            "--listen", f"{HOST}:{DOOR + number}", "--panel", f"{HOST}:{PANEL + number}",
            "--discovery", f"{HOST}:{DISCOVERY + number}",
        ))
    return site


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
    for program in site[1:]:
        print(f"  front panel   http://{HOST}:{program.port}/   a simulated door: keypad, cards, wires")
    print(f"  logs          {state}/*.log\n")
    print(advice)
    print("The browser warns once: the certificate is the platform's own. Ctrl-C stops all.", flush=True)


NEXT_STEP = "Next: open the platform, choose a password, let the search find the door."


def live(site, step):
    """Until Ctrl-C, or until a program has stopped by itself."""
    while True:
        for program in site:
            program.check()
        step()
        time.sleep(0.5)


def main(binaries, state, demo):
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    site = programs(binaries, state, doors=3 if demo else 1)
    try:
        for program in site:
            program.start()
        for program in site:
            program.wait_until_up()
        if demo:
            people = sample_site.Site(HOST, PLATFORM, DOOR, PANEL)
            people.fill()
            greet(site, state, sample_site.ADVICE)
            live(site, people.step)
        else:
            greet(site, state, NEXT_STEP)
            live(site, lambda: None)
    except KeyboardInterrupt:
        print()
    finally:
        stop(site)
    print("Stopped.")


if __name__ == "__main__":
    is_demo = "--demo" in sys.argv
    folder = Path(sys.argv[2]).resolve() / ("demo" if is_demo else "site")
    main(Path(sys.argv[1]).resolve(), folder, is_demo)
