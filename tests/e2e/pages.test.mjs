// Every page, on a desk and on a phone: it opens without a complaint, fits its window, and axe-core finds
// nothing serious. Each window is seen in both languages and in both themes, but not in all four pairs: words
// change what fits, a theme changes only colours.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { axeSource, launch, openContext, signInto } from "./browser.mjs";
import { cardOf, fillWithLife } from "./sample_life.mjs";
import { openSite } from "./site.mjs";

const windows = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const languages = { en: "en-GB", zh: "zh-CN" };

let site, empty, browser, axe;
const closing = [];
const owner = { after: (close) => closing.push(close) };

before(async () => {
    axe = await readFile(axeSource, "utf8");
    [site, empty] = await Promise.all([openSite(owner, { doors: 4 }), openSite(owner)]);
    await Promise.all([site.door.up(), site.platform.up(), empty.platform.up()]);
    await fillWithLife(site);
    browser = await launch();
    closing.push(() => browser.close());
});
after(async () => {
    for (const close of closing.reverse()) await close();
});

const isReady = (page) => page.locator("h1").first().waitFor();
const withRows = async (page) => {
    await isReady(page);
    await page.getByRole("row").last().waitFor();
};
const withDialog = async (page) => {
    await isReady(page);
    await page.getByRole("dialog").locator("input").first().waitFor();
};

const withCard = async (page) => {
    await withRows(page);
    await page.getByRole("dialog").getByRole("listitem").first().waitFor();
};

/** The pages of one who is signed in: address, and what to wait for. */
const clientPages = () => [
    ["/live", withRows],
    ["/map", isReady],
    [`/map?plan=${site.plan}`, isReady],
    ["/events", withRows],
    ["/people", withRows],
    [`/people?department=${site.departments[0]}`, withRows],
    ["/people/cards", withRows],
    [`/people/cards?card=${cardOf(1)}`, withCard],
    ["/people/new", isReady],
    ["/people/former", isReady],
    ["/people/notice", isReady],
    ["/people/import", isReady],
    ["/people/batch", isReady],
    [`/people/${site.people[0]}`, isReady],
    ["/permissions", withRows],
    [`/permissions?group=${site.groups[0]}`, withDialog],
    ["/permissions/templates", isReady],
    [`/permissions/templates?template=${site.templates[0]}`, withDialog],
    ["/permissions/holidays", withRows],
    [`/permissions/holidays?holiday=${site.holiday}`, withDialog],
    ["/permissions/public-passwords", withRows],
    [`/permissions/public-passwords?password=${site.publicPassword}`, withDialog],
    ["/rules", withRows],
    [`/rules?door=${site.doors[2]}`, withDialog],
    ["/rules/areas", withRows],
    [`/rules/areas?area=${site.passbackArea}`, withDialog],
    ["/rules/interlocks", withRows],
    [`/rules/interlocks?interlock=${site.interlock}`, withDialog],
    ["/devices", withRows],
    ["/devices?add=1", withDialog],
    [`/devices?device=${site.device}`, withDialog],
    ["/devices/import", isReady],
    ["/accounts", withRows],
    ["/accounts/roles", withRows],
    ["/accounts/sessions", withRows],
    ["/password", isReady],
    ["/audit", withRows],
    ["/integration", isReady],
    ["/services", isReady],
    ["/settings", isReady],
    ["/nowhere", isReady],
];

/** What is wrong with the page as it stands, in words. */
async function faultsOf(page) {
    await page.locator(".ant-skeleton").first().waitFor({ state: "detached" });
    await page.evaluate(() =>
        Promise.all(document.getAnimations().map((moving) => moving.finished.catch(() => 0))),
    );
    const overflow = await page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll("main, #page")]
            .filter((part) => part.scrollWidth > part.clientWidth + 1)
            .map((part) => `${part.tagName} is ${part.scrollWidth} wide in ${part.clientWidth}`),
    );
    if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
    const serious = violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(
            ({ id, help, nodes }) =>
                `${id}: ${help}: ${nodes
                    .map((node) => node.html)
                    .slice(0, 3)
                    .join(" ")}`,
        );
    return [...overflow, ...serious];
}

const nowhere = /No such page|没有这个页面/;

/**
 * Goes to a path as a click would. Another page in between, so that what stood there is not taken for it.
 */
async function goInside(page, path) {
    const go = (to) =>
        page.evaluate((address) => {
            history.pushState(null, "", address);
            dispatchEvent(new PopStateEvent("popstate"));
        }, to);
    await go("/nowhere");
    await page.locator("h1", { hasText: nowhere }).waitFor();
    if (path === "/nowhere") return;
    await go(path);
    await page.locator("h1", { hasNotText: nowhere }).waitFor();
}

/** What is wrong with each page, when `open` has brought one there. */
async function faultsOfAll(context, pages, open) {
    const found = {};
    for (const [address, ready] of pages) {
        context.faults.length = 0;
        const page = await open(address);
        await ready(page);
        const faults = [...(await faultsOf(page)), ...context.faults];
        if (faults.length > 0) found[address] = faults;
    }
    return found;
}

/** Each address in a page of its own, as one who typed it. */
const loader = (context, origin) => {
    let last;
    return async (address) => {
        await last?.close();
        last = await context.newPage();
        await last.goto(origin + address);
        return last;
    };
};

/** One page that is led from address to address: loading takes longer than looking. */
const wanderer = (context, origin) => {
    let page;
    return async (address) => {
        if (!page) {
            page = await context.newPage();
            await page.goto(origin);
            await isReady(page);
        }
        await goInside(page, address);
        return page;
    };
};

const looks = [
    ["desk", "light", "en", loader],
    ["desk", "dark", "zh", wanderer],
    ["phone", "light", "zh", wanderer],
    ["phone", "dark", "en", wanderer],
];

for (const [windowName, theme, language, opener] of looks) {
    describe(`${windowName}, ${theme}, ${language}`, () => {
        const openLook = () =>
            openContext(browser, {
                viewport: windows[windowName],
                colorScheme: theme,
                locale: languages[language],
                reducedMotion: "reduce",
            });

        test("the client's pages", async (t) => {
            await site.platform.must(200, "PATCH", "/me", { language });
            const context = await openLook();
            t.after(() => context.close());
            await signInto(context, site.platform);
            const open = opener(context, site.platform.url);
            assert.deepEqual(await faultsOfAll(context, clientPages(), open), {});
            const page = await open("/audit");
            await page.getByRole("button", { name: /^(Account|账户) admin/ }).click();
            await page.getByRole("menuitem", { name: /^(Sign out|退出登录)$/ }).click({ trial: true });
            await page.keyboard.press("Escape");
            await page.locator("main .ant-select").first().click();
            await page.locator(".ant-select-item-option").last().click({ trial: true });
        });

        test("set-up, sign-in and the front panel", async (t) => {
            const context = await openLook();
            t.after(() => context.close());
            await context.addInitScript(
                (wanted) => origin !== "null" && localStorage.setItem("sallyport.language", wanted),
                language,
            );
            const wiring = `${site.door.url}/#wiring`;
            const pages = [empty.platform.url, site.platform.url, site.door.url, wiring];
            const addresses = pages.map((address) => [address, isReady]);
            assert.deepEqual(await faultsOfAll(context, addresses, loader(context, "")), {});
        });
    });
}
