"""What ./dev says to bad arguments, and that its count cannot be green when something went wrong."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import run_site  # noqa: E402

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
        self.refused("'./dev run' takes --demo and --shift N, but was given '--port'", "run", "--port")
        self.refused("--shift needs by how much", "run", "--shift")
        self.refused("--shift needs by how much", "run", "--demo", "--shift", "20001")
        self.refused("Say which parser", "fuzz")
        self.refused("There is no fuzz target 'none'", "fuzz", "none", "5")
        self.refused("Say which seed", "sim", "x")
        self.refused("--json needs the file", "bench", "--json")
        self.refused("There is no benchmark 'dor'. There are: decision door ", "bench", "dor")

    def test_help_names_every_command(self):
        run = dev("help")
        self.assertEqual(run.returncode, 0)
        self.assertEqual(dev("run", "--help").stdout, run.stdout)
        for command in ("run", "test", "build", "lint", "fmt", "bench", "fuzz", "sim", "package", "cross",
                        "setup"):
            self.assertIn(f"  {command}", run.stdout)


class Ownership(unittest.TestCase):
    @unittest.skipUnless(os.geteuid() == 0, "only root works in folders of others")
    @unittest.skipUnless(shutil.which("clang-format-19"), "the command would install it")
    def test_root_leaves_nothing_of_its_own_in_somebody_elses_folder(self):
        nobody = 65534
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copy(ROOT / "dev", folder)
            for source in ("src", "tests", "bench"):
                (folder / source).mkdir()
            (folder / "src/a.cpp").write_text("int  a ;\n")
            for path in (folder, *folder.rglob("*")):
                os.chown(path, nobody, nobody)
            run = subprocess.run([folder / "dev", "fmt"], capture_output=True, text=True)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            self.assertEqual((folder / "src/a.cpp").read_text(), "int a;\n")
            for path in folder.rglob("*"):
                self.assertEqual((path.stat().st_uid, path.stat().st_gid), (nobody, nobody), path)


class RunSite(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = Path(folder.name) / "door.log"

    def program(self, *command, ports=(), datagram_ports=()):
        return run_site.Program("door", list(command), list(ports), self.log, {}, list(datagram_ports))

    def test_a_port_in_use_is_named_before_anything_starts(self):
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            tcp.listen()
            udp.bind(("127.0.0.1", 0))
            port, datagram_port = tcp.getsockname()[1], udp.getsockname()[1]
            program = self.program("false", ports=[port], datagram_ports=[datagram_port])
            with self.assertRaises(SystemExit) as refused:
                run_site.look_at_ports([self.program("false"), program])
        self.assertIn(f"uses port {port}, UDP port {datagram_port} (for the door). Stop it",
                      str(refused.exception))
        self.assertFalse(self.log.exists())
        self.assertFalse(run_site.takes_datagrams(datagram_port))

    def test_a_shift_moves_every_port_and_where_doors_are_searched(self):
        for demo in (False, True):
            usual, higher = (run_site.programs(Path("bin"), self.log.parent / str(shift), demo, shift)
                             for shift in (0, 100))
            self.assertNotIn("--discovery", usual[0].command)  # the network and this machine, as ever
            self.assertIn("127.0.0.1:37910", higher[0].command)
            for one, other in zip(usual, higher):
                self.assertEqual([port + 100 for port in one.ports], other.ports)
                self.assertEqual([port + 100 for port in one.panels], list(other.panels))

    def test_the_last_words_are_those_of_this_start(self):
        self.log.write_text("an older start\n")
        program = self.program("sh", "-c", "echo no key; exit 3")
        program.start()
        program.process.wait()
        with self.assertRaises(SystemExit) as stopped:
            program.check()
        self.assertEqual(str(stopped.exception),
                         "The door stopped with exit code 3; its last words:\nno key")


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


class WhatFailed(unittest.TestCase):
    """Stands at the end of the log, of which ./dev shows no more."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def script(self, name, *arguments):
        command = ["/usr/bin/python3", "-B", ROOT / "scripts" / name, *arguments]
        return subprocess.run(command, capture_output=True, text=True)

    def add_test(self, name, body, size=0):
        """The larger it is, the sooner it runs."""
        text = f"import os, unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n        {body}\n"
        (self.folder / f"{name}_test.py").write_text(text + "#" * size)

    def test_the_output_of_python_tests_that_failed_comes_last_and_then_their_names(self):
        self.add_test("wrong", "self.fail('the door is open')", size=200)
        self.add_test("ended", "print('on its way', flush=True); os._exit(3)", size=100)
        self.add_test("right", "print('all is well')")
        run = self.script("python_tests.py", self.folder, self.folder / "python.tap", "1", "60")
        self.assertEqual(run.returncode, 1)
        places = [run.stdout.index(words) for words in
                  ("=== right_test.py", "all is well", "=== ended_test.py", "on its way", "=== wrong_test.py",
                   "the door is open", "ended_test.py: it did not come to its end")]
        self.assertEqual(places, sorted(places))
        self.assertRegex(run.stdout, r"\nwrong_test.py: FAIL: test_it \(.*T.*\)\n$")
        self.assertEqual((self.folder / "python.tap").read_text(), "# pass 1\n# fail 2\n# skipped 0\n")

    def test_a_python_test_that_hangs_is_ended_with_what_it_started_and_says_where(self):
        self.add_test("hangs", "import subprocess; subprocess.run(['sleep', '4000'])", size=100)
        self.add_test("deaf", "import signal as s; s.signal(s.SIGINT, s.SIG_IGN); s.pause()")
        self.add_test("right", "pass")
        run = self.script("python_tests.py", self.folder, self.folder / "python.tap", "2", "15")
        self.assertEqual(run.returncode, 1)
        never = "_test.py: it did not come to its end"
        for words in ("It was ended after 15 s.", "in test_it", "hangs" + never, "deaf" + never):
            self.assertIn(words, run.stdout)
        self.assertEqual((self.folder / "python.tap").read_text(), "# pass 1\n# fail 2\n# skipped 0\n")

    def test_of_the_programs_of_ctest_each_failure_comes_last_and_then_the_names(self):
        program = '<testcase name="{}" status="{}"><system-out>{}</system-out></testcase>'
        programs = [program.format("door_test", "fail", "100 lines"),
                    program.format("key_test", "run", "good"),
                    program.format("lock_test", "fail", "Segmentation fault")]
        (self.folder / "ctest.xml").write_text(f"<testsuite>{''.join(programs)}</testsuite>")
        (self.folder / "cases").mkdir()
        case = '<testcase name="{}" classname="Door" status="run">{}</testcase>'
        wrong = '<failure message="door.cpp:7&#x0A;is open"/>'
        (self.folder / "cases/door_test.xml").write_text(
            f"<testsuites>{case.format('opens', '')}{case.format('closes', wrong)}</testsuites>")
        run = self.script("failed_programs.py", self.folder)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertEqual(run.stdout, "=== door_test: Door.closes\ndoor.cpp:7\nis open\n"
                                     "=== lock_test\nSegmentation fault\n"
                                     "failed: door_test: Door.closes\nfailed: lock_test\n")


if __name__ == "__main__":
    unittest.main()
