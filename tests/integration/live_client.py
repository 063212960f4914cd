"""A WebSocket client that is just enough for /api/v1/live: it upgrades and reads text messages."""

import json
import socket
import struct

CONTINUE, TEXT, CLOSE, PING, PONG = 0, 1, 8, 9, 10
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


class Closed(Exception):
    def __init__(self, code, reason):
        super().__init__(f"{code} {reason}")
        self.code = code


class Live:
    def __init__(self, platform, headers=None, token=None, query=""):
        plain = socket.create_connection((platform.host, platform.port), timeout=20)
        self.socket = platform.context.wrap_socket(plain)
        sent = {
            "Host": f"{platform.host}:{platform.port}",
            **UPGRADE,
            "Authorization": "Bearer " + (platform.token if token is None else token),
            **(headers or {}),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        self.socket.sendall(f"GET /api/v1/live{query} HTTP/1.1\r\n{lines}\r\n".encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def frame(self):
        first, second = self.file.read(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", self.file.read(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self.file.read(8))
        return first & 0x0F, self.file.read(size)

    def message(self):
        """The next message; Closed when the platform ends it."""
        return json.loads(self.text())

    def send(self, text):
        content = text.encode()
        self.socket.sendall(bytes([0x80 | TEXT, 0x80 | len(content)]) + bytes(4) + content)

    def text(self):
        while True:
            kind, content = self.frame()
            if kind == TEXT:
                return content
            if kind == CLOSE:
                code = struct.unpack("!H", content[:2])[0] if content else 1005
                raise Closed(code, content[2:].decode())
            if kind == PING:
                self.socket.sendall(bytes([0x80 | PONG, 0x80 | len(content)]) + bytes(4) + content)
