// Whom somebody adds and deletes at a keypad, as an operator finds and settles it on the page.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser, openContext, openPage, signInto } from "./browser.mjs";
import { enrol, eventually, issued, openSite } from "./site.mjs";

test("who was added at the keypad is adopted, who was deleted is put back", async (t) => {
    const site = await openSite(t);
    const { door, platform } = site;
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    const ids = await enrol(site);
    await issued(platform);
    const { items } = await platform.must(200, "GET", "/devices");
    const device = items[0].id;
    await platform.must(200, "PATCH", `/devices/${device}`, { keypad_password: "246810" });
    await eventually("the keypad's password", async () => {
        const { keypad_password } = await platform.must(200, "GET", `/devices/${device}`);
        return keypad_password.state === "issued";
    });
    const anna = await platform.must(200, "GET", `/people/${ids.personId}`);
    await door.press("keys", { keys: `#246810#1#77##5#*2#${anna.user_id}#*` });
    const context = await openContext(await openBrowser(t));
    await signInto(context, platform);

    const person = await openPage(context, platform, `/people/${ids.personId}`, "Anna Berger");
    await person.getByText(/Failed: removed at the keypad/).waitFor();
    await person.getByRole("link", { name: "Decide" }).click();
    await person.waitForURL(/devices\?device=/);
    const page = await openPage(context, platform, `/devices?device=${device}`, "Devices");
    await page.getByText("2 people were changed at the keypad").waitFor();
    const row = (text) => page.getByRole("listitem").filter({ hasText: text });
    await row("Anna Berger").getByRole("button", { name: "Put back" }).click();
    await row("Anna Berger").waitFor({ state: "detached" });
    await issued(platform);

    await row("77").getByRole("button", { name: "Adopt" }).click();
    const asked = page.getByRole("dialog", { name: "Adopt 77" });
    await asked.getByRole("button", { name: "Adopt" }).click();
    await asked.getByText(/name/i).last().waitFor();
    await asked.getByLabel("Name").fill("Dora Night");
    await asked.getByRole("button", { name: "Adopt" }).click();
    await page.waitForURL(/\/people\/\d+/);
    await page.getByRole("heading", { name: "Dora Night" }).first().waitFor();
    const [dora] = (await platform.must(200, "GET", "/people?q=77")).items;
    const { people } = await platform.must(200, "GET", `/permission-groups/${ids.groupId}`);
    const members = { people: [...people, dora.id] };
    await platform.must(200, "PATCH", `/permission-groups/${ids.groupId}`, members);
    await issued(platform);
    await eventually("nothing to settle", async () => {
        const { keypad_people } = await platform.must(200, "GET", `/devices/${device}`);
        return keypad_people === 0;
    });
    assert.deepEqual(context.faults, []);
});
