"""The house rules. Each rule yields findings, and each finding says what to do."""

import ast
import re
from collections import defaultdict
from pathlib import PurePosixPath

from source import CPP, SCRIPT, functions

MAX_FUNCTION = 70
MAX_FILE = 600
MAX_LINE = 110

# --- who may include whom -------------------------------------------------------------------------

ARROWS = {
    "base": set(),
    "core": {"base"},
    "codec": {"core", "base"},
    "ports": {"core", "base"},
    "adapters": {"ports", "codec", "core", "base"},
    "controller": {"core", "codec", "ports", "base"},
    "server": {"core", "codec", "ports", "base"},
    "apps": {"base", "core", "codec", "ports", "adapters", "controller", "server"},
}
PURE = ("src/core", "src/codec")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def layer(source):
    return source.folders[1] if source.is_in("src") and len(source.folders) > 1 else None


def includes(source):
    # Literals are blank in the code, so the text is asked; a comment does not start with #.
    for match in INCLUDE.finditer(source.text):
        yield source.at(match.start()), match.group(1), match.group(2)


def include_arrows(sources):
    for source in sources:
        if not source.is_cpp or layer(source) not in ARROWS:
            continue
        own = layer(source)
        for line, quote, path in includes(source):
            target = path.split("/")[0]
            if quote == '"' and target in ARROWS and target != own and target not in ARROWS[own]:
                allowed = ", ".join(sorted(ARROWS[own])) or "nothing of ours"
                yield source.finding(
                    line,
                    f"{own} must not include {path}: it may include {allowed}. Move the shared part down, "
                    "or turn the arrow round with a port.",
                )
            elif quote == '"' and target not in ARROWS and target != "embedded":
                yield source.finding(line, f'"{path}" does not start at src/: write it as "folder/file.hpp".')


# --- third-party headers --------------------------------------------------------------------------

# What a header starts with, the folders that may include it, and how many files in all (None: any number).
THIRD_PARTY = [
    ("boost/beast", ("src/adapters/net", "tests", "bench"), 2),
    ("boost/asio", ("src/adapters", "src/controller", "src/server", "src/apps", "tests", "bench", "cmake"),
     None),
    ("toml++/", ("src/apps", "src/adapters"), 1),
    ("CLI/", ("src/apps",), 6),
    ("sqlite3.h", ("src/adapters", "tests", "bench"), None),
    ("libpq-fe.h", ("src/adapters",), None),
    ("openssl/", ("src/adapters", "src/base", "src/codec", "tests", "bench"), None),
    ("spdlog/", ("src/base", "src/adapters", "src/apps"), None),
    ("gpiod", ("src/adapters", "tests"), None),
    ("mosquitto.h", ("src/adapters/mqtt",), 1),
    ("mqtt_protocol.h", ("src/adapters/mqtt",), 1),
    ("curl/", ("src/adapters/mail",), 1),
    ("xlsxwriter.h", ("src/adapters",), 1),
    ("pango/", ("src/adapters",), 1),
    ("cairo", ("src/adapters",), 1),
    ("jpeglib.h", ("src/adapters/drawing",), 1),
    ("png.h", ("src/adapters/drawing", "tests/contract"), 1),
    # Ours, but with those two in it: nothing that holds anybody's permissions decodes pictures.
    ("adapters/drawing/", ("src/adapters/drawing", "src/apps/sallyport-picture", "tests"), None),
]


def third_party_headers(sources):
    users = defaultdict(list)
    for source in sources:
        if not source.is_cpp:
            continue
        for line, _, path in includes(source):
            for prefix, folders, _ in THIRD_PARTY:
                if not path.startswith(prefix):
                    continue
                if not source.is_in(*folders):
                    yield source.finding(
                        line,
                        f"<{path}> may be included in {', '.join(folders)} only: put it behind a port or a "
                        "header of ours there.",
                    )
                elif source.is_in("src") and source.name not in users[prefix]:
                    users[prefix].append(source.path)
    yield from too_many_users(sources, users)


def too_many_users(sources, users):
    by_path = {source.path: source for source in sources}
    for prefix, _, limit in THIRD_PARTY:
        files = sorted(set(users[prefix]))
        if limit is not None and len(files) > limit:
            yield by_path[files[-1]].finding(
                1,
                f"{prefix} is expensive and belongs in {limit} file(s), but is in {', '.join(files)}: use "
                "what one of them offers.",
            )


# --- purity ---------------------------------------------------------------------------------------

