// Areas and departments as an operator makes and uses them, in the browser.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, openSignedIn } from "./browser.mjs";
import { openSite } from "./site.mjs";

const form = (page, name) => page.getByRole("dialog", { name });

async function addDepartment(page, name) {
    await page.getByRole("button", { name: "Add a department" }).click();
    await form(page, "Add a department").getByLabel("Name").fill(name);
    await form(page, "Add a department").getByRole("button", { name: "Save" }).click();
    await form(page, "Add a department").waitFor({ state: "hidden" });
}

test("departments are made, filled, moved and guarded on the page", async (t) => {
    const { platform } = await openSite(t);
    await platform.up();
    await platform.setUp();
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, "/people", "People");
    const tree = page.getByRole("navigation", { name: "Departments" });

    await addDepartment(page, "Works");
    await tree.getByRole("button", { name: /^Works/ }).click();
    await addDepartment(page, "Night shift"); // below the one that is looked at
    await tree.getByRole("button", { name: /^Night shift/ }).click();
    await page.getByText("Nobody in this department").waitFor();

    await page.getByRole("link", { name: "Add a person" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Bo Owl");
    await page.getByText("Works / Night shift").waitFor();
    await page.getByRole("button", { name: "Add a person" }).click();
    await page.getByRole("heading", { name: "Bo Owl", level: 1 }).waitFor();

    await page.getByRole("link", { name: "People" }).click();
    await tree.getByRole("button", { name: "Works 1" }).click();
    await page.getByRole("row", { name: /Bo Owl.*Night shift/ }).waitFor();

    await tree.getByRole("button", { name: "Edit Works / Night shift" }).click();
    await form(page, "Night shift").getByRole("button", { name: "Delete" }).click();
    await form(page, "Delete Night shift?").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Night shift still holds 1 person. Move or remove them first.").waitFor();
    await form(page, "Night shift").getByLabel("Name").fill("Late shift");
    await form(page, "Night shift").getByRole("button", { name: "Save" }).click();
    await tree.getByRole("button", { name: /^Late shift/ }).waitFor();

    // Two at once: the page has opened what somebody else changes meanwhile.
    await tree.getByRole("button", { name: "Edit Works", exact: true }).click();
    await form(page, "Works").getByLabel("Name").waitFor();
    const { items } = await platform.must(200, "GET", "/departments");
    const works = items.find(({ name }) => name === "Works");
    await platform.must(200, "PATCH", `/departments/${works.id}`, { name: "Plant" });
    await form(page, "Works").getByLabel("Name").fill("Factory");
    await form(page, "Works").getByRole("button", { name: "Save" }).click();
    await page.getByText("Somebody else has changed Plant since you opened it.").waitFor();
    assert.deepEqual(
        context.faults.filter((fault) => !/status of 409/.test(fault)),
        [],
    );
});
