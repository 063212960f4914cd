"""Active registration: the daemon dials a platform, here the test, and is managed on that connection."""

import hashlib
import json
import re
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
from http.client import HTTPConnection
from pathlib import Path

from door import PASSWORD, Client, Door
from door_daemon_test import run
from plain_dialect_test import initialised



def framed(method, params):
    body = json.dumps({"method": method, "params": params, "id": 1, "session": 0}).encode() + b"\n"
    return Client.HEADER.pack(b"\x20\0\0\0", b"DHIP", 0, 1, len(body), len(body)) + body


class Accepted(Client):
    """The platform's end of a connection that a device has opened."""

    def __init__(self, connection):  # pylint: disable=super-init-not-called
        self.socket = connection
        self.bytes = b""
        self.next_id = 1
        self.notifications = []


def listener():
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(20)
    return server


def platform_context(directory):
    certificate, key = Path(directory) / "c.pem", Path(directory) / "k.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "1", "-subj", "/CN=platform"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def heard_until(connection, mark):
    text = b""
    while mark not in text:
        more = connection.recv(1 << 12)
        assert more, f"it closed after {text}"
        text += more
    return text


class Registration(unittest.TestCase):
    def test_inside_tls_the_roles_reverse_and_a_lost_connection_is_dialled_again(self):
        with tempfile.TemporaryDirectory() as directory, listener() as server:
            context = platform_context(directory)
            where = f"127.0.0.1:{server.getsockname()[1]}"
            with Door("--register", where, "--register-id", "gate-7") as door:
                initialised(door)
                waited = []
                for _ in range(5):
                    begin = time.monotonic()
                    plain, _ = server.accept()
                    waited.append(time.monotonic() - begin)
                    plain.settimeout(20)
                    with context.wrap_socket(plain, server_side=True) as connection:
                        client = Accepted(connection)
                        first = client.message()
                        self.assertEqual(first["method"], "client.notifyRegister")
                        self.assertEqual(first["params"]["DeviceID"], "gate-7")
                        self.assertEqual(first["params"]["DevClass"], "Sallyport Door")
                        client.login()
                        status = client.ask("sallyport.status")
                        self.assertEqual(status["serial"], first["params"]["SerialNo"])
                # A second at most after each: a pause that grew would be 7.5 s or more by now.
                self.assertLess(sum(waited[1:]), 6)

    def test_by_a_form_over_plain_http(self):
        with listener() as server, tempfile.TemporaryDirectory() as directory:
            config = Path(directory) / "door.toml"
            where = f"127.0.0.1:{server.getsockname()[1]}"
            config.write_text(f'compatibility = true\ncompatibility_register = "{where}"\n')
            with Door("--config", config) as door:
                initialised(door)
                connection, _ = server.accept()
                connection.settimeout(20)
                with connection:
                    head, body = heard_until(connection, b"}").split(b"\r\n\r\n", 1)
                    first = b"POST /cgi-bin/api/autoRegist/connect HTTP/1.1\r\n"
                    self.assertTrue(head.startswith(first), head)
                    self.assertEqual(set(json.loads(body)),
                                     {"DevClass", "DeviceID", "ServerIP", "SerialNo"})
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")
                    client = Accepted(connection)
                    answer = client.request("global.login", {"userName": "admin", "password": ""})
                    self.assertEqual(answer["params"]["encryption"], "Default")
                    self.assertEqual(client.request("sallyport.status")["error"]["name"], "forbidden")

    def test_after_the_form_the_platform_may_speak_http_on_the_same_connection(self):
        with listener() as server, tempfile.TemporaryDirectory() as directory:
            config = Path(directory) / "door.toml"
            where = f"127.0.0.1:{server.getsockname()[1]}"
            config.write_text(f'compatibility = true\ncompatibility_register = "{where}"\n')
            with Door("--config", config) as door:
                initialised(door)
                connection, _ = server.accept()
                connection.settimeout(20)
                heard_until(connection, b"}")
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                http = HTTPConnection("door")
                http.sock = connection
                target = "/cgi-bin/magicBox.cgi?action=getSerialNo"

                def ask(headers):
                    http.request("GET", target, headers=headers)
                    response = http.getresponse()
                    return response.status, response.headers, response.read().decode()

                status, headers, _ = ask({})
                self.assertEqual(status, 401)
                realm, nonce = (re.search(name + '="([^"]*)"', headers["WWW-Authenticate"]).group(1)
                                for name in ("realm", "nonce"))
                md5 = lambda words: hashlib.md5(words.encode()).hexdigest()
                secret, asked = md5(f"admin:{realm}:{PASSWORD}"), md5(f"GET:{target}")
                proof = md5(f"{secret}:{nonce}:00000001:0a4f:auth:{asked}")
                status, _, words = ask({"Authorization": (
                    f'Digest username="admin", realm="{realm}", nonce="{nonce}", uri="{target}", qop=auth, '
                    f'nc=00000001, cnonce="0a4f", response="{proof}"')})
                self.assertEqual((status, words[:5]), (200, "sn=SP"))
                http.close()
                connection, _ = server.accept()  # dialled again
                connection.close()

    def test_a_target_that_nobody_can_dial_is_refused(self):
        for arguments, words in ((("--register", "127.0.0.1:0"), "port 0"),
                                 (("--register", "127.0.0.1:9500", "--register-id", "gate 7"), "letters")):
            result = run("--data", "/tmp/x", *arguments)
            self.assertEqual(result.returncode, 2)
            self.assertIn(words, result.stderr)

    def test_an_id_without_a_platform_is_refused(self):
        result = run("--data", "/tmp/x", "--register-id", "gate-7")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--register", result.stderr)


