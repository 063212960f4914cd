"""A port that nobody gets by chance before it is used: below those that the kernel gives."""

import random
import socket

FIRST, LAST = 10_000, 20_000


def free_port(kind=socket.SOCK_STREAM):
    for port in random.sample(range(FIRST, LAST), 50):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass
    raise AssertionError("50 ports were tried, and none is free")
