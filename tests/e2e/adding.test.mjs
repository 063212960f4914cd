// Devices one after the other: "Add and continue", and one that speaks in clear.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser, openContext, openPage, signInto } from "./browser.mjs";
import { devicePassword, eventually, openDoorInClear, openSite } from "./site.mjs";

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
    const context = await openContext(await openBrowser(t));
    await signInto(context, platform);
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
