// Departments as members, groups that deny or end, and holidays: on the page, and at the door.
import assert from "node:assert/strict";
import { test } from "node:test";

import { choose, openPage, openSignedIn, pick } from "./browser.mjs";
import { enrol, eventually, issued, openSite } from "./site.mjs";

const anna = "04A1B2C3";
const bo = "0BADCAFE";

async function openEnrolledSite(t) {
    const site = await openSite(t);
    await Promise.all([site.door.up(), site.platform.up()]);
    await site.platform.setUp();
    return { ...site, ids: await enrol(site, { card: anna }) };
}

let shown = 0;
/** Shows the card, and answers with the reason of what came of it. */
async function show({ door, platform }, number) {
    const accesses = async () => (await platform.events()).filter((event) => event.kind === "access");
    shown = (await accesses()).length;
    await door.advance(10_000);
    await door.card(number);
    const last = await eventually("the event", async () => {
        const all = await accesses();
        return all.length > shown && all.at(-1);
    });
    return last.reason ?? "granted";
}

test("who comes to a department has its doors, and loses them on leaving it", async (t) => {
    const site = await openEnrolledSite(t);
    const { platform, ids } = site;
    const { id: plant } = await platform.must(201, "POST", "/departments", { name: "Plant" });
    const { id: night } = await platform.must(201, "POST", "/departments", {
        name: "Night",
        parent_id: plant,
    });
    await platform.must(200, "PATCH", `/permission-groups/${ids.groupId}`, { departments: [plant] });
    const person = await platform.must(201, "POST", "/people", { name: "Bo Owl", cards: [{ number: bo }] });
    assert.equal(await show(site, bo), "unknown_card");
    await platform.must(200, "PATCH", `/people/${person.id}`, { department_id: night });
    await issued(platform, person.id);
    assert.equal(await show(site, bo), "granted");
    await platform.must(200, "PATCH", `/departments/${night}`, { parent_id: null });
    await eventually("Bo to be taken away", async () => (await show(site, bo)) === "unknown_card");
});

test("a group that denies wins, and one that ends is over at the door without the platform", async (t) => {
    const site = await openEnrolledSite(t);
    const { platform, door, ids } = site;
    const denied = await platform.must(201, "POST", "/permission-groups", {
        name: "Not here",
        effect: "deny",
        doors: [ids.doorId],
        people: [ids.personId],
    });
    await issued(platform, ids.personId);
    assert.equal(await show(site, anna), "denied_by_rule");
    await platform.must(204, "DELETE", `/permission-groups/${denied.id}`);
    const end = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000).toISOString();
    await platform.must(200, "PATCH", `/permission-groups/${ids.groupId}`, { valid_to: end });
    await issued(platform, ids.personId);
    assert.equal(await show(site, anna), "granted");
    await platform.kill();
    await door.advance(3_600_000);
    await door.card(anna);
    assert.equal((await door.state()).lock, "locked");
    await platform.up();
    await platform.signIn();
    const events = await eventually("the refusal", async () => {
        const all = (await platform.events()).filter(({ kind }) => kind === "access");
        return all.at(-1)?.result === "denied" && all;
    });
    assert.equal(events.at(-1).reason, "no_permission");
});

test("a holiday overrides the week of a template", async (t) => {
    const site = await openEnrolledSite(t);
    const { platform, ids } = site;
    await platform.must(200, "PATCH", "/settings", { time_zone: "Etc/UTC" });
    const today = new Date().toISOString().slice(0, 10);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const day = [{ from: "00:00:00", to: "24:00:00" }];
    const holiday = await platform.must(201, "POST", "/holidays", {
        name: "Feast",
        from: today,
        to: tomorrow,
        yearly: true,
    });
    const template = await platform.must(201, "POST", "/time-templates", {
        name: "All week",
        week: Array(7).fill(day),
        holiday_ids: [holiday.id],
    });
    await platform.must(200, "PATCH", `/permission-groups/${ids.groupId}`, { template_id: template.id });
    await issued(platform, ids.personId);
    assert.equal(await show(site, anna), "holiday");
    await platform.must(200, "PATCH", `/holidays/${holiday.id}`, { periods: day });
    await eventually("the holiday's hours", async () => (await show(site, anna)) === "granted");
});

