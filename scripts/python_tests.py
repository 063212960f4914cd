"""Runs the *_test.py of a folder and writes the totals as TAP: python_tests.py FOLDER REPORT.tap"""

import sys
import unittest
from pathlib import Path


def main(folder, report):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    tests = unittest.defaultTestLoader.discover(folder, pattern="*_test.py", top_level_dir=folder)
    result = unittest.TextTestRunner(verbosity=2).run(tests)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    passed = max(0, result.testsRun - failed - skipped)
    Path(report).write_text(f"# pass {passed}\n# fail {failed}\n# skipped {skipped}\n")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
