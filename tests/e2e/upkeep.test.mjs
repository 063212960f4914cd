// What keeps controllers going, on the pages: clock, password, update, restart, the list, doors of a part.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { openPage, openSignedIn } from "./browser.mjs";
import { enrol, eventually, openSite, unsignedPackage } from "./site.mjs";

async function enrolled(t, options) {
    const site = await openSite(t, options);
    await Promise.all([site.door.up(), site.platform.up()]);
    await site.platform.setUp();
    const ids = await enrol(site);
    const context = await openSignedIn(t, site.platform);
    return { ...site, ...ids, context };
}

test("the clock, the password, an update and a restart, from the device's page", async (t) => {
    const { platform, deviceId, context } = await enrolled(t);
    const page = await openPage(context, platform, `/devices?device=${deviceId}`, "Devices");
    const upkeep = page.getByRole("region", { name: "Upkeep" });
    await upkeep.getByRole("button", { name: "Set the clock" }).click();
    await page.getByText(/The clock is set/).waitFor();

    await upkeep.getByRole("button", { name: "Update", exact: true }).click();
    const choose = async (name, buffer) =>
        upkeep
            .locator("input[type=file]")
            .setInputFiles({ name, mimeType: "application/octet-stream", buffer });
    await choose("notes.update", Buffer.from("nothing that a controller takes"));
    await upkeep.getByText("notes.update is no update package, or has more than 64 MB.").waitFor();
    await choose("old.update", unsignedPackage("0.0.2"));
    await upkeep.getByText(/^Older than/).waitFor();
    await choose("next.update", unsignedPackage("9.0.0"));
    await upkeep.getByText(/^Newer than/).waitFor();
    await upkeep.getByRole("button", { name: "Send 9.0.0" }).click();
    await upkeep.getByText(/takes no updates: it has no update_key/).waitFor();

    await upkeep.getByRole("button", { name: "Change the password" }).click();
    await upkeep.getByLabel("New password").fill("brass-bolt-58");
    await upkeep.getByRole("button", { name: "Change it there and here" }).click();
    await page.getByText("The password is changed, on the controller and here.").waitFor();

    const online = async () => (await platform.must(200, "GET", `/devices/${deviceId}`)).state === "online";
    const restart = upkeep.getByRole("button", { name: "Restart" });
    await eventually("the device to be back with its new password", () => restart.isEnabled());
    const { since } = await platform.must(200, "GET", `/devices/${deviceId}`);
    await restart.click();
    const question = page.getByRole("dialog", { name: /Restart “Main entrance”/ });
    assert.ok(await question.getByRole("button", { name: "Restart" }).isDisabled(), "one step is not enough");
    await question.getByRole("checkbox").check();
    await question.getByRole("button", { name: "Restart" }).click();
    await eventually("the device to be back after its restart", async () => {
        const device = await platform.must(200, "GET", `/devices/${deviceId}`);
        return device.since !== since && (await online());
    });
    assert.deepEqual(
        context.faults.filter((fault) => !fault.includes("status of 409")),
        [],
    );
});

test("a reader on a line is paired, with words for what becomes of it", async (t) => {
    const settings = '[[osdp]]\ndevice = "simulated"\n[[osdp.readers]]\naddress = 0\n';
    const { platform, door, deviceId, context } = await enrolled(t, { readers: 0, settings });
    await door.press("reader", { reader: 1, fault: "unplugged" });
    const page = await openPage(context, platform, `/devices?device=${deviceId}`, "Devices");
    const readers = page.getByRole("region", { name: "Readers" });
    await readers.getByText("Not secured").waitFor();
    const pair = async () => {
        await readers.getByRole("button", { name: "Pair reader 1" }).click();
        const question = page.getByRole("dialog", { name: "Pair reader 1, Main entrance?" });
        await question.getByText(/installation mode .*for 5 minutes it may take it/).waitFor();
        await question.getByRole("button", { name: "Pair" }).click();
        await readers.getByText(/^Put the reader into its installation mode\. It may take/).waitFor();
    };
    await pair();
    await readers.getByRole("button", { name: "Cancel" }).click();
    await readers.getByText("Not secured").waitFor();
    await pair();
    await door.press("reader", { reader: 1, fault: "none" });
    await readers.getByText("Online, secured").waitFor();
    await readers.getByText("Paired: it has a key of its own").waitFor();
    assert.equal((await door.card("04A1B2C3")).lock, "released");
    assert.deepEqual(context.faults, []);
});

