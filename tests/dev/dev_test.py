"""What ./dev says to bad arguments, and that its count cannot be green when something went wrong."""

import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

GTEST = '<testsuites><testsuite><testcase name="{}" status="run">{}</testcase></testsuite></testsuites>'
CTEST = '<testsuite><testcase name="door_test" status="{}">{}</testcase></testsuite>'
FAILURE = '<failure message=""/>'


def dev(*arguments):
    return subprocess.run([ROOT / "dev", *arguments], capture_output=True, text=True)


class Arguments(unittest.TestCase):
    def refused(self, sentence, *arguments):
        run = dev(*arguments)
        self.assertEqual(run.returncode, 2)
        self.assertIn(sentence, run.stderr)
        self.assertEqual(run.stdout, "")

    def test_unknown_commands_and_bad_arguments_are_refused_with_a_sentence(self):
        self.refused("There is no command 'tset'. './dev help'", "tset")
        self.refused("'./dev build' takes no arguments", "build", "x")
        self.refused("'./dev package' takes no arguments", "package", "x")
        self.refused("'./dev cross' takes no arguments", "cross", "x")
        self.refused("'./dev test' takes --all or nothing", "test", "--fast")
        self.refused("'./dev run' takes --demo or nothing", "run", "--port")
        self.refused("Say which parser", "fuzz")
        self.refused("There is no fuzz target 'none'", "fuzz", "none", "5")
        self.refused("Say which seed", "sim", "x")
        self.refused("--json needs the file", "bench", "--json")

    def test_help_names_every_command(self):
        run = dev("help")
        self.assertEqual(run.returncode, 0)
        for command in ("run", "test", "build", "lint", "fmt", "bench", "fuzz", "sim", "package", "cross",
                        "setup"):
            self.assertIn(f"  {command}", run.stdout)


class Count(unittest.TestCase):
    def count(self, kind, status, **reports):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in reports.items():
                path = Path(folder) / name.replace("__", "/").replace("_xml", ".xml").replace("_tap", ".tap")
                path.parent.mkdir(exist_ok=True)
                path.write_text(text)
            command = ["/usr/bin/python3", "-B", ROOT / "scripts/count.py", kind, folder, str(status)]
            run = subprocess.run(command, capture_output=True, text=True, check=True)
            return tuple(int(word) for word in run.stdout.split())

    def test_a_check_counts_as_one(self):
        self.assertEqual(self.count("check", 0), (1, 0, 0))
        self.assertEqual(self.count("check", 1), (0, 1, 0))

    def test_the_tests_of_a_program_are_counted(self):
        reports = {"ctest_xml": CTEST.format("run", ""), "cases__door_test_xml": GTEST.format("a", "")}
        self.assertEqual(self.count("suite", 0, **reports), (1, 0, 0))
        reports["cases__door_test_xml"] = GTEST.format("a", FAILURE)
        self.assertEqual(self.count("suite", 8, **reports), (0, 1, 0))
        reports["cases__door_test_xml"] = GTEST.format("a", '<skipped message=""/>')
        self.assertEqual(self.count("suite", 0, **reports), (0, 1, 1))

    def test_a_program_that_crashed_is_a_failure(self):
        crashed = CTEST.format("fail", FAILURE)
        self.assertEqual(self.count("suite", 8, ctest_xml=crashed), (0, 1, 0))
        reports = {"ctest_xml": crashed, "cases__door_test_xml": GTEST.format("a", "")}
        self.assertEqual(self.count("suite", 8, **reports), (1, 1, 0))

    def test_a_runner_that_crashed_is_a_failure(self):
        self.assertEqual(self.count("suite", 139), (0, 1, 0))
        self.assertEqual(self.count("suite", 1, node_tap="# pass 3\n# fail 0\n"), (3, 1, 0))
        self.assertEqual(self.count("suite", 1, vitest_xml="<testsuites><testsui"), (0, 1, 0))

    def test_an_empty_run_is_a_failure(self):
        self.assertEqual(self.count("suite", 0), (0, 1, 0))
        self.assertEqual(self.count("suite", 0, node_tap="# pass 0\n# fail 0\n"), (0, 1, 0))
        self.assertEqual(self.count("suite", 0, vitest_xml="<testsuites/>"), (0, 1, 0))


if __name__ == "__main__":
    unittest.main()
