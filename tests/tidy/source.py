"""What the rules look at: a file with its path, and C++ text without comments and literals."""

import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

CPP = {".cpp", ".hpp"}
SCRIPT = {".py", ".sh", ".cmake", ".ts", ".tsx", ".mjs", ".js", ".sql"}

LITERAL = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"(?P<mark>[^()\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|"""
    r"""(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""",
    re.S,
)


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Source:
    path: str
    text: str

    @property
    def name(self):
        return PurePosixPath(self.path).name

    @property
    def suffix(self):
        return PurePosixPath(self.path).suffix

    @property
    def folders(self):
        return PurePosixPath(self.path).parts[:-1]

    @property
    def is_cpp(self):
        return self.suffix in CPP

    @property
    def is_test(self):
        return self.path.startswith("tests/") or bool(re.search(r"(_test\.\w+|\.test\.\w+)$", self.name))

    def is_in(self, *folders):
        return any(self.path.startswith(folder + "/") for folder in folders)

    @cached_property
    def lines(self):
        return self.text.splitlines()

    @cached_property
    def code(self):
        """The text with comments blank and literals empty; lines stay where they are."""
        return LITERAL.sub(lambda match: blank(match.group()), self.text)

    def at(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def finding(self, line, message):
        return Finding(self.path, line, message)


def blank(literal):
    hollow = re.sub(r"[^\n]", " ", literal)
    return hollow if literal.startswith(("//", "/*")) else f'"{hollow[1:-1]}"'


def repository(root):
    """Every text file that git tracks or would add, and that is there."""
    # Listing files is harmless in a checkout that belongs to somebody else, as in a container.
    git = ["git", "-c", "safe.directory=*", "-C", root]
    command = [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, capture_output=True, check=True, text=True)
    sources = []
    for path in sorted(filter(None, listing.stdout.split("\0"))):
        try:
            sources.append(Source(path, (Path(root) / path).read_text(encoding="utf-8")))
        except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError):
            continue  # deleted and not committed yet, or binary: no rule is about it
    return sources


@dataclass(frozen=True)
class Function:
    name: str
    first: int
    last: int


TYPE = re.compile(r"^(?:typedef\s+)?(?:class|struct|union|enum)\b")
DIRECTIVE = re.compile(r"^[ \t]*#.*(?:\\\n.*)*$", re.M)
TEMPLATE = re.compile(r"^\s*template\s*<")


def without_template(head):
    while TEMPLATE.match(head):
        depth = 0
        for index, character in enumerate(head):
            depth += {"<": 1, ">": -1}.get(character, 0)
            if character == ">" and depth == 0:
                head = head[index + 1:]
                break
        else:
            return head
    return head.strip()


def scope_of(head):
    """What a brace after this text opens: a namespace, a type, a function or anything else."""
    if re.search(r"\bnamespace\b", head) or re.match(r'extern\s*"[^"]*"$', head):
        return "namespace"
    head = without_template(head)
    if TYPE.match(head) and not re.search(r"\)\s*(const|noexcept|override)?\s*$", head):
        return "type"
    return "function" if "(" in head and not re.search(r"=\s*$", head) else "other"


def functions(source):
    """The functions of a C++ file. clang-format puts a blank before a body's brace and none before an
    initialiser's. Lambdas and local types belong to the function around them."""
    found, scopes, head, head_at = [], [], "", 0
    code = DIRECTIVE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source.code)
    for offset, character in enumerate(code):
        if character == "{":
            initialises = bool(head) and not head[-1].isspace() and head[-1] != ")"
            within = any(kind == "function" for kind, _, _ in scopes)
            kind = "other" if initialises or within else scope_of(head.strip())
            scopes.append((kind, head, source.at(head_at)))
            if not initialises:
                head = ""
        elif character == "}" and scopes:
            kind, opening, first = scopes.pop()
            if kind == "function":
                found.append(Function(name_of(opening), first, source.at(offset)))
            if kind != "other":
                head = ""
        elif character == ";":
            head = ""
        else:
            if not head.strip():
                head, head_at = "", offset
            head += character
    return found


def name_of(head):
    """`TEST(Suite, name)` and `RC_GTEST_PROP` are named by their arguments."""
    head = without_template(head.strip())
    macro = re.match(r"(?:TEST|TEST_F|TEST_P|RC_GTEST_\w*PROP)\((.*?),\s*(\w+)", head, re.S)
    if macro:
        return macro.group(2)
    name = re.search(r"([~\w]+|operator\W{1,3})\s*\(", head)
    return name.group(1) if name else head[:40]
