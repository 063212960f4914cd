"""Mail of the running platform on its way to a mail server: who is believed, what goes when, what is said."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from mail_server import MailServer  # noqa: E402
from running_platform import PASSWORD  # noqa: E402
from webhooks_test import Authority  # noqa: E402
from with_a_platform import PlatformTest  # noqa: E402

TO = "anna@example.org"
LOGIN = ("doors", "quiet-river-12")


class Mail(PlatformTest):
    def set(self, server, **more):
        return self.good("changeMailServer", 200, {
            "enabled": True, "host": "127.0.0.1", "port": server.port, "tls": "off",
            "sender": "doors@example.org", **more})

    def problem(self):
        return self.good("testMailServer", 200, {"to": TO})["problem"]

    def test_a_message_arrives_in_the_language_of_who_sends_it(self):
        with MailServer() as server:
            self.set(server)
            self.assertIsNone(self.problem())
            mail = server.next()
            self.assertEqual(mail.envelope, ("doors@example.org", [TO]))
            self.assertEqual(mail["Subject"], "A test of Sallyport")
            self.assertEqual(mail["From"].addresses[0].addr_spec, "doors@example.org")
            self.assertIn("Sending mail works", mail.get_content())
            self.good("changeMe", 200, {"language": "zh"})
            self.assertIsNone(self.problem())
            mail = server.next()
            self.assertIn("测试", mail["Subject"])
            self.assertIn("邮件发送正常", mail.get_content())

    def test_tls_begins_at_once_or_with_starttls_and_only_a_good_certificate_is_believed(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            identity = authority.issue("IP:127.0.0.1")
            given = {"tls": "given", "certificate": authority.certificate.read_text(),
                     "account": LOGIN[0], "password": LOGIN[1]}
            for begins in ("at_once", "starttls"):
                with MailServer(identity, begins, LOGIN) as server:
                    self.set(server, begins=begins, **given)
                    self.assertIsNone(self.problem())
                    self.assertTrue(server.next().encrypted)
                    self.set(server, begins=begins, **given | {"tls": "machine"})
                    self.assertEqual(self.problem()["code"], "tls_failed")
                    self.set(server, begins=begins, **given | {"password": "wrong"})
                    self.assertEqual(self.problem()["code"], "login_refused")
                    self.assertTrue(server.mails.empty())
            with MailServer(authority.issue("DNS:other.example"), "at_once") as server:
                self.set(server, begins="at_once", **given)
                self.assertEqual(self.problem()["code"], "tls_failed")
            with MailServer(identity, "off", LOGIN) as server:
                self.set(server, begins="starttls", **given)
                self.assertEqual(self.problem()["code"], "no_starttls")
                self.assertTrue(server.mails.empty())

    def test_what_a_mail_server_says_is_told(self):
        with MailServer() as server:
            self.set(server)
            server.unknown.add(TO)
            self.assertEqual(self.problem(), {"code": "mail_refused", "said": "550 5.1.1 no such mailbox"})
            server.put_off = 1
            problem = self.problem()
            self.assertEqual((problem["code"], problem["said"][:4]), ("put_off", "451 "))
        self.assertEqual(self.problem()["code"], "refused")

    def test_nothing_goes_to_another_machine_in_clear_unless_somebody_said_so(self):
        elsewhere = {"host": "192.0.2.1", "port": 25, "tls": "off", "sender": "doors@example.org"}
        self.assertEqual(self.good("changeMailServer", 400, elsewhere)["errors"][0]["code"], "in_clear")
        self.good("changeMailServer", 200, elsewhere | {"in_clear": True})
        self.good("changeMailServer", 400, {"in_clear": False})
        self.good("changeMailServer", 200, {"host": "localhost", "in_clear": False})
        for name in ("localhost.example", "127.example"):
            self.good("changeMailServer", 400, {"host": name})

    def test_a_password_stays_where_it_was_typed_for(self):
        with MailServer(login=LOGIN) as server:
            self.set(server, account=LOGIN[0], password=LOGIN[1])
            self.assertIsNone(self.problem())
            wrong = self.good("changeMailServer", 400, {"port": 1})
            self.assertEqual(wrong["errors"][0]["field"], "password")
            self.assertNotIn(LOGIN[1], self.platform.api("GET", "/settings/mail").text)
            self.good("changeMailServer", 200, {"port": 1, "password": None})
        entry = self.good("listAudit", 200, query="?action=settings.changed&limit=1")["items"][0]
        self.assertEqual(entry["subject"]["kind"], "mail")
        self.assertEqual(entry["after"]["password"], "changed")
        self.assertNotIn(LOGIN[1], str(entry))

    def test_the_command_on_the_machine_is_told_to_the_mailbox(self):
        with MailServer() as server:
            self.set(server)
            self.good("beginMailbox", 204, {"password": PASSWORD, "address": TO})
            self.good("confirmMailbox", 200, {"code": server.next_code()})
            self.platform.stop()
            reset = self.platform.command("reset-admin", "--data", self.platform.data, text="blue-lamp-42\n")
            self.assertEqual(reset.returncode, 0, reset.stderr)
            self.platform.start("--discovery", "off")
            mail = server.next()
            self.assertEqual(mail["Subject"], "Your password for Sallyport was changed")
            self.assertEqual(mail.envelope[1], [TO])


if __name__ == "__main__":
    unittest.main(verbosity=1)
