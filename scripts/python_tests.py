"""Runs the *_test.py of a folder, or those of the patterns, and writes the totals as TAP:
python_tests.py FOLDER REPORT.tap [PATTERN...]"""

import sys
import unittest
from pathlib import Path


def main(folder, report, *patterns):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    load = unittest.defaultTestLoader.discover
    tests = unittest.TestSuite(load(folder, pattern=pattern, top_level_dir=folder)
                               for pattern in patterns or ("*_test.py",))
    result = unittest.TextTestRunner(verbosity=2).run(tests)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    passed = max(0, result.testsRun - failed - skipped)
    Path(report).write_text(f"# pass {passed}\n# fail {failed}\n# skipped {skipped}\n")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