class Datagrams(unittest.TestCase):
    def ask(self, door, method, **params):
        host, port = door.addresses["discovery"].rsplit(":", 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.settimeout(10)
            udp.sendto(framed(method, params), (host, int(port)))
            return json.loads(udp.recv(1 << 16)[Client.HEADER.size:])

    def test_the_first_password_may_come_in_clear_with_compatibility_only(self):
        with Door("--compatibility-http", "127.0.0.1:0") as door:
            serial = self.ask(door, "DHDiscover.search", mac="")["params"]["deviceInfo"]["SerialNo"]
            weak = self.ask(door, "DevInit.account", SerialNo=serial, password="short")
            self.assertEqual(weak["error"]["name"], "invalid_parameter")
            given = self.ask(door, "DevInit.account", SerialNo=serial, password=PASSWORD)
            self.assertEqual(len(given["params"]["keypadPassword"]), 8)
            again = self.ask(door, "DevInit.account", SerialNo=serial, password=PASSWORD)
            self.assertEqual(again["error"]["name"], "conflict")
            moved = self.ask(door, "DHDiscover.setConfig", SerialNo=serial,
                             IPv4Address={"IPAddress": "192.0.2.9"})
            self.assertEqual(moved["error"]["name"], "wrong_password")
            proof = hashlib.md5(f"admin:Login to {serial}:{PASSWORD}".encode()).hexdigest().upper()
            moved = self.ask(door, "DHDiscover.setConfig", SerialNo=serial, userName="admin", password=proof,
                             IPv4Address={"IPAddress": "192.0.2.9"})
            self.assertEqual(moved["error"]["name"], "network_of_host")
            door.client().login()
        with Door() as door:
            serial = self.ask(door, "DHDiscover.search", mac="")["params"]["deviceInfo"]["SerialNo"]
            host, port = door.addresses["discovery"].rsplit(":", 1)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                udp.sendto(framed("DevInit.account", {"SerialNo": serial, "password": PASSWORD}),
                           (host, int(port)))
            found = self.ask(door, "DHDiscover.search", mac="")["params"]["deviceInfo"]
            self.assertEqual(found["Init"], 0)


if __name__ == "__main__":
    unittest.main()
