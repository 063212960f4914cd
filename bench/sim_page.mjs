// An operator's Live page in Chromium beside the load of sim_bench.py: sim_page.mjs ADDRESS PASSWORD. Says
// "looks" when it follows what happens and, when it is told a line, in one of JSON what it measured.
//
// Measured is each row that comes into view: from the event's own time, on this machine's clock, until the
// row is painted. The page renders at most ten times a second, the newest first. Others that came together
// stand below the fold of the list, and waited up to the time between two paintings longer: the longest is
// told as well, also because a page that stands still shows few rows. What the platform did not send, because
// the page was too slow, the page counts in a warning, which is told.
import { launch, openContext, openLivePage, signInto } from "../tests/e2e/browser.mjs";

const [url, password] = process.argv.slice(2);
const list = "[role=grid][aria-label='Live events'] [role=rowgroup]";

/** Notes, in the page, how old the events are when their rows are painted. */
function watchRows(list) {
    const began = Date.now();
    const fold = list.getBoundingClientRect().bottom;
    const measured = { delays: [], paintings: 0, longest_pause: 0 };
    window.measured = measured;
    const known = new WeakSet(list.querySelectorAll("[role=row]")); // React moves rows when a gap is closed
    let painted = Infinity;
    const happened = (row) => Date.parse(row.querySelector("time").dateTime);
    const isFresh = (row) => row.role === "row" && !known.has(row) && happened(row) >= began;
    const isInView = (row) => row.isConnected && row.getBoundingClientRect().top < fold;

    const note = (rows) => {
        const now = Date.now();
        measured.delays.push(...rows.map((row) => now - happened(row)));
        measured.paintings += 1;
        measured.longest_pause = Math.max(measured.longest_pause, now - painted);
        painted = now;
    };
    new MutationObserver((changes) => {
        const added = changes.flatMap((change) => [...change.addedNodes]).filter(isFresh);
        if (added.length === 0) return;
        for (const row of added) known.add(row);
        // The task after a frame: the frame is painted. At most one frame too late, never too early.
        requestAnimationFrame(() => {
            const rows = added.filter(isInView);
            if (rows.length > 0) setTimeout(() => note(rows));
        });
    }).observe(list, { subtree: true, childList: true });
}

const browser = await launch().catch((error) => {
    console.error(`The operator's page needs Chromium (./dev setup): ${error.message}`);
    process.exit(1);
});
try {
    const context = await openContext(browser);
    await signInto(context, { url }, password);
    const page = await openLivePage(context, { url });
    await page.locator(list).evaluate(watchRows);
    console.log("looks");
    for await (const _ of process.stdin) break;
    const measured = await page.evaluate(() => window.measured);
    const warnings = await page.getByRole("alert").allInnerTexts();
    console.log(JSON.stringify({ ...measured, warnings, faults: context.faults }));
} finally {
    await browser.close();
}
