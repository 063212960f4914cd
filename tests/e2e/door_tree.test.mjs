// The tree of doors on the Live page (manual, 6.4.3): areas, controllers, doors, what can be done at each.
import assert from "node:assert/strict";
import { test } from "node:test";

import { liveRows, openLivePage, openSignedIn } from "./browser.mjs";
import { devicePassword, enrol, eventually, hold, openDoorInClear, openSite } from "./site.mjs";

const stranger = "0000BEEF";

/** A controller of three doors, two of them in the hall, and the Live page. */
async function openTree(t) {
    const site = await openSite(t, { doors: 3 });
    const { door, platform } = site;
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    const ids = await enrol(site);
    const { id: house } = await platform.must(201, "POST", "/areas", { name: "House" });
    const { id: hall } = await platform.must(201, "POST", "/areas", { name: "Hall", parent_id: house });
    const { items } = await platform.must(200, "GET", "/doors");
    for (const { id, number } of items) {
        const area_id = number < 3 ? hall : null;
        await platform.must(200, "PATCH", `/doors/${id}`, { name: `Door ${number}`, area_id });
    }
    await hold(platform, items.map(({ id }) => id));
    const context = await openSignedIn(t, platform);
    const page = await openLivePage(context, platform);
    const tree = page.getByRole("tree", { name: "Door tree" });
    const node = (name) => tree.getByRole("treeitem", { name });
    const tiles = async () =>
        page.getByRole("listitem").getByRole("button", { name: /^Open Door \d$/ }).count();
    const has = (count) => eventually(`${count} tiles`, async () => (await tiles()) === count);
    const pick = async (at, command) => {
        await at.click({ button: "right" });
        await page.getByRole("menuitem", { name: command, exact: true }).click();
    };
    const modes = (...wanted) =>
        eventually(`the doors to be ${wanted}`, async () => {
            const states = await Promise.all([1, 2, 3].map((number) => door.state(number)));
            return states.every(({ mode }, index) => mode === wanted[index]);
        });
    return { ...site, ...ids, context, page, tree, node, has, pick, modes };
}

test("an area, a controller or a door is chosen in the tree, by mouse and by keys", async (t) => {
    const { door, context, page, tree, node, has, pick } = await openTree(t);
    await page.getByRole("region", { name: "House / Hall" }).getByText("Door 2").waitFor();
    await node(/^House: 2 doors, Locked/).click();
    await page.getByText("2 of 3 doors").waitFor();
    await has(2);
    await pick(node(/^Main entrance: 1 door, /), "Show all doors");
    await page.getByText("Doors of Main entrance").waitFor();
    await has(3);

    await tree.focus();
    for (const key of ["Home", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown", "Enter"])
        await page.keyboard.press(key);
    await page.getByText("Doors of Door 1").waitFor();
    await has(1);
    await door.press("card", { number: stranger, reader: 1, door: 2 });
    await door.press("card", { number: "0000CAFE", reader: 1, door: 1 });
    await liveRows(page).filter({ hasText: "0000CAFE" }).waitFor();
    assert.equal(await liveRows(page).filter({ hasText: stranger }).count(), 0, "that is another door");
    await page.getByText("Doors of Door 1").getByLabel("Close").click();
    await has(3);
    await liveRows(page).filter({ hasText: stranger }).waitFor();

    assert.deepEqual(context.faults, []);
});

test("all doors of a node are commanded, and its worst state is seen while it is closed", async (t) => {
    const { door, context, page, tree, node, pick, modes } = await openTree(t);
    const released = async () => {
        const states = await Promise.all([1, 2, 3].map((number) => door.state(number)));
        return states.map(({ lock }) => lock === "released");
    };
    await pick(node(/^Hall/), "Open");
    const open = page.getByRole("dialog", { name: "Open: 2 doors?" });
    assert.deepEqual(await released(), [false, false, false], "nothing opens before somebody said so");
    await open.getByRole("button", { name: "Open" }).click();
    await eventually("two doors to be released", async () => `${await released()}` === "true,true,false");
    await pick(node(/^Hall/), "Always open");
    const question = page.getByRole("dialog", { name: "Always open: 2 doors?" });
    await question.getByRole("button", { name: "Always open" }).click();
    await modes("always_open", "always_open", "normal");
    await node(/^Hall: 2 doors, Always open/).waitFor();
    await tree.focus();
    for (const key of ["Home", "ArrowDown", "ArrowLeft"]) await page.keyboard.press(key);
    await node(/^House: 2 doors, Always open/).waitFor();
    await node(/^Hall/).waitFor({ state: "detached" }); // it is closed

    await page.keyboard.press("ContextMenu");
    await page.getByRole("menuitem", { name: "Back to normal" }).press("Enter");
    await modes("normal", "normal", "normal");
    await pick(node(/^All doors/), "Always closed");
    const all = page.getByRole("dialog", { name: "Always closed: 3 doors?" });
    await all.getByRole("button", { name: "Always closed" }).click();
    await modes("always_closed", "always_closed", "always_closed");

    await page.getByRole("button", { name: "Select doors" }).click();
    for (const name of ["Door 1", "Door 3"]) await page.getByRole("checkbox", { name }).check();
    await page.getByText("2 selected").waitFor();
    await page.getByRole("button", { name: "More commands for the selected" }).click();
    await page.getByRole("menuitem", { name: "Back to normal" }).press("Enter");
    await modes("normal", "always_closed", "normal");
    assert.deepEqual(context.faults, []);
});

test("one of two controllers is stopped, started and restarted from the tree", async (t) => {
    const { door, platform, directory, context, page, node, pick } = await openTree(t);
    const other = await openDoorInClear(t, directory);
    const address = { address: "127.0.0.1", port: other.ports.device };
    const { fingerprint } = await platform.must(200, "POST", "/devices/initialise", {
        ...address,
        password: devicePassword,
    });
    await platform.must(201, "POST", "/devices", {
        name: "Back",
        ...address,
        account: "admin",
        password: devicePassword,
        fingerprint,
    });
    await pick(node(/^Back: 1 door, Locked/), "Stop live events");
    await node(/^Back.*Live events are stopped/).waitFor();
    await other.card("0000CAFE");
    await eventually("the event of the stopped one", async () =>
        (await platform.events()).some(({ card }) => card === "0000CAFE"),
    );
    await door.card(stranger);
    await liveRows(page).filter({ hasText: stranger }).waitFor();
    assert.equal(await liveRows(page).filter({ hasText: "0000CAFE" }).count(), 0);
    await pick(node(/^Back/), "Start live events");
    await liveRows(page).filter({ hasText: "0000CAFE" }).waitFor();

    await pick(node(/^Back/), "Restart");
    const question = page.getByRole("dialog", { name: /Restart “Back”/ });
    assert.ok(await question.getByRole("button", { name: "Restart" }).isDisabled(), "one step is not enough");
    await question.getByRole("button", { name: "Cancel" }).click();
    await pick(node(/^Back/), "Details");
    await page.getByRole("dialog", { name: "Back" }).waitFor();
    assert.deepEqual(context.faults, []);
});
