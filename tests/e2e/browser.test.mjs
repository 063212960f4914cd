// The main job as an operator and a person at the door live through it: in the browser, on real programs.
import assert from "node:assert/strict";
import { test } from "node:test";

import {
    liveRows,
    openBrowser,
    openContext,
    openLivePage,
    openPage,
    openPanel,
    openSignedIn,
    pick,
    showCard,
    typeKeys,
} from "./browser.mjs";
import { adminPassword, devicePassword, enrol, eventually, openSite } from "./site.mjs";

const anna = "04A1B2C3";
const strangers = ["0052F1D7", "7A3C19E0", "00C0FFEE"]; // lie on the panel's desk as well

async function setUp(page) {
    await page.getByRole("heading", { name: "Set up Sallyport" }).waitFor();
    const rules = page.getByRole("list", { name: "What the password needs" }).getByRole("listitem");
    const says = (rule, state) => rules.filter({ hasText: rule }).getByText(state, { exact: true }).waitFor();
    await page.getByLabel("Password", { exact: true }).pressSequentially("abc123");
    await says("8 characters or more", "not met");
    await says("No runs such as", "not met");
    await says("Two kinds of characters", "met");
    await page.getByLabel("Password", { exact: true }).fill(adminPassword);
    await says("8 characters or more", "met");
    await says("No runs such as", "met");
    await page.getByLabel("The same again").fill(adminPassword);
    await page.getByLabel("First question").fill("First pet?");
    await page.getByLabel("Answer to question 1").fill("Rex");
    await page.getByLabel("Second question").fill("First street?");
    await page.getByLabel("Answer to question 2").fill("Am Wall");
    await page.getByRole("button", { name: "Finish and sign in" }).click();
    await page.getByRole("heading", { name: "Live", level: 1 }).waitFor();
}