test("the list of devices is saved without passwords, and read again line by line", async (t) => {
    const { platform, context } = await enrolled(t);
    const page = await openPage(context, platform, "/devices", "Devices");
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    const saved = (await readFile(await (await saving).path(), "utf8")).trim().split("\r\n");
    assert.equal(saved.length, 2);
    assert.ok(!saved.join().includes("green-door"));

    await page.getByRole("link", { name: "Import" }).click();
    const choose = (lines) =>
        page
            .locator("input[type=file]")
            .setInputFiles({ name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) });
    await choose([saved[0], saved[1], "Back,not an address,37777,,,,"]);
    await page.getByText("1 line is wrong").waitFor();
    await page.getByText("“not an address” is no address").waitFor();
    await choose([saved[0], saved[1], "Back,127.0.0.1,1,,,,"]);
    await page.getByText("1 device is here already and stays as it is.").waitFor();
    await page.getByLabel("Its password").fill("green-door-73");
    await page.getByRole("button", { name: "Add 1 device" }).click();
    await page.getByText(/refused the connection|nothing listens|device port/).first().waitFor();
    assert.equal((await platform.must(200, "GET", "/devices")).items.length, 1);
});

test("a door that is set so asks before it opens, by keyboard too", async (t) => {
    const { platform, door, deviceId, context } = await enrolled(t, { doors: 2 });
    const page = await openPage(context, platform, `/devices?device=${deviceId}`, "Devices");
    const settings = page.getByRole("region", { name: "Settings of Main entrance 1" });
    await settings.getByRole("checkbox", { name: "Opening it has to be confirmed" }).check();
    await settings.getByRole("checkbox", { name: "Duress PIN raises a silent alarm" }).check();
    await settings.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").first().waitFor();
    const { items } = await platform.must(200, "GET", `/doors?device=${deviceId}`);
    assert.equal(items.find(({ number }) => number === 1).settings.duress, true);
    await page.goto(`${platform.url}/live`);
    const open = page.getByRole("button", { name: "Open Main entrance 1", exact: true });
    await open.focus();
    await page.keyboard.press("Enter");
    const question = page.getByRole("dialog", { name: "Open: Main entrance 1?" });
    await question.getByText(/Set to be confirmed: Main entrance 1/).waitFor();
    await eventually("the way back to have the focus", () =>
        question.getByRole("button", { name: "Cancel" }).evaluate((it) => it === document.activeElement),
    );
    await page.keyboard.press("Enter");
    await question.waitFor({ state: "hidden" });
    await eventually("the button to have the focus again", () =>
        open.evaluate((it) => it === document.activeElement),
    );
    assert.equal((await door.state(1)).lock, "locked");
    await page.keyboard.press("Enter");
    await question.getByRole("button", { name: "Open" }).press("Enter");
    await eventually("the lock to be released", async () => (await door.state(1)).lock === "released");
    assert.deepEqual(context.faults, []);
});

test("the doors of an area are shown together, and locked down in two steps", async (t) => {
    const { platform, door, deviceId, context } = await enrolled(t, { doors: 3 });
    const area = await platform.must(201, "POST", "/areas", { name: "Hall" });
    const { items } = await platform.must(200, "GET", `/doors?device=${deviceId}`);
    for (const one of items.slice(0, 2))
        await platform.must(200, "PATCH", `/doors/${one.id}`, { area_id: area.id });
    const page = await openPage(context, platform, `/live?area=${area.id}`, "Live");
    await page.getByText("2 of 3 doors").waitFor();
    await page.getByRole("button", { name: "Lock down 2 doors" }).click();
    const question = page.getByRole("dialog");
    await question.getByRole("checkbox").check();
    await question.getByRole("button", { name: "Lockdown" }).click();
    const modes = async () => {
        const numbers = [1, 2, 3];
        const states = await Promise.all(numbers.map((number) => door.state(number)));
        return states.map((state) => state.mode);
    };
    await eventually("two doors to be in lockdown", async () =>
        assert.deepEqual(await modes(), ["lockdown", "lockdown", "normal"]) ?? true,
    );
    await page.goto(`${platform.url}/live?device=${deviceId}`);
    await page.getByText("Doors of Main entrance").waitFor();
    await page.getByText("3 of 3 doors").waitFor();
    assert.deepEqual(context.faults, []);
});
