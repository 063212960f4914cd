// Every page, on a desk and on a phone, at rest and with what opens on it: it opens without a complaint, fits
// its window, axe-core finds nothing serious, and names are in the language of the page. Each window is seen
// in both languages and in both themes, but not in all four pairs: words change what fits, a theme changes
// only colours.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { axeSource, launch, openContext, signInto } from "./browser.mjs";
import { askAtDoor, cardOf, fillWithLife, letDoorAsk, sendAway } from "./sample_life.mjs";
import { adminPassword, openSite } from "./site.mjs";
import { wordsIn } from "./words.mjs";

const windows = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const languages = { en: "en-GB", zh: "zh-CN" };

let site, empty, strict, browser, axe;
const closing = [];
const owner = { after: (close) => closing.push(close) };

before(async () => {
    axe = await readFile(axeSource, "utf8");
    const opened = [openSite(owner, { doors: 4 }), openSite(owner), openSite(owner)];
    [site, empty, strict] = await Promise.all(opened);
    await Promise.all([site, empty, strict].map(({ platform }) => platform.up()).concat(site.door.up()));
    await Promise.all([fillWithLife(site), strict.platform.setUp()]);
    await strict.platform.must(200, "PATCH", "/settings/sign-in", { second_factor: "everybody" });
    await letDoorAsk(site);
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

const press = (part, name) => part.getByRole("button", { name, exact: true }).first().click();

const find = async (page) => {
    await withRows(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("a");
    await page.getByRole("option").nth(6).waitFor();
};

const openCalendar = (nameOf) => async (page, word) => {
    await isReady(page);
    const field = nameOf ? page.getByLabel(word(nameOf)) : page.getByRole("main").getByRole("textbox").nth(1);
    await field.click();
    await page.locator(".ant-picker-cell-in-view").first().hover();
};

const choosePeriod = async (page, word) => {
    await withRows(page);
    await page.getByRole("combobox", { name: word("events.range") }).press("ArrowDown");
    await page.getByTitle(word("events.range_custom")).click();
    await openCalendar()(page);
};

const pressed = (name) => async (page, word) => {
    await isReady(page);
    await press(page, word(name));
    await page.getByRole("dialog").locator("input").first().waitFor();
};

/** The pointer rests on it. */
const pointed = (role, name) => async (page, word) => {
    await isReady(page);
    await page.getByRole(role, { name: word(name), exact: true }).first().hover();
};

const asked = async (page) => {
    await isReady(page);
    await askAtDoor(site);
    await page.getByRole("article").getByRole("timer").waitFor();
};

const calendars = () => [
    ["/people/new", openCalendar("people.valid_from")],
    ["/audit", choosePeriod],
    [`/permissions/holidays?holiday=${site.holiday}`, openCalendar("holidays.from")],
];

/** What opens on the pages of one who is signed in: address, and how it is opened. */
const openedStates = () => [
    ["/live", find],
    ...calendars(),
    ["/accounts", pressed("accounts.add")],
    ["/accounts/roles", pressed("accounts.add_role")],
    ["/integration", pressed("outlets.mqtt")],
    ["/integration", pressed("outlets.mail")],
    ["/permissions?group=new", withDialog],
    ["/people", pointed("link", "imports.to_import")],
    ["/people", pointed("link", "people.add")],
    [`/people/${site.people[0]}`, pointed("button", "common.delete")],
    ["/integration", pointed("button", "outlets.mail")],
    ["/people", asked],
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
    const high = await page.evaluate(() =>
        [...document.querySelectorAll("[role=grid] [role=row]")]
            .filter((row) => row.scrollHeight > row.clientHeight + 1)
            .map((row) => `a row is higher than its place: ${row.textContent}`),
    );
    const days = await page.evaluate(calendarFaults);
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
    return [...overflow, ...high, ...days, ...serious, ...(await page.evaluate(otherFaults))];
}

/** In the page: a calendar that is open lies within the window, and on a phone fingers hit its parts. */
function calendarFaults() {
    const finger = 40;
    return [...document.querySelectorAll(".ant-picker-dropdown:not(.ant-picker-dropdown-hidden)")].flatMap(
        (calendar) => {
            const { left, top, right, bottom } = calendar.getBoundingClientRect();
            const inside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
            const parts = innerWidth > 720 ? [] : [...calendar.querySelectorAll("td, li, button")];
            const low = parts
                .filter((part) => part.clientHeight > 0 && part.clientHeight < finger - 2) // without borders
                .map((part) => `${part.tagName} ${part.textContent} is ${part.clientHeight} high`);
            const enough = innerWidth > 380 ? finger : 36;
            const narrow = parts
                .filter((part) => part.tagName === "TD" && part.clientWidth < enough)
                .map((part) => `${part.textContent} is ${part.clientWidth} wide`);
            const place = [left, top, right, bottom].map(Math.round).join(" ");
            return [...(inside ? [] : [`a calendar at ${place}`]), ...low.slice(0, 3), ...narrow.slice(0, 3)];
        },
    );
}

/**
 * In the page: two stops of Tab where one is meant, an id that two parts have (labels lead to the first of
 * them), and names in another language than what is written.
 */
function otherFaults() {
    const all = (query) => [...document.querySelectorAll(query)];
    const ids = all("[id]").map(({ id }) => id);
    const double = [
        ...all("a button, button a").map((part) => `two stops of Tab: ${part.textContent}`),
        ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `an id of two parts: ${id}`),
    ];
    if (!document.documentElement.lang.startsWith("zh")) return double;
    const written = document.body.innerText + all("input").map(({ value }) => ` ${value}`);
    const foreign = all("[aria-label]:not([aria-labelledby]), [alt]")
        .filter((part) => !part.closest("[aria-hidden=true]"))
        .map((part) => part.getAttribute("aria-label") ?? part.getAttribute("alt"))
        .filter((name) => name !== "Switch to English")
        .filter((name) => {
            const words = name.match(/\b(?!Control|admin)[a-z]{3,}/gi) ?? [];
            return words.some((word) => !written.includes(word));
        });
    return [...double, ...foreign.map((name) => `a name in English: ${name}`)];
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
async function faultsOfAll(context, pages, open, word) {
    const found = {};
    for (const [index, [address, ready]] of pages.entries()) {
        context.faults.length = 0;
        const page = await open(address);
        await ready(page, word);
        const faults = [...(await faultsOf(page)), ...context.faults];
        if (faults.length > 0) found[`${index} ${address}`] = faults;
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

test("calendars on a narrow phone", async (t) => {
    const narrow = { width: 360, height: 800 };
    const context = await openContext(browser, { viewport: narrow, reducedMotion: "reduce" });
    t.after(() => context.close());
    await site.platform.must(200, "PATCH", "/me", { language: "en" });
    await signInto(context, site.platform);
    const open = loader(context, site.platform.url);
    assert.deepEqual(await faultsOfAll(context, calendars(), open, wordsIn("en")), {});
});

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

        test("what opens on the client's pages", async (t) => {
            await site.platform.must(200, "PATCH", "/me", { language });
            const context = await openLook();
            t.after(() => context.close());
            await signInto(context, site.platform);
            const open = loader(context, site.platform.url);
            t.after(() => sendAway(site)); // the question would lie above the pages of the next one
            assert.deepEqual(await faultsOfAll(context, openedStates(), open, wordsIn(language)), {});
        });

        test("set-up, sign-in and the front panel", async (t) => {
            const context = await openLook();
            t.after(() => context.close());
            await context.addInitScript(
                (wanted) => origin !== "null" && localStorage.setItem("sallyport.language", wanted),
                language,
            );
            const wiring = `${site.door.url}/#wiring`;
            const forget = (page, word) => press(page, word("forgotten.link"));
            const sign = (account, password, title) => async (page, word) => {
                await page.getByLabel(word("entry.account")).fill(account);
                await page.getByLabel(word("entry.password"), { exact: true }).fill(password);
                await page.keyboard.press("Enter");
                // Who has signed in brings a language along.
                const titles = ["en", "zh"].map((spoken) => wordsIn(spoken)(title));
                await page.getByRole("heading", { name: new RegExp(titles.join("|")) }).waitFor();
            };
            const pages = [
                [empty.platform.url, isReady],
                [site.platform.url, isReady],
                [site.platform.url, forget],
                [site.platform.url, sign("hr", "green-lamp-42", "account.first")],
                [strict.platform.url, sign("admin", adminPassword, "second_factor.needed")],
                [site.door.url, isReady],
                [wiring, isReady],
            ];
            const open = loader(context, "");
            assert.deepEqual(await faultsOfAll(context, pages, open, wordsIn(language)), {});
        });
    });
}
