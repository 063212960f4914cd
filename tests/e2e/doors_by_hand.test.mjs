// Doors as an operator handles them (manual, 6.4): doors by their tiles, the list of events by its buttons.
import assert from "node:assert/strict";
import { test } from "node:test";

import { liveRows, openLivePage, openSignedIn } from "./browser.mjs";
import { enrol, eventually, hold, openSite } from "./site.mjs";

async function openLive(t) {
    const site = await openSite(t);
    await Promise.all([site.door.up(), site.platform.up()]);
    await site.platform.setUp();
    const ids = await enrol(site);
    const context = await openSignedIn(t, site.platform);
    return { ...site, ...ids, context, page: await openLivePage(context, site.platform) };
}

test("a door is opened, closed, kept open, kept closed and set back to normal", async (t) => {
    const { door, platform, doorId, context, page } = await openLive(t);
    await hold(platform, [doorId]);
    const tile = page.getByRole("listitem").filter({ hasText: "Main entrance" }).first();
    const reaches = (wanted) =>
        eventually(`the door to be ${JSON.stringify(wanted)}`, async () => {
            const state = await door.state();
            return Object.entries(wanted).every(([name, value]) => state[name] === value);
        });
    const choose = async (command, agree) => {
        await tile.click({ button: "right" });
        await page.getByRole("menuitem", { name: command, exact: true }).click();
        if (agree) await page.getByRole("dialog").getByRole("button", { name: agree }).click();
    };
    await tile.getByRole("button", { name: "Open Main entrance" }).click();
    await reaches({ lock: "released" });
    await tile.getByText("Released").waitFor();
    await choose("Close");
    await reaches({ lock: "locked" });
    await choose("Always open", "Always open");
    await reaches({ lock: "released", mode: "always_open" });
    await tile.getByText("Always open").waitFor();
    await choose("Always closed", "Always closed");
    await reaches({ lock: "locked", mode: "always_closed" });
    await tile.getByText("Always closed").waitFor();
    await door.card("04A1B2C3");
    const refused = liveRows(page).filter({ hasText: "Anna Berger" });
    await refused.getByText(/The door is always closed/).waitFor();
    await choose("Back to normal");
    await reaches({ lock: "locked", mode: "normal" });
    assert.deepEqual(context.faults, []);
});

test("the list is held, goes on with what came meanwhile, and is cleared in the view only", async (t) => {
    const { door, platform, page } = await openLive(t);
    const strangers = liveRows(page).filter({ hasText: "unknown" });
    await page.getByRole("button", { name: "Hold the list" }).click();
    await door.card("0000BEEF");
    await page.getByRole("button", { name: /^Show [1-9][0-9]* new$/ }).waitFor();
    assert.equal(await strangers.count(), 0, "the list stands still");
    await page.getByRole("button", { name: /^Show / }).click();
    await strangers.first().waitFor();
    await page.getByRole("button", { name: "Clear the view" }).click();
    await page.getByText("Nothing has happened yet").waitFor();
    assert.ok((await platform.events()).some(({ card }) => card === "0000BEEF"), "the store keeps it");
    await door.advance(10_000);
    await door.card("0000BEEF");
    await strangers.first().waitFor();
});

test("another address is asked for on the page, which says why a host keeps its own", async (t) => {
    const { platform, deviceId, page } = await openLive(t);
    await page.goto(`${platform.url}/devices?device=${deviceId}`);
    const upkeep = page.getByRole("region", { name: "Upkeep" });
    await upkeep.getByRole("button", { name: "Change the address" }).click();
    const dialog = page.getByRole("dialog", { name: "Another address for Main entrance" });
    await dialog.getByLabel("New address").fill("127.0.0.256");
    await dialog.getByRole("button", { name: "Change the address" }).click();
    await dialog.getByText("Write an IPv4 address").waitFor();
    await dialog.getByLabel("New address").fill("127.0.0.9");
    await dialog.getByText("127.0.0.1 → 127.0.0.9").waitFor();
    await dialog.getByRole("button", { name: "Change the address" }).click();
    await dialog.getByRole("alert").getByText("host").waitFor();
    assert.equal((await platform.must(200, "GET", `/devices/${deviceId}`)).address, "127.0.0.1");
});
