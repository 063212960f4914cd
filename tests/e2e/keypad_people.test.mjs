// Whom somebody adds and deletes at a keypad, as an operator finds and settles it on the page; and the
// password that its menu asks for.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, openSignedIn } from "./browser.mjs";
import { enrol, eventually, issued, openSite } from "./site.mjs";

test("the keypad's password is set on the page; one that is set in its menu is told at once", async (t) => {
    const site = await openSite(t);
    const { door, platform } = site;
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    const { deviceId } = await enrol(site);
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, `/devices?device=${deviceId}`, "Devices");
    const part = page.getByRole("region", { name: "Password of the keypad" });
    await part.getByText("Not set from here").waitFor();
    const set = async (password) => {
        await part.getByRole("button", { name: "Set the keypad’s password" }).click();
        await part.getByLabel("Password of the keypad’s menu").fill(password);
        await part.getByRole("button", { name: "Save" }).click();
    };
    await set("88888888");
    await part.getByText("6 to 8 digits, and not 88888888").waitFor();
    await part.getByLabel("Password of the keypad’s menu").fill("246810");
    await part.getByRole("button", { name: "Save" }).click();
    await page.getByText("It is on its way to the controller.").waitFor();
    await part.getByText("On the controller", { exact: true }).waitFor();
    assert.ok(!(await page.content()).includes("246810"));

    await door.keys("#246810#0#135790#135790#");
    await part.getByText("Somebody has set another password at the keypad").waitFor();
    await set("864202");
    await part.getByText("On the controller", { exact: true }).waitFor();
    await part.getByText("Somebody has set another password").waitFor({ state: "detached" });
    await door.keys("**#864202#4#11#");
    await eventually("the door's time, changed in the menu", async () => {
        const { items } = await platform.must(200, "GET", "/doors");
        return items[0].at_keypad?.hold_s === 11;
    });
    await part.getByRole("button", { name: "Do not set it from here" }).click();
    await part.getByText("Not set from here").waitFor();
    assert.deepEqual(context.faults, []);
});

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
    const context = await openSignedIn(t, platform);

    const person = await openPage(context, platform, `/people/${ids.personId}`, "Anna Berger");
    await person.getByText(/Failed: deleted at the keypad/).waitFor();
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
