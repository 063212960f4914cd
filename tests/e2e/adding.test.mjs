// Devices one after the other: "Add and continue", one that speaks in clear, one that dials in; and what is
// asked again when one is elsewhere, or another one.
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test } from "node:test";

import { openPage, openSignedIn, routeFound } from "./browser.mjs";
import {
    devicePassword,
    enrol,
    eventually,
    freeTcpPort,
    openDoorInClear,
    openSimulation,
    openSite,
} from "./site.mjs";

test("devices are added one after the other, one in clear with a warning, and it stays marked", async (t) => {
    const { door, platform, directory } = await openSite(t);
    const [inClear] = await Promise.all([openDoorInClear(t, directory), door.up(), platform.up()]);
    await platform.setUp();
    for (const one of [door, inClear])
        await platform.must(200, "POST", "/devices/initialise", {
            address: "127.0.0.1",
            port: one.ports.device,
            password: devicePassword,
        });
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, "/devices?add=1", "Devices");
    const drawer = page.getByRole("dialog", { name: "Add devices" });

    const enter = async (port, name, fill) => {
        await drawer.getByRole("button", { name: "Enter an address" }).click();
        await drawer.getByLabel("Address", { exact: true }).fill("127.0.0.1");
        await drawer.getByRole("spinbutton", { name: "Port" }).fill(String(port));
        await fill();
        await drawer.getByRole("button", { name: "Add", exact: true }).click();
        const entry = drawer.getByRole("listitem").filter({ hasText: `127.0.0.1:${port}` });
        await entry.getByLabel("Name").fill(name);
        return entry;
    };
    await enter(door.ports.device, "Front", async () => {});
    await drawer.getByLabel("Its password").fill("not its password 1");
    await drawer.getByRole("button", { name: "Add and continue" }).click();
    await drawer.getByText("The controller does not accept this account and password.").waitFor();
    await drawer.getByLabel("Its password").fill(devicePassword);
    await drawer.getByRole("button", { name: "Add and continue" }).click();
    await drawer.getByText("Here already").waitFor();
    assert.equal((await platform.must(200, "GET", "/devices")).items.length, 1);

    const entry = await enter(inClear.ports.clear, "Back", async () => {
        await drawer.getByLabel("It speaks in clear only").check();
        await drawer.getByRole("alert").filter({ hasText: "Only in a network that you trust" }).waitFor();
    });
    await entry.getByText("Not encrypted").waitFor();
    await drawer.getByLabel("Its password").fill(devicePassword);
    await drawer.getByRole("button", { name: "Add 1 device" }).click();
    await drawer.waitFor({ state: "hidden" });

    const row = page.getByRole("row").filter({ hasText: "Back" });
    await row.getByText("Not encrypted").waitFor();
    await row.click();
    const details = page.getByRole("dialog", { name: "Back" });
    await details.getByText("Others on the network can read").waitFor();
    const upkeep = details.getByRole("region", { name: "Upkeep" });
    await upkeep.getByRole("button", { name: "Restart" }).waitFor();
    assert.equal(await upkeep.getByRole("button", { name: "Update" }).count(), 0);
    // What would be refused is not offered, and it is said why.
    await details.getByText("Its dialect has no words for door rules").waitFor();
    assert.equal(await details.getByRole("region", { name: "Password of the keypad" }).count(), 0);
    const settings = details.getByRole("region", { name: /^Settings of / });
    await settings.getByRole("spinbutton").first().waitFor();
    for (const field of ["Ask an operator for", "Longer for who needs time"])
        assert.equal(await settings.getByLabel(field).count(), 0, field);
    await settings.getByLabel("Duress PIN").waitFor();
    const back = (await platform.must(200, "GET", "/devices")).items.find((one) => one.name === "Back");
    const rules = await openPage(context, platform, `/rules?door=${back.doors[0].id}`, "Door rules");
    await rules.getByRole("alert").filter({ hasText: "no words for rules" }).waitFor();
    await rules.close();
    const { items } = await platform.must(200, "GET", "/audit?action=device.added");
    assert.deepEqual(
        items.map((item) => item.after.connection),
        ["in_clear", "encrypted"],
    );
    await eventually("both to be online", async () =>
        (await platform.must(200, "GET", "/devices")).items.every((one) => one.state === "online"),
    );
    // The browser notes the refused password as well.
    assert.deepEqual(
        context.faults.filter((fault) => !fault.includes("409 (Conflict)")),
        [],
    );
});

