// An administrator makes an account for a part of the site; its owner signs in, chooses a password and sees
// that part only. All in the browser.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser, openContext, openPage, openSignedIn, signInto } from "./browser.mjs";
import { openSite } from "./site.mjs";

const first = "brass-key-58";
const own = "silver-lock-91";

test("a guard of one building is made, and sees that building only", async (t) => {
    const { platform } = await openSite(t);
    await platform.up();
    await platform.setUp();
    const add = async (path, body) => (await platform.must(201, "POST", path, body)).id;
    await add("/areas", { name: "North" });
    await add("/areas", { name: "South" });
    const works = await add("/departments", { name: "Works" });
    await add("/people", { name: "Anna Berger", department_id: works });
    await add("/people", { name: "Bo Owl" });
    const browser = await openBrowser(t);
    const admin = await openContext(browser);
    await signInto(admin, platform);

    const page = await openPage(admin, platform, "/accounts", "Accounts");
    await page.getByRole("button", { name: "Add an account" }).click();
    const drawer = page.getByRole("dialog", { name: "Add an account" });
    await drawer.getByLabel("Account", { exact: true }).fill("guard");
    await drawer.getByLabel("All departments").uncheck();
    await drawer.getByLabel("Departments", { exact: true }).click();
    await drawer.getByLabel("Departments", { exact: true }).fill("Works");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await drawer.getByLabel("Password", { exact: true }).fill(first);
    await drawer.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /guard.*Operator.*Works.*To be changed/ }).waitFor();

    const guard = await openContext(browser);
    const door = await openPage(guard, platform, "/people", "Sign in");
    await door.getByLabel("Account").fill("guard");
    await door.getByLabel("Password", { exact: true }).fill(first);
    await door.getByRole("button", { name: "Sign in" }).click();
    await door.getByRole("heading", { name: "Choose your own password" }).waitFor();
    await door.getByLabel("Present password").fill(first);
    await door.getByLabel("New password").fill(own);
    await door.getByLabel("The same again").fill(own);
    await door.getByRole("button", { name: "Change the password" }).click();
    await door.getByRole("row", { name: /Anna Berger/ }).waitFor();
    assert.equal(await door.getByRole("row", { name: /Bo Owl/ }).count(), 0);
    assert.equal(await door.getByRole("link", { name: "Add a person" }).count(), 0);
    assert.equal(await door.getByRole("link", { name: "Accounts" }).count(), 0);

    await page.getByText("Signed in", { exact: true }).click();
    await page.getByRole("row", { name: /guard/ }).getByRole("button", { name: "End" }).click();
    await page.getByRole("row", { name: /guard/ }).waitFor({ state: "detached" });
    await door.reload();
    await door.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.deepEqual(admin.faults, []);
});

test("a role is made of chosen rights, and a lockout is lifted", async (t) => {
    const { platform } = await openSite(t);
    await platform.up();
    await platform.setUp();
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, "/accounts/roles", "Accounts");
    await page.getByRole("button", { name: "Add a role" }).click();
    const drawer = page.getByRole("dialog", { name: "Add a role" });
    await drawer.getByLabel("Name of the role").fill("Doorman");
    await drawer.getByRole("combobox", { name: "Doors" }).selectOption("control");
    await drawer.getByRole("combobox", { name: "Events" }).selectOption("view");
    await drawer.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /Doorman/ }).waitFor();
    const { items } = await platform.must(200, "GET", "/roles");
    const { rights } = items.find(({ name }) => name === "Doorman");
    assert.deepEqual([rights.doors, rights.events, rights.people ?? "none"], ["control", "view", "none"]);

    await platform.must(201, "POST", "/accounts", { name: "guard", password: first, role_id: items[0].id });
    const statuses = [];
    for (let tries = 0; tries < 6; ++tries) {
        const wrong = { account: "guard", password: "not it 1" };
        statuses.push((await platform.api("POST", "/sessions", wrong)).status);
    }
    assert.equal(statuses.at(-1), 429);
    await page.getByText("Signed in", { exact: true }).click();
    const lockouts = page.getByRole("region", { name: "Locked out" });
    for (const subject of ["Account guard", "Address 127.0.0.1"]) {
        const line = lockouts.getByRole("row", { name: subject });
        await line.getByRole("button", { name: "Lift" }).click();
        await line.waitFor({ state: "detached" });
    }
    const login = { account: "guard", password: first };
    assert.equal((await platform.api("POST", "/sessions", login)).status, 200);
    assert.deepEqual(context.faults, []);
});