async function signOut(page) {
    await page.getByRole("button", { name: /^Account admin/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

async function signIn(page) {
    await page.getByLabel("Account").fill("admin");
    await page.getByLabel("Password", { exact: true }).fill(adminPassword);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Live", level: 1 }).waitFor();
}

/** Takes what the search found, gives it its first password, and answers with its keypad password. */
async function addFoundDoor(page, address, fingerprint) {
    await page.getByRole("link", { name: "Devices" }).click();
    await page.getByRole("button", { name: "Add a device" }).click();
    const drawer = page.getByRole("dialog", { name: "Add devices" });
    const found = drawer.getByRole("list", { name: "Found on the network" }).getByRole("listitem");
    await found.filter({ hasText: address }).getByText("New, without a password").waitFor();
    await found.getByRole("checkbox", { name: address }).check();
    assert.equal(await found.getByRole("code").textContent(), fingerprint);
    await found.getByRole("checkbox", { name: /^I compared it/ }).check();
    await drawer.getByLabel("New password").fill(devicePassword);
    await drawer.getByLabel("Name", { exact: true }).fill("");
    await drawer.getByRole("button", { name: "Add 1 device" }).click();
    await found.getByRole("alert").getByText("Give it a name.").waitFor();
    await drawer.getByLabel("Name", { exact: true }).fill("Main entrance");
    await drawer.getByRole("button", { name: "Add 1 device" }).click();
    const written = drawer.getByRole("alert").filter({ hasText: "Write these down now" });
    const keypadPassword = await written.getByRole("code").textContent();
    await drawer.getByRole("button", { name: "Close" }).click();
    const row = page.getByRole("grid", { name: "Devices" }).getByRole("row", { name: /Main entrance/ });
    await row.getByText("Online").waitFor();
    await row.click();
    const device = page.getByRole("dialog", { name: "Main entrance" });
    await device.getByText("Compared by an operator").waitFor();
    await device.getByRole("button", { name: "Close" }).click();
    return keypadPassword;
}

async function addAnna(page) {
    await page.getByRole("link", { name: "People" }).click();
    await page.getByRole("link", { name: "Add a person" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Anna Berger");
    await page.getByLabel("User ID").fill("1001");
    await page.getByRole("button", { name: "Add a card" }).click();
    await page.getByLabel("Card number").fill(anna);
    await page.getByRole("button", { name: "Add a person" }).click();
    await page.getByRole("heading", { name: "Anna Berger", level: 1 }).waitFor();
}

async function permitAnna(page) {
    await page.getByRole("link", { name: "Add a group" }).click();
    const drawer = page.getByRole("dialog", { name: "New permission group" });
    await drawer.getByLabel("Name", { exact: true }).fill("Staff");
    await drawer.getByRole("checkbox", { name: "Main entrance" }).check();
    await drawer.getByText("Anna Berger gains Main entrance").waitFor();
    await drawer.getByRole("button", { name: "Remove Anna Berger" }).click();
    await drawer.getByText("Nobody gains or loses a door.").waitFor();
    const search = drawer.getByRole("combobox", { name: "Find people to add" });
    await search.fill("Anna");
    await pick(page, "Anna Berger · 1001");
    await drawer.getByText("Anna Berger gains Main entrance").waitFor();
    await drawer.getByRole("button", { name: "Save" }).click();
    await drawer.waitFor({ state: "hidden" });
    await page.getByRole("link", { name: "People" }).click();
    await page.getByRole("row", { name: /Anna Berger/ }).click();
    await page
        .getByRole("listitem")
        .filter({ hasText: "Main entrance" })
        .getByText("On the controller")
        .waitFor();
}

const openLive = async (page) => {
    await page.getByRole("link", { name: "Live" }).click();
    await page.getByRole("heading", { name: "Live", level: 1 }).waitFor();
};

test("from an empty directory to a named event, by hand", async (t) => {
    const { door, platform } = await openSite(t);
    await Promise.all([door.up(), platform.up()]);
    const browser = await openBrowser(t);
    const context = await openContext(browser);
    const page = await context.newPage();
    await page.goto(platform.url);
    await setUp(page);
    await signOut(page);
    await signIn(page);
    const atTheDoor = await openContext(browser); // a window of its own: a tab behind another one is slow
    const panel = await openPanel(atTheDoor, door);
    await panel.getByText("Not initialised", { exact: true }).waitFor();
    const fingerprint = await panel.locator("#fingerprint").textContent();
    const keypadPassword = await addFoundDoor(page, `127.0.0.1:${door.ports.device}`, fingerprint);
    await panel.getByText("Initialised", { exact: true }).waitFor();
    await addAnna(page);
    await permitAnna(page);
    await openLive(page);

    await showCard(panel, anna);
    await released(panel);
    const row = liveRows(page).filter({ hasText: "Anna Berger" });
    await row.filter({ hasText: "Main entrance" }).filter({ hasText: "Granted" }).waitFor();
    const newest = page.getByRole("region", { name: "Newest event" });
    await newest.getByText("Anna Berger", { exact: true }).waitFor();
    const why = newest.getByRole("region", { name: "Why" });
    await why.getByText("There is a permission for this door").waitFor();
    assert.doesNotMatch(await why.innerText(), /_/, "rules in words, not by their ids");

    await typeKeys(panel, `#${keypadPassword}#`);
    await panel.getByText("Flashing blue: in the menu").waitFor();
    assert.deepEqual([...context.faults, ...atTheDoor.faults], []);
});

/** Both are over after three seconds. */
const released = (panel) =>
    Promise.all([
        panel.getByText("Green: Access granted").waitFor(),
        panel.getByRole("status").getByText("Released", { exact: true }).waitFor(),
    ]);

/** A site with Anna enrolled, the Live page and the panel open beside each other. */
async function openWatchedSite(t, person) {
    const site = await openSite(t);
    await Promise.all([site.door.up(), site.platform.up()]);
    await site.platform.setUp();
    const ids = await enrol(site, { card: anna, ...person });
    const context = await openSignedIn(t, site.platform);
    const page = await openLivePage(context, site.platform);
    return { ...site, ids, context, page, panel: await openPanel(context, site.door) };
}

test("an unknown card: red, three beeps, locked, and told", async (t) => {
    const { page, panel, context } = await openWatchedSite(t);
    await showCard(panel, strangers[0]);
    await panel.getByText("Red: Access refused").waitFor();
    await panel.getByRole("group", { name: "Keypad station" }).waitFor();
    await panel.locator(".beeps").getByText("3 beeps").waitFor();
    await panel.getByRole("status").getByText("Locked", { exact: true }).waitFor();
    const row = liveRows(page).filter({ hasText: strangers[0] });
    await row.filter({ hasText: "Denied" }).filter({ hasText: "Unknown card" }).waitFor();
    await row.click();
    const selected = page.getByRole("region", { name: "Selected event" });
    await selected.getByRole("link", { name: "Give this card to somebody" }).waitFor();
    assert.deepEqual(context.faults, []);
});

test("a card of somebody without a permission here is named, and leads to the person", async (t) => {
    const { page, panel, context, platform } = await openWatchedSite(t);
    await platform.must(201, "POST", "/people", { name: "Nora Lind", cards: [{ number: strangers[0] }] });
    await showCard(panel, strangers[0]);
    await panel.getByText("Red: Access refused").waitFor();
    const row = liveRows(page).filter({ hasText: "Nora Lind" });
    await row.filter({ hasText: "Denied" }).filter({ hasText: "No permission at this door" }).waitFor();
    await row.click();
    const selected = page.getByRole("region", { name: "Selected event" });
    await selected.getByText(/^The card is Nora Lind’s\./).waitFor();
    assert.equal(await selected.getByRole("link", { name: "Give this card to somebody" }).count(), 0);
    await selected.getByRole("link", { name: "Open the person" }).click();
    await page.getByRole("heading", { name: "Nora Lind" }).waitFor();
    assert.deepEqual(context.faults, []);
});

/** Who stands in the stream, the newest first. */
const namesIn = async (page) => {
    const texts = await liveRows(page).allInnerTexts();
    return texts
        .filter((text) => /Granted|Denied/.test(text))
        .map((text) => ["Anna Berger", ...strangers].find((name) => text.includes(name)));
};

test("without the platform the card opens; its events come once, in order, on the page", async (t) => {
    const { door, platform, page, panel } = await openWatchedSite(t);
    await showCard(panel, anna);
    await liveRows(page).filter({ hasText: "Anna Berger" }).waitFor();
    await platform.kill();
    await page.getByTitle(/The live connection is lost/).waitFor();
    for (const card of strangers) {
        await showCard(panel, card);
        await panel.getByText("Red: Access refused").waitFor();
        await panel.getByRole("button", { name: "+30 s" }).click();
        await panel.getByText("Light off").waitFor();
    }
    await showCard(panel, anna);
    await released(panel);
    await platform.up();
    const wanted = ["Anna Berger", ...[...strangers].reverse(), "Anna Berger"];
    await eventually("every event to be on the page", async () => {
        const names = await namesIn(page);
        return names.length >= wanted.length && names.length;
    });
    assert.deepEqual(await namesIn(page), wanted);
    await platform.signIn();
    const sequences = (await platform.events()).map((event) => event.sequence);
    const first = sequences[0];
    assert.deepEqual(
        sequences,
        Array.from(sequences, (_, i) => first + i),
        "once and without gaps",
    );
    await door.advance(0);
});

test("user ID and PIN typed at the panel open the door", async (t) => {
    const { door, platform, ids, page, panel } = await openWatchedSite(t, { pin: "12345" });
    await platform.must(200, "PATCH", `/doors/${ids.doorId}`, {
        settings: { unlock_mode: "card_or_user_and_pin" },
    });
    const settled = async () =>
        (await platform.must(200, "GET", `/doors/${ids.doorId}`)).settings_state === "issued";
    await eventually("the settings to arrive", settled);
    await typeKeys(panel, "1001#12345#");
    await released(panel);
    await liveRows(page).filter({ hasText: "Anna Berger" }).filter({ hasText: "Granted" }).waitFor();
    await door.advance(30_000);
    await typeKeys(panel, "1001#11111#");
    await panel.getByText("Red: Access refused").waitFor();
    await liveRows(page).filter({ hasText: "Denied" }).filter({ hasText: "Wrong PIN" }).waitFor();
});

test("the sign-in page speaks Chinese at a click, and remembers it", async (t) => {
    const { platform } = await openSite(t);
    await platform.up();
    await platform.setUp();
    const context = await openContext(await openBrowser(t));
    const page = await openPage(context, platform, "/", "Sign in");
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("heading", { name: "登录" }).waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
    await page.reload();
    await page.getByLabel("账户").fill("admin");
    await page.getByLabel("密码").fill("wrong-one-1");
    await page.getByRole("button", { name: "登录" }).click();
    await page.getByRole("alert").filter({ hasText: "账户或密码错误" }).waitFor();
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.deepEqual(
        context.faults.filter((fault) => !/401/.test(fault)),
        [],
    );
});

test("who is not at the machine itself types the code of the log", async (t) => {
    const { platform } = await openSite(t);
    await platform.up();
    const context = await openContext(await openBrowser(t));
    const typed = [];
    // All of a test is on this machine, which needs no code: what the platform says to others is put in.
    await context.route("**/api/v1/setup", async (route) => {
        const answer = await route.fetch();
        if (route.request().method() === "GET")
            return route.fulfill({ json: { ...(await answer.json()), code_required: true } });
        typed.push(route.request().postDataJSON().code);
        return route.fulfill({ response: answer });
    });
    const page = await openPage(context, platform, "/", "Set up Sallyport");
    await page.getByLabel("One-time code").waitFor();
    await page.getByText("The code stands in the log of the service.").waitFor();
    await page.getByLabel("One-time code").fill(" 4711 ");
    await setUp(page);
    assert.deepEqual(typed, ["4711"]);
    assert.deepEqual(context.faults, []);
});
