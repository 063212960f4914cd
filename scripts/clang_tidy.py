"""Runs clang-tidy on the sources of a build folder: clang_tidy.py BUILD JOBS

A file that passed is not looked at again until it, a header of ours or .clang-tidy changes.
The last line is `no complaints` when there are none.
"""

import hashlib
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TIDY = "clang-tidy-19"


def sources(build):
    root = Path.cwd() / "src"
    commands = json.loads((build / "compile_commands.json").read_text())
    files = sorted({Path(entry["file"]) for entry in commands})
    return [file for file in files if file.is_relative_to(root) and not file.name.endswith("_test.cpp")]


def without_precompiled(build, stamps):
    """Notes the compile commands once more, without the precompiled headers of cmake/Precompile.cmake:
    clang-tidy would walk all of them in every file, and each file has to include what it uses."""
    entries = json.loads((build / "compile_commands.json").read_text())
    for entry in entries:
        entry["command"] = re.sub(r" -Winvalid-pch( -Xclang \S+){4}", "", entry["command"])
    (stamps / "compile_commands.json").write_text(json.dumps(entries))


def digest_of_headers():
    digest = hashlib.sha256(Path(".clang-tidy").read_bytes())
    for header in sorted(Path("src").rglob("*.hpp")):
        digest.update(header.read_bytes())
    return digest.hexdigest()


def tidy(stamps, headers, file):
    """The complaints about a file, empty when there are none."""
    key = hashlib.sha256(f"{headers}{file.relative_to(Path.cwd())}".encode() + file.read_bytes()).hexdigest()
    if (stamps / key).exists():
        return ""
    run = subprocess.run([TIDY, "-p", str(stamps), "--quiet", str(file)], capture_output=True, text=True)
    if run.returncode == 0:
        (stamps / key).touch()
        return ""
    return run.stdout or run.stderr


def main(build, jobs):
    stamps = build / "clang-tidy"
    stamps.mkdir(exist_ok=True)
    without_precompiled(build, stamps)
    headers = digest_of_headers()
    with ThreadPoolExecutor(int(jobs)) as pool:
        complaints = pool.map(lambda file: tidy(stamps, headers, file), sources(build))
        found = [text for text in complaints if text]
    print("\n".join(found) or "no complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
