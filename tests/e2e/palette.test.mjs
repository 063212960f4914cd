// Ctrl-K opens anything that has a name, as far as the account may see it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser, openContext, openPage, openSignedIn } from "./browser.mjs";
import { enrol, openSite } from "./site.mjs";

const password = "green-lamp-42";

test("everything that has a name is opened by it, and an operator is offered no accounts", async (t) => {
    const site = await openSite(t);
    const { platform, door } = site;
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    await enrol(site);
    const add = (path, body) => platform.must(201, "POST", path, body);
    const area = await add("/areas", { name: "North wing" });
    const department = await add("/departments", { name: "Laboratory" });
    const account = await add("/accounts", {
        ...{ name: "guard", password, role_id: "2", areas: null, departments: null },
    });
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, "/events", "Events");
    const find = async (where, typed, option) => {
        await where.keyboard.press("Control+k");
        await where.getByRole("combobox", { name: "Search" }).fill(typed);
        await where.getByRole("option", { name: option }).click();
    };
    const there = (address) => page.waitForURL(`**${address}`);

    await find(page, "everyo", /Everyone.*Permission group/);
    await page.getByRole("dialog", { name: "Everyone" }).getByRole("button", { name: "Close" }).click();
    await find(page, "north", /North wing.*Area/);
    await there(`/live?area=${area.id}`);
    await find(page, "labor", /Laboratory.*Department/);
    await there(`/people?department=${department.id}`);
    await find(page, "04a1", /04A1B2C3.*Anna Berger.*Card/);
    await page.getByRole("region", { name: "Who had it, and when" }).waitFor();
    await page.keyboard.press("Escape");
    await find(page, "install", /Installer.*Role/);
    await page.getByRole("dialog", { name: "Installer" }).waitFor();
    await page.keyboard.press("Escape");
    await find(page, "guar", /guard.*Account/);
    await there(`/accounts?account=${account.id}`);
    await page.getByRole("dialog", { name: "guard" }).waitFor();

    const other = await openContext(await openBrowser(t));
    const { url } = platform;
    const headers = { origin: url };
    const me = { account: "guard", password };
    await other.request.post(`${url}/api/v1/sessions`, { data: me, headers });
    const change = { old: password, password: `${password}-too` };
    assert.ok((await other.request.post(`${url}/api/v1/me/password`, { data: change, headers })).ok());
    const guard = await openPage(other, platform, "/events", "Events");
    await guard.keyboard.press("Control+k");
    await guard.getByRole("combobox", { name: "Search" }).fill("a");
    await guard.getByRole("option", { name: /Anna Berger.*Person/ }).waitFor();
    assert.equal(await guard.getByRole("option", { name: /(Account|Role)$/ }).count(), 0);
    assert.deepEqual([...context.faults, ...other.faults], []);
});
