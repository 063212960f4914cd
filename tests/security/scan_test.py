"""What testssl.sh, sqlmap and wapiti find at a platform: nothing.

`./dev scan` runs this in a network that has a loopback interface and nothing else: whatever address a scanner
asks, nobody outside hears it. What the scanners said is in build/results/scans/.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

from contract import Contract  # noqa: E402
from running_platform import PASSWORD, Platform  # noqa: E402

REPORTS = Path("build/results/scans").resolve()
# What testssl.sh says of itself: no GOST, no DNS for what is not public.
OF_THE_SCANNER = {"engine_problem", "DNS_CAArecord"}
# Browsers have dropped this header, and it opened holes where they had not; a policy of contents is sent.
OBSOLETE = "X-XSS-Protection is not set"
# All of wapiti's but for those that guess names of files and passwords from lists.
MODULES = (
    "backup,blindsql,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,"
    "shellshock,xss"
)
# Ends the session that scans: it comes last.
LAST = "changeMyPassword"


def run(seconds, *command, **more):
    done = subprocess.run(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=seconds, check=False, **more)
    return done.stdout


class Scans(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        REPORTS.mkdir(parents=True, exist_ok=True)
        cls.contract = Contract()

    def setUp(self):
        self.platform = Platform()
        self.addCleanup(self.platform.close)
        self.platform.start("--discovery", "off")
        self.platform.set_up()
        self.place = Path(tempfile.mkdtemp(prefix="sallyport-scan-"))
        self.addCleanup(shutil.rmtree, self.place)

    def test_tls_has_no_weakness(self):
        self.show_a_certificate()
        report = self.place / "tls.json"
        text = run(1200, "testssl", "--quiet", "--color", "0", "--warnings", "off", "--nodns", "none",
                   "--add-ca", self.place / "ca.pem", "--jsonfile", report,
                   f"localhost:{self.platform.port}")
        (REPORTS / "testssl").write_text(text)
        self.assertTrue(report.exists(), text)
        found = json.loads(report.read_text())
        self.assertIn("TLS1_3", {finding["id"] for finding in found}, "the scan came to its end")
        faults = [finding for finding in found
                  if finding["severity"] not in ("OK", "INFO") and finding["id"] not in OF_THE_SCANNER]
        self.assertEqual(faults, [])

    def show_a_certificate(self):
        """Of an authority of its own, as a site's would be."""
        def openssl(*arguments):
            subprocess.run(["openssl", *map(str, arguments)], cwd=self.place, check=True, capture_output=True)

        (self.place / "names").write_text(
            "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\nkeyUsage=digitalSignature\n"
            "crlDistributionPoints=URI:http://localhost/list.crl\n")
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Site", "-days", 90)
        openssl("req", *key, "-keyout", "key", "-out", "request", "-subj", "/CN=localhost")
        openssl("x509", "-req", "-in", "request", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", 90, "-out", "certificate", "-extfile", "names")
        body = {name: (self.place / name).read_text() for name in ("certificate", "key")}
        self.assertEqual(self.platform.api("PUT", "/certificate", body).status, 200)

    def test_no_parameter_reaches_the_database_as_sql(self):
        report = []
        for operation in sorted(self.contract.operations, key=lambda one: (one.id == LAST, one.id)):
            for request in self.requests(operation):
                with self.subTest(operation.id):
                    file = self.place / "request"
                    file.write_text(request)
                    text = run(600, "sqlmap", "-r", file, "--ignore-stdin", "--force-ssl", "--batch",
                               "--dbms", "SQLite", "--flush-session", "--output-dir", self.place / "sqlmap",
                               "--timeout", 10, "--retries", 1, "--disable-coloring", "--threads", 4,
                               "--ignore-code", "401,404")
                    report.append(f"=== {operation.method} {operation.path}\n{text}")
                    self.assertIn("all tested parameters do not appear to be injectable", text)
                    if operation.id != LAST:
                        self.lift_locks()
        (REPORTS / "sqlmap").write_text("\n".join(report))
        self.assertGreater(len(report), 50)

    def lift_locks(self):
        """A scan guesses passwords: the lock that follows is not to hide what comes after it."""
        for lock in self.platform.api("GET", "/lockouts").json()["items"]:
            lift = {"kind": lock["kind"], "subject": lock["subject"]}
            self.assertEqual(self.platform.api("POST", "/lockouts/lift", lift).status, 204)

    def requests(self, operation):
        """As raw text with an asterisk at each place where a scanner may put something. What is given is
        right, so that it is used; but for cursors, which are tried by themselves."""
        names = [one["name"] for one in self.queried(operation)]
        body = json.dumps(marked(self.contract.example(operation))) if operation.body else ""
        for chosen in ([name for name in names if name != "cursor"], ["cursor"]):
            target = self.target(operation, chosen, "*")
            if "*" in target + body and (chosen != ["cursor"] or "cursor" in names):
                yield "\n".join([
                    f"{operation.method} {target} HTTP/1.1",
                    f"Host: {self.platform.host}:{self.platform.port}",
                    f"Authorization: Bearer {self.platform.token}",
                    "Content-Type: application/json", "", body])

    def queried(self, operation):
        parameters = [self.contract.resolved(one) for one in operation.parameters]
        return [one for one in parameters if one["in"] == "query"]

    def target(self, operation, names, mark=""):
        pairs = [f"{one['name']}={self.right_value(one['schema'])}{mark}"
                 for one in self.queried(operation) if one["name"] in names]
        path = "/api/v1" + re.sub(r"\{\w+\}", "1" + mark, operation.path)
        return path + "?" + "&".join(pairs) if pairs else path

    def right_value(self, schema):
        schema = self.contract.resolved(schema)
        if schema["type"] == "array":
            return self.right_value(schema["items"])
        if schema.get("format") == "date-time":
            return "2026-03-29T00:59:50Z"
        return (schema.get("enum") or schema.get("examples") or [schema.get("minimum", "a")])[0]

    def test_no_page_and_no_call_has_a_known_weakness(self):
        start = f"https://{self.platform.host}:{self.platform.port}"
        urls = [f"{start}/", f"{start}/people", f"{start}/api/v1/health"]
        for operation in self.contract.operations:
            if operation.method == "GET" and operation.id != "live":
                names = [one["name"] for one in self.queried(operation) if one["name"] != "cursor"]
                urls.append(start + self.target(operation, names))
        report = self.place / "wapiti.json"
        arguments = ["wapiti", "-u", f"{start}/", "--scope", "domain", "-m", MODULES, "-f", "json",
                     "-o", report, "-H", f"Authorization: Bearer {self.platform.token}", "--flush-session",
                     "--store-session", self.place, "--no-bugreport", "-v", "1", "--max-scan-time", "300"]
        text = run(1800, *arguments, *(part for url in urls for part in ("-s", url)))
        (REPORTS / "wapiti").write_text(text)
        self.assertTrue(report.exists(), text)
        found = json.loads(report.read_text())
        faults = [fault for part in ("vulnerabilities", "anomalies") for kind in found[part].values()
                  for fault in kind if fault["info"] != OBSOLETE]
        self.assertEqual(faults, [])

    def tearDown(self):
        self.assertIsNone(self.platform.process.poll(), "the platform is still there")


def marked(value):
    """The example of a body with a mark in each text."""
    if isinstance(value, dict):
        return {name: marked(member) for name, member in value.items()}
    if isinstance(value, list):
        return [marked(member) for member in value]
    return value + "*" if isinstance(value, str) else value
