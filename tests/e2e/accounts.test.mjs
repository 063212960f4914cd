// An administrator makes an account for a part of the site; its owner signs in, chooses a password and sees
// that part only. All in the browser.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser, openContext, openPage, signInto } from "./browser.mjs";
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
    await drawer.getByRole("button", { name: "Add an account" }).click();
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
