"""MQTT of the running program at Debian's Mosquitto: what Home Assistant finds there, what a door does for
it, and what is never done."""

import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from free_port import free_port  # noqa: E402
from webhooks_test import Authority  # noqa: E402
from with_a_door import SECONDS, DoorTest, eventually  # noqa: E402

ACCOUNT, PASSWORD = "sallyport", "quiet-river-12"


class Broker:
    """Mosquitto with TLS and one account, on loopback."""

    def __init__(self, names="IP:127.0.0.1"):
        self.folder = Path(tempfile.mkdtemp(prefix="sallyport-mqtt-"))
        self.authority = Authority(self.folder)
        certificate, key = self.authority.issue(names)
        passwords = self.folder / "passwords"
        subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, ACCOUNT, PASSWORD], check=True,
                       capture_output=True)
        self.port = free_port()
        user = "user root\n" if os.geteuid() == 0 else ""
        (self.folder / "conf").write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\n{user}"
            f"certfile {certificate}\nkeyfile {key}\npersistence false\nlog_dest stderr\n")
        self.process = None
        self.start()

    def start(self):
        path = "/usr/sbin:" + os.environ["PATH"]
        program = shutil.which("mosquitto", path=path)
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([program, "-c", self.folder / "conf"], stdout=log, stderr=log)
        deadline = time.monotonic() + SECONDS
        while True:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert time.monotonic() < deadline, "the broker does not listen"
                time.sleep(0.02)

    def stop(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        self.stop()
        shutil.rmtree(self.folder)

    def client(self, program, *arguments):
        return [program, "-h", "127.0.0.1", "-p", str(self.port), "-V", "mqttv5", "--cafile",
                self.authority.certificate, "-u", ACCOUNT, "-P", PASSWORD, *arguments]

    def publish(self, topic, payload, *more):
        subprocess.run(self.client("mosquitto_pub", "-q", "1", "-t", topic, "-m", payload, *more), check=True,
                       timeout=SECONDS)


class Listener:
    """Everything that is published, as it comes."""

    def __init__(self, broker):
        command = broker.client("mosquitto_sub", "-v", "-t", "#", "-F", "%j")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.came = queue.Queue()
        self.kept = {}
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        for line in self.process.stdout:
            message = json.loads(line)
            self.came.put((message["topic"], message.get("payload") or ""))

    def until(self, topic, wanted=lambda payload: True):
        """The payload of the next message of this topic that is wanted."""
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                came, payload = self.came.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{topic} did not come; kept: {json.dumps(self.kept)[:2000]}") from None
            self.kept[came] = payload
            if came == topic and wanted(payload):
                return payload

    def sees(self, topic, wanted):
        """What the broker keeps there is wanted, or will be."""
        kept = self.kept.get(topic)
        return kept if kept is not None and wanted(kept) else self.until(topic, wanted)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Mqtt(DoorTest):
    def setUp(self):
        super().setUp()
        self.broker = Broker()
        self.addCleanup(self.broker.close)
        self.device, self.door_id = self.enrolled()
        self.topic = f"sallyport/door/{self.door_id}"

    def listener(self):
        """It misses nothing from now on: what is kept comes once it has subscribed."""
        self.broker.publish("test/kept", "1", "-r")
        listener = Listener(self.broker)
        self.addCleanup(listener.close)
        listener.until("test/kept")
        return listener

    def set(self, **more):
        body = {"enabled": True, "host": "127.0.0.1", "port": self.broker.port, "tls": "given",
                "certificate": self.broker.authority.certificate.read_text(), "account": ACCOUNT,
                "password": PASSWORD, **more}
        return self.good("changeMqtt", 200, body)

    def state(self, word, why=""):
        """Once it is this one, with this problem."""

        def now():
            state = self.good("getMqtt", 200)["state"]
            return state["word"] == word and why in (state["problem"] or {}).get("code", "") and state

        return eventually(now)

    def commanded(self):
        log = self.good("listAudit", 200, query="?action=door.commanded")["items"]
        return [(entry["address"], entry["after"]) for entry in log]

    def test_home_assistant_finds_the_door_sees_its_state_and_opens_it(self):
        listener = self.listener()
        self.set(commands=["open", "close"])
        self.good("changeDoor", 200, {"settings": {"detector": True}}, [self.door_id])
        lock = json.loads(listener.until(f"homeassistant/lock/sallyport/door_{self.door_id}_lock/config"))
        self.assertEqual(lock["command_topic"], f"{self.topic}/set")
        at_rest = listener.until(f"{self.topic}/state", lambda state: '"contact":"closed"' in state)
        self.assertEqual(json.loads(at_rest)["lock"], "locked")
        listener.sees("sallyport/status", lambda status: status == "online")
        self.broker.publish(f"{self.topic}/set", "open")
        listener.until(f"{self.topic}/state", lambda state: '"lock":"released"' in state)
        noted = eventually(self.commanded)  # once the controller has answered; its state comes before
        self.assertEqual(noted, [("MQTT 127.0.0.1", {"command": "open", "taken": True})])
        self.assertTrue(self.good("testMqtt", 200)["problem"] is None)
        self.door.press("card", {"number": "04A1B2C3"})
        event = json.loads(listener.until(f"{self.topic}/event", lambda event: "access_denied" in event))
        self.assertEqual((event["reason"], event["door_name"]), ("unknown_card", "Gate"))
        self.assertNotIn("04A1B2C3", json.dumps(event))

    def test_what_is_not_allowed_is_refused_and_told(self):
        listener = self.listener()
        self.set(commands=["close"])
        listener.until("sallyport/status", lambda status: status == "online")
        for payload in ("open", "OPEN", "", '{"command": "open"}', "x" * 10_000):
            problem = "not_allowed" if payload == "open" else "unknown_command"
            self.broker.publish(f"{self.topic}/set", payload)
            answer = json.loads(listener.until(f"{self.topic}/answer"))
            self.assertEqual(answer, {"command": payload if payload == "open" else "", "taken": False,
                                      "problem": problem})
        for nowhere in ("7", "front", "", "7 or 1", f"00{self.door_id}"):
            self.broker.publish(f"sallyport/door/{nowhere}/set", "close")
            self.assertEqual(json.loads(listener.until(f"sallyport/door/{nowhere}/answer"))["problem"],
                             "not_found")
        said = eventually(lambda: len(self.commanded()) == 10 and self.commanded())
        self.assertEqual(said[-1][1], {"command": "open", "taken": False, "refused": "not_allowed"})
        self.assertEqual(said[-2][1], {"taken": False, "refused": "unknown_command"})
        self.assertEqual(self.good("getDoor", 200, ids=[self.door_id])["state"]["lock"], "locked")
        self.door.process.kill()
        eventually(lambda: self.good("getDevice", 200, ids=[self.device])["state"] == "offline")
        self.broker.publish(f"{self.topic}/set", "close")
        self.assertEqual(json.loads(listener.until(f"{self.topic}/answer"))["problem"], "device_offline")

    def test_a_door_that_asks_for_a_confirmation_gets_none_by_mqtt(self):
        listener = self.listener()
        self.set(commands=["open", "close", "normal"])
        listener.until(f"homeassistant/lock/sallyport/door_{self.door_id}_lock/config")
        self.good("changeDoor", 200, {"confirm": True}, [self.door_id])
        listener.until(f"homeassistant/binary_sensor/sallyport/door_{self.door_id}_lock/config")

        def answer(word):
            self.broker.publish(f"{self.topic}/set", word)
            return json.loads(listener.until(f"{self.topic}/answer"))

        for word in ("open", "normal"):
            self.assertEqual((answer(word)["taken"], answer(word)["problem"]), (False, "confirmation_needed"))
        noted = eventually(lambda: len(self.commanded()) == 4 and self.commanded())
        self.assertEqual(noted[0][1],
                         {"command": "normal", "taken": False, "refused": "confirmation_needed"})
        self.assertTrue(answer("close")["taken"], "what keeps people out is never held up")
        self.set(as_confirmed=True)
        listener.until(f"homeassistant/lock/sallyport/door_{self.door_id}_lock/config")
        self.assertTrue(answer("open")["taken"])

    def test_a_door_whose_area_has_moved_away_is_neither_shown_nor_commanded(self):
        north, south = (self.good("addArea", 201, {"name": name})["id"] for name in ("North", "South"))
        hall = self.good("addArea", 201, {"name": "Hall", "parent_id": north})["id"]
        self.good("changeDevice", 200, {"area_id": hall}, [self.device])
        listener = self.listener()
        self.set(commands=["open", "close"], areas=[north])
        listener.sees(f"{self.topic}/state", bool)
        self.broker.publish(f"{self.topic}/set", "close")
        self.assertTrue(json.loads(listener.until(f"{self.topic}/answer"))["taken"])
        moved = time.monotonic()
        self.good("changeArea", 200, {"parent_id": south}, [hall])
        self.broker.publish(f"{self.topic}/set", "open")
        self.assertEqual(json.loads(listener.until(f"{self.topic}/answer"))["problem"], "not_found")
        listener.sees(f"{self.topic}/state", lambda state: state == "")
        self.assertLess(time.monotonic() - moved, 15, "at once, and not with the next comparison of all")

    def test_a_command_that_is_kept_is_never_carried_out_and_taken_away(self):
        self.broker.publish(f"{self.topic}/set", "open", "-r")
        self.broker.publish("homeassistant/lock/sallyport/door_7_lock/config", "{}", "-r")
        listener = self.listener()
        self.set(commands=["open", "close"])
        listener.until("sallyport/status", lambda status: status == "online")
        answer = json.loads(listener.until(f"{self.topic}/answer"))
        self.assertEqual((answer["taken"], answer["problem"]), (False, "retained"))
        self.broker.publish(f"{self.topic}/set", "open", "-r")  # now, and again kept
        self.assertEqual(json.loads(listener.until(f"{self.topic}/answer"))["problem"], "retained")
        self.assertEqual({said["taken"] for _, said in eventually(self.commanded)}, {False})
        late = self.listener()
        late.sees("sallyport/status", bool)
        self.assertNotIn(f"{self.topic}/set", late.kept)
        self.assertNotIn("homeassistant/lock/sallyport/door_7_lock/config", late.kept)

    def test_a_lost_platform_is_said_by_the_broker_and_a_lost_broker_by_the_platform(self):
        listener = self.listener()
        self.set()
        listener.until("sallyport/status", lambda status: status == "online")
        self.broker.stop()
        self.state("failing")
        self.door.press("card", {"number": "04A1B2C4"})
        eventually(lambda: self.good("getMqtt", 200)["state"]["waiting"] > 0)
        self.platform.process.send_signal(signal.SIGSTOP)  # until somebody listens to what it has kept
        self.broker.start()
        listener = self.listener()
        self.platform.process.send_signal(signal.SIGCONT)
        self.assertEqual(json.loads(listener.until(f"{self.topic}/event"))["reason"], "unknown_card")
        self.state("connected")
        self.platform.stop(signal.SIGKILL)
        listener.until("sallyport/status", lambda status: status == "offline")

    def test_switched_off_nothing_is_left_behind(self):
        listener = self.listener()
        self.set()
        config = f"homeassistant/event/sallyport/door_{self.door_id}_event/config"
        self.assertTrue(listener.until(config))
        listener.until("sallyport/status", lambda status: status == "online")
        self.good("changeMqtt", 200, {"enabled": False})
        listener.until(config, lambda payload: payload == "")
        listener.until("sallyport/status", lambda status: status == "offline")
        self.state("off")

    def test_who_is_not_let_in_reads_why_and_the_password_goes_nowhere_else(self):
        self.set(password="wrong")
        self.state("failing", "login_refused")
        self.assertEqual(self.good("testMqtt", 200)["problem"], {"code": "login_refused", "said": None})
        self.set(certificate=Authority(tempfile.mkdtemp(dir=self.broker.folder)).certificate.read_text())
        self.state("failing", "tls_failed")
        self.assertIn("certificate", self.good("testMqtt", 200)["problem"]["said"])
        for elsewhere in ({"host": "localhost"}, {"port": 1}, {"tls": "off"}, {"tls": "machine"}):
            refused = self.good("changeMqtt", 400, elsewhere)
            self.assertEqual(refused["errors"][0]["field"], "password")
        self.set(host="localhost")
        self.state("failing", "tls_failed")
        self.assertNotIn(PASSWORD, (self.platform.data / "log").read_text())
        stored = b"".join(file.read_bytes() for file in self.platform.data.glob("platform.db*"))
        self.assertNotIn(PASSWORD.encode(), stored)


if __name__ == "__main__":
    unittest.main(verbosity=1)
