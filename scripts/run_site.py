"""Runs a platform and one simulated door on this machine until Ctrl-C: run_site.py BINARIES STATE [--demo]"""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PLATFORM = ("127.0.0.1", 8443)
DOOR = ("127.0.0.1", 37777)
PANEL = ("127.0.0.1", 8080)
START_SECONDS = 20
STOP_SECONDS = 5


def text(address):
    return f"{address[0]}:{address[1]}"


def listens(address):
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(address) == 0


def start(name, arguments, state):
    """Starts a program with its log in STATE/NAME.log."""
    directory = state / name
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = open(state / f"{name}.log", "ab")
    # A session of its own: Ctrl-C reaches this script only, and it stops the programs in order.
    return subprocess.Popen(
        [*arguments, "--data", str(directory)], stdout=log, stderr=log, start_new_session=True
    )


def wait_until_up(name, process, address, state):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(stopped(name, process, state))
        if listens(address):
            return
        time.sleep(0.05)
    raise SystemExit(
        f"{name} did not listen on {text(address)} within {START_SECONDS} s; see {state}/{name}.log."
    )


def stopped(name, process, state):
    lines = (state / f"{name}.log").read_text(errors="replace").splitlines()[-5:]
    return "\n".join([f"{name} stopped with exit code {process.returncode}; its last words:", *lines])


def stop(processes):
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def greet(state):
    print(f"""
Sallyport runs.

  platform      https://{text(PLATFORM)}/
  front panel   http://{text(PANEL)}/    a simulated door: keypad, cards, exit button
  logs          {state}/*.log

Next: open the platform (the browser warns once, the certificate is the platform's own), choose the
administrator's password, then add the door that the search finds. Ctrl-C stops both.""", flush=True)


def start_all(binaries, state, processes):
    for name, address in (("platform", PLATFORM), ("front panel", PANEL), ("door", DOOR)):
        if listens(address):
            raise SystemExit(
                f"{text(address)} for the {name} is in use by another program: stop that one first."
            )
    platform = [binaries / "sallyport", "serve", "--listen", text(PLATFORM)]
    processes["platform"] = start("platform", platform, state)
    door = [binaries / "sallyport-door", "--hardware", "simulated"]
    processes["door"] = start("door", [*door, "--listen", text(DOOR), "--panel", text(PANEL)], state)
    wait_until_up("platform", processes["platform"], PLATFORM, state)
    wait_until_up("door", processes["door"], PANEL, state)


def watch(processes, state):
    """Returns when one of the programs has stopped by itself; KeyboardInterrupt ends it from outside."""
    while True:
        try:
            for name, process in processes.items():
                if process.poll() is not None:
                    raise SystemExit(stopped(name, process, state))
            time.sleep(0.5)
        except KeyboardInterrupt:
            return


def main(binaries, state):
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    processes = {}
    try:
        start_all(binaries, state, processes)
        greet(state)
        watch(processes, state)
    except KeyboardInterrupt:
        pass
    finally:
        stop(processes.values())
    print("Stopped.")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
