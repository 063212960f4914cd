"""30,000 people into a platform, as the page brings them: every row looked at, with what is wrong, and then
all of them taken (platform.md H3). The clock runs from the first call to the state `done`."""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/integration"))
from running_platform import Platform  # noqa: E402

PEOPLE, OF_ONE_CALL, LIMIT_S = 30_000, 1_000, 30


def row(number):
    return {
        "user_id": str(100_000 + number),
        "name": f"Person {number}",
        "cards": [{"number": f"{0x10000000 + number:08X}", "type": "general"}],
        "pin": f"{70_000_000 + number}",
        "details": {"phone": f"+49 30 {number}", "company": "Example"},
    }


def must(answer):
    assert answer.status in (200, 201), answer.text
    return answer.json()


def look_at(platform, of, rows):
    for begin in range(0, PEOPLE, OF_ONE_CALL):
        body = {"people": rows[begin : begin + OF_ONE_CALL]}
        assert must(platform.api("POST", f"{of}/rows", body))["faults"] == []


def take(platform, of):
    must(platform.api("POST", f"{of}/begin"))
    while (now := must(platform.api("GET", of)))["state"] == "running":
        time.sleep(0.05)
    assert (now["state"], now["added"]) == ("done", PEOPLE), now


def main():
    rows = [row(number) for number in range(PEOPLE)]
    platform = Platform()
    try:
        platform.start("--discovery", "off")
        platform.set_up()
        begun = time.monotonic()
        of = "/people/import/" + must(platform.api("POST", "/people/import", {"existing": "refuse"}))["id"]
        look_at(platform, of, rows)
        looked_at = time.monotonic()
        take(platform, of)
        took = time.monotonic() - begun
    finally:
        platform.close()
    print(f"preview {looked_at - begun:.1f} s, taken in {took - (looked_at - begun):.1f} s")
    print(json.dumps({
        "name": "import_30k_people_s",
        "value": round(took, 2),
        "unit": "s",
        "n": PEOPLE,
        "reference": {"what": "limit", "value": LIMIT_S},
    }))


if __name__ == "__main__":
    main()
