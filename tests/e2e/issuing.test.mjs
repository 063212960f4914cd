// What is issued at a desk: a card by a reader at a door or by a desktop issuer, and a photo by the camera
// of the computer.
import assert from "node:assert/strict";
import { test } from "node:test";

import { choose, launch, openBrowser, openContext, openPage, signInto } from "./browser.mjs";
import { enrol, issued, openSite } from "./site.mjs";

async function openDesk(t, { browser, doors = 1, ...options } = {}) {
    const site = await openSite(t, { doors });
    await Promise.all([site.door.up(), site.platform.up()]);
    await site.platform.setUp();
    await enrol(site);
    await issued(site.platform);
    const context = await openContext(browser ?? (await openBrowser(t)), options);
    await signInto(context, site.platform);
    const page = await openPage(context, site.platform, "/people/new", "New person");
    await page.getByLabel("Name").fill("Clara Falk");
    return { ...site, context, page };
}

const saved = async ({ page, platform }) => {
    await page.getByRole("button", { name: "Add a person" }).click();
    await page.waitForURL(/\/people\/\d+/);
    return (await platform.must(200, "GET", "/people?q=Clara")).items[0];
};

test("the next card at a reader fills the field, unless somebody has it", async (t) => {
    const desk = await openDesk(t);
    const { page, door } = desk;
    await page.getByRole("button", { name: "Read from a reader" }).click();
    await page.getByText(/show the card/i).waitFor();
    await door.press("card", { number: "04A1B2C3", reader: 1 });
    await page.getByText("Card 04A1B2C3 already belongs to Anna Berger.").waitFor();
    await page.getByRole("button", { name: "Read from a reader" }).click();
    await page.getByText(/show the card/i).waitFor();
    await door.press("card", { number: "0C0FFEE1", reader: 1 });
    await page.getByText(/Read at .*: 0C0FFEE1/).waitFor();
    assert.deepEqual((await saved(desk)).cards.map(({ number }) => number), ["0C0FFEE1"]);
    assert.deepEqual(desk.context.faults, []);
});

test("a card at another reader than the chosen one fills nothing, on both pages", async (t) => {
    const desk = await openDesk(t, { doors: 2 });
    const { page, door, platform } = desk;
    const shown = async (here) => {
        await door.press("card", { number: "0BADCAFE", reader: 1, door: 2 });
        await door.press("card", { number: here, reader: 1 });
    };
    await page.getByRole("button", { name: "Read from a reader" }).click();
    await page.getByRole("status").filter({ hasText: "Choose the reader" }).waitFor();
    await choose(page, page.getByRole("combobox", { name: "Reader", exact: true }), "Main entrance 1 · In");
    await page.getByText("Show the card at Main entrance 1 · In").waitFor();
    await shown("0C0FFEE1");
    await page.getByText(/Read at Main entrance 1.*: 0C0FFEE1/).waitFor();
    assert.deepEqual((await saved(desk)).cards.map(({ number }) => number), ["0C0FFEE1"]);

    await page.goto(`${platform.url}/people/batch`);
    await page.getByLabel("First number").fill("0301");
    await page.getByRole("button", { name: "Read from a reader" }).click();
    await page.getByText("Show the card at Main entrance 1 · In").waitFor();
    await shown("0C0FFEE2");
    await page.getByText("Card 0C0FFEE2 goes to 0301.").waitFor();
    await page.getByText("1/10").waitFor();
    assert.equal(await page.getByText("0BADCAFE").count(), 0);
    assert.deepEqual(desk.context.faults, []);
});

test("a desktop issuer types a card, in the format that is chosen once", async (t) => {
    const desk = await openDesk(t);
    const { page } = desk;
    const open = () => page.getByRole("button", { name: "Card issuer" }).click();
    const issuer = page.getByRole("region", { name: "Card issuer" });
    const field = issuer.getByLabel("Put a card on the issuer");
    await open();
    await issuer.getByText("IC card (13.56 MHz)").click();
    await issuer.locator(".ant-select").click();
    await page.locator(".ant-select-dropdown").getByText("Decimal, bytes reversed", { exact: true }).click();
    await field.focus();
    await page.keyboard.type("C0FFEE");
    await page.keyboard.press("Enter");
    await issuer.getByText(/This is no number/).waitFor();
    await field.fill("");
    await page.keyboard.type("3283263748", { delay: 5 });
    await page.keyboard.press("Enter");
    await page.getByText("Card 04A1B2C3 was read.").waitFor();
    await page.getByRole("button", { name: /Remove.*04A1B2C3/ }).click();
    await page.reload();
    await page.getByLabel("Name").fill("Clara Falk");
    await open();
    await field.focus();
    await page.keyboard.type("0302099424");
    await page.keyboard.press("Enter");
    await page.getByText("Card E0AB0112 was read.").waitFor();
    assert.deepEqual((await saved(desk)).cards.map(({ number }) => number), ["E0AB0112"]);
    assert.deepEqual(desk.context.faults, []);
});

const camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

test("a new person has a photo from the camera of this computer", async (t) => {
    const browser = await launch(camera);
    t.after(() => browser.close());
    const desk = await openDesk(t, { browser });
    const { page } = desk;
    await page.getByRole("button", { name: "Take a photo" }).click();
    await page.getByRole("button", { name: "Take it" }).click();
    await page.getByRole("img", { name: /Clara Falk/ }).waitFor();
    const person = await saved(desk);
    assert.notEqual(person.photo, null);
    await page.getByRole("heading", { name: "Clara Falk" }).waitFor(); // the page of before shows her as well
    await page.getByRole("img", { name: "Photo of Clara Falk" }).waitFor();
    await page.getByRole("button", { name: "Take a photo" }).click();
    await page.getByRole("button", { name: "Take it" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.deepEqual(desk.context.faults, []);
});

test("without a camera, or without leave, a sentence says what to do", async (t) => {
    const desk = await openDesk(t);
    const { page } = desk;
    await page.getByRole("button", { name: "Take a photo" }).click();
    await page.getByText(/There is no camera|The camera is not allowed here/).waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText(/choose a file/).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    assert.equal((await saved(desk)).photo, null);
});
