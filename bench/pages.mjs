// Loads, scrolls and floods pages in Chromium. Prints "NAME VALUE N WORDS" for each figure; pages_bench.py
// makes the figures of them. The browser reports tasks of 50 ms or more: 0 means that there was none.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { launch, openContext, openPage, routeFound, signInto } from "../tests/e2e/browser.mjs";
import { enrol, eventually, openSite } from "../tests/e2e/site.mjs";

const loads = 7;
const rows = 10_000;
const perSecond = 1_000;
const floodSeconds = 20;
const devices = 300;

const closing = [];
const site = await openSite({ after: (close) => closing.push(close) });
const { door, platform, directory } = site;

function watchTasks() {
    window.tasks = [];
    new PerformanceObserver((list) =>
        window.tasks.push(...list.getEntries().map((task) => task.duration)),
    ).observe({ type: "longtask" });
}
const longest = (page) => page.evaluate(() => Math.max(0, ...window.tasks.splice(0)));

/** From the address to a field that takes a password, each time in a fresh profile. */
async function usable(browser) {
    const times = [];
    for (let load = 0; load < loads; ++load) {
        const context = await openContext(browser);
        const page = await context.newPage();
        const begun = performance.now();
        await page.goto(platform.url, { waitUntil: "commit" });
        await page.locator("input[type=password]").fill("usable");
        times.push(performance.now() - begun);
        await context.close();
    }
    times.sort((a, b) => a - b);
    console.log(
        `login_usable_ms ${times.at(-1).toFixed(1)} ${loads} median ${times[loads >> 1].toFixed(0)} ms`,
    );
}

/** Writes events as a controller's would be, beside the platform. */
async function fill() {
    const { deviceId, doorId, personId } = await enrol(site);
    const now = Date.now() * 1000;
    execFileSync("sqlite3", [
        "-cmd",
        ".timeout 10000",
        join(directory, "platform", "platform.db"),
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
        INSERT INTO event (device_id, door_id, generation, sequence, at, utc_offset_s, received_at, kind,
            result, method, person_id, card) SELECT ${deviceId}, ${doorId}, 0, i, ${now} - i * 1000000, 3600,
            ${now}, 'access', 'granted', 'card', ${personId}, '04A1B2C3' FROM n`,
    ]);
}

async function scroll(context) {
    const page = await openPage(context, platform, "/events", "Events");
    const table = page.getByRole("grid", { name: "Events" });
    await table.getByRole("row").last().waitFor();
    await page.evaluate(watchTasks);
    const list = table.getByRole("rowgroup");
    await list.hover();
    await eventually(
        "the end of the list",
        async () => {
            await page.mouse.wheel(0, 4_000);
            const known = Number(await table.getAttribute("aria-rowcount"));
            return known >= rows && (await page.getByText("That is all.").isVisible());
        },
        240_000,
    );
    console.log(`scroll_10k_longest_task_ms ${await longest(page)} ${rows} longest task of the page`);
    await page.close();
}

/** The page's own socket, answered here as the platform does, so that nothing but the page is measured. */
async function flood(context) {
    const page = await context.newPage();
    const all = perSecond * floodSeconds;
    let [socket, asks, gathered] = [null, false, []];
    const answer = () => {
        if (!asks || gathered.length === 0) return;
        socket.send(JSON.stringify(gathered));
        [asks, gathered] = [false, []];
    };
    await page.routeWebSocket("**/api/v1/live?*", (opened) => {
        socket = opened;
        socket.onMessage(() => {
            asks = true;
            answer();
        });
    });
    await page.goto(`${platform.url}/live`);
    await page.getByRole("row").last().waitFor();
    const { items } = await platform.must(200, "GET", "/events?kind=access&limit=1");
    await page.evaluate(watchTasks);
    const begun = performance.now();
    for (let sent = 0; sent < all;) {
        const due = Math.min(all, ((performance.now() - begun) / 1000) * perSecond);
        for (; sent < due; ++sent) {
            const at = new Date().toISOString();
            const person = { ...items[0].person, name: `Walker ${sent}` };
            const data = {
                ...items[0],
                id: String(1_000_000 + sent),
                sequence: 1_000_000 + sent,
                at,
                person,
            };
            gathered.push({ type: "event", data });
        }
        answer();
        await new Promise((go) => setTimeout(go, 10));
    }
    await page
        .getByText(`Walker ${all - 1}`, { exact: true })
        .first()
        .waitFor();
    console.log(`live_1000_longest_task_ms ${await longest(page)} ${all} longest task of the page`);
}

/** Selects and adds as many devices as a search finds; the platform's answers come from here. */
async function add(context) {
    const page = await context.newPage();
    await routeFound(page, devices);
    await page.goto(`${platform.url}/devices?add=1`);
    const drawer = page.getByRole("dialog", { name: "Add devices" });
    await drawer.getByRole("listitem").first().waitFor();
    await page.evaluate(watchTasks);
    await drawer.getByRole("checkbox", { name: "Select all" }).check();
    await drawer.getByLabel("Its password").fill("green-door-73");
    await drawer.getByRole("button", { name: `Add ${devices} devices` }).click();
    await drawer.waitFor({ state: "hidden", timeout: 120_000 });
    console.log(`add_300_longest_task_ms ${await longest(page)} ${devices} longest task of the page`);
    await page.close();
}

try {
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    await fill();
    const browser = await launch();
    closing.push(() => browser.close());
    await usable(browser);
    const context = await openContext(browser);
    await signInto(context, platform);
    await scroll(context);
    await flood(context);
    await add(context);
} finally {
    for (const close of closing.reverse()) await close();
}
