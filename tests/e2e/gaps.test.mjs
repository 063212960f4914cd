// What a controller no longer had when it was asked is told on its page, and an event says when it came.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser, openContext, openPage, signInto } from "./browser.mjs";
import { enrol, eventually, openSite } from "./site.mjs";

const cardOf = (number) => (0xcc000000 + number).toString(16).toUpperCase();

test("a controller without a platform for too long: its page tells how many events never came", async (t) => {
    const site = await openSite(t, { settings: "limits.records = 100\n" });
    const { door, platform } = site;
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    await enrol(site);
    await platform.kill();
    const shown = 150;
    for (let number = 0; number < shown; ++number) {
        await door.card(cardOf(number));
        await door.advance(2_000);
    }
    await platform.up();
    await platform.signIn();
    const events = await eventually("the last card", async () => {
        const all = await platform.events();
        return all.some((event) => event.card === cardOf(shown - 1)) && all;
    });
    const numbers = events.map((event) => event.sequence);
    const missing = numbers.at(-1) - numbers[0] + 1 - numbers.length;
    assert.ok(missing > 0, "the ring of records has turned");

    const context = await openContext(await openBrowser(t));
    await signInto(context, platform);
    const devices = await openPage(context, platform, "/devices", "Devices");
    await devices.getByRole("row", { name: /Main entrance/ }).click();
    await devices
        .getByRole("dialog", { name: "Main entrance" })
        .getByText(`${missing} events never came: their controller no longer had them.`)
        .waitFor();

    const { id, at, received_at } = events.at(-1);
    assert.notEqual(at, received_at);
    const page = await openPage(context, platform, `/events?event=${id}`, "Events");
    const detail = page.getByRole("dialog", { name: "Event" });
    await detail.locator(`time[datetime="${at}"]`).waitFor();
    const received = detail.locator("dl > div").filter({ hasText: "Received" });
    await received.locator(`time[datetime="${received_at}"]`).waitFor();
    assert.deepEqual(context.faults, []);
});
