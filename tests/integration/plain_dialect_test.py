"""The plain dialect of the daemon, spoken to as deployed clients do: urllib's Digest, raw sockets."""

import hashlib
import http.client
import json
import socket
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from door import PASSWORD, Client, Door, person
from door_daemon_test import run

COMPATIBLE = ("--compatibility-http", "127.0.0.1:0", "--compatibility-dhip", "127.0.0.1:0")


def md5(text):
    return hashlib.md5(text.encode()).hexdigest().upper()


class Browser:
    """urllib with HTTP Digest."""

    def __init__(self, address, password=PASSWORD, account="admin"):
        self.base = f"http://{address}"
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, self.base, account, password)
        self.opener = urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(passwords))

    def get(self, target, body=None):
        """(status, text)"""
        text = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + target, data=text)
        try:
            with self.opener.open(request, timeout=20) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


class PlainClient(Client):
    """Frames without TLS."""

    def __init__(self, address):  # pylint: disable=super-init-not-called
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), 20)
        self.bytes = b""
        self.next_id = 1
        self.notifications = []

    def plain_login(self, password=PASSWORD, account="admin"):
        challenge = self.request("global.login", {"userName": account, "password": "", "clientType": "Web3.0",
                                                  "loginType": "Direct"})
        given = challenge["params"]
        secret = md5(f"{account}:{given['realm']}:{password}")
        answer = md5(f"{account}:{given['random']}:{secret}")
        return self.ask("global.login", {"userName": account, "password": answer, "clientType": "Web3.0",
                                         "loginType": "Direct", "authorityType": given["encryption"],
                                         "passwordType": "Default"})


def initialised(door):
    client = door.client()
    client.ask("sallyport.initialise", {"password": PASSWORD})
    client.login()
    return client


class Off(unittest.TestCase):
    def test_without_compatibility_nothing_in_clear_listens(self):
        with Door() as door:
            initialised(door)
            self.assertEqual(set(door.addresses), {"listen", "panel", "discovery"})
            host, port = door.addresses["listen"].rsplit(":", 1)
            with socket.create_connection((host, int(port)), 20) as plain:
                body = b'{"method":"global.login","params":{},"id":1,"session":0}\n'
                plain.sendall(Client.HEADER.pack(b"\x20\0\0\0", b"DHIP", 0, 1, len(body), len(body)) + body)
                self.assertNotIn(b"DHIP", plain.recv(1 << 12), "TLS only")
            client = door.client()
            challenge = client.request("global.login", {"userName": "admin", "password": ""})["params"]
            secret = md5(f"admin:{challenge['realm']}:{PASSWORD}")
            answer = client.request("global.login", {
                "userName": "admin", "password": md5(f"admin:{challenge['random']}:{secret}"),
                "authorityType": "Default"})
            self.assertEqual(answer["error"]["name"], "invalid_parameter")

    def test_an_address_in_the_file_needs_the_word_beside_it(self):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "door.toml"
            path.write_text('compatibility_http = "127.0.0.1:0"\n')
            result = run("check-config", path)
            self.assertEqual(result.returncode, 2)
            self.assertIn("compatibility = true", result.stderr)
            path.write_text('compatibility = true\ncompatibility_http = "127.0.0.1:0"\n')
            self.assertEqual(run("check-config", path).returncode, 0)


class AllowList(unittest.TestCase):
    def test_who_is_not_on_the_list_gets_no_answer_on_any_port(self):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "door.toml"
            path.write_text('allow = ["192.0.2.0/24"]\n')
            with Door("--config", path, *COMPATIBLE) as door:
                for name in ("listen", "panel", "compatibility_http", "compatibility_dhip"):
                    host, port = door.addresses[name].rsplit(":", 1)
                    with socket.create_connection((host, int(port)), 20) as connection:
                        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        try:
                            self.assertEqual(connection.recv(1), b"", name)
                        except ConnectionResetError:
                            pass
            path.write_text('allow = ["127.0.0.0/8"]\n')
            with Door("--config", path) as door:
                initialised(door)
            path.write_text('allow = ["127.0.0.0/99"]\n')
            result = run("check-config", path)
            self.assertEqual(result.returncode, 2)
            self.assertIn("127.0.0.0/99", result.stderr)


