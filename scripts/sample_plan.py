"""Draws the floor plans of the sample site as PNG: `sample_plan.py [site|ground_floor] > FILE`."""

import struct
import sys
import zlib

WIDTH, HEIGHT = 1600, 1000
PAPER, LAWN, STREET, ROOM, HALL, FLOOR, WALL, THIN = range(8)
COLOURS = [(250, 250, 248), (225, 234, 222), (222, 223, 226), (255, 255, 255), (241, 243, 247),
           (233, 236, 242), (70, 76, 86), (188, 193, 201)]

# Where the doors are, as shares of the sides, and how their leaves lie.
PLACES = {
    "Main entrance": (0.5, 0.9, 0),
    "Workshop": (0.28125, 0.453, 0),
    "Server room": (0.75, 0.453, 0),
    "Loading dock": (0.9375, 0.72, 90),
}
BUILDING = (0.42, 0.47)  # on the site


class Drawing:
    def __init__(self, ground):
        self.rows = [bytearray([ground]) * WIDTH for _ in range(HEIGHT)]

    def fill(self, left, top, right, bottom, colour):
        for row in self.rows[top:bottom]:
            row[left:right] = bytes([colour]) * (right - left)

    def room(self, left, top, right, bottom, colour, wall=6):
        self.fill(left, top, right, bottom, WALL)
        self.fill(left + wall, top + wall, right - wall, bottom - wall, colour)

    def grid(self, left, top, right, bottom, step):
        for x in range(left, right, step):
            self.fill(x, top, x + 2, bottom, THIN)

    def png(self):
        def chunk(name, content):
            whole = name + content
            return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))

        lines = b"".join(b"\0" + bytes(row) for row in self.rows)
        header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
        colours = bytes(part for colour in COLOURS for part in colour)
        return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"PLTE", colours)
                + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b""))


def ground_floor():
    drawing = Drawing(PAPER)
    drawing.room(93, 93, 1507, 907, HALL, 14)
    drawing.room(100, 100, 820, 456, ROOM)
    drawing.room(814, 100, 1060, 456, ROOM)
    drawing.room(1054, 100, 1500, 456, FLOOR)
    drawing.room(100, 590, 600, 900, ROOM)
    drawing.room(1000, 590, 1500, 900, FLOOR)
    for left in (150, 330, 510, 690):  # benches
        drawing.room(left, 170, left + 110, 250, FLOOR, 2)
        drawing.room(left, 300, left + 110, 380, FLOOR, 2)
    for left in range(1120, 1440, 70):  # racks
        drawing.room(left, 160, left + 40, 370, HALL, 2)
    for top in (650, 760):  # desks
        for left in (150, 300, 450):
            drawing.room(left, top, left + 90, top + 50, FLOOR, 2)
    drawing.room(720, 660, 880, 700, FLOOR, 2)  # reception
    drawing.grid(1040, 640, 1300, 850, 52)
    for x, y in [(450, 450), (1200, 450), (930, 450), (330, 590), (1080, 590)]:
        drawing.fill(x - 20, y, x + 20, y + 6, HALL)
    drawing.fill(778, 893, 822, 907, PAPER)
    drawing.fill(1493, 698, 1507, 742, PAPER)
    return drawing.png()


def site():
    drawing = Drawing(LAWN)
    drawing.fill(0, 820, WIDTH, 960, STREET)
    drawing.fill(620, 640, 700, 820, STREET)
    drawing.fill(1040, 300, 1480, 820, STREET)
    drawing.room(300, 240, 980, 660, ROOM, 10)
    drawing.room(1120, 120, 1460, 260, ROOM, 10)
    for top in range(340, 780, 50):
        drawing.fill(1060, top, 1200, top + 3, PAPER)
        drawing.fill(1320, top, 1460, top + 3, PAPER)
    for left in range(40, WIDTH, 120):
        drawing.fill(left, 888, left + 60, 893, PAPER)
    return drawing.png()


if __name__ == "__main__":
    sys.stdout.buffer.write(site() if sys.argv[1:] == ["site"] else ground_floor())
