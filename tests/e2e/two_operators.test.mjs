// Two operators who change the same thing at once: the slower one is told and begins anew with what is there,
// and nothing of what either did is lost.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser, openContext, openPage, pick, signInto } from "./browser.mjs";
import { enrol, eventually, openSite } from "./site.mjs";

// The browser notes the refusal on its console.
const refused = /status of 409 /;

/** A site with two doors, Anna in the group Everyone, Bo and Cem in none; two operators with browsers. */
async function openOperators(t) {
    const site = await openSite(t, { doors: 2 });
    await Promise.all([site.door.up(), site.platform.up()]);
    const { platform } = site;
    await platform.setUp();
    const ids = await enrol(site);
    const add = (name) => platform.must(201, "POST", "/people", { name, user_id: name.toLowerCase() });
    const [bo, cem] = [await add("Bo"), await add("Cem")];
    const browser = await openBrowser(t);
    const operators = [];
    for (let n = 0; n < 2; n++) {
        const context = await openContext(browser);
        await signInto(context, platform);
        operators.push(context);
    }
    return { platform, ids, bo, cem, operators };
}

const unexpected = (operators) =>
    operators.flatMap(({ faults }) => faults.filter((fault) => !refused.test(fault)));

/** Joins the group from a person's page. */
async function join(page, group) {
    await page.getByLabel("Permission groups").press("ArrowDown");
    await pick(page, group);
    await page.locator(".ant-select-selection-item").filter({ hasText: group }).waitFor();
}

test("of two who edit a group the slower one is told, and members who come meanwhile stay", async (t) => {
    const { platform, ids, bo, cem, operators } = await openOperators(t);
    const place = `/permissions?group=${ids.groupId}`;
    const [quick, slow] = await Promise.all(
        operators.map((context) => openPage(context, platform, place, "Permissions")),
    );
    const [one, other] = [quick, slow].map((page) => page.getByRole("dialog"));
    await other.getByLabel("Remark").fill("Weekdays only");
    await one.getByLabel("Name", { exact: true }).fill("All of us");
    await one.getByRole("button", { name: "Save" }).click();
    await one.waitFor({ state: "hidden" });

    // From the pages of two people, each read before the other came to the group.
    const [boPage, cemPage] = await Promise.all([
        openPage(operators[0], platform, `/people/${bo.id}`, "Bo"),
        openPage(operators[1], platform, `/people/${cem.id}`, "Cem"),
    ]);
    await cemPage.getByLabel("Permission groups").waitFor();
    await join(boPage, "All of us");
    await join(cemPage, "All of us");
    const group = () => platform.must(200, "GET", `/permission-groups/${ids.groupId}`);
    const everybody = [ids.personId, bo.id, cem.id].sort();
    await eventually("both to be in the group", async () => (await group()).people.length === 3);

    // On a phone Save is far below the place where it is said.
    await slow.setViewportSize({ width: 390, height: 844 });
    await other.getByRole("button", { name: "Save" }).click();
    const late = other.getByRole("alert").filter({ hasText: "Somebody else has changed All of us" });
    await eventually("it to be in sight and read out", () =>
        late.evaluate((it) => {
            const { top, bottom } = it.getBoundingClientRect();
            return it === document.activeElement && top >= 0 && bottom <= innerHeight;
        }),
    );
    assert.equal(await other.getByLabel("Remark").inputValue(), "Weekdays only", "what was typed stays");
    assert.deepEqual((await group()).people.sort(), everybody);
    await other.getByRole("button", { name: "Load it again" }).click();
    await eventually("the form to show what is there now", async () => {
        const fields = ["Name", "Remark"].map((label) => other.getByLabel(label, { exact: true }));
        const shown = await Promise.all(fields.map((field) => field.inputValue()));
        return shown.join() === "All of us,";
    });
    await other.getByLabel("Remark").fill("Weekdays only");
    await other.getByRole("button", { name: "Save" }).click();
    await other.waitFor({ state: "hidden" });
    const { name, remark, people, doors } = await group();
    assert.deepEqual([name, remark], ["All of us", "Weekdays only"]);
    assert.deepEqual(people.sort(), everybody);
    assert.deepEqual(doors, [ids.doorId]);
    assert.deepEqual(unexpected(operators), []);
});

test("of two who edit a door the slower one is told; duress goes with the controller", async (t) => {
    const { platform, ids, operators } = await openOperators(t);
    const place = `/devices?device=${ids.deviceId}`;
    const [quick, slow] = await Promise.all(
        operators.map((context) => openPage(context, platform, place, "Devices")),
    );
    const settings = (page, number) =>
        page.getByRole("region", { name: `Settings of Main entrance ${number}`, exact: true });
    await settings(slow, 1).getByLabel("Opening it has to be confirmed").check();
    await settings(quick, 2).getByLabel(/^Duress PIN/).check();
    await settings(quick, 2).getByRole("button", { name: "Save" }).click();
    const doors = async () => (await platform.must(200, "GET", "/doors")).items;
    await eventually("duress at both doors", async () =>
        (await doors()).every((door) => door.settings.duress),
    );
    await eventually("an untouched form to follow", () =>
        settings(quick, 1).getByLabel(/^Duress PIN/).isChecked(),
    );
    await settings(slow, 1).getByRole("button", { name: "Save" }).click();
    await settings(slow, 1).getByText(/Somebody else has changed Main entrance 1/).waitFor();
    assert.equal((await doors()).some((door) => door.confirm), false);
    await settings(slow, 1).getByRole("button", { name: "Load it again" }).click();
    await eventually("duress to be shown", () => settings(slow, 1).getByLabel(/^Duress PIN/).isChecked());
    await settings(slow, 1).getByLabel("Opening it has to be confirmed").check();
    await settings(slow, 1).getByRole("button", { name: "Save" }).click();
    await eventually("the change", async () => (await doors()).some((door) => door.confirm));
    assert.ok((await doors()).every((door) => door.settings.duress), "and duress has stayed");
    assert.deepEqual(unexpected(operators), []);
});
