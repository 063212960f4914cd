// The main job, end to end, through the interfaces that scripts use: what the browser shows is in
// browser.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { devicePassword, enrol, eventually, hold, issued, openSite } from "./site.mjs";

const anna = "04A1B2C3";
const stranger = "0BADCAFE";

async function openEnrolledSite(t, person) {
    const site = await openSite(t);
    await Promise.all([site.door.up(), site.platform.up()]);
    await site.platform.setUp();
    return { ...site, ids: await enrol(site, { card: anna, ...person }) };
}

const accessEvents = (events) => events.filter((event) => event.kind === "access");
const lastSignal = async (door) => (await door.state()).signals.filter((s) => s.signal !== "key").at(-1);

test("a card that the platform issued opens the door and is named on the platform", async (t) => {
    const { door, platform, ids } = await openEnrolledSite(t);
    const state = await door.card(anna);
    assert.equal(state.lock, "released");
    assert.equal(state.light, "green");
    const event = await eventually("the event", async () => accessEvents(await platform.events()).at(-1));
    assert.equal(event.result, "granted");
    assert.equal(event.door_id, ids.doorId);
    const person = { id: ids.personId, user_id: "1001", name: "Anna Berger", photo: null };
    assert.deepEqual(event.person, { ...person, erased: false, department_id: null });
    assert.equal(event.card, anna);
    assert.ok(event.trace.every((step) => step.outcome !== "failed"));
    await door.advance(3_100);
    assert.equal((await door.state()).lock, "locked");
    const device = await platform.must(200, "GET", `/devices/${ids.deviceId}`);
    assert.equal(device.people.used, 1);
});

test("an unknown card is refused with red light and three beeps, and told", async (t) => {
    const { door, platform } = await openEnrolledSite(t);
    const state = await door.card(stranger);
    assert.equal(state.lock, "locked");
    assert.equal(state.light, "red");
    assert.equal((await lastSignal(door)).beeps, 3);
    const event = await eventually("the event", async () => accessEvents(await platform.events()).at(-1));
    assert.equal(event.result, "denied");
    assert.equal(event.reason, "unknown_card");
    assert.equal(event.person, null);
});

test("without the platform the card still opens; events come once, in order, when it is back", async (t) => {
    const { door, platform } = await openEnrolledSite(t);
    await door.card(anna);
    await eventually("the first event", async () => accessEvents(await platform.events()).length === 1);
    await platform.kill();
    for (let i = 0; i < 5; ++i) {
        await door.advance(10_000);
        const { lock } = await door.card(i % 2 ? stranger : anna);
        assert.equal(lock, i % 2 ? "locked" : "released");
    }
    await platform.up();
    await platform.signIn();
    const events = await eventually("all events", async () => {
        const all = await platform.events();
        return accessEvents(all).length === 6 && all;
    });
    const sequences = events.map((event) => event.sequence);
    assert.deepEqual(
        sequences,
        sequences.map((_, i) => i + sequences[0]),
        "once, in order, without gaps",
    );
});

test("a permission that is taken away stops opening", async (t) => {
    const { door, platform, ids } = await openEnrolledSite(t);
    await platform.must(200, "PATCH", `/permission-groups/${ids.groupId}`, { people: [] });
    await eventually(
        "nothing to be left on the controller",
        async () =>
            (await platform.must(200, "GET", `/issue-states?person=${ids.personId}`)).items.length === 0,
    );
    await door.card(anna);
    assert.equal((await door.state()).lock, "locked");
    await platform.must(200, "PATCH", `/permission-groups/${ids.groupId}`, { people: [ids.personId] });
    await issued(platform, ids.personId);
    await door.advance(2_000);
    assert.equal((await door.card(anna)).lock, "released");
});

test("what changed while the controller was away is brought to it when it is back", async (t) => {
    const { door, platform, ids } = await openEnrolledSite(t);
    await door.kill();
    await eventually(
        "offline to be seen",
        async () => (await platform.must(200, "GET", `/devices/${ids.deviceId}`)).state === "offline",
    );
    await platform.must(200, "PATCH", `/people/${ids.personId}`, {
        cards: [{ number: stranger, type: "general" }],
    });
    const [pair] = (await platform.must(200, "GET", `/issue-states?person=${ids.personId}`)).items;
    assert.deepEqual([pair.state, pair.reason], ["pending", "device_offline"]);
    await door.up();
    await issued(platform, ids.personId);
    await door.card(anna);
    assert.equal((await door.state()).lock, "locked");
    assert.equal((await door.card(stranger)).lock, "released");
});