test("one that dials in is added with the certificate that somebody compared", async (t) => {
    const { door, platform } = await openSite(t);
    const registration = `127.0.0.1:${await freeTcpPort()}`;
    platform.args.push("--registration", registration);
    door.args.push("--register", registration, "--register-id", "gate-7");
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    const waiting = await eventually(
        "it to dial in",
        async () => (await platform.must(200, "GET", "/devices/waiting")).items[0],
    );
    const { serial, fingerprint } = waiting;
    await platform.must(200, "POST", "/devices/initialise", {
        serial,
        fingerprint,
        password: devicePassword,
    });
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, "/devices?add=1", "Devices");
    const drawer = page.getByRole("dialog", { name: "Add devices" });
    const entry = drawer.getByRole("listitem").filter({ hasText: "gate-7" });
    await entry.getByRole("checkbox").first().check();
    await entry.getByLabel("Name").fill("Barn");
    await entry.getByText("Anybody can dial in under this name.").waitFor();
    await drawer.getByLabel("Its password").fill(devicePassword);
    await drawer.getByRole("button", { name: "Add 1 device" }).click();
    await entry.getByRole("alert").filter({ hasText: "Compare the fingerprint first" }).waitFor();
    assert.equal((await platform.must(200, "GET", "/devices")).items.length, 0);
    await entry.getByLabel("I compared it").check();
    await drawer.getByRole("button", { name: "Add 1 device" }).click();
    await drawer.waitFor({ state: "hidden" });
    await eventually("it to be online", async () => {
        const [device] = (await platform.must(200, "GET", "/devices")).items;
        return device.state === "online" && device.fingerprint === fingerprint;
    });
    assert.deepEqual(context.faults, []);
});

test("its password is asked for again where it would go elsewhere, also for a replaced board", async (t) => {
    const site = await openSite(t);
    const { door, platform } = site;
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    const { deviceId } = await enrol(site);
    const context = await openSignedIn(t, platform);
    const device = () => platform.must(200, "GET", `/devices/${deviceId}`);
    const open = async () => {
        const page = await openPage(context, platform, `/devices?device=${deviceId}`, "Devices");
        return page.getByRole("region", { name: "How it is reached" });
    };
    let form = await open();
    await form.getByText("Leave it empty to keep the one that is stored.").waitFor();
    await form.getByLabel("Address").fill("localhost");
    await form.getByText("so type it again").waitFor();
    await form.getByRole("button", { name: "Save" }).click();
    await form.getByText("Type the password.").waitFor();
    assert.equal((await device()).address, "127.0.0.1");
    await form.getByLabel("Password").fill(devicePassword);
    await form.getByRole("button", { name: "Save" }).click();
    await form.getByText("Leave it empty to keep the one that is stored.").waitFor();
    await eventually("it to be found there", async () => (await device()).state === "online");
    assert.equal((await device()).address, "localhost");

    // Another board in its place.
    const before = (await device()).fingerprint;
    await door.stop();
    await rm(door.directory, { recursive: true });
    await door.up();
    const { fingerprint } = await platform.must(200, "POST", "/devices/initialise", {
        address: "127.0.0.1",
        port: door.ports.device,
        password: devicePassword,
    });
    assert.notEqual(fingerprint, before);
    await eventually(
        "the other certificate to be noticed",
        async () => (await device()).reason === "certificate_changed",
    );
    form = await open();
    await form.getByLabel("Fingerprint").fill(fingerprint);
    await form.getByRole("button", { name: "Save" }).click();
    await form.getByText("Type the password.").waitFor();
    await form.getByLabel("Password").fill(devicePassword);
    await form.getByRole("button", { name: "Save" }).click();
    await eventually("the new board to be taken", async () => (await device()).state === "online");
    // What a page asks of a device that has just gone is refused.
    assert.deepEqual(
        context.faults.filter((fault) => !/status of 409 .*\/readers\)$/.test(fault)),
        [],
    );
});

