// Cards that are lost, frozen, cancelled and returned: on the page, on the platform and at the door.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openLivePage, openPage, openSignedIn, pick, save } from "./browser.mjs";
import { enrol, eventually, hold, issued, openSite } from "./site.mjs";

const anna = "04A1B2C3";

async function openEnrolledSite(t) {
    const site = await openSite(t);
    await Promise.all([site.door.up(), site.platform.up()]);
    await site.platform.setUp();
    const ids = await enrol(site, { card: anna });
    await hold(site.platform, [ids.doorId]);
    return { ...site, ids };
}

const accesses = async (platform) =>
    (await platform.events()).filter((event) => event.kind === "access").map((event) => event.reason);

/** Shows the card, and answers with the reason of what came of it. */
async function show(site, number, count) {
    await site.door.advance(200_000); // the lock is locked again
    await site.door.card(number);
    return eventually("the event", async () => {
        const all = await accesses(site.platform);
        return all.length === count && (all.at(-1) ?? "granted");
    });
}

test("only an active card opens, and the door says why another does not", async (t) => {
    const site = await openEnrolledSite(t);
    const { platform, door, ids } = site;
    let count = 0;
    for (const status of ["lost", "frozen", "cancelled"]) {
        const cards = [{ number: anna, status }];
        await platform.must(200, "PATCH", `/people/${ids.personId}`, { cards });
        await issued(platform, ids.personId);
        assert.equal(await show(site, anna, ++count), `card_${status}`);
        assert.equal((await door.state()).lock, "locked");
    }
    const cards = [{ number: anna, status: "active" }];
    await platform.must(200, "PATCH", `/people/${ids.personId}`, { cards });
    await issued(platform, ids.personId);
    assert.equal(await show(site, anna, ++count), "granted");
    assert.equal((await door.state()).lock, "released");
});

test("a returned card opens nothing until somebody else has it", async (t) => {
    const site = await openEnrolledSite(t);
    const { platform, ids } = site;
    await platform.must(200, "PATCH", `/people/${ids.personId}`, { cards: [] });
    await issued(platform, ids.personId);
    assert.equal(await show(site, anna, 1), "unknown_card");
    const bo = await platform.must(201, "POST", "/people", { name: "Bo Owl", cards: [{ number: anna }] });
    await platform.must(200, "PATCH", `/permission-groups/${ids.groupId}`, {
        people: [ids.personId, bo.id],
    });
    await issued(platform);
    assert.equal(await show(site, anna, 2), "granted");
    const events = await platform.events();
    assert.equal(events.findLast((event) => event.kind === "access").person.name, "Bo Owl");
});

test("a second card where one has room leaves the first opening, and the page says so", async (t) => {
    const site = await openEnrolledSite(t);
    const { platform, ids } = site;
    const cards = [{ number: anna }, { number: "000000A2" }];
    await platform.must(200, "PATCH", `/people/${ids.personId}`, { cards });
    await issued(platform, ids.personId);
    assert.equal(await show(site, anna, 1), "granted");
    assert.equal(await show(site, "000000A2", 2), "unknown_card");
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, `/people/${ids.personId}`, "Anna Berger");
    await page.getByText("the last card does not open here").waitFor();
    assert.deepEqual(context.faults, []);
});

test("the card of the event on Live is blocked, asked first, and opens nothing from then on", async (t) => {
    const site = await openEnrolledSite(t);
    const { platform, door, ids } = site;
    const context = await openSignedIn(t, platform);
    const page = await openLivePage(context, platform);
    assert.equal(await show(site, anna, 1), "granted");
    const block = page.getByRole("article").getByRole("button", { name: "Block card", exact: true });
    await block.click();
    const asked = page.getByRole("dialog", { name: `Block the card ${anna} of Anna Berger?` });
    await asked.getByRole("button", { name: "Cancel" }).click();
    assert.equal((await platform.must(200, "GET", `/cards/${anna}`)).status, "active");
    await block.click();
    await asked.getByRole("button", { name: "Block card" }).click();
    await page.getByText(`Card ${anna} is blocked.`).waitFor();
    await block.waitFor({ state: "detached" });
    await issued(platform, ids.personId);
    assert.equal(await show(site, anna, 2), "card_frozen");
    assert.equal((await door.state()).lock, "locked");
    assert.deepEqual(context.faults, []);
});

test("a card is reported lost and given to another person on the page", async (t) => {
    const { platform, ids } = await openEnrolledSite(t);
    const bo = await platform.must(201, "POST", "/people", { name: "Bo Owl", user_id: "7" });
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, `/people/${ids.personId}`, "Anna Berger");
    const choose = async (status) => {
        await page.getByLabel("State", { exact: true }).press("ArrowDown");
        await pick(page, status);
        await save(page);
        await page.getByText("Saved").first().waitFor();
    };
    await choose("Lost");
    await page.getByRole("link", { name: "People" }).click();
    await page.getByRole("row", { name: /Anna Berger.*04A1B2C3 \(Lost\)/ }).waitFor();

    await page.getByText("Cards", { exact: true }).first().click();
    await page.getByRole("row", { name: /04A1B2C3.*Lost.*Anna Berger/ }).click();
    const history = page.getByRole("region", { name: "Who had it, and when" });
    await history.getByText("Active").waitFor();
    await page.getByRole("dialog").getByRole("link", { name: "Anna Berger" }).first().click();
    await page.getByRole("button", { name: `Remove card ${anna}` }).click();
    await save(page);
    await page.getByText("Saved").first().waitFor();

    await page.goto(`${platform.url}/people/cards?status=returned&card=${anna}`);
    await history.getByText("Returned").waitFor();
    assert.equal(await history.getByRole("listitem").count(), 3);

    await page.goto(`${platform.url}/people/${bo.id}`);
    await page.getByRole("button", { name: "Add a card" }).click();
    await page.getByLabel("Card number").fill(anna);
    await save(page);
    await page.getByText("Saved").first().waitFor();
    await page.goto(`${platform.url}/people/cards?card=${anna}`);
    await history.getByText("Bo Owl").waitFor();
    assert.equal(await history.getByRole("listitem").count(), 4);
    const { cards } = await platform.must(200, "GET", `/people/${bo.id}`);
    assert.deepEqual(cards.map(({ number, status }) => [number, status]), [[anna, "active"]]);
    assert.deepEqual(context.faults, []);
});
