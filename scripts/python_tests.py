"""Runs the *_test.py of a folder, or those of the patterns, JOBS files at a time, and writes the totals as
TAP:
python_tests.py FOLDER REPORT.tap JOBS LIMIT_S [PATTERN...]

Each file is a process of its own: the tests wait for programs most of their time. One that takes longer than
LIMIT_S is ended with whatever it started, and has failed. What passes is told as it ends; what failed comes
last, and after it the names alone.
"""

import os
import signal
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

ONE = "--one"
LAST_WORDS_S = 10


def run_one(file):
    """In a process of its own: the tests of a file; the last line it prints is `PASSED FAILED SKIPPED`."""
    sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(file.parent)]
    tests = unittest.defaultTestLoader.discover(file.parent, pattern=file.name, top_level_dir=file.parent)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(tests)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    print(max(0, result.testsRun - failed - skipped), failed, skipped)


def totals(text):
    """The last line of `run_one`; a process that ended before it is one failure."""
    try:
        passed, failed, skipped = map(int, text.splitlines()[-1].split())
    except (IndexError, ValueError):
        return 0, 1, 0
    return passed, failed, skipped


class Files:
    def __init__(self, limit_s):
        self.limit_s = limit_s
        self.running = set()
        self.failed = {}

    def run(self, file):
        command = [sys.executable, "-B", "-u", __file__, ONE, str(file)]
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        with subprocess.Popen(command, start_new_session=True, **output) as process:
            self.running.add(process)
            text = self.words_of(process)
            self.running.discard(process)
        passed, failed, skipped = totals(text)
        failed = failed or int(process.returncode != 0)
        if failed:
            self.failed[file.name] = text
        else:
            print(f"=== {file.name}\n{text}", flush=True)
        return passed, failed, skipped

    def words_of(self, process):
        """Interrupted at the limit, it says where it hung; then its whole group is ended."""
        try:
            return process.communicate(timeout=self.limit_s)[0]
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=LAST_WORDS_S)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return f"{process.communicate()[0]}\nIt was ended after {self.limit_s} s.\n"

    def tell_failed(self):
        for name, text in sorted(self.failed.items()):
            print(f"=== {name}\n{text}")
        for name, text in sorted(self.failed.items()):
            tests = [line for line in text.splitlines() if line.startswith(("FAIL: ", "ERROR: "))]
            print(*(f"{name}: {test}" for test in tests or ["it did not come to its end"]), sep="\n")

    def interrupt(self):
        for process in list(self.running):
            process.send_signal(signal.SIGINT)


def main(folder, report, jobs, limit_s, *patterns):
    found = {file for pattern in patterns or ("*_test.py",) for file in Path(folder).glob(pattern)}
    # The longest files first, so that none is left alone at the end.
    ordered = sorted(found, key=lambda file: (-file.stat().st_size, file.name))
    files = Files(int(limit_s))
    try:
        with ThreadPoolExecutor(int(jobs)) as pool:
            results = [pool.submit(files.run, file) for file in ordered]
            try:
                wait(results)
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)
                files.interrupt()
                raise
    finally:
        files.tell_failed()
    passed, failed, skipped = map(sum, zip(*(result.result() for result in results), strict=True))
    Path(report).write_text(f"# pass {passed}\n# fail {failed}\n# skipped {skipped}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run_one(Path(sys.argv[2])) if sys.argv[1] == ONE else main(*sys.argv[1:]))
