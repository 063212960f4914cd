"""Signed updates: made, taken over the network by a daemon without rights, installed by another program."""

import base64
import io
import shutil
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path

from door import Door, Refused, binary, person

UPDATER = binary().parent / "sallyport-door-update"
PIECE = 1 << 16


def updater(*arguments):
    return subprocess.run([UPDATER, *arguments], capture_output=True, text=True, check=False)


def deb(version, architecture="amd64", content=b"the program"):
    """One that dpkg-deb can read and dpkg would not like."""
    def tar(name, bytes_):
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w") as archive:
            member = tarfile.TarInfo(name)
            member.size = len(bytes_)
            archive.addfile(member, io.BytesIO(bytes_))
        return file.getvalue()
    control = f"Package: sallyport-door\nVersion: {version}\nArchitecture: {architecture}\n" \
        "Maintainer: Nobody <nobody@site.example>\nDescription: none\n"
    whole = b"!<arch>\n"
    for name, bytes_ in (("debian-binary", b"2.0\n"), ("control.tar", tar("./control", control.encode())),
                         ("data.tar", tar("./program", content))):
        whole += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(bytes_):<10}`\n".encode() + bytes_
        whole += b"\n" * (len(bytes_) % 2)
    return whole


class Workshop:
    """Where updates are made."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.key = self.folder / "secret.key"
        made = updater("make-key", self.key)
        assert made.returncode == 0, made.stderr
        assert self.key.stat().st_mode & 0o777 == 0o600
        self.public = self.folder / "update.key"
        self.public.write_text(made.stdout)

    def sign(self, name, *arguments, content=b"", version="9.0.0", architecture="amd64"):
        file, package = self.folder / f"{name}.deb", self.folder / f"{name}.update"
        file.write_bytes(deb(version, architecture, content))
        package.unlink(missing_ok=True)
        made = updater("sign", "--key", self.key, "--version", version, "--architecture", architecture,
                       *arguments, file, package)
        assert made.returncode == 0, made.stderr
        return package


class Update(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.workshop = Workshop(folder.name)

    def send(self, client, bytes_, piece=PIECE):
        for offset in range(0, len(bytes_), piece):
            answer = client.ask("sallyport.stageUpdate",
                                {"offset": offset, "total": len(bytes_),
                                 "piece": base64.b64encode(bytes_[offset:offset + piece]).decode()})
        return answer["staged"]

    def door(self):
        config = self.folder / "door.toml"
        config.write_text(f'update_key = "{self.workshop.public}"\n')
        return Door("--config", config)

    def refused(self, client, bytes_, name):
        with self.assertRaises(Refused) as refused:
            self.send(client, bytes_)
        self.assertEqual(refused.exception.name, name)
        self.assertTrue(str(refused.exception).endswith("."))

    def test_a_signed_one_is_staged_piece_by_piece_while_the_door_goes_on(self):
        with self.door() as door:
            client = door.manager()
            client.ask("sallyport.updateRoster", {"upsert": [person(1001, "04A1B2C3")]})
            package = self.workshop.sign("good", content=bytes(300_000))
            self.assertEqual(self.send(client, package.read_bytes()), "9.0.0")
            staged = door.data / "update/staged"
            self.assertEqual(staged.read_bytes(), package.read_bytes())
            self.assertFalse((door.data / "update/incoming").exists())
            self.assertEqual(door.post("card", number="04A1B2C3")["lock"], "released")
            records = client.ask("sallyport.records", {"generation": 1, "after": 0})["records"]
            self.assertIn("update_staged version=9.0.0 by=admin",
                          [record.get("detail") for record in records])

    def test_what_is_not_right_is_refused_with_a_sentence_and_not_staged(self):
        good = self.workshop.sign("good").read_bytes()
        stranger = self.folder / "stranger"
        stranger.mkdir()
        with self.door() as door:
            client = door.manager()
            self.refused(client, Workshop(stranger).sign("other").read_bytes(), "update_signature")
            self.refused(client, good[:-1], "update_damaged")
            self.refused(client, good[:-1] + b"!", "update_damaged")
            self.refused(client, self.workshop.sign("old", version="0.0.1").read_bytes(), "update_not_newer")
            self.refused(client, self.workshop.sign("far", "--minimum", "8.0.0").read_bytes(),
                         "update_too_far")
            self.refused(client, self.workshop.sign("arm", architecture="mips").read_bytes(),
                         "update_other_machine")
            for params, name in (({"offset": 0, "total": 1 << 40, "piece": "AAAA"}, "update_too_large"),
                                 ({"offset": 7, "total": 100, "piece": "AAAA"}, "invalid_parameter"),
                                 ({"offset": 0, "total": 1, "piece": "AAAA"}, "invalid_parameter"),
                                 ({"offset": 0, "total": 9, "piece": "no base64!"}, "invalid_parameter")):
                with self.assertRaises(Refused) as refused:
                    client.ask("sallyport.stageUpdate", params)
                self.assertEqual(refused.exception.name, name, params)
            self.assertFalse((door.data / "update/staged").exists())
            # An interrupted transfer begins anew.
            client.ask("sallyport.stageUpdate", {"offset": 0, "total": 99, "piece": "AAAA"})
            self.assertEqual(self.send(client, good), "9.0.0")

    def test_without_a_key_none_is_taken(self):
        with Door() as door:
            self.refused(door.manager(), self.workshop.sign("good").read_bytes(), "updates_off")

    def install(self, package, installer="/bin/true"):
        staged = self.folder / "staged"
        shutil.copy(package, staged)
        done = updater("install", "--staged", staged, "--key", self.workshop.public, "--state",
                       self.folder / "state", "--installer", installer)
        self.assertFalse(staged.exists(), "it would be tried without end")
        self.assertFalse((self.folder / "state/package.deb").exists())
        return done

    def test_it_is_verified_again_installed_once_and_never_taken_back(self):
        installer = self.folder / "installer"
        installer.write_text(f'#!/bin/sh\ncp "$3" {self.folder}/installed\n')
        installer.chmod(0o755)
        done = self.install(self.workshop.sign("good"), installer)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Version 9.0.0 is installed", done.stdout)
        self.assertEqual((self.folder / "installed").read_bytes(), (self.folder / "good.deb").read_bytes())
        for version in ("9.0.0", "8.9.9"):
            done = self.install(self.workshop.sign("again", version=version), installer)
            self.assertEqual(done.returncode, 1)
            self.assertIn("no way back", done.stderr)
        self.assertEqual(self.install(self.workshop.sign("next", version="9.0.1"), installer).returncode, 0)

    def test_what_an_unprivileged_thief_stages_is_not_installed(self):
        stranger = self.folder / "stranger"
        stranger.mkdir()
        done = self.install(Workshop(stranger).sign("other"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("not signed with the key", done.stderr)
        staged = self.folder / "link"
        staged.symlink_to(self.workshop.sign("good"))
        done = updater("install", "--staged", staged, "--key", self.workshop.public, "--state",
                       self.folder / "state", "--installer", "/bin/true")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot be used", done.stderr)

    def test_one_that_the_installer_refuses_counts_as_not_installed(self):
        good = self.workshop.sign("good")
        done = self.install(good, "/bin/false")
        self.assertEqual(done.returncode, 1)
        self.assertIn("was not installed", done.stderr)
        self.assertEqual(self.install(good).returncode, 0)
        (self.folder / "state/newest").write_text("nonsense")
        self.assertIn("newest", self.install(self.workshop.sign("next", version="9.1.0")).stderr)

    def test_one_that_somebody_brought_stays_while_the_key_is_missing(self):
        brought = self.workshop.sign("good")
        done = updater("install", "--staged", brought, "--key", self.folder / "none", "--state",
                       self.folder / "state", "--installer", "/bin/true")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"There is no {self.folder}/none.", done.stderr)
        self.assertTrue(brought.exists())

    def test_only_a_deb_of_the_told_version_and_architecture_is_signed(self):
        payload = self.folder / "some.deb"
        package = self.folder / "some.update"
        sign = lambda: updater("sign", "--key", self.workshop.key, "--version", "1.2.3", payload, package)
        for content, words in ((deb("1.2.4"), "has the version 1.2.4, not 1.2.3"),
                               (deb("1.2.30"), "has the version 1.2.30, not 1.2.3"),
                               (deb("1.2.3", "arm64"), "has the architecture arm64, not amd64"),
                               (b"no package", "is no .deb that dpkg-deb can read")):
            payload.write_bytes(content)
            done = sign()
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stderr)
            self.assertFalse(package.exists())
        payload.write_bytes(deb("1.2.3-2"))
        self.assertEqual(sign().returncode, 0)

    def test_bad_arguments(self):
        self.assertEqual(updater().returncode, 2)
        self.assertEqual(updater("sign").returncode, 2)
        self.assertEqual(updater("--help").returncode, 0)
        self.assertEqual(updater("make-key", self.workshop.key).returncode, 1)


if __name__ == "__main__":
    unittest.main()
