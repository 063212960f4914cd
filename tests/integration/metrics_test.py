"""GET /metrics and /ready of the running program: the text is what Prometheus reads, the figures are true."""

import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from running_platform import Platform  # noqa: E402

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? ([0-9.e+-]+|\+Inf|NaN)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


def parse(text):
    """{family: (type, {(name, labels): value})}; whatever Prometheus' parser would refuse is an error."""
    families, family = {}, None
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            family = line.split(" ", 3)[2]
            assert family not in families, f"{family} stands twice"
            families[family] = [None, {}]
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == family and kind in SUFFIXES, line
            families[family][0] = kind
        else:
            name, labels, value = SAMPLE.fullmatch(line).groups()
            kind, samples = families[family]
            assert name in [family + suffix for suffix in SUFFIXES[kind]], line
            found = LABEL.findall(labels or "")
            assert "".join(f'{k}="{v}",' for k, v in found).rstrip(",") == (labels or ""), line
            key = (name, tuple(found))
            assert key not in samples, f"{line} stands twice"
            samples[key] = float(value)
    return families


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.platform = Platform()
        cls.addClassCleanup(cls.platform.close)
        cls.platform.start("--discovery", "off")
        answer = cls.platform.api("GET", "/ready")
        assert (answer.status, answer.json()) == (503, {"state": "setup_needed"}), answer.text
        cls.platform.set_up()
        body = {"name": "Prometheus", "rights": {"settings": "view"}}
        cls.token = cls.platform.api("POST", "/tokens", body).json()["token"]

    def scrape(self):
        answer = self.platform.api("GET", "/metrics", token=self.token)
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        return parse(answer.text)

    def test_names_follow_the_conventions(self):
        for name, (kind, samples) in self.scrape().items():
            self.assertRegex(name, r"^(sallyport|process)_[a-z_]+$")
            self.assertEqual(name.endswith("_total"), kind == "counter", name)
            self.assertTrue(samples, name)

    def test_calls_are_counted_by_route_and_status(self):
        def calls():
            labels = (("method", "GET"), ("route", "/people/{id}"), ("status", "404"))
            found = self.scrape()["sallyport_http_requests_total"][1]
            return found.get(("sallyport_http_requests_total", labels), 0)

        before = calls()
        for number in range(3):
            self.assertEqual(self.platform.api("GET", f"/people/{number + 7}").status, 404)
        self.assertEqual(calls(), before + 3)

    def test_what_clients_make_up_is_one_route(self):
        for number in range(20):
            self.platform.api("GET", f"/nonsense-{number}")
            self.platform.call("GET", f"/page-{number}")
        routes = {dict(labels)["route"] for _, labels in self.scrape()["sallyport_http_requests_total"][1]}
        self.assertFalse([route for route in routes if "nonsense" in route or "page-" in route])
        self.assertLessEqual({"none", "page"}, routes)

    def test_buckets_grow_up_to_the_count(self):
        self.platform.api("GET", "/me")
        samples = self.scrape()["sallyport_http_request_duration_seconds"][1]
        series = {}
        for (name, labels), value in samples.items():
            rest = tuple(label for label in labels if label[0] != "le")
            kept = series.setdefault(rest, {"buckets": []})
            if name.endswith("_bucket"):
                kept["buckets"].append((float(dict(labels)["le"]), value))
            else:
                kept[name.rsplit("_", 1)[1]] = value
        for rest, kept in series.items():
            bounds, counts = zip(*kept["buckets"])
            self.assertEqual(list(bounds), sorted(bounds), rest)
            self.assertEqual(list(counts), sorted(counts), rest)
            self.assertEqual((bounds[-1], counts[-1]), (float("inf"), kept["count"]), rest)
            self.assertGreater(kept["sum"], 0, rest)

    def test_figures_of_the_process_are_those_of_the_kernel(self):
        status = Path(f"/proc/{self.platform.process.pid}/status").read_text()
        resident = int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024
        told = self.scrape()["process_resident_memory_bytes"][1][("process_resident_memory_bytes", ())]
        self.assertLess(abs(told - resident), 32 << 20)

    def test_nobody_without_the_right_sees_them(self):
        self.assertEqual(self.platform.api("GET", "/metrics", token="").status, 401)
        body = {"name": "Blind", "rights": {"people": "view"}}
        blind = self.platform.api("POST", "/tokens", body).json()["token"]
        self.assertEqual(self.platform.api("GET", "/metrics", token=blind).json()["code"], "forbidden")

    def test_it_is_ready(self):
        answer = self.platform.api("GET", "/ready", token="")
        self.assertEqual((answer.status, answer.json()), (200, {"state": "ok"}))


if __name__ == "__main__":
    unittest.main(verbosity=1)
