"""A mail server on loopback for tests: SMTP with TLS from the start, with STARTTLS or in clear; logins."""

import base64
import email
import email.policy
import queue
import re
import socketserver
import ssl
import threading

SECONDS = 20


class Conversation(socketserver.StreamRequestHandler):
    timeout = SECONDS

    def say(self, *lines):
        self.wfile.write("".join(line + "\r\n" for line in lines).encode())

    def secure(self):
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.encrypted = True

    def handle(self):
        self.encrypted = self.knows = False
        self.sender, self.recipients = None, []
        try:
            if self.server.tls == "at_once":
                self.secure()
            self.say("220 test ready")
            while (line := self.rfile.readline()) and self.answer(line.decode().strip()):
                pass
        except OSError:
            pass  # a caller who believes no certificate goes away
        finally:
            if self.encrypted:
                self.connection.close()

    def answer(self, line):
        word = line.split()[0].upper() if line else ""
        name = {"EHLO": self.greet, "STARTTLS": self.start_tls, "AUTH": self.log_in, "MAIL": self.begin,
                "RCPT": self.address, "DATA": self.take}.get(word)
        if word == "QUIT":
            self.say("221 bye")
            return False
        if name is None:
            self.say("502 not here")
            return True
        name(line)
        return True

    def greet(self, _):
        offers = ["test", "8BITMIME"]
        if self.server.tls == "starttls" and not self.encrypted:
            offers.append("STARTTLS")
        if self.server.login and (self.encrypted or self.server.tls == "off"):
            offers.append("AUTH PLAIN")
        self.say(*("250-" + offer for offer in offers[:-1]), "250 " + offers[-1])

    def start_tls(self, _):
        self.say("220 go ahead")
        self.secure()

    def log_in(self, line):
        words = line.split()
        if len(words) < 3:
            self.say("334 ")
            words.append(self.rfile.readline().decode().strip())
        self.knows = base64.b64decode(words[2]).decode().split("\0")[1:] == list(self.server.login or ())
        self.say("235 welcome" if self.knows else "535 5.7.8 wrong name or password")

    def begin(self, line):
        if self.server.login and not self.knows:
            return self.say("530 5.7.0 log in first")
        self.sender, self.recipients = line.split("<")[1].split(">")[0], []
        return self.say("250 ok")

    def address(self, line):
        to = line.split("<")[1].split(">")[0]
        if self.server.put_off > 0:
            self.server.put_off -= 1
            return self.say("451 4.7.1 come back later")
        if to in self.server.unknown:
            return self.say("550 5.1.1 no such mailbox")
        self.recipients.append(to)
        return self.say("250 ok")

    def take(self, _):
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        mail.envelope = (self.sender, self.recipients)
        mail.encrypted = self.encrypted
        self.server.mails.put(mail)
        self.say("250 taken")


class MailServer(socketserver.ThreadingTCPServer):
    """`identity` is (certificate, key); `login` is (account, password)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, identity=None, tls="off", login=None, port=0):
        super().__init__(("127.0.0.1", port), Conversation)
        self.tls, self.login = tls, login
        self.put_off, self.unknown = 0, set()
        self.mails = queue.Queue()
        self.port = self.server_address[1]
        if identity:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*identity)
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def next(self):
        return self.mails.get(timeout=SECONDS)

    def next_code(self):
        return re.search(r"\d{4}-\d{4}", self.next().get_content())[0]

    def __exit__(self, *_):
        self.shutdown()
        self.thread.join()
        self.server_close()