test("a department and a holiday are set on the page, and the person's page says why", async (t) => {
    const { platform, ids } = await openEnrolledSite(t);
    const { id: plant } = await platform.must(201, "POST", "/departments", { name: "Plant" });
    await platform.must(201, "POST", "/people", { name: "Bo Owl", department_id: plant, user_id: "bo" });
    const context = await openSignedIn(t, platform);

    const page = await openPage(context, platform, "/permissions/holidays", "Permissions");
    await page.getByRole("button", { name: "Add a holiday" }).click();
    const holiday = page.getByRole("dialog", { name: "New holiday" });
    await holiday.getByLabel("Name").fill("Christmas");
    for (const [label, day] of [["First day", "2026-12-24"], ["Last day", "2026-12-26"]]) {
        await holiday.getByLabel(label).fill(day);
        await holiday.getByLabel(label).press("Enter");
    }
    await holiday.getByLabel("Comes again each year").check();
    await holiday.getByRole("button", { name: "Save" }).click();
    const line = /Christmas.*2026-12-24 – 2026-12-26, each year.*Nobody gets in/;
    await page.getByRole("row", { name: line }).waitFor();

    await page.goto(`${platform.url}/permissions?group=${ids.groupId}`);
    const group = page.getByRole("dialog", { name: "Everyone" });
    await group.getByLabel("Departments").press("ArrowDown");
    await pick(page, "Plant (1)");
    await group.getByText("Plant (all) gains Main entrance").waitFor();
    await group.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /Everyone.*Always.*2/ }).waitFor();

    await page.goto(`${platform.url}/people`);
    await page.getByRole("row", { name: /Bo Owl/ }).click();
    await page.getByText("Everyone through Plant: Always").waitFor();
    assert.deepEqual(context.faults, []);
});

test("hours are painted and chosen in a group, which is made one that denies, and ends", async (t) => {
    const { platform, ids } = await openEnrolledSite(t);
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, "/permissions/templates", "Permissions");
    await page.getByRole("button", { name: "Add a time template" }).click();
    const template = page.getByRole("dialog", { name: "New time template" });
    await template.getByLabel("Name", { exact: true }).fill("Mornings");
    await template.getByRole("button", { name: "Clear", exact: true }).click();
    const at = (day, from, to) => template.getByRole("checkbox", { name: `${day} ${from} to ${to}: ` });
    await at("Monday", "08:00", "08:30").hover();
    await page.mouse.down();
    await at("Friday", "11:30", "12:00").hover();
    await page.mouse.up();
    await template.getByRole("checkbox", { name: "Wednesday 11:30 to 12:00: allowed" }).waitFor();
    await template.getByRole("button", { name: "Save" }).click();
    await template.waitFor({ state: "hidden" });
    const [{ id, week }] = (await platform.must(200, "GET", "/time-templates")).items;
    const morning = [{ from: "08:00:00", to: "12:00:00" }];
    assert.deepEqual(week, [...Array(5).fill(morning), [], []]);

    await page.goto(`${platform.url}/permissions?group=${ids.groupId}`);
    const group = page.getByRole("dialog", { name: "Everyone" });
    await choose(page, group.getByLabel("When"), "Mornings");
    await group.getByText(/the times become/).waitFor();
    await choose(page, group.getByLabel("What its people may"), "Must not open");
    await group.getByLabel("Ends").fill("2030-12-31 18:00");
    await page.getByRole("button", { name: "OK" }).click();
    await group.getByText(/Anna Berger loses Main entrance/).waitFor();
    await group.getByRole("button", { name: "Save" }).click();
    await group.waitFor({ state: "hidden" });
    const saved = await platform.must(200, "GET", `/permission-groups/${ids.groupId}`);
    assert.deepEqual([saved.template_id, saved.effect], [id, "deny"]);
    assert.match(saved.valid_to, /^2030-12-31T1[78]:00:00/);
    assert.deepEqual(context.faults, []);
});
