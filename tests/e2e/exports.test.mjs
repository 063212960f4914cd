// What a search finds is saved from the events page; the live list is about what an operator chooses.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { openPage, openSignedIn } from "./browser.mjs";
import { enrol, openSite } from "./site.mjs";

async function openWithEvents(t) {
    const site = await openSite(t);
    await Promise.all([site.door.up(), site.platform.up()]);
    await site.platform.setUp();
    await enrol(site, { card: "0000BEEF" });
    await site.door.card("0000BEEF");
    const context = await openSignedIn(t, site.platform);
    return { ...site, context };
}

test("a search is saved as CSV, Excel and PDF, found again, and deleted", async (t) => {
    const { platform, context } = await openWithEvents(t);
    const page = await openPage(context, platform, "/events", "Events");
    await page.getByRole("row").last().waitFor();
    const starts = { CSV: "\uFEFFTime,Kind,Result", Excel: "PK", PDF: "%PDF-" };
    for (const [format, start] of Object.entries(starts)) {
        await page.getByRole("button", { name: "Export", exact: true }).click();
        await page.getByRole("button", { name: format, exact: true }).click();
        const save = page.getByRole("link", { name: `Save ${format}` });
        await save.waitFor();
        const [download] = await Promise.all([page.waitForEvent("download"), save.click()]);
        assert.match(download.suggestedFilename(), /^events-\d{4}-\d\d-\d\d\.(csv|xlsx|pdf)$/);
        const text = await readFile(await download.path(), format === "CSV" ? "utf8" : "latin1");
        assert.ok(text.startsWith(start), text.slice(0, 40));
        await page.reload();
        await page.getByRole("row").last().waitFor();
    }
    await page.getByRole("button", { name: "Export", exact: true }).click();
    for (const format of Object.keys(starts)) {
        await page.getByRole("button", { name: `Delete ${format}` }).click();
        await page.getByRole("link", { name: `Save ${format}` }).waitFor({ state: "detached" });
    }
    assert.deepEqual(context.faults, []);
});

test("the live list is about chosen kinds and devices, and goes on where it was stopped", async (t) => {
    const { platform, door, context } = await openWithEvents(t);
    const page = await openPage(context, platform, "/live", "Live");
    const list = page.getByRole("grid", { name: "Live events" });
    await list.getByText("Granted").first().waitFor();
    await page.getByRole("button", { name: "Choose which events come" }).click();
    await page.getByRole("button", { name: "Stop all" }).click();
    await page.getByText("Nothing has happened yet").waitFor();
    await door.card("0000BEEF");
    await page.getByRole("button", { name: "Start all" }).click();
    await list.getByText("Granted").first().waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Alarms", { exact: true }).first().click();
    await list.getByText("Granted").first().waitFor({ state: "detached" });
    await page.reload();
    await page.getByText("Nothing has happened yet").waitFor();
    assert.deepEqual(context.faults, []);
});