test("door commands reach the door, and are refused while it is away", async (t) => {
    const { door, platform, ids } = await openEnrolledSite(t);
    await hold(platform, [ids.doorId]);
    const command = (word) => platform.api("POST", `/doors/${ids.doorId}/commands`, { command: word });
    assert.equal((await command("open")).status, 200);
    assert.equal((await door.state()).lock, "released");
    assert.equal((await command("always_closed")).status, 200);
    await eventually(
        "the mode to be shown",
        async () =>
            (await platform.must(200, "GET", `/doors/${ids.doorId}`)).state.mode === "always_closed",
    );
    await door.card(anna);
    assert.equal((await door.state()).lock, "locked");
    assert.equal((await command("normal")).status, 200);
    await door.kill();
    await eventually(
        "offline to be seen",
        async () => !(await platform.must(200, "GET", `/doors/${ids.doorId}`)).state.online,
    );
    const refused = await command("open");
    assert.equal(refused.status, 409);
    assert.equal(refused.body.code, "device_offline");
    await door.up();
    assert.equal(
        (await door.state()).lock,
        "locked",
        "a command that was refused is never carried out later",
    );
});

test("an alarm is silenced from the platform, and stands until its cause is over", async (t) => {
    const { door, platform, ids } = await openEnrolledSite(t);
    const shown = async () => (await platform.must(200, "GET", `/doors/${ids.doorId}`)).state;
    await door.input("tamper", true);
    await eventually("the alarm to be shown", async () => (await shown()).alarms.includes("tamper"));
    assert.deepEqual((await shown()).silenced, []);
    const answer = await platform.api("POST", `/doors/${ids.doorId}/commands`, { command: "silence" });
    assert.equal(answer.status, 200);
    await eventually("it to be silenced", async () => (await shown()).silenced.includes("tamper"));
    assert.deepEqual((await shown()).alarms, ["tamper"]);
    await door.input("tamper", false);
    await eventually("it to be over", async () => (await shown()).alarms.length === 0);
    const device = await platform.must(200, "GET", `/devices/${ids.deviceId}`);
    assert.equal(device.clock_trust, "set");
    assert.equal(device.network_time, "unsynchronised", "a simulated clock hears no network time");
});

test("user ID and PIN at the keypad, in the mode that asks for them", async (t) => {
    const { door, platform, ids } = await openEnrolledSite(t, { pin: "12345" });
    await platform.must(200, "PATCH", `/doors/${ids.doorId}`, {
        settings: { unlock_mode: "user_and_pin", duress: true },
    });
    await eventually(
        "the settings to arrive",
        async () => (await platform.must(200, "GET", `/doors/${ids.doorId}`)).settings_state === "issued",
    );
    assert.equal((await door.keys("1001#12345#")).lock, "released");
    await door.advance(5_000);
    // Duress: the last digit one higher opens as well, and tells.
    const { lock, light } = await door.keys("1001#12346#");
    assert.deepEqual([lock, light], ["released", "green"]);
    await eventually("the silent alarm", async () =>
        (await platform.events()).some(
            (event) => event.kind === "alarm_started" && event.alarm === "duress",
        ),
    );
});

test("a search finds the door, and a stranger's certificate is not trusted", async (t) => {
    const { door, platform, ids } = await openEnrolledSite(t);
    const found = await platform.api("POST", "/devices/search?wait_s=10", {
        range: `127.0.0.1:${door.ports.discovery}`,
    });
    assert.equal(found.status, 200);
    assert.equal(found.body.items.length, 1);
    assert.equal(found.body.items[0].device_id, ids.deviceId);
    assert.equal(found.body.items[0].initialised, true);
    await platform.must(200, "PATCH", `/devices/${ids.deviceId}`, {
        fingerprint: "00".repeat(32),
        password: devicePassword,
    });
    await eventually(
        "the certificate to be refused",
        async () =>
            (await platform.must(200, "GET", `/devices/${ids.deviceId}`)).reason === "certificate_changed",
    );
});

test("both programs stop cleanly and quickly", async (t) => {
    const { door, platform } = await openEnrolledSite(t);
    const begun = Date.now();
    assert.equal(await platform.stop(), 0);
    assert.equal(await door.stop(), 0);
    assert.ok(Date.now() - begun < 6_000, "neither waits for what is connected");
});