IMPURE_HEADER = re.compile(
    r"^(thread|mutex|shared_mutex|condition_variable|future|atomic|stop_token|fstream|iostream|filesystem|"
    r"random|cstdio|ctime|unistd\.h|fcntl\.h|time\.h|stdio\.h|pthread\.h|sys/.*|spdlog/.*|"
    r"boost/asio.*|fmt/ostream\.h|fmt/os\.h)$"
)
IMPURE_CODE = re.compile(
    r"\b\w+_clock::now\b|\b(?:std::)?(?:rand|srand|getenv|fopen|printf|system)\s*\(|"
    r"\bstd::(?:cout|cerr|clog|thread|mutex)\b|"
    r"(?<![\w.:>])time\s*\(\s*(?:nullptr|NULL|0)\s*\)|\brandombytes_\w+"
)


def pure_core(sources):
    for source in sources:
        if not source.is_cpp or not source.is_in(*PURE) or source.is_test:
            continue
        for line, _, path in includes(source):
            if IMPURE_HEADER.match(path):
                yield source.finding(
                    line,
                    f"<{path}> in a pure folder: threads, clocks, files, logging and randomness come in as "
                    "arguments and go out as effects.",
                )
        for match in IMPURE_CODE.finditer(source.code):
            yield source.finding(
                source.at(match.start()),
                f"'{match.group().strip()}' in a pure folder: take the time or the bytes as an argument.",
            )


# --- names ----------------------------------------------------------------------------------------

BANNED_PARTS = {"manager", "helper", "helpers", "util", "utils", "data", "info", "misc"}
GIVEN_NAMES = {"CMakeLists.txt", "README.md"}
PROGRAM = re.compile(r"^sallyport(-\w+)+$")
SNAKE = re.compile(r"^[a-z0-9]+(_[a-z0-9]+)*(\.[a-z0-9_]+)*$")
DECLARES = re.compile(
    r"\b(?:class|struct|enum class|enum|union|concept|namespace)\s+([A-Za-z_][\w:]*)|\busing\s+(\w+)\s*="
)


def parts(name):
    return {part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)}


def snake_case_files(sources):
    for source in sources:
        if source.is_in("web", "docs", "packaging", "tests/fuzz/corpus", ".ci") or not source.folders:
            continue
        names = [*source.folders, source.name]
        if source.suffix == ".cmake":
            names.pop()
        for name in names:
            if name not in GIVEN_NAMES and not SNAKE.match(name) and not PROGRAM.match(name):
                yield source.finding(
                    1,
                    f"'{name}' is not snake_case: rename it to lower case with underscores.",
                )


def banned_names(sources):
    for source in sources:
        if source.is_in("tests/fuzz/corpus"):
            continue
        for name in (*source.folders, PurePosixPath(source.path).stem):
            for part in sorted(parts(name) & BANNED_PARTS):
                yield source.finding(
                    1,
                    f"'{part}' in the name '{name}' says nothing: name what it is or does "
                    "(docs/glossary.md).",
                )
        if source.is_cpp and not source.is_in("tests/fuzz"):
            yield from banned_declarations(source)


def banned_declarations(source):
    declared = DECLARES.finditer(source.code)
    names = [(source.at(match.start()), match.group(1) or match.group(2)) for match in declared]
    names += [(function.first, function.name) for function in functions(source)]
    for line, name in names:
        for part in sorted(parts(name) & BANNED_PARTS):
            if name != "data":  # what the standard calls the bytes of a container
                yield source.finding(
                    line,
                    f"'{part}' in the name '{name}' says nothing: name what it is or does "
                    "(docs/glossary.md).",
                )


# --- sizes ----------------------------------------------------------------------------------------

def measured(source):
    return source.suffix in CPP | SCRIPT or source.name in {"dev", "CMakeLists.txt"}


def line_length(sources):
    for source in sources:
        if not measured(source):
            continue
        for number, line in enumerate(source.lines, 1):
            if len(line) > MAX_LINE and "http" not in line:
                yield source.finding(number, f"{len(line)} characters; {MAX_LINE} at most: break the line.")


def file_length(sources):
    for source in sources:
        if measured(source) and len(source.lines) > MAX_FILE:
            yield source.finding(
                MAX_FILE,
                f"{len(source.lines)} lines; about {MAX_FILE} at most: find the second thing in it and "
                "give that a file.",
            )