test("many that a search found are added in one step, named, and go on being added when left", async (t) => {
    const { platform, directory } = await openSite(t);
    const count = 6;
    const [first] = await Promise.all([openSimulation(t, directory, count), platform.up()]);
    await platform.setUp();
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, "/devices?add=1", "Devices");
    const drawer = page.getByRole("dialog", { name: "Add devices" });
    const search = async (range) => {
        await drawer.getByLabel("Address range").fill(range);
        await drawer.getByRole("button", { name: "Search", exact: true }).click();
    };
    await search("hello");
    await drawer.getByText(/"hello" is no range of addresses/).waitFor();
    await search("10.0.0.0/8");
    await drawer.getByText(/has 16777214 addresses and ports; at most 65536/).waitFor();

    await search(`127.0.0.1:${first}-${first + count - 1}`);
    const found = drawer.getByRole("list", { name: "Found on the network" }).getByRole("listitem");
    await eventually("all to be found", async () => (await found.count()) === count);
    await drawer.getByRole("checkbox", { name: "Select all" }).check();
    await drawer.getByText(`${count} of ${count} selected`).waitFor();
    const names = drawer.getByRole("textbox", { name: "Name" });
    const given = await names.evaluateAll((fields) => fields.map((field) => field.value));
    assert.equal(new Set(given).size, count);
    for (const name of given) assert.match(name, /^.+ 000\d$/);
    await names.first().fill("Gate");
    await found.last().getByRole("checkbox").first().uncheck();
    await drawer.getByText(`${count - 1} of ${count} selected`).waitFor();

    // Nothing listens at port 1: the platform's own sentence stands beside that one alone.
    await drawer.getByRole("button", { name: "Enter an address" }).click();
    await drawer.getByLabel("Address", { exact: true }).fill("127.0.0.1");
    await drawer.getByRole("spinbutton", { name: "Port" }).fill("1");
    await drawer.getByRole("button", { name: "Add", exact: true }).click();
    await drawer.getByLabel("Its password").fill(devicePassword);
    let leave;
    const left = new Promise((done) => (leave = done));
    await page.route("**/api/v1/devices", async (route) => {
        if (route.request().method() === "POST") await left;
        await route.continue();
    });
    await drawer.getByRole("button", { name: `Add ${count} devices` }).click();
    await drawer.getByText("It goes on when this is closed").waitFor();
    await drawer.getByRole("button", { name: "Close" }).click();
    await page.getByRole("link", { name: "People" }).click();
    await page.getByRole("heading", { level: 1, name: "People" }).waitFor();
    leave();
    await eventually("all but one to be added", async () => {
        const { items } = await platform.must(200, "GET", "/devices");
        return items.length === count - 1 && items.every((item) => item.state === "online");
    });
    await page.getByRole("link", { name: "Devices" }).click();
    const note = page.getByRole("alert").filter({ hasText: `${count - 1} of ${count} added · 1 failed` });
    await note.getByRole("button", { name: "Show" }).click();
    const refused = found.filter({ hasText: "127.0.0.1:1" }).filter({ has: page.getByRole("alert") });
    await refused.getByText(/nothing listens|refused|device port/i).waitFor();
    assert.equal(await drawer.getByText("Here already").count(), count - 1);
    await drawer.getByRole("button", { name: "Close" }).click();
    await note.waitFor({ state: "detached" });
    const added = (await platform.must(200, "GET", "/devices")).items.map((item) => item.name);
    assert.deepEqual(added.sort(), ["Gate", ...given.slice(1, -1)].sort());
});

test("of hundreds that were found only what is seen is drawn; all are added at once", async (t) => {
    const { platform } = await openSite(t);
    await platform.up();
    await platform.setUp();
    const context = await openSignedIn(t, platform);
    const count = 300;
    const added = await routeFound(context, count);
    const page = await openPage(context, platform, "/devices?add=1", "Devices");
    const drawer = page.getByRole("dialog", { name: "Add devices" });
    const found = drawer.getByRole("list", { name: "Found on the network" }).getByRole("listitem");
    await found.first().waitFor();
    await page.evaluate(() => {
        window.longest = 0;
        new PerformanceObserver((list) => {
            for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
        }).observe({ entryTypes: ["longtask"] });
    });
    await drawer.getByRole("checkbox", { name: "Select all" }).check();
    await drawer.getByText(`${count} of ${count} selected`).waitFor();
    assert.ok((await found.count()) < 60, "rows that nobody sees");
    await drawer.getByLabel("Its password").scrollIntoViewIfNeeded();
    await eventually("the last one to be drawn", async () => {
        await found.last().scrollIntoViewIfNeeded();
        return (await found.last().getAttribute("aria-posinset")) === String(count);
    });
    await eventually(
        "its name",
        async () => (await found.last().getByRole("textbox", { name: "Name" }).inputValue()) !== "",
    );
    const longest = () => page.evaluate(() => window.longest);
    t.diagnostic(`the longest task of selecting: ${await longest()} ms`);
    await eventually(
        "every row to be drawn to its end",
        async () => (await found.locator("details").count()) === (await found.count()),
    );
    assert.equal(await found.locator("details code").count(), 0, "certificates that nobody opened");
    await found.last().getByText("Fingerprint").click();
    await found.last().getByRole("checkbox", { name: "I compared it" }).waitFor();

    await page.evaluate(() => (window.longest = 0));
    await drawer.getByLabel("Its password").fill(devicePassword);
    await drawer.getByRole("button", { name: `Add ${count} devices` }).click();
    await drawer.waitFor({ state: "hidden" });
    assert.equal(added(), count);
    t.diagnostic(`the longest task of adding: ${await longest()} ms`);
});
