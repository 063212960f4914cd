"""Counts the tests of one part of `./dev test`: prints `passed failed skipped`.

    count.py check|suite FOLDER STATUS

A check is one test, passed when STATUS is 0. A suite leaves reports in FOLDER: JUnit (*.xml) or TAP (*.tap);
ctest.xml names programs, and the tests in cases/PROGRAM.xml (written by GoogleTest) stand for the program.
What cannot be green: a status that no failed test explains (a crash), and a report without tests.
"""

import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
        return "failed"
    not_run = case.get("result") == "skipped" or case.get("status") in ("notrun", "disabled")
    if not_run or case.find("skipped") is not None:
        return "skipped"
    return "passed"


def count_junit(path):
    return Counter(outcome(case) for case in ElementTree.parse(path).iter("testcase"))


def count_program(case, cases):
    """One program of ctest: its own report when it wrote one."""
    report = cases / f"{case.get('name')}.xml"
    if not report.exists():
        return Counter([outcome(case)])
    counts = count_junit(report)
    crashed = outcome(case) == "failed" and counts["failed"] == 0
    if crashed or not counts:
        counts["failed"] += 1
    return counts


def count_ctest(path, cases):
    counts = Counter()
    for case in ElementTree.parse(path).iter("testcase"):
        counts += count_program(case, cases)
    return counts


TAP_WORDS = {
    "pass": "passed",
    "fail": "failed",
    "cancelled": "failed",
    "skipped": "skipped",
    "todo": "skipped",
}


def count_tap(path):
    counts = Counter()
    for line in path.read_text().splitlines():
        parts = line.split()
        if len(parts) == 3 and parts[0] == "#" and parts[1] in TAP_WORDS:
            counts[TAP_WORDS[parts[1]]] += int(parts[2])
    return counts


def count_suite(folder):
    counts = Counter()
    for path in sorted(folder.glob("*.tap")):
        counts += count_tap(path)
    for path in sorted(folder.glob("*.xml")):
        counts += count_ctest(path, folder / "cases") if path.name == "ctest.xml" else count_junit(path)
    return counts


def count(kind, folder, status):
    if kind == "check":
        return Counter(["passed" if status == 0 else "failed"])
    try:
        counts = count_suite(folder)
    except ElementTree.ParseError:
        counts = Counter(failed=1)
    unexplained = status != 0 and counts["failed"] == 0
    empty = counts["passed"] + counts["failed"] == 0
    if unexplained or empty:
        counts["failed"] += 1
    return counts


if __name__ == "__main__":
    result = count(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
    print(result["passed"], result["failed"], result["skipped"])