def python_functions(source):
    for node in ast.walk(ast.parse(source.text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno


def function_length(sources):
    for source in sources:
        found = []
        if source.is_cpp:
            found = [(function.name, function.first, function.last) for function in functions(source)]
        elif source.suffix == ".py":
            found = python_functions(source)
        for name, first, last in found:
            if last - first + 1 > MAX_FUNCTION:
                yield source.finding(
                    first,
                    f"{name} has {last - first + 1} lines; {MAX_FUNCTION} at most: split it where a "
                    "comment would stand.",
                )


# --- habits ---------------------------------------------------------------------------------------

SLEEP = re.compile(
    r"\bsleep_(?:for|until)\b|\b(?:u|nano)?sleep\s*\(|\bwaitForTimeout\b|"
    r"\bsetTimeout\s*\(\s*(?:r|resolve|done)\b"
)


RUN_BY_TESTS = {*CPP, ".py", ".mjs", ".ts", ".tsx", ".js"}


def fixed_sleeps(sources):
    for source in sources:
        if not source.is_test or source.suffix not in RUN_BY_TESTS or source.is_in("tests/tidy"):
            continue
        code = source.code.splitlines() if source.is_cpp else source.lines
        for number, line in enumerate(code, 1):
            near = " ".join(code[max(0, number - 12):number + 3])
            if SLEEP.search(line) and "deadline" not in near:
                yield source.finding(
                    number,
                    "a fixed sleep in a test: wait for the event, or poll a condition until a variable "
                    "named deadline.",
                )


BOOL = re.compile(r"[(,]\s*(?:const\s+)?bool(?:\s*&)?(?:\s+\w+)?\s*(?:=[^,();]*)?(?=[,)])")


def bool_parameters(sources):
    for source in sources:
        if source.suffix != ".hpp" or not source.is_in("src"):
            continue
        for match in BOOL.finditer(source.code):
            # A template argument such as function<void(bool)> or map<int, bool> ends in an angle bracket.
            if re.match(r"\)?\s*>", source.code[match.end():]):
                continue
            yield source.finding(
                source.at(match.start() + 1),
                "a bool parameter in a public header: at the call nobody can read true; make it an enum.",
            )


UNFINISHED = re.compile(r"\b(?:T[O]DO|FIX[M]E|X[X]X|HA[C]K)\b")


def unfinished(sources):
    for source in sources:
        if not measured(source):
            continue
        for number, line in enumerate(source.lines, 1):
            if UNFINISHED.search(line):
                yield source.finding(
                    number,
                    "a note about work that is left: do it, or file an issue and delete the note.",
                )


TARGET = re.compile(r"^\s*(?:sallyport_folder|sallyport_program|add_library|add_executable)\s*\(", re.M)


def one_target_per_folder(sources):
    by_path = {source.path: source for source in sources}
    code = [source for source in sources if source.suffix == ".cpp" and source.is_in("src")]
    folders = {PurePosixPath(source.path).parent for source in code}
    for folder in sorted(folders):
        path = f"{folder}/CMakeLists.txt"
        first = min(source.path for source in code if PurePosixPath(source.path).parent == folder)
        targets = len(TARGET.findall(by_path[path].text)) if path in by_path else 0
        if targets != 1:
            yield by_path[path if path in by_path else first].finding(
                1,
                f"{folder} has {targets} targets: one CMake target per folder, by sallyport_folder() in "
                "its CMakeLists.txt.",
            )


COMMENTED = ("src/base", "src/core", "src/codec", "src/ports")


def headers_say_what(sources):
    for source in sources:
        if source.suffix != ".hpp" or not source.is_in(*COMMENTED):
            continue
        said = [line.strip() for line in source.lines if line.strip() and line.strip() != "#pragma once"]
        if not said or not said[0].startswith(("//", "/*")):
            yield source.finding(
                1,
                "the header does not say what it is: start it with a comment after #pragma once (what, "
                "units, ranges, errors, threads, source).",
            )


FOREIGN = re.compile(
    r"\bcl[a]ude\b|\banthr[o]pic\b|\bchatg[p]t\b|\bopen[a]i\b|\bcop[i]lot\b|\bco-auth[o]red-by\b|"
    r"/wo[r]k/|/ro[o]t/|/ho[m]e/\w+/|"
    r"\b[\w.-]*(?:regis[t]ry|artif[a]ctory|nex[u]s|pypi)[\w.-]*\.(?:org|com|net|io)\b|\bbehind-pr[o]xy\b",
    re.I,
)


def nothing_of_the_workshop(sources):
    for source in sources:
        for match in FOREIGN.finditer(source.text):
            yield source.finding(
                source.at(match.start()),
                f"'{match.group()}' belongs to the workshop, not to the product: remove it (npm: "
                "omit-lockfile-registry-resolved=true).",
            )


# --- requirements ---------------------------------------------------------------------------------

STATUSES = {"done", "later", "planned"}
ROW = re.compile(r"^\|\s*([A-Z]{1,2}\d+[a-z]?)\s*\|(.*)\|\s*$")
REFERENCE = re.compile(r"`([^`]+)`")


def requirements(sources):
    by_path = {source.path: source for source in sources}
    for source in sources:
        if source.is_in("docs/requirements"):
            yield from check_rows(source, by_path)


def check_rows(source, by_path):
    seen = set()
    for number, line in enumerate(source.lines, 1):
        row = ROW.match(line)
        if not row:
            continue
        name, cells = row.group(1), [cell.strip() for cell in row.group(2).split("|")]
        if name in seen:
            yield source.finding(number, f"{name} stands twice: one row for each requirement.")
        seen.add(name)
        if len(cells) != 3 or cells[1] not in STATUSES:
            yield source.finding(
                number,
                f"{name}: a row is | id | text | {' / '.join(sorted(STATUSES))} | tests |.",
            )
            continue
        tests = REFERENCE.findall(cells[2])
        if cells[1] == "done" and not tests:
            yield source.finding(
                number,
                f"{name} is done, but no test shows it: name one as `path` or `path: test name`.",
            )
        for reference in tests:
            if not exists(reference, by_path):
                yield source.finding(
                    number,
                    f"{name} names `{reference}`, which does not exist: correct the row.",
                )


def exists(reference, by_path):
    path, _, test = reference.partition(": ")
    folder = any(known.startswith(path.rstrip("/") + "/") for known in by_path)
    if not test:
        return path in by_path or folder
    # A test's whole name, or a file's sentence: never the beginning of a longer one.
    return path in by_path and re.search(rf"(?<!\w){re.escape(test)}(?!\w)", by_path[path].text) is not None


# --- words for problems ---------------------------------------------------------------------------

CODE = re.compile(r'ErrorKind::\w+,\s*"([a-z0-9_]+)"')
CATALOGUES = ("web/src/ui/words/en_entry.ts", "web/src/ui/words/zh_entry.ts")
# Codes of controllers are passed on: what they refuse is refused by the platform.
ANSWERING = ("src/server", "src/controller", "src/adapters/linux")
# No call is answered with these: they end a start or a command, stay within a session, become another code
# (range_* that of the field "range", others in src/server/devices/device_login.cpp: refused), or concern
# controllers alone: their collectors, front panels and readers.
UNANSWERED = {
    "audit_broken", "card_too_long", "closed", "foreign_host", "ids_used_up", "invalid_request", "key_file",
    "line_unknown", "not_initialised", "not_logged_in", "not_registered", "range_invalid", "range_too_large",
    "reader_unknown", "reader_unpaired", "reader_wired", "schema_changed", "schema_newer",
    "session_key_unknown", "settings_changed", "wrong_certificate", "wrong_password",
}
CONTRACT = "api/openapi.yaml"
# wrong(FIELD, "code", ..): the field is a name, a path that is put together, or a variable.
FIELD_CODE = re.compile(
    r'\bwrong(?:_field)?\(\s*(?:"[^"]*"|[\w:]+\((?:[^()]|\([^()]*\))*\)|[\w.]+),\s*"([a-z0-9_]+)"'
)


def enum_of(schema, sources):
    """The words of `code` in a schema of the contract; nothing where there is no contract."""
    text = next((source.text for source in sources if source.path == CONTRACT), "")
    body = re.split(r"\n    \w+:", text.partition(f"\n    {schema}:\n")[2])[0]
    return set(re.findall(r"^ +- (\w+)", body, re.M))


def codes_of_the_contract(sources):
    """web/src/ui/words/words.test.ts sees to it that each of them has words."""
    for schema, pattern, concerns in (
        ("FieldError", FIELD_CODE, lambda source: source.is_in("src/server")),
        ("OutsideProblem", CODE, lambda source: source.is_in("src/adapters") and "Outside" in source.text),
    ):
        known = enum_of(schema, sources)
        for source in sources:
            if not source.is_cpp or source.is_test or not concerns(source):
                continue
            for match in pattern.finditer(source.text):
                if match.group(1) not in known | UNANSWERED:
                    yield source.finding(
                        source.at(match.start()),
                        f'"{match.group(1)}" is no code of {schema} in {CONTRACT}: add it there.',
                    )


def words_for_problems(sources):
    catalogues = [source for source in sources if source.path in CATALOGUES]
    outside = enum_of("OutsideProblem", sources)
    for source in sources:
        if not source.is_cpp or not source.is_in(*ANSWERING) or source.is_test:
            continue
        for match in CODE.finditer(source.text):
            code = match.group(1)
            for words in catalogues if code not in UNANSWERED | outside else []:
                if f"\n    {code}:" not in problems_in(words.text):
                    yield source.finding(
                        source.at(match.start()),
                        f'"{code}" has no word in {words.path}: add it to its "problems".',
                    )


def problems_in(text):
    return text.partition("\n  problems: {")[2].partition("\n  }")[0]


RULES = [
    include_arrows, third_party_headers, pure_core, snake_case_files, banned_names, line_length, file_length,
    function_length, fixed_sleeps, bool_parameters, unfinished, one_target_per_folder, headers_say_what,
    nothing_of_the_workshop, requirements, codes_of_the_contract, words_for_problems,
]
