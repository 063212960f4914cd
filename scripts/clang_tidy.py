"""Runs clang-tidy on the sources of a build folder: clang_tidy.py BUILD JOBS

Files of a folder are looked at a few at a time, as one that includes them: most of what clang-tidy does for a
file it does for the headers. Where they do not go together, because two of them use a name of their own for
different things, and where there is something to complain of, each is looked at alone.
What passed is not looked at again until it, a header of ours or .clang-tidy changes.
The last line is `no complaints` when there are none.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

TIDY = "clang-tidy-19"
TOGETHER = 4


def sources(build):
    root = Path.cwd() / "src"
    commands = json.loads((build / "compile_commands.json").read_text())
    files = sorted({Path(entry["file"]) for entry in commands})
    return [file for file in files if file.is_relative_to(root) and not file.name.endswith("_test.cpp")]


def together(files):
    """The files in groups of one folder."""
    folders = groupby(files, key=lambda file: file.parent)
    lists = [list(of_folder) for _, of_folder in folders]
    return [files[at:at + TOGETHER] for files in lists for at in range(0, len(files), TOGETHER)]


def without_precompiled(build, stamps):
    """Notes the compile commands once more, without the precompiled headers of cmake/Precompile.cmake:
    clang-tidy would walk all of them in every file."""
    entries = json.loads((build / "compile_commands.json").read_text())
    for entry in entries:
        entry["command"] = re.sub(r" -Winvalid-pch( -Xclang \S+){4}", "", entry["command"])
    (stamps / "compile_commands.json").write_text(json.dumps(entries))
    return {Path(entry["file"]): entry for entry in entries}


def digest_of_headers():
    digest = hashlib.sha256(Path(".clang-tidy").read_bytes())
    for header in sorted(Path("src").rglob("*.hpp")):
        digest.update(header.read_bytes())
    return digest.hexdigest()


class Tidy:
    def __init__(self, build):
        self.stamps = build / "clang-tidy"
        self.stamps.mkdir(exist_ok=True)
        self.commands = without_precompiled(build, self.stamps)
        self.headers = digest_of_headers()

    def stamp(self, files):
        digest = hashlib.sha256(self.headers.encode())
        for file in files:
            digest.update(str(file.relative_to(Path.cwd())).encode() + file.read_bytes())
        return self.stamps / digest.hexdigest()

    def complaints(self, files):
        """What there is to say of a group, empty when there is nothing."""
        stamp = self.stamp(files)
        if stamp.exists():
            return ""
        if len(files) == 1 or not self.passes_together(files, stamp):
            found = "".join(map(self.complaints_alone, files))
            if found:
                return found
        stamp.touch()
        return ""

    def passes_together(self, files, stamp):
        """Looked at as one file, which is compiled as the first of them is."""
        folder = stamp.with_suffix(".d")
        folder.mkdir(exist_ok=True)
        joined = folder / "joined.cpp"
        joined.write_text("".join(f'#include "{file}"\n' for file in files))
        entry = self.commands[files[0]]
        command = entry["command"].replace(str(files[0]), str(joined))
        (folder / "compile_commands.json").write_text(
            json.dumps([{"directory": entry["directory"], "command": command, "file": str(joined)}]))
        run = self.run(folder, joined, "--header-filter=src/.*\\.[ch]pp$")
        shutil.rmtree(folder)
        return run.returncode == 0

    def complaints_alone(self, file):
        run = self.run(self.stamps, file)
        return "" if run.returncode == 0 else run.stdout or run.stderr

    @staticmethod
    def run(commands, file, *options):
        return subprocess.run([TIDY, "-p", str(commands), "--quiet", *options, str(file)],
                              capture_output=True, text=True)


def main(build, jobs):
    tidy = Tidy(build)
    with ThreadPoolExecutor(int(jobs)) as pool:
        found = [text for text in pool.map(tidy.complaints, together(sources(build))) if text]
    print("\n".join(found) or "no complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
