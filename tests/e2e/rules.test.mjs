// Rules of doors as an operator sets them on the page, and as the door obeys them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { choose, openPage, openSignedIn, pick } from "./browser.mjs";
import { enrol, eventually, issued, openSite } from "./site.mjs";

const anna = "04A1B2C3";
const bo = "0BADCAFE";

/** Two doors, Front and Rear, that Anna and Bo may open; each with a reader outside and one inside. */
async function openTwoDoors(t) {
    const site = await openSite(t, { doors: 2, readers: 2 });
    const { door, platform } = site;
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    const ids = await enrol(site);
    const { items } = await platform.must(200, "GET", "/doors");
    const doors = items.sort((a, b) => a.number - b.number).map(({ id }) => id);
    for (const [index, name] of ["Front", "Rear"].entries())
        await platform.must(200, "PATCH", `/doors/${doors[index]}`, { name });
    const other = await platform.must(201, "POST", "/people", { name: "Bo Owl", cards: [{ number: bo }] });
    const members = { doors, people: [ids.personId, other.id] };
    await platform.must(200, "PATCH", `/permission-groups/${ids.groupId}`, members);
    await issued(platform);
    const context = await openSignedIn(t, platform);
    return { ...site, doors, context };
}

const settled = ({ platform, doors }) =>
    eventually("the rules to be at the doors", async () => {
        const { items } = await platform.must(200, "GET", "/doors");
        return items.filter(({ id }) => doors.includes(id)).every((one) => one.settings_state === "issued");
    });

/** Shows the card, and answers with the reason of what came of it. */
async function show({ door, platform }, number, at = {}) {
    const accesses = async () => (await platform.events()).filter((event) => event.kind === "access");
    const before = (await accesses()).length;
    await door.advance(2_000); // the same card held for longer is one attempt
    await door.press("card", { number, door: 1, reader: 1, ...at });
    const all = await eventually("the event", async () => {
        const now = await accesses();
        return now.length > before && now;
    });
    return all.at(-1).reason ?? "granted";
}

const picker = (where, name) => where.getByRole("combobox", { name });

async function findPerson(page, field, name) {
    await field.focus(); // only then it can be typed in
    await field.fill(name);
    await pick(page, new RegExp(name));
    await field.press("Escape");
}

test("who has entered an area is refused the second time, until pardoned or gone out", async (t) => {
    const site = await openTwoDoors(t);
    const page = await openPage(site.context, site.platform, "/rules/areas", "Door rules");
    await page.getByRole("button", { name: "Add an area" }).click();
    const made = page.getByRole("dialog", { name: "New anti-passback area" });
    await made.getByLabel("Name").fill("Yard");
    await choose(page, picker(made, "The reader outside Front"), "Leads in");
    await choose(page, picker(made, "The reader inside Front"), "Leads out");
    await made.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /Yard.*is refused.*Front \(outside\).*Front \(inside\)/ }).waitFor();
    await settled(site);
    assert.equal(await show(site, anna), "granted");
    assert.equal(await show(site, anna), "anti_passback");
    assert.equal(await show(site, bo), "granted", "of whom nothing was known");
    assert.equal(await show(site, anna, { reader: 2 }), "granted", "on the way out");
    assert.equal(await show(site, anna), "granted");
    assert.equal(await show(site, anna), "anti_passback");

    await page.getByRole("row", { name: /Yard/ }).click();
    const area = page.getByRole("dialog", { name: "Yard" });
    await findPerson(page, picker(area, /^Who$/), "Anna Berger");
    await area.getByRole("button", { name: "Pardon" }).click();
    await page.getByText("It is forgotten where Anna Berger is.").waitFor();
    assert.equal(await show(site, anna), "granted");
    await area.getByRole("button", { name: "Forget everybody in it" }).click();
    const asked = page.getByRole("dialog", { name: /Forget who is in/ });
    await asked.getByRole("button", { name: /Forget/ }).click();
    await page.getByText("It is forgotten who is in Yard.").waitFor();
    assert.equal(await show(site, anna), "granted");
    assert.deepEqual(site.context.faults, []);
});

test("a public password opens its doors until it is changed or deleted", async (t) => {
    const site = await openTwoDoors(t);
    const page = await openPage(site.context, site.platform, "/permissions/public-passwords", "Permissions");
    await page.getByRole("button", { name: "Add a public password" }).click();
    const made = page.getByRole("dialog", { name: "New public password" });
    await made.getByLabel("Name").fill("Parcels");
    await made.getByLabel("Code").fill("1001");
    await made.getByLabel("Front").check();
    await made.getByRole("button", { name: "Save" }).click();
    await made.getByText(/could not tell it from another/).waitFor();
    await made.getByLabel("Code").fill("4711");
    await made.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /Parcels.*No\. 1.*Front.*for ever.*On the controller/ }).waitFor();
    const typed = async (keys) => {
        const accesses = async () => (await site.platform.events()).filter(({ kind }) => kind === "access");
        const before = (await accesses()).length;
        await site.door.press("keys", { keys, door: 1 });
        const all = await eventually("the event", async () => {
            const now = await accesses();
            return now.length > before && now;
        });
        return all.at(-1);
    };
    assert.equal((await typed("4711#")).result, "granted");
    await page.getByRole("row", { name: /Parcels/ }).click();
    const changed = page.getByRole("dialog", { name: "Parcels" });
    await changed.getByLabel("Another code").fill("0815");
    await changed.getByRole("button", { name: "Save" }).click();
    await changed.waitFor({ state: "hidden" });
    await settled(site);
    assert.equal((await typed("0815#")).result, "granted");
    await page.getByRole("row", { name: /Parcels/ }).click();
    await changed.getByRole("button", { name: "Delete" }).click();
    const asked = page.getByRole("dialog", { name: /Delete the public/ });
    await asked.getByRole("button", { name: "Delete" }).click();
    await page.getByText("No public passwords yet").waitFor();
    assert.deepEqual(
        site.context.faults.filter((fault) => !/status of 409/.test(fault)),
        [],
    );
});