class Http(unittest.TestCase):
    def test_a_client_of_cgi_manages_a_door_of_its_own(self):
        with Door(*COMPATIBLE) as door:
            address = door.addresses["compatibility_http"]
            self.assertEqual(Browser(address).get("/cgi-bin/magicBox.cgi?action=getSerialNo")[0], 403)
            initialised(door)
            browser = Browser(address)
            status, text = browser.get("/cgi-bin/magicBox.cgi?action=getDeviceType")
            self.assertEqual((status, text), (200, "type=Sallyport Door\r\n"))
            status, text = browser.get("/cgi-bin/AccessUser.cgi?action=insertMulti",
                                       {"UserList": [{"UserID": "101", "UserName": "Wang", "Doors": [0],
                                                      "TimeSections": [255]}]})
            self.assertEqual((status, text), (200, "OK\r\n"))
            status, text = browser.get("/cgi-bin/AccessCard.cgi?action=insertMulti",
                                       {"CardList": [{"CardNo": "04A1B2C3", "UserID": "101"}]})
            self.assertEqual((status, text), (200, "OK\r\n"))
            self.assertEqual(door.post("card", number="04A1B2C3")["lock"], "released")
            status, text = browser.get("/cgi-bin/recordFinder.cgi?action=find&name=AccessControlCardRec")
            self.assertEqual(status, 200)
            self.assertIn("found=1\r\nrecords[0].RecNo=", text)
            self.assertIn("records[0].UserID=101\r\n", text)
            door.terminate()
            door.start()
            browser = Browser(door.addresses["compatibility_http"])
            status, text = browser.get("/cgi-bin/AccessCard.cgi?action=list&UserIDList[0]=101")
            self.assertEqual(json.loads(text)["CardList"][0]["CardNo"], "04A1B2C3")

    def test_wrong_passwords_lock_and_say_so(self):
        with Door(*COMPATIBLE) as door:
            initialised(door)
            address = door.addresses["compatibility_http"]
            for _ in range(5):
                # urllib tries a refused password again by itself.
                status, text = Browser(address, "wrong").get("/cgi-bin/magicBox.cgi?action=getSerialNo")
                self.assertIn(status, (401, 403))
            status, text = Browser(address).get("/cgi-bin/magicBox.cgi?action=getSerialNo")
            self.assertEqual(status, 403)
            self.assertTrue(text.startswith("Error\r\n"), text)

    def test_changes_of_settings_come_as_parts(self):
        with Door(*COMPATIBLE) as door:
            initialised(door)
            browser = Browser(door.addresses["compatibility_http"])
            attach = "/cgi-bin/configManager.cgi?action=attach&name=AccessControl"
            with browser.opener.open(browser.base + attach, timeout=20) as stream:
                change = "/cgi-bin/configManager.cgi?action=setConfig&AccessControl[0].CloseTimeout=77"
                self.assertEqual(browser.get(change)[0], 200)
                text = b""
                while b'"CloseTimeout":77' not in text:
                    line = stream.readline()
                    self.assertTrue(line, text)
                    text += line
                self.assertIn(b"Code=ConfigChange;action=Pulse;index=0;data={", text)

    def test_a_stream_that_is_left_gives_its_place_back(self):
        with Door(*COMPATIBLE) as door:
            initialised(door)
            browser = Browser(door.addresses["compatibility_http"])
            target = browser.base + "/cgi-bin/eventManager.cgi?action=attach&codes=[All]&heartbeat=3600"
            streams = [browser.opener.open(target, timeout=20) for _ in range(8)]
            with self.assertRaises(urllib.error.HTTPError) as full:
                browser.opener.open(target, timeout=20)
            full.exception.close()
            for stream in streams:
                stream.close()
            end = time.monotonic() + 20
            while True:  # nothing happens at the door, and nothing is sent
                try:
                    browser.opener.open(target, timeout=20).close()
                    break
                except urllib.error.HTTPError as error:
                    error.close()
                    self.assertLess(time.monotonic(), end)

    def test_what_is_no_http_is_refused_in_the_dialect_s_words(self):
        with Door(*COMPATIBLE) as door:
            initialised(door)
            host, port = door.addresses["compatibility_http"].rsplit(":", 1)
            with socket.create_connection((host, int(port)), 20) as connection:
                connection.sendall(b"GET /cgi-bin/%00.cgi HTTP/1.1\r\nHost: door\r\n\r\n")
                answer = b""
                while more := connection.recv(1 << 12):
                    answer += more
            self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)
            self.assertIn(b"\r\n\r\nError\r\n", answer)

    def test_events_come_as_parts_with_heartbeats(self):
        with Door(*COMPATIBLE) as door:
            initialised(door)
            address = door.addresses["compatibility_http"]
            browser = Browser(address)
            target = "/cgi-bin/eventManager.cgi?action=attach&codes=[AccessControl,DoorStatus]&heartbeat=1"
            with browser.opener.open(browser.base + target, timeout=20) as stream:
                self.assertIn("multipart/x-mixed-replace", stream.headers["Content-Type"])
                lines = iter(stream.readline, b"")
                self.assertTrue(any(line.strip() == b"Heartbeat" for line in lines))
                door.post("card", number="04A1B2C3")
                event = next(line for line in lines if line.startswith(b"Code=")).decode()
                self.assertTrue(event.startswith("Code=AccessControl;action=Pulse;index=0;data={"), event)
                told = json.loads(event.split("data=", 1)[1])
                self.assertEqual((told["CardNo"], told["Status"], told["ErrorCode"]), ("04A1B2C3", 0, 16))

    def test_json_over_http_has_its_own_stream(self):
        with Door(*COMPATIBLE) as door:
            initialised(door)
            connection = http.client.HTTPConnection(door.addresses["compatibility_http"], timeout=20)

            def call(path, **message):
                connection.request("POST", path, json.dumps(message))
                return json.loads(connection.getresponse().read())

            challenge = call("/RPC2_Login", method="global.login", id=1,
                             params={"userName": "admin", "password": "", "clientType": "Web3.0"})
            given, session = challenge["params"], challenge["session"]
            answer = md5(f"admin:{given['random']}:{md5('admin:' + given['realm'] + ':' + PASSWORD)}")
            accepted = call("/RPC2_Login", method="global.login", id=2, session=session,
                            params={"userName": "admin", "password": answer, "clientType": "Web3.0",
                                    "authorityType": "Default", "passwordType": "Default"})
            self.assertTrue(accepted["result"])
            call("/RPC2", method="eventManager.attach", id=3, session=session, params={"codes": ["All"]})
            with urllib.request.urlopen(f"http://{door.addresses['compatibility_http']}"
                                        f"/SubscribeNotify.cgi?sessionId={session}", timeout=20) as stream:
                opened = call("/RPC2", method="accessControl.openDoor", id=4, session=session,
                              params={"DoorIndex": 0, "Type": "Remote"})
                self.assertTrue(opened["result"])
                message = json.loads(next(line for line in iter(stream.readline, b"") if line.strip()))
                self.assertEqual(message["method"], "client.notifyEventStream")
                event = message["params"]["eventList"][0]
                self.assertEqual((event["Code"], event["Data"]["Method"]), ("AccessControl", 4))
            connection.close()


