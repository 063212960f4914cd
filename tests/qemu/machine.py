"""Virtual machines that boot Debian's kernel with a file system of their own, in memory.

The kernel comes without the module gpio-sim. It is built here from Debian's source of the same kernel,
together with the simulated interrupts that it needs, which the kernel does not have either. Packages are
fetched once and unpacked below build/qemu; nothing of them is installed.
"""

import gzip
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

PLACE = Path("build/qemu").resolve()
SOURCES = ("drivers/gpio/gpio-sim.c", "drivers/gpio/gpiolib.h", "kernel/irq/irq_sim.c")
MAKEFILE = "obj-m := gpio_sim.o\ngpio_sim-y := gpio-sim.o irq_sim.o\n"


def call(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, text=True, stdout=subprocess.PIPE,
                          **options).stdout


def kernel_release():
    wanted = re.search(r"^Depends: linux-image-(\S+)", call("apt-cache", "show", "linux-image-amd64"), re.M)
    if not wanted:
        sys.exit("apt-cache knows no linux-image-amd64: run 'apt-get update' first.")
    return wanted.group(1)


def fetch(release):
    """The packages of one kernel, unpacked; again when Debian has a newer one."""
    place = PLACE / release
    root = place / "root"
    if root.is_dir():
        return place
    shutil.rmtree(PLACE, ignore_errors=True)
    packages = place / "packages"
    packages.mkdir(parents=True)
    headers = f"linux-headers-{release}"
    common = f"linux-headers-{release.removesuffix('-amd64')}-common"
    call("apt-get", "download", "-q", f"linux-image-{release}-unsigned", headers, common, "linux-kbuild-6.1",
         "linux-source-6.1", cwd=packages)
    unpacked = place / "unpacked"
    for package in packages.glob("*.deb"):
        if not package.name.startswith("linux-source"):
            call("dpkg-deb", "-x", package, unpacked)
    makefile = unpacked / "usr/src" / headers / "Makefile"
    makefile.write_text(makefile.read_text().replace("/usr/src/", f"{unpacked}/usr/src/"))
    unpack_sources(next(packages.glob("linux-source*.deb")), place)
    shutil.rmtree(packages)
    unpacked.rename(root)
    text = (root / "usr/src" / headers / "Makefile").read_text()
    (root / "usr/src" / headers / "Makefile").write_text(text.replace(str(unpacked), str(root)))
    return place


def unpack_sources(package, place):
    archive = place / "linux-source.tar.xz"
    with archive.open("wb") as into, subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package],
                                                      stdout=subprocess.PIPE) as whole:
        subprocess.run(["tar", "-xO", "./usr/src/linux-source-6.1.tar.xz"], stdin=whole.stdout, stdout=into,
                       check=True)
    call("tar", "-xJf", archive, "-C", place, *(f"linux-source-6.1/{name}" for name in SOURCES))
    archive.unlink()


def build_module(place, release):
    """gpio-sim with the simulated interrupts in it; they call what the kernel exports to modules."""
    module = place / "module"
    module.mkdir(exist_ok=True)
    for name in SOURCES:
        shutil.copy(place / "linux-source-6.1" / name, module)
    interrupts = module / "irq_sim.c"
    interrupts.write_text(interrupts.read_text().replace("handle_simple_irq(irq_to_desc(irqnum));",
                                                         "generic_handle_irq(irqnum);"))
    # A module may not be made of a file that has its own name.
    (module / "Makefile").write_text(MAKEFILE)
    call("make", "-j1", "-C", place / "root/usr/src" / f"linux-headers-{release}", f"M={module}", "modules")
    return module / "gpio_sim.ko"


class Archive:
    """An initial file system: cpio in its portable form with checks left out."""

    def __init__(self):
        self.bytes = bytearray()
        self.number = 0
        self.folders = set()

    def add(self, name, mode, content=b"", owner=(0, 0), device=(0, 0)):
        self.number += 1
        path = os.fsencode(name)
        fields = (self.number, mode, *owner, 1, 0, len(content), 0, 0, *device, len(path) + 1, 0)
        self.bytes += b"070701" + b"".join(b"%08X" % field for field in fields) + path + b"\0"
        self.pad()
        self.bytes += content
        self.pad()

    def pad(self):
        self.bytes += b"\0" * (-len(self.bytes) % 4)

    def folder(self, name):
        if name in ("", ".") or name in self.folders:
            return
        self.folder(os.path.dirname(name))
        self.folders.add(name)
        self.add(name, 0o040755)

    def file(self, name, source):
        self.folder(os.path.dirname(name))
        self.add(name, 0o100755, Path(source).read_bytes())

    def tree(self, root, without=()):
        """A whole file system but for its devices; `without`: folders that stay empty."""
        for place, folders, files in os.walk(root):
            inside = os.path.relpath(place, root)
            for name in sorted(folders + files):
                path = os.path.normpath(os.path.join(inside, name))
                found = os.lstat(os.path.join(place, name))
                owner = (found.st_uid, found.st_gid)
                if stat.S_ISLNK(found.st_mode):
                    self.add(path, found.st_mode, os.fsencode(os.readlink(os.path.join(place, name))), owner)
                elif stat.S_ISDIR(found.st_mode):
                    self.add(path, found.st_mode, owner=owner)
                elif stat.S_ISREG(found.st_mode):
                    self.add(path, found.st_mode, Path(place, name).read_bytes(), owner)
            folders[:] = [one for one in folders if os.path.normpath(f"{inside}/{one}") not in without]

    def write(self, path):
        self.add("TRAILER!!!", 0)
        path.write_bytes(gzip.compress(bytes(self.bytes), 1))


def boot(place, release, image, memory=512, seconds=300):
    """What the machine said on its console until it ended."""
    command = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", str(memory),
               "-nographic", "-no-reboot", "-nic", "none", "-initrd", image,
               "-kernel", place / "root/boot" / f"vmlinuz-{release}",
               "-append", "console=ttyS0 quiet panic=-1 oops=panic systemd.show_status=0"]
    try:
        return call(*command, stdin=subprocess.DEVNULL, timeout=seconds)
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
        return (said if isinstance(said, str) else said.decode(errors="replace")) + "\nIt did not end.\n"
