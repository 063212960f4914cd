"""A sample site: three doors and 200 people, through the API. Life at the doors comes from sallyport-sim."""

import json
import ssl
import urllib.error
import urllib.request

import sample_plan

PASSWORD = "sallyport-sample-7"
DOOR_PASSWORD = "door-sample-7"
ADVICE = f'Next: sign in as "admin" with the password "{PASSWORD}", and watch the doors.'
DOORS = ["Main entrance", "Workshop", "Server room"]
PEOPLE = 200
GIVEN = (
    "Anna Ben Clara David Emma Felix Greta Hugo Ines Jonas Karin Lukas Mei Nina Omar Paula Quinn Rosa Sami "
    "Tara"
).split()
FAMILY = "Berger Chen Dubois Eriksen Fischer Garcia Haas Ivanov Jensen Kowalski".split()
OFFICE_HOURS = [{"from": "07:00:00", "to": "19:00:00"}]


def ask(method, url, body=None, token=None):
    # The certificate is the platform's own, made a moment ago on this machine; nothing leaves the loopback.
    trust = ssl._create_unverified_context()
    is_picture = isinstance(body, bytes)
    content = body if body is None or is_picture else json.dumps(body).encode()
    request = urllib.request.Request(url, content, method=method)
    request.add_header("Content-Type", "image/png" if is_picture else "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=30, context=trust) as answer:
            return json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        raise SystemExit(f"{method} {url} answered {error.code}: {text}") from None


def card_of(number):
    return f"{0x04A10000 + number:08X}"


class Site:
    def __init__(self, host, platform, door):
        self.host, self.door = host, door
        self.api = f"https://{host}:{platform}/api/v1"
        self.token = None

    def call(self, method, path, body=None):
        return ask(method, self.api + path, body, self.token)

    def fill(self):
        """Does what is not done yet: a second start goes on where the first one stood."""
        if self.call("GET", "/setup")["needed"]:
            self.call("POST", "/setup", {"password": PASSWORD, "language": "en"})
        self.token = self.call("POST", "/sessions", {"account": "admin", "password": PASSWORD})["token"]
        doors = self.add_doors()
        people = self.add_people()
        if not self.call("GET", "/permission-groups")["items"]:
            self.add_groups(doors, people)
        if not self.call("GET", "/floor-plans")["items"]:
            self.add_plans(doors)

    def add_doors(self):
        known = {device["port"] for device in self.call("GET", "/devices")["items"]}
        for number, name in enumerate(DOORS):
            where = {"address": self.host, "port": self.door + number}
            if where["port"] in known:
                continue
            login = {"account": "admin", "password": DOOR_PASSWORD}
            self.call("POST", "/devices", {"name": name, **login, **where})
        doors = sorted(self.call("GET", "/doors")["items"], key=lambda door: DOORS.index(door["name"]))
        for door in doors:
            self.call("PATCH", f"/doors/{door['id']}", {"settings": {"detector": True}})
        return [door["id"] for door in doors]

    def add_plans(self, doors):
        placed = []
        for door, name in zip(doors, DOORS):
            x, y, rotation = sample_plan.PLACES[name]
            placed.append({"door_id": door, "x": x, "y": y, "rotation": rotation})
        floor = self.add_plan("Ground floor", sample_plan.ground_floor(), {"doors": placed, "position": 1})
        x, y = sample_plan.BUILDING
        self.add_plan("Campus", sample_plan.site(), {"links": [{"plan_id": floor, "x": x, "y": y}]})

    def add_plan(self, name, picture, members):
        plan = self.call("POST", "/floor-plans", {"name": name, **members})["id"]
        self.call("PUT", f"/floor-plans/{plan}/picture", picture)
        return plan

    def add_people(self):
        people = [person["id"] for person in self.call("GET", "/people?limit=1000")["items"]]
        for number in range(len(people), PEOPLE):
            name = f"{GIVEN[number % len(GIVEN)]} {FAMILY[number // len(GIVEN)]}"
            body = {"user_id": str(1001 + number), "name": name, "cards": [{"number": card_of(number)}]}
            people.append(self.call("POST", "/people", body)["id"])
        return people

    def add_groups(self, doors, people):
        week = [OFFICE_HOURS] * 5 + [[], []]
        office = self.call("POST", "/time-templates", {"name": "Office hours", "week": week})["id"]
        groups = [
            ("Everybody, always", None, doors[:1], people[:-10]),
            ("Workshop, office hours", office, doors[1:2], people[:60]),
            ("Servers, always", None, doors[2:], people[:8]),
        ]
        for name, template, group_doors, members in groups:
            body = {"name": name, "template_id": template, "doors": group_doors, "people": members}
            self.call("POST", "/permission-groups", body)
