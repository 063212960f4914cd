"""Checks the repository against the house rules (docs/architecture.md); prints every finding with advice."""

import sys
from pathlib import Path

from rules import RULES
from source import repository


def main():
    sources = repository(Path(__file__).resolve().parents[2])
    findings = [finding for rule in RULES for finding in rule(sources)]
    for finding in sorted(findings, key=lambda finding: (finding.path, finding.line)):
        print(finding)
    print(f"{len(sources)} files, {len(RULES)} rules, {len(findings)} findings")
    return 1 if findings or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
