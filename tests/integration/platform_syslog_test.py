"""Events and the audit log of the running platform on their way to a collector of logs that can fail."""

import re
import signal
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from syslog_test import Collector  # noqa: E402
from webhooks_test import Authority  # noqa: E402
from with_a_door import DoorTest, eventually  # noqa: E402

MESSAGE = re.compile(
    rb'<(\d+)>1 \S+Z \S+ (sallyport(?:-audit)?) - (\S+) \[sallyport@32473 (.*)\] \xef\xbb\xbf')


def has(kind, program):
    return lambda collector: any(one == kind for one, _ in said(collector, program))


def said(collector, program):
    """The kinds and facts of what this program sent."""
    all_of_it = [MESSAGE.match(message) for message in collector.messages]
    return [(one[3].decode(), one[4].decode()) for one in all_of_it if one[2].decode() == program]


class Syslog(DoorTest):
    def set(self, collector, **more):
        return self.good("changeSyslog", 200, {"enabled": True, "host": "127.0.0.1", "port": collector.port,
                                               "tls": "off", **more})

    def state(self, word, why=""):
        def now():
            state = self.good("getSyslog", 200)["state"]
            return state["word"] == word and why in (state["problem"] or {}).get("code", "") and state

        return eventually(now)

    def test_what_happens_from_now_on_arrives_and_what_was_before_does_not(self):
        self.enrolled()
        with Collector() as collector:
            self.set(collector)
            self.state("connected")
            self.door.press("card", {"number": "04A1B2C3"})
            collector.wait(has("access", "sallyport"))
            kind, facts = next(one for one in said(collector, "sallyport") if one[0] == "access")
            self.assertIn('reason="unknown_card"', facts)
            self.assertNotIn(b"04A1B2C3", b"".join(collector.messages))
            self.good("addPerson", 201, {"name": "Anna"})
            collector.wait(has("person.added", "sallyport-audit"))
            kinds = [kind for kind, _ in said(collector, "sallyport-audit")]
            self.assertNotIn("device.added", kinds)
            self.assertIn('account="admin"', dict(said(collector, "sallyport-audit"))["person.added"])
            self.assertIsNone(self.good("testSyslog", 200)["problem"])

    def test_nothing_is_lost_over_an_outage_and_a_kill(self):
        collector = Collector()
        self.set(collector, events=False)
        self.state("connected")
        collector.stop()
        self.state("failing")
        names = [f"P{number}" for number in range(5)]
        for name in names:
            self.good("addPerson", 201, {"name": name})
        self.platform.stop(signal.SIGKILL)
        with Collector(port=collector.port) as again:
            self.platform.start("--discovery", "off")
            again.wait(lambda all_of_it: sum(kind == "person.added" for kind, _ in
                                             said(all_of_it, "sallyport-audit")) >= len(names))
            numbers = [int(re.search(r'number="(\d+)"', facts)[1])
                       for _, facts in said(again, "sallyport-audit")]
            self.assertEqual(numbers, sorted(set(numbers)))
            self.assertEqual(said(again, "sallyport"), [])

    def test_only_a_certificate_that_is_good_for_its_name_is_spoken_to(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            with Collector(authority.issue("IP:127.0.0.1")) as good:
                given = {"tls": "given", "certificate": authority.certificate.read_text()}
                self.set(good, **given)
                self.state("connected")
                self.set(good, tls="machine")
                self.state("failing", "tls_failed")
            with Collector(authority.issue("DNS:other.example")) as other:
                self.set(other, **given)
                self.state("failing", "tls_failed")
                self.assertEqual(other.messages, [])


if __name__ == "__main__":
    unittest.main(verbosity=1)