class Frames(unittest.TestCase):
    def test_each_answer_is_written_by_itself(self):
        with Door() as door:
            client = initialised(door)
            ids = [client.send_request("global.keepAlive", {}) for _ in range(20)]
            for request in ids:
                # One record of TLS is what one write was.
                piece = client.socket.recv(1 << 16)
                header = Client.HEADER.unpack(piece[:Client.HEADER.size])
                self.assertEqual(len(piece), Client.HEADER.size + header[4])
                self.assertEqual(json.loads(piece[Client.HEADER.size:])["id"], request)
                self.assertTrue(piece.endswith(b"\n"))

    def test_frames_in_clear_carry_the_dialect_and_nothing_native(self):
        with Door(*COMPATIBLE) as door:
            initialised(door)
            client = PlainClient(door.addresses["compatibility_dhip"])
            self.assertEqual(client.plain_login()["keepAliveInterval"], 60)
            self.assertEqual(client.request("sallyport.status")["error"]["name"], "forbidden")
            client.ask("eventManager.attach", {"codes": ["All"]})
            door.post("card", number="04A1B2C3")
            while not any(one["method"] == "client.notifyEventStream" for one in client.notifications):
                client.notifications.append(client.message())
            client.close()

    def test_a_platform_that_owns_the_roster_is_not_overruled(self):
        with Door(*COMPATIBLE) as door:
            manager = door.manager()
            manager.ask("sallyport.updateRoster", {"upsert": [person(1001, "04A1B2C3")]})
            status, text = Browser(door.addresses["compatibility_http"]).get(
                "/cgi-bin/AccessUser.cgi?action=removeAll")
            self.assertEqual(status, 400)
            self.assertIn("belongs to platform", text)
            self.assertEqual(door.post("card", number="04A1B2C3")["lock"], "released")


if __name__ == "__main__":
    unittest.main()