test("of two interlocked doors one stays shut while the other is released", async (t) => {
    const site = await openTwoDoors(t);
    for (const id of site.doors)
        await site.platform.must(200, "PATCH", `/doors/${id}`, { settings: { hold_s: 120 } });
    const page = await openPage(site.context, site.platform, "/rules/interlocks", "Door rules");
    await page.getByRole("button", { name: "Add an interlock" }).click();
    const made = page.getByRole("dialog", { name: "New interlock" });
    await made.getByLabel("Name").fill("Air lock");
    await made.getByLabel("Front").check();
    await made.getByRole("button", { name: "Save" }).click();
    await made.getByText("Choose at least two doors.").waitFor();
    await made.getByLabel("Rear").check();
    await made.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /Air lock.*Front, Rear/ }).waitFor();
    await settled(site);
    assert.equal(await show(site, anna), "granted");
    assert.equal(await show(site, anna, { door: 2 }), "interlock");
    await site.door.advance(120_000);
    assert.equal(await show(site, anna, { door: 2 }), "granted");

    await page.getByRole("row", { name: /Air lock/ }).click();
    await page.getByRole("dialog", { name: "Air lock" }).getByRole("button", { name: "Delete" }).click();
    const asked = page.getByRole("dialog", { name: /Delete the interlock/ });
    await asked.getByText("Front, Rear").waitFor();
    await asked.getByRole("button", { name: "Delete" }).click();
    await page.getByText("No interlocks yet").waitFor();
    await settled(site);
    assert.equal(await show(site, anna), "granted");
    assert.deepEqual(site.context.faults, []);
});

test("a door waits for two people, and another one for the first card", async (t) => {
    const site = await openTwoDoors(t);
    const page = await openPage(site.context, site.platform, "/rules", "Door rules");
    await page.getByRole("row", { name: /Front/ }).click();
    const front = page.getByRole("dialog", { name: "Rules of Front" });
    await front.getByRole("button", { name: "Add a group" }).click();
    await findPerson(page, picker(front, "Group 1"), "Anna Berger");
    await front.getByRole("button", { name: "Save" }).click();
    await front.getByText("The group has only 1 person.").waitFor();
    await findPerson(page, picker(front, "Group 1"), "Bo Owl");
    await front.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /Front.*2 of 2 together/ }).waitFor();

    await page.getByRole("row", { name: /Rear/ }).click();
    const rear = page.getByRole("dialog", { name: "Rules of Rear" });
    await findPerson(page, picker(rear, "Nobody gets in before"), "Bo Owl");
    await rear.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /Rear.*a first card \(1 person\)/ }).waitFor();
    await settled(site);
    await issued(site.platform);
    assert.equal(await show(site, anna), "more_people_required");
    assert.equal(await show(site, bo), "granted");
    assert.equal(await show(site, anna, { door: 2 }), "first_card_required");
    assert.equal(await show(site, bo, { door: 2 }), "granted");
    assert.equal(await show(site, anna, { door: 2 }), "granted");
    const [person] = (await site.platform.must(200, "GET", "/people?q=Bo")).items;
    const kept = await site.platform.api("DELETE", `/people/${person.id}`);
    assert.equal(kept.body.code, "door_waits_for_person");
    assert.deepEqual(site.context.faults, []);
});

test("a plan opens a door by the clock and closes it again when it is taken away", async (t) => {
    const site = await openTwoDoors(t);
    const day = [{ from: "00:00:00", to: "24:00:00" }];
    await site.platform.must(201, "POST", "/time-templates", { name: "All week", week: Array(7).fill(day) });
    const page = await openPage(site.context, site.platform, `/rules?door=${site.doors[0]}`, "Door rules");
    const rules = page.getByRole("dialog", { name: "Rules of Front" });
    await choose(page, picker(rules, "Always open during"), "All week");
    await rules.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /Front.*open: All week/ }).waitFor();
    const modeOf = async () => (await site.platform.must(200, "GET", `/doors/${site.doors[0]}`)).state.mode;
    await eventually("the door to open", async () => (await modeOf()) === "always_open");
    assert.equal((await site.door.state(1)).lock, "released");

    await page.getByRole("row", { name: /Front/ }).click();
    await rules.getByRole("button", { name: "Add a time" }).click();
    await choose(page, picker(rules, "When"), "All week");
    await rules.getByText("All week").first().hover();
    await rules.getByLabel("close-circle").first().click();
    await rules.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /Front.*All week/ }).waitFor();
    await eventually("the door to close", async () => (await modeOf()) === "normal");
    await settled(site);
    await site.door.advance(2_000);
    await site.door.press("card", { number: anna, door: 1, reader: 1 });
    assert.equal((await site.door.state(1)).lock, "locked", "it asks for a PIN now");

    await page.getByRole("row", { name: /Front/ }).click();
    await choose(page, picker(rules, "Nobody gets in during"), "All week");
    await rules.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /Front.*closed: All week/ }).waitFor();
    await eventually("the door to be kept closed", async () => (await modeOf()) === "always_closed");
    assert.deepEqual(site.context.faults, []);
});
