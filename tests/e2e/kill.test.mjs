// The controller is killed at random moments while cards are shown and the platform listens: what was
// reported as stored stays, nothing comes twice, no number is missing. SALLYPORT_SEED repeats a run.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

import { enrol, eventually, openSite } from "./site.mjs";

const seed = Number(process.env.SALLYPORT_SEED ?? Date.now() % 1_000_000);
const kills = process.env.SALLYPORT_LONG ? 500 : 50;
const longestRunMs = 250;

/** The same moments for the same seed. */
function dice(state) {
    return () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state / 2 ** 32;
    };
}

const cardOf = (number) => (0xbb000000 + number).toString(16).toUpperCase();

/** Shows one card after the other, each once in the whole test, until the controller is gone. */
async function showCards(door, shown) {
    for (;;) {
        const card = { number: cardOf(shown.length), reported: false };
        shown.push(card);
        try {
            await door.card(card.number);
            card.reported = true; // the answer comes when what the card caused is stored
        } catch (error) {
            if (!door.process.killed) throw error;
            return;
        }
    }
}

/** Kills it at a moment that is not foreseen, in the middle of what it does. */
async function killSomewhen(door, roll, shown) {
    const killed = new Promise((resolved, rejected) => {
        setTimeout(() => door.kill().then(resolved, rejected), roll() * longestRunMs);
    });
    await Promise.all([killed, showCards(door, shown)]);
}

/** The records on the controller's disk, oldest first. */
function journalOf(door) {
    const sql =
        "SELECT ordinal, hex(previous) AS previous, hex(hash) AS hash, body FROM records ORDER BY ordinal";
    const file = join(door.directory, "controller.db");
    const text = execFileSync("sqlite3", ["-readonly", "-json", file, sql], { maxBuffer: 1 << 28 });
    return JSON.parse(text.toString() || "[]").map((row) => ({ ...row, ...JSON.parse(row.body) }));
}

const what = ({ generation, sequence, kind, card, at }) =>
    `${generation}:${sequence} ${kind} ${card ?? ""} ${Date.parse(at)}`;

const isRun = (numbers) => numbers.every((number, index) => number === numbers[0] + index);

test(`killed ${kills} times at random moments, seed ${seed}`, async (t) => {
    const roll = dice(seed);
    const site = await openSite(t);
    const { door, platform } = site;
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    await enrol(site);
    const shown = [];
    const begun = Date.now();
    for (let kill = 0; kill < kills; ++kill) {
        await killSomewhen(door, roll, shown);
        await door.up();
    }
    t.diagnostic(`${shown.length} cards in ${Date.now() - begun} ms`);
    await eventually("the last record to reach the platform", async () => {
        const [newest] = (await platform.must(200, "GET", "/events?limit=1")).items;
        return newest?.sequence === journalOf(door).at(-1).sequence;
    });
    await door.stop();
    const journal = journalOf(door);
    const events = await platform.events();

    assert.ok(isRun(journal.map((record) => record.ordinal)), "no number is missing in the journal");
    assert.ok(
        isRun(events.map((event) => event.sequence)),
        "no number is missing on the platform, none is twice",
    );
    const broken = journal.findIndex((record, i) => i > 0 && record.previous !== journal[i - 1].hash);
    assert.equal(broken, -1, "each record stands on the one before");
    await door.up();
    assert.doesNotMatch(door.output, /changed or damaged/, "the controller finds its chain intact");

    const onDisk = new Set(journal.map(what));
    const foreign = events.map(what).filter((event) => !onDisk.has(event));
    assert.deepEqual(foreign, [], "what the platform has is what the controller kept");
    const cards = journal.flatMap((record) => (record.kind === "access" ? [record.card] : []));
    assert.equal(new Set(cards).size, cards.length, "no card is recorded twice");
    const lost = shown.filter((card) => card.reported && !cards.includes(card.number));
    assert.deepEqual(lost, [], "what was reported as stored is there");
});
