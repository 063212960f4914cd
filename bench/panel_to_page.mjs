// From the call that shows a card to the moment in which the person's name stands in the Live page. Prints
// the milliseconds of each card; panel_to_page_bench.py makes the figure of them.
import { launch, openContext, openLivePage, signInto } from "../tests/e2e/browser.mjs";
import { cardOf } from "../tests/e2e/sample_life.mjs";
import { enrol, issued, openSite } from "../tests/e2e/site.mjs";

const people = Number(process.argv[2] ?? 100);
const longestPauseMs = 300; // between two people, so that no rhythm of the page is met

const closing = [];
const site = await openSite({ after: (close) => closing.push(close) });
const { door, platform } = site;

/** Notes when a text first stands in the page, on the page's own clock. */
function watchTexts() {
    window.stoodAt = new Map();
    new MutationObserver((changes) => {
        const now = performance.timeOrigin + performance.now();
        for (const { type, target, addedNodes } of changes) {
            for (const node of type === "characterData" ? [target] : addedNodes) {
                for (const [name] of node.textContent.matchAll(/Walker \d+ of the bench/g)) {
                    if (!window.stoodAt.has(name)) window.stoodAt.set(name, now);
                }
            }
        }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
}

async function enrolAll() {
    const { groupId } = await enrol(site, { card: "0000BEEF" });
    const ids = [];
    for (let number = 0; number < people; ++number) {
        const person = await platform.must(201, "POST", "/people", {
            user_id: String(2000 + number),
            name: nameOf(number),
            cards: [{ number: cardOf(number), type: "general" }],
        });
        ids.push(person.id);
    }
    await platform.must(200, "PATCH", `/permission-groups/${groupId}`, { people: ids });
    await issued(platform);
}

const nameOf = (number) => `Walker ${number} of the bench`;

/** Shows a card and answers how long its event took to the page. */
async function walk(page, number) {
    const begun = performance.timeOrigin + performance.now();
    await door.card(cardOf(number));
    const name = nameOf(number);
    const stood = await page.waitForFunction((wanted) => window.stoodAt.get(wanted), name, { polling: 10 });
    return (await stood.jsonValue()) - begun;
}

try {
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    await enrolAll();
    const browser = await launch();
    closing.push(() => browser.close());
    const context = await openContext(browser);
    await signInto(context, platform);
    const page = await openLivePage(context, platform);
    await page.evaluate(watchTexts);
    for (let number = 0; number < people; ++number) {
        console.log((await walk(page, number)).toFixed(2));
        await new Promise((go) => setTimeout(go, Math.random() * longestPauseMs));
    }
} finally {
    for (const close of closing.reverse()) await close();
}
