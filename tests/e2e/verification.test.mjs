// A door that asks an operator: on whatever page is open; the first answer counts.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, openSignedIn } from "./browser.mjs";
import { enrol, eventually, openSite } from "./site.mjs";

const anna = "04A1B2C3";

test("an operator sees who stands at the door and lets her in by a key; another one is told", async (t) => {
    const site = await openSite(t);
    const { platform, door } = site;
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    const { deviceId, doorId } = await enrol(site);

    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, `/devices?device=${deviceId}`, "Devices");
    const settings = page.getByRole("region", { name: "Settings of Main entrance" });
    await settings.getByLabel("Ask an operator for").fill("30");
    await settings.getByRole("button", { name: "Save" }).click();
    await eventually("the setting to be at the door", async () => {
        const { settings: now, settings_state } = await platform.must(200, "GET", `/doors/${doorId}`);
        return now.verification_s === 30 && settings_state === "issued";
    });

    // The same card held for longer asks nothing.
    const show = async () => {
        await door.advance(10_000);
        await door.card(anna);
    };
    const other = await openPage(context, platform, "/people", "People");
    await show();
    const question = page.getByRole("article", { name: "Main entrance" });
    await question.getByText("Anna Berger").last().waitFor();
    assert.match(await question.getByRole("timer").innerText(), /^[123]?[0-9] s$/);
    assert.equal((await door.state()).lock, "locked", "nobody has answered");
    await other.getByRole("article", { name: "Main entrance" }).getByText("Anna Berger").last().waitFor();
    await eventually("the door to open", async () => {
        await page.getByRole("heading", { level: 1 }).press("g");
        return (await door.state()).lock === "released";
    });
    await Promise.all([page, other].map((one) => one.getByText("Granted by admin").waitFor()));

    await platform.must(200, "PATCH", `/doors/${doorId}`, { settings: { verification_s: 2 } });
    await eventually("the setting to be at the door", async () => {
        const { settings_state } = await platform.must(200, "GET", `/doors/${doorId}`);
        return settings_state === "issued";
    });
    await show();
    await page.getByText("Nobody answered in time: the door stayed closed.").waitFor();

    await platform.must(200, "PATCH", `/doors/${doorId}`, { settings: { verification_s: 20 } });
    await eventually("the setting to be at the door", async () => {
        const { settings_state } = await platform.must(200, "GET", `/doors/${doorId}`);
        return settings_state === "issued";
    });
    await show();
    await other.getByRole("button", { name: "Deny" }).click();
    await page.getByText("Denied by admin").waitFor();
    await eventually("the event", async () => {
        const last = (await platform.events()).filter((event) => event.kind === "access").at(-1);
        assert.deepEqual([last.result, last.reason], ["denied", "verification_denied"]);
        return true;
    });
    assert.deepEqual(context.faults, []);
});
