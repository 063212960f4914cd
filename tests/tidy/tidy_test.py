"""Shows for each rule a text that breaks it and one that does not."""

import unittest

import rules
from source import Source, functions


def found(rule, *files):
    return [str(finding) for finding in rule([Source(path, text) for path, text in files])]


class Rules(unittest.TestCase):
    def breaks(self, rule, *files, says=""):
        findings = found(rule, *files)
        self.assertEqual(len(findings), 1, findings)
        self.assertIn(says, findings[0])

    def keeps(self, rule, *files):
        self.assertEqual(found(rule, *files), [])

    def test_include_arrows(self):
        up = ("src/core/door/door.cpp", '#include "ports/store.hpp"\n')
        self.breaks(rules.include_arrows, up, says="core must not include ports/store.hpp")
        self.breaks(
            rules.include_arrows,
            ("src/server/api/a.cpp", '\n#include "controller/loop.hpp"\n'),
            says="a.cpp:2",
        )
        self.breaks(rules.include_arrows, ("src/controller/a.cpp", '#include "adapters/net/tls.hpp"\n'))
        self.breaks(
            rules.include_arrows,
            ("src/base/a.hpp", '#include "core/door/door.hpp"\n'),
            says="nothing of ours",
        )
        self.breaks(
            rules.include_arrows, ("src/core/door/door.cpp", '#include "door.hpp"\n'), says="start at src/"
        )
        self.keeps(
            rules.include_arrows,
            ("src/codec/dhip/a.cpp", '#include "core/door/door.hpp"\n#include "base/ids.hpp"\n'),
        )
        self.keeps(rules.include_arrows, ("src/apps/sallyport/main.cpp", '#include "adapters/net/tls.hpp"\n'))

    def test_third_party_headers(self):
        outside = ("src/server/a.cpp", "#include <boost/beast/core.hpp>\n")
        self.breaks(rules.third_party_headers, outside, says="src/adapters/net")
        self.breaks(rules.third_party_headers, ("src/core/a.hpp", "#include <boost/asio/post.hpp>\n"))
        decoder = '#include "adapters/drawing/drawing.hpp"\n'
        self.breaks(rules.third_party_headers, ("src/apps/sallyport/serve.cpp", decoder))
        self.keeps(rules.third_party_headers, ("src/apps/sallyport-picture/main.cpp", decoder))
        beast = [(
            f"src/adapters/net/{name}.cpp", "#include <boost/beast.hpp>\n#include <boost/beast/ssl.hpp>\n"
        )
                 for name in ("http", "websocket", "third")]
        self.keeps(rules.third_party_headers, *beast[:2])
        self.breaks(rules.third_party_headers, *beast, says="2 file(s)")

    def test_pure_core(self):
        self.breaks(rules.pure_core, ("src/core/a.cpp", "#include <thread>\n"))
        self.breaks(rules.pure_core, ("src/codec/a.cpp", "auto t = std::chrono::system_clock::now();\n"))
        self.breaks(rules.pure_core, ("src/core/a.cpp", "int r = rand();\n"))
        self.breaks(rules.pure_core, ("src/core/a.cpp", "std::cerr << 1;\n"))
        self.keeps(
            rules.pure_core,
            ("src/core/a.cpp", '// system_clock::now\nauto s = "rand()";\nauto t = a.time(0);\n'),
        )
        self.keeps(rules.pure_core, ("src/adapters/a.cpp", "#include <thread>\n"))

    def test_snake_case_files(self):
        self.breaks(rules.snake_case_files, ("src/core/DoorMachine.cpp", ""), says="DoorMachine.cpp")
        self.breaks(rules.snake_case_files, ("src/core/door-machine/a.cpp", ""))
        self.keeps(
            rules.snake_case_files, ("src/apps/sallyport-door/main.cpp", ""), ("cmake/Folder.cmake", "")
        )
        self.keeps(
            rules.snake_case_files, ("src/core/CMakeLists.txt", ""), ("tests/e2e/first_run.test.mjs", "")
        )

    def test_banned_names(self):
        self.breaks(rules.banned_names, ("src/core/string_util.cpp", ""), says="'util'")
        self.breaks(rules.banned_names, ("src/core/a.hpp", "class DoorManager {};\n"), says="'manager'")
        self.breaks(rules.banned_names, ("src/core/a.hpp", "namespace helpers { }\n"))
        self.breaks(rules.banned_names, ("src/core/a.cpp", "int door_info(int door) {\n}\n"), says="'info'")
        self.keeps(
            rules.banned_names,
            ("src/core/a.cpp", "class Database { };\n// DoorManager\nint informed() {\n}\n"),
        )

    def test_line_length(self):
        self.breaks(rules.line_length, ("src/core/a.cpp", "\n" + "x" * 111), says="a.cpp:2: 111")
        self.keeps(rules.line_length, ("src/core/a.cpp", "x" * 110), ("docs/a.md", "x" * 500))

    def test_file_length(self):
        self.breaks(rules.file_length, ("web/src/a.tsx", "\n" * 601), says="601 lines")
        self.keeps(rules.file_length, ("web/src/a.tsx", "\n" * 600))

    def test_function_length(self):
        body = "    step();\n" * 69
        self.breaks(
            rules.function_length, ("src/a.cpp", f"void long_one() {{\n{body}}}\n"), says="long_one has 71"
        )
        self.breaks(
            rules.function_length, ("src/a.cpp", f"TEST(Door, opens) {{\n{body}}}\n"), says="opens has 71"
        )
        self.breaks(
            rules.function_length, ("a.py", "def long_one():\n" + "    step()\n" * 70), says="long_one has 71"
        )
        self.keeps(
            rules.function_length,
            ("src/a.cpp", f"namespace a {{\nvoid f() {{\n{body[:-12]}}}\nclass B {{\n{body}}};\n}}\n"),
        )

    def test_functions_are_found(self):
        text = """
        template <class T>
        struct Box : Base<T> {
            explicit Box(int a) : a_{a}, b_{"{"} {
                if (a) { go(); }
            }
            bool operator==(const Box&) const { return [] { return true; }(); }
            std::array<int, 2> c_ = {1, 2};
        };
        extern "C" int entry(const char* bytes) {
        }
        """
        names = [(each.name, each.first, each.last) for each in functions(Source("a.cpp", text))]
        self.assertEqual(names, [("Box", 4, 6), ("operator==", 7, 7), ("entry", 10, 11)])

    def test_fixed_sleeps(self):
        pause = "std::this_thread::sleep_for(50ms);\n"
        self.breaks(rules.fixed_sleeps, ("src/core/door_test.cpp", pause), says="fixed sleep")
        self.breaks(rules.fixed_sleeps, ("tests/e2e/a.test.mjs", "await page.waitForTimeout(500);\n"))
        self.breaks(rules.fixed_sleeps, ("tests/e2e/a_test.py", "time.sleep(1)\n"))
        self.keeps(
            rules.fixed_sleeps, ("src/core/door_test.cpp", "while (now() < deadline) {\n" + pause + "}\n")
        )
        self.keeps(rules.fixed_sleeps, ("src/core/door_test.cpp", "// " + pause))

    def test_bool_parameters(self):
        self.breaks(
            rules.bool_parameters, ("src/core/a.hpp", "void open(int door, bool silently = false);\n")
        )
        self.breaks(rules.bool_parameters, ("src/core/a.hpp", "void open(bool);\n"))
        self.keeps(
            rules.bool_parameters,
            ("src/core/a.hpp", "bool is_open();\nstruct S {\n    bool open = false;\n};\n"),
        )
        self.keeps(
            rules.bool_parameters,
            ("src/core/a.hpp", "std::function<void(bool)> done;\nstd::map<int, bool> m;\n"),
        )
        self.keeps(rules.bool_parameters, ("src/core/a.cpp", "void open(bool silently) {}\n"))

    def test_unfinished(self):
        self.breaks(rules.unfinished, ("src/core/a.cpp", "// TO" "DO later\n"))
        self.keeps(rules.unfinished, ("src/core/a.cpp", "// todos los santos\n"))

    def test_one_target_per_folder(self):
        code = ("src/core/door/door.cpp", "")
        self.breaks(rules.one_target_per_folder, code, says="0 targets")
        two = ("src/core/door/CMakeLists.txt", "sallyport_folder(a)\nadd_library(b)\n")
        self.breaks(rules.one_target_per_folder, code, two, says="2 targets")
        self.keeps(
            rules.one_target_per_folder,
            code,
            ("src/core/door/CMakeLists.txt", "sallyport_folder(core_door)\n"),
        )

    def test_headers_say_what(self):
        self.breaks(rules.headers_say_what, ("src/core/a.hpp", "#pragma once\n#include <map>\n"))
        self.keeps(rules.headers_say_what, ("src/core/a.hpp", "#pragma once\n\n// Doors.\n#include <map>\n"))

    def test_nothing_of_the_workshop(self):
        self.breaks(rules.nothing_of_the_workshop, ("docs/a.md", "see /wo" "rk/notes\n"))
        self.breaks(
            rules.nothing_of_the_workshop, ("web/package-lock.json", '"https://regis' 'try.npmjs.org/a.tgz"')
        )
        self.keeps(rules.nothing_of_the_workshop, ("docs/a.md", "a network/route and workers\n"))

    def test_requirements(self):
        def row(cells):
            return (
                "docs/requirements/controller.md",
                f"| id | what | status | shown by |\n|---|---|---|---|\n{cells}\n",
            )

        test = ("src/core/door_test.cpp", "TEST(Door, relocks) {}")
        self.breaks(rules.requirements, row("| D1 | relocks | done | |"), says="no test shows it")
        self.breaks(
            rules.requirements,
            row("| D1 | relocks | done | `src/core/none_test.cpp` |"),
            says="does not exist",
        )
        self.breaks(
            rules.requirements, row("| D1 | relocks | done | `src/core/door_test.cpp: opens` |"), test
        )
        self.breaks(
            rules.requirements, row("| D1 | relocks | done | `src/core/door_test.cpp: relock` |"), test
        )
        self.breaks(rules.requirements, row("| D1 | relocks | maybe | |"), says="a row is")
        self.breaks(rules.requirements, row("| D1 | a | later | |\n| D1 | b | later | |"), says="twice")
        self.keeps(
            rules.requirements, row("| D1 | relocks | done | `src/core/door_test.cpp: relocks` |"), test
        )
        self.keeps(rules.requirements, row("| D1 | relocks | planned | |"))

    def test_codes_of_the_contract(self):
        field, outside = "    FieldError:\n    - taken # a\n", "    OutsideProblem:\n    - timeout\n    Id:\n"
        contract = (rules.CONTRACT, f"\n{field}{outside}")
        rule = rules.codes_of_the_contract
        for wrong in (
            'fields.wrong("a", "odd", "Odd.");',
            'return wrong_field(fmt::format("a.{}", f(1)),\n    "odd", "Odd.");',
            'wrong(name, "odd", text);',
        ):
            self.breaks(rule, ("src/server/a.cpp", wrong), contract, says="no code of Field")
            self.keeps(rule, ("src/server/a.cpp", wrong.replace("odd", "taken")), contract)
        said = 'OutsideError error{ErrorKind::timeout, "odd", "Odd."};'
        known = said.replace("odd", "timeout")
        self.breaks(rule, ("src/adapters/a.cpp", said), contract, says="no code of Outside")
        self.keeps(rule, ("src/adapters/a.cpp", known), contract)
        self.keeps(rule, ("src/adapters/a.cpp", said.replace("Outside", "")), contract)
        words = [(path, "\n  problems: {\n  },\n") for path in rules.CATALOGUES]
        self.keeps(rules.words_for_problems, ("src/server/a.cpp", known), contract, *words)

    def test_words_for_problems(self):
        words = [(path, "\n  problems: {\n    busy: 'Busy.',\n  },\n") for path in rules.CATALOGUES]
        odd = ("src/server/api/a.cpp", '\nreturn base::fail(ErrorKind::limit,\n    "odd_code", "Odd.");')
        self.breaks(rules.words_for_problems, odd, words[0], says='a.cpp:2: "odd_code" has no word in web')
        self.assertEqual(len(found(rules.words_for_problems, odd, *words)), 2)
        self.breaks(rules.words_for_problems, ("src/controller/a.cpp", odd[1]), words[1], says="odd_code")
        self.keeps(
            rules.words_for_problems,
            ("src/server/api/a.cpp", 'fail(ErrorKind::limit, "busy", "Busy.");'),
            ("src/server/api/b.cpp", 'fail(ErrorKind::corrupt, "audit_broken", "Broken.");'),
            ("src/codec/a.cpp", 'fail(ErrorKind::limit, "odd_code", "Odd.");'),
            *words,
        )

    def test_every_rule_is_shown(self):
        tests = {name.removeprefix("test_") for name in dir(self) if name.startswith("test_")}
        self.assertEqual({rule.__name__ for rule in rules.RULES} - tests, set())


if __name__ == "__main__":
    unittest.main()
