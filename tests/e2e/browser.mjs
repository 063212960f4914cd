// Debian's Chromium for tests, and what a person does in it: pages of the client and of the front panel.
import { createRequire } from "node:module";

import { adminPassword } from "./site.mjs";

const web = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = web("playwright-core");

export const axeSource = web.resolve("axe-core/axe.min.js");

const actionLimitMs = 60_000; // of a busy machine: who waits in vain waits for it alone

/** `more`: further arguments of the browser. */
export function launch(more = []) {
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        args: [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            ...more,
        ],
    });
}

/** A browser that ends with the test `t`. */
export async function openBrowser(t) {
    const browser = await launch();
    t.after(() => browser.close());
    return browser;
}

// A browser notes every 401 on its console, and the client has to ask who is signed in.
const expected = /status of 401 .*\/api\/v1\/me\)$/;

/** A profile of its own. `faults` gathers what its pages complain about on the console. */
export async function openContext(browser, options = {}) {
    const context = await browser.newContext({
        ignoreHTTPSErrors: true,
        locale: "en-GB",
        timezoneId: "Europe/Berlin",
        viewport: { width: 1440, height: 900 },
        ...options,
    });
    context.setDefaultTimeout(actionLimitMs);
    context.faults = [];
    context.on("console", (message) => {
        const text = `${message.type()}: ${message.text()} (${message.location().url})`;
        if (/^(error|warning):/.test(text) && !expected.test(text)) context.faults.push(text);
    });
    context.on("weberror", (error) => context.faults.push(String(error.error().stack ?? error.error())));
    return context;
}

/** Signs in without the page: the session cookie is in the context afterwards. */
export async function signInto(context, platform, password = adminPassword) {
    const answer = await context.request.post(`${platform.url}/api/v1/sessions`, {
        data: { account: "admin", password },
        headers: { origin: platform.url },
    });
    if (!answer.ok()) throw new Error(`signing in answers ${answer.status()}: ${await answer.text()}`);
}

/** A browser of its own, in which the administrator is signed in. */
export async function openSignedIn(t, platform) {
    const context = await openContext(await openBrowser(t));
    await signInto(context, platform);
    return context;
}

export async function openPage(context, platform, path, heading) {
    const page = await context.newPage();
    await page.goto(platform.url + path);
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    return page;
}

/** The Live page, following what happens. */
export async function openLivePage(context, platform) {
    const page = await openPage(context, platform, "/live", "Live");
    await page.getByTitle("Live: the page follows what happens").waitFor();
    return page;
}

export async function openPanel(context, door) {
    const panel = await context.newPage();
    await panel.goto(door.url);
    await panel.getByText("Live", { exact: true }).waitFor();
    return panel;
}

export const showCard = (panel, number) =>
    panel.getByRole("button", { name: `Hold card ${number} to the reader` }).click();

/** Types at the keypad of the panel page as fingers would. */
export async function typeKeys(panel, keys) {
    const names = { "*": "Key star: back, cancel", "#": "Key hash: enter" };
    for (const key of keys) {
        await panel.getByRole("button", { name: names[key] ?? `Key ${key}`, exact: true }).click();
    }
}

/** The rows of the stream on the Live page, the newest first. */
export const liveRows = (page) => page.getByRole("grid", { name: "Live events" }).getByRole("row");

/** A search that finds so many devices, each of which is added when asked for. Answers how many were. */
export async function routeFound(page, count) {
    let added = 0;
    const items = Array.from({ length: count }, (_, index) => ({
        ...{ address: `10.0.${index >> 7}.${index & 127}`, port: 37777, serial: `SP${index}` },
        ...{ model: "sallyport-door", firmware: "0.1.0", initialised: true, device_id: null },
        fingerprint: "9f".repeat(32),
    }));
    await page.route("**/api/v1/devices/search*", (route) =>
        route.fulfill({ json: { id: "1", state: "done", scanned: count, total: count, items } }),
    );
    await page.route("**/api/v1/devices", (route) =>
        route.request().method() === "POST"
            ? route.fulfill({ status: 201, json: { id: String(++added) } })
            : route.continue(),
    );
    return () => added;
}

const openList = (page) => page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)");

/** Picks from the list that is open, which stays so where several are picked. */
export async function pick(page, option) {
    // Not before it has stopped moving: a list that is chosen from while it appears may stay open.
    const still = openList(page).and(page.locator(":not([class*='ant-slide'])"));
    await still.getByTitle(option, { exact: false }).first().click();
}

/** Picks from a list that a field opens. */
export async function choose(page, field, option) {
    await field.press("ArrowDown");
    await pick(page, option);
    await openList(page).waitFor({ state: "hidden" });
}

/** Saves, and waits until the platform has answered: the word of an earlier time may still stand there. */
export async function save(page, button = page.getByRole("button", { name: "Save" })) {
    const isChange = (answer) => answer.request().method() !== "GET" && answer.ok();
    await Promise.all([page.waitForResponse(isChange), button.click()]);
}
