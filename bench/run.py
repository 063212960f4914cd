"""Runs benchmarks and publishes their figures: run.py [NAME] [--json FILE]

A benchmark is a program bench_NAME among the release binaries (bench/NAME_bench.cpp) or a script
bench/NAME_bench.py. It prints each figure as a line of JSON, beside a limit or a peer measured in the same
run, and whatever else it wants to say as other lines:

    {"name": "person_bytes", "value": 210, "unit": "B", "n": 1000000,
     "reference": {"what": "limit", "value": 400}}

This script adds the ratio value / reference and the machine. NAME chooses the benchmarks whose name
contains it, or whose source prints a figure of that name. Beside FILE it writes FILE.md (results.json:
results.md) for people: the figures as a table, then the histograms and whatever else was said.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDED = {"name", "value", "unit", "reference", "n"}


def benchmarks():
    """(name, command, source) of each."""
    binaries = Path(os.environ.get("SALLYPORT_BIN", ROOT / "build/release/bin"))
    for program in sorted(binaries.glob("bench_*")):
        yield program.name.removeprefix("bench_"), [program], ROOT / "bench" / f"{program.name[6:]}_bench.cpp"
    for script in sorted((ROOT / "bench").glob("*_bench.py")):
        yield script.name.removesuffix("_bench.py"), ["/usr/bin/python3", "-B", script], script


def wanted(name, wish, source):
    return wish in name or (source.exists() and f'"{wish}"' in source.read_text())


def machine():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    return f"{model}, {len(os.sched_getaffinity(0))} cores, Linux {platform.release()}"


def figure(line):
    """The figure in a line, None when it is talk; raises ValueError when a figure is incomplete."""
    if not line.startswith("{"):
        return None
    entry = json.loads(line)
    if missing := NEEDED - entry.keys():
        raise ValueError(f"the figure {entry.get('name')} lacks {', '.join(sorted(missing))}")
    reference = entry["reference"]["value"]
    ratio = round(entry["value"] / reference, 4) if reference else None
    return {**entry, "ratio": ratio, "machine": machine()}


def run(name, command):
    """(figures, talk) of one benchmark; None when it failed."""
    print(f"== {name}", flush=True)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    figures, talk = [], []
    for line in process.stdout:
        entry = figure(line)
        if entry:
            figures.append(entry)
        else:
            talk.append(line)
            print(line, end="", flush=True)
    if process.wait() != 0 or not figures:
        print(f"{name} gave no figures (exit code {process.returncode}).", file=sys.stderr)
        return None
    return figures, "".join(talk)


def row(entry):
    reference = entry["reference"]
    ratio = "" if entry["ratio"] is None else f"{entry['ratio']:.3g}"
    return (f"| `{entry['name']}` | {entry['value']:,.4g} {entry['unit']} "
            f"| {reference['value']:,.4g}: {reference['what']} | {ratio} |")


def page(figures, talk):
    """What is published for people; `talk` maps a benchmark's name to what it said."""
    rows = [row(entry) for entry in figures]
    said = [f"## {name}\n\n```\n{text.rstrip()}\n```\n" for name, text in talk.items() if text.strip()]
    return "\n".join(["# Published figures", "",
                      f"Measured on {datetime.date.today()} with `./dev bench --json bench/results.json`, "
                      f"release build, {machine()}.", "",
                      "| figure | value | beside | ratio |", "|---|---|---|---|", *rows, "", *said])


def show(figures):
    for entry in figures:
        reference = entry["reference"]
        ratio = f"{entry['ratio']:.3g} x" if entry["ratio"] is not None else ""
        print(f"{entry['name']:34} {entry['value']:>14,.6g} {entry['unit']:10} "
              f"{reference['value']:>14,.6g} {reference['what']} {ratio}")


def main():
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("name", nargs="?", default="")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    chosen = [(name, command) for name, command, source in benchmarks() if wanted(name, options.name, source)]
    if not chosen:
        names = ", ".join(name for name, _, _ in benchmarks()) or "none yet"
        print(f"There is no benchmark '{options.name}'. There are: {names}.", file=sys.stderr)
        return 2
    results = {name: run(name, command) for name, command in chosen}
    figures = [entry for result in results.values() if result for entry in result[0]]
    show(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
        talk = {name: result[1] for name, result in results.items() if result}
        options.json.with_suffix(".md").write_text(page(figures, talk))
    return 1 if None in results.values() else 0


if __name__ == "__main__":
    sys.exit(main())
