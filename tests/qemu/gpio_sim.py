"""Doors on the kernel's simulated GPIO chip, in a virtual machine that boots Debian's kernel.

    gpio_sim.py GUEST      GUEST: the program that the machine runs (build/dev/bin/gpio_sim_guest)
"""

import re
import sys
from pathlib import Path

from machine import Archive, boot, build_module, call, fetch, kernel_release


def libraries(program):
    """What the program is linked with, by the paths at which it looks for them."""
    return re.findall(r"(/\S+) \(0x", call("ldd", program))


def make_file_system(place, release, module, guest):
    archive = Archive()
    for name in ("dev", "proc", "sys"):
        archive.folder(name)
    stripped = place / "init"
    call("strip", "-o", stripped, guest)
    archive.file("init", stripped)
    for library in libraries(guest):
        archive.file(library.lstrip("/"), library)
    archive.file("configfs.ko", place / "root/lib/modules" / release / "kernel/fs/configfs/configfs.ko")
    archive.file("gpio_sim.ko", module)
    image = place / "initramfs"
    archive.write(image)
    return image


def main():
    release = kernel_release()
    place = fetch(release)
    image = make_file_system(place, release, build_module(place, release), Path(sys.argv[1]))
    console = boot(place, release, image)
    print(console)
    if "gpio-sim: passed" not in console:
        sys.exit("The virtual machine did not say that its tests passed.")


if __name__ == "__main__":
    main()
