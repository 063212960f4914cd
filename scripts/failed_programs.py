"""After a run of ctest that failed: what each program said that failed, and last their names alone.

    failed_programs.py FOLDER

FOLDER has ctest.xml, and in cases/PROGRAM.xml what GoogleTest wrote of each test. A program that failed
without a test that did has crashed or run out of time: then all it said is shown.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from count import outcome


def failed_in(path):
    return [case for case in ElementTree.parse(path).iter("testcase") if outcome(case) == "failed"]


def failures(program, folder):
    """Pairs of a name and what was said."""
    name = program.get("name")
    report = folder / "cases" / f"{name}.xml"
    cases = failed_in(report) if report.exists() else []
    if not cases:
        return [(name, program.findtext("system-out", ""))]
    return [(f"{name}: {case.get('classname')}.{case.get('name')}",
             "\n".join(failure.get("message", "") for failure in case.iter("failure"))) for case in cases]


def main(folder):
    found = [one for program in failed_in(folder / "ctest.xml") for one in failures(program, folder)]
    for name, said in found:
        print(f"=== {name}\n{said}")
    for name, _ in found:
        print("failed:", name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
