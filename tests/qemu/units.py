"""The guide "install a controller" and the packages' units under a running systemd, in a virtual machine.

A minimal Debian 12 boots without a network, takes the packages with dpkg, and follows the guide word for
word on the kernel's simulated GPIO chip; then programs are killed and stopped, updated, removed and purged
(units_guest.sh). Needs root, for debootstrap.

    units.py PACKAGES      PACKAGES: a folder with the packages that were built (./dev package)
"""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from machine import Archive, boot, build_module, call, fetch, kernel_release

GUIDE = Path("docs/guides/install-a-controller.md")
OPERATING = Path("docs/guides/operate-a-controller.md")
SAMPLE = Path("docs/guides/door.toml")
GUEST = Path(__file__).with_name("units_guest.sh")
UPDATER = Path("build/release/bin/sallyport-door-update").resolve()
DEBIAN = Path("build/units").resolve()
WIRES = Path(__file__).with_name("units_wires.py")
# What a board's Debian has beside the packages' own needs, the guide's `apt-get install gpiod`, and what
# plays the person who tries the wires.
ALWAYS_THERE = ["systemd-sysv", "udev", "kmod", "gpiod", "python3"]
UNUSED = {"boot", "dev", "proc", "sys", "usr/share/doc", "usr/share/locale", "usr/share/man", "var/cache/apt",
          "var/cache/apt/archives", "var/lib/apt/lists"}
BOOT = """[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/srv/units_guest.sh
TimeoutStartSec=infinity
"""


def debian(packages):
    """A minimal Debian 12 with all that the packages need, and without them."""
    needs = ", ".join([*(call("dpkg-deb", "--field", package, "Depends").strip() for package in packages),
                       *ALWAYS_THERE])
    stamp = DEBIAN / "made_for"
    if stamp.is_file() and stamp.read_text() == needs:
        return DEBIAN / "root"
    shutil.rmtree(DEBIAN, ignore_errors=True)
    DEBIAN.mkdir(parents=True)
    call("debootstrap", "--variant=minbase", f"--include={','.join(ALWAYS_THERE)}", "bookworm",
         DEBIAN / "root")
    call("chroot", DEBIAN / "root", "apt-get", "satisfy", "-q", "-y", "--no-install-recommends", needs,
         env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"})
    stamp.write_text(needs)
    return DEBIAN / "root"


def another(package, version, place):
    """The package under another version, and with another configuration, as a later one may have it."""
    unpacked = place / version
    call("dpkg-deb", "-R", package, unpacked)
    control = unpacked / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*", f"Version: {version}", control.read_text()))
    config = unpacked / "etc/sallyport/door.toml"
    config.write_text(config.read_text() + "\n# A word that earlier versions did not have.\n")
    result = place / f"door_{version}.deb"
    call("dpkg-deb", "-b", unpacked, result)
    return result


def signed(package, version, place):
    """The update that brings the package, and the public key."""
    public = place / "update.key"
    public.write_text(call(UPDATER, "make-key", place / "secret.key"))
    update = place / f"{version}.update"
    call(UPDATER, "sign", "--key", place / "secret.key", "--version", version, package, update)
    return update, public


def block(guide, begin):
    """What stands in the guide to be copied, from its first line on."""
    return re.search(rf"```[a-z]*\n(?:# .*\n)?({re.escape(begin)}.*?)```", guide.read_text(), re.S).group(1)


def write_image(packages, place):
    door = next(one for one in packages if one.name.startswith("sallyport-door_"))
    platform = next(one for one in packages if one.name.startswith("sallyport_"))
    version = call("dpkg-deb", "--field", door, "Version").strip()
    newer = re.sub(r"\d+$", lambda last: str(int(last.group()) + 1), version)
    update, public = signed(another(door, newer, place), newer, place)
    (place / "least.toml").write_text(block(GUIDE, 'hardware = "linux"'))
    (place / "install.sh").write_text(block(GUIDE, "apt-get install"))
    (place / "without.sh").write_text(block(GUIDE, "groupadd"))
    (place / "clock.conf").write_text(block(OPERATING, "[Service]"))
    release = kernel_release()
    kernel = fetch(release)
    archive = Archive()
    archive.tree(debian(packages), UNUSED)
    archive.add("init", 0o120777, b"/lib/systemd/systemd")
    archive.add("dev/console", 0o020600, device=(5, 1))
    archive.add("etc/systemd/system/units-guest.service", 0o100644, BOOT.encode())
    archive.add("etc/systemd/system/multi-user.target.wants/units-guest.service", 0o120777,
                b"/etc/systemd/system/units-guest.service")
    modules = kernel / "root/lib/modules" / release / "kernel"
    for name, source in {"door.deb": door, "platform.deb": platform, "newer.update": update,
                         "update.key": public, "least.toml": place / "least.toml", "sample.toml": SAMPLE,
                         "install.sh": place / "install.sh", "without.sh": place / "without.sh",
                         "clock.conf": place / "clock.conf", "units_guest.sh": GUEST, "units_wires.py": WIRES,
                         "configfs.ko": modules / "fs/configfs/configfs.ko",
                         "gpio_sim.ko": build_module(kernel, release)}.items():
        archive.file(f"srv/{name}", source)
    archive.add("etc/systemd/system/serial-getty@ttyS0.service", 0o120777, b"/dev/null")
    archive.add("srv/newer", 0o100644, newer.encode())
    image = place / "image"
    archive.write(image)
    return kernel, release, image


def main():
    packages = sorted(Path(sys.argv[1]).resolve().glob("*.deb"))
    with tempfile.TemporaryDirectory() as folder:
        kernel, release, image = write_image(packages, Path(folder))
        console = boot(kernel, release, image, memory=2048, seconds=3000)
    print(console)
    failed = re.findall(r"(?m)^not ok .*", console)
    if failed or "units: done" not in console:
        sys.exit("\n".join(failed) or "The virtual machine did not come to its end.")


if __name__ == "__main__":
    main()
