// The map: a plan is made by hand, and shows what happens at its doors.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser, openContext, openPage, signInto } from "./browser.mjs";
import { addPlan, planPicture } from "./sample_life.mjs";
import { enrol, eventually, hold, openSite } from "./site.mjs";

async function enrolled(t, options, look) {
    const site = await openSite(t, options);
    await Promise.all([site.door.up(), site.platform.up()]);
    await site.platform.setUp();
    const ids = await enrol(site);
    const { items } = await site.platform.must(200, "GET", `/doors?device=${ids.deviceId}`);
    for (const { id } of items)
        await site.platform.must(200, "PATCH", `/doors/${id}`, { settings: { detector: true } });
    const context = await openContext(await openBrowser(t), look);
    await signInto(context, site.platform);
    return { ...site, ...ids, doors: items.map(({ id }) => id), context };
}

const mark = (page, name, state) =>
    page.getByRole("group", { name: /^Plan: / }).getByRole("button", { name: `${name}: ${state}` });

test("a plan gets a picture and doors by hand, and shows which one opens", async (t) => {
    const { platform, door, doors, context } = await enrolled(t, { doors: 2 });
    await hold(platform, doors);
    const page = await openPage(context, platform, "/map", "Map");
    await page.getByText("No floor plans yet").waitFor();
    await page.getByRole("button", { name: "Add a plan" }).click();
    const form = page.getByRole("dialog", { name: "New floor plan" });
    await form.getByLabel("Name").fill("Ground floor");
    await form.getByRole("button", { name: "Save" }).click();
    await page.getByText("This plan has no picture yet").waitFor();
    const choose = (name, mimeType, buffer) =>
        page.locator("input[type=file]").setInputFiles({ name, mimeType, buffer });
    await choose("plan.svg", "image/svg+xml", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"));
    await page.getByText(/^SVG drawings can carry scripts/).waitFor();
    await choose("plan.png", "image/png", planPicture("ground_floor"));

    await page.getByRole("button", { name: /Edit$/ }).click();
    const frame = page.getByRole("group", { name: "Plan: Ground floor" });
    const { width, height } = await frame.boundingBox();
    await page
        .getByRole("listitem")
        .filter({ hasText: "Main entrance 1" })
        .dragTo(frame, { targetPosition: { x: width / 2, y: height / 4 } });
    await page.getByRole("button", { name: "Place Main entrance 2" }).press("Enter");
    const second = mark(page, "Main entrance 2", "Locked");
    await eventually("the placed door to have the focus", () =>
        second.evaluate((it) => it === document.activeElement),
    );
    for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "r", "Delete"]) await second.press(key);
    await second.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).click();
    await second.waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: /Edit$/ }).waitFor();
    const [plan] = (await platform.must(200, "GET", "/floor-plans")).items;
    const [one, two] = doors.map((id) => plan.doors.find((placed) => placed.door_id === id));
    assert.ok(Math.abs(one.x - 0.5) < 0.02 && one.y < 0.4, JSON.stringify(one));
    assert.ok(two.x > 0.505 && two.x < 0.6 && Math.abs(two.y - 0.5) < 0.02, JSON.stringify(two));
    assert.equal(two.rotation, 15);

    await mark(page, "Main entrance 1", "Locked").press("Enter");
    const card = page.getByRole("region", { name: "Main entrance 1" });
    await card.getByRole("button", { name: "Open Main entrance 1" }).click();
    await mark(page, "Main entrance 1", "Released").waitFor();
    await door.input("contact", true);
    await mark(page, "Main entrance 1", "Open").waitFor();
    await card.getByText(/Open/).first().waitFor();
    await page.keyboard.press("Escape");
    await door.input("contact", false);
    await mark(page, "Main entrance 1", "Locked").waitFor();
    await door.input("contact", true);
    await page.getByRole("alert").filter({ hasText: "Alarm at Main entrance 1" }).waitFor();
    await mark(page, "Main entrance 1", "Forced open").waitFor();
    const list = page.getByRole("region", { name: "On this plan" });
    const first = await list.getByRole("button").first().innerText();
    assert.match(first, /Main entrance 1/, "what is urgent first");
    assert.deepEqual(context.faults, []);
});

test("from the site to a building, and back, with the worst of it on the way", async (t) => {
    const { platform, door, doors, context } = await enrolled(t);
    const floor = await addPlan(platform, "Ground floor", "ground_floor", {
        doors: [{ door_id: doors[0], x: 0.5, y: 0.9 }],
    });
    await addPlan(platform, "Campus", "site", { links: [{ plan_id: floor, x: 0.4, y: 0.5 }] });
    const page = await openPage(context, platform, "/map", "Map");
    const link = (state) => page.getByRole("button", { name: `Go to Ground floor: ${state}` });
    await link("Locked").waitFor();
    await door.input("contact", true);
    await link("Alarm").click();
    await mark(page, "Main entrance", "Forced open").waitFor();
    await page.getByRole("link", { name: "Back to Campus" }).click();
    await link("Alarm").waitFor();
    assert.deepEqual(context.faults, []);
});

test("of two who edit a plan at once the slower one is told", async (t) => {
    const { platform, doors, context } = await enrolled(t);
    const id = await addPlan(platform, "Ground floor", "ground_floor", {
        doors: [{ door_id: doors[0], x: 0.5, y: 0.9 }],
    });
    const page = await openPage(context, platform, "/map", "Map");
    await page.getByRole("button", { name: /Edit$/ }).click();
    await mark(page, "Main entrance", "Locked").press("ArrowUp");
    const elsewhere = [{ door_id: doors[0], x: 0.1, y: 0.1 }];
    await platform.must(200, "PATCH", `/floor-plans/${id}`, { doors: elsewhere });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/Somebody else has changed Ground floor/).waitFor();
    await page.getByRole("button", { name: "Load it again" }).click();
    await page.getByText(/Somebody else has changed/).waitFor({ state: "hidden" });
    await mark(page, "Main entrance", "Locked").press("ArrowDown");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: /Edit$/ }).waitFor();
    const [placed] = (await platform.must(200, "GET", `/floor-plans/${id}`)).doors;
    assert.ok(placed.x === 0.1 && placed.y > 0.1 && placed.y < 0.2, JSON.stringify(placed));
});

/** 200 doors where there is one: the same page, with more to show. */
async function multiply(context, { doors, plan }) {
    const many = [...Array(200).keys()];
    const [door] = doors;
    const list = many.map((n) => ({ ...door, id: String(9000 + n), name: `Door ${n}` }));
    const placed = many.map((n) => ({
        door_id: String(9000 + n),
        x: (n % 20) / 20 + 0.02,
        y: Math.floor(n / 20) / 10 + 0.05,
        rotation: 0,
    }));
    const json = (items) => ({ json: { items, next: null } });
    await context.route(/\/api\/v1\/doors\?/, (route) => route.fulfill(json(list)));
    await context.route(/\/api\/v1\/floor-plans\?/, (route) =>
        route.fulfill(json([{ ...plan, doors: placed }])),
    );
}

test("200 doors on a plan that is moved by wheel, keys and fingers: none is drawn anew", async (t) => {
    const { platform, context } = await enrolled(t, {}, { hasTouch: true });
    const id = await addPlan(platform, "Ground floor", "ground_floor", {});
    const plan = await platform.must(200, "GET", `/floor-plans/${id}`);
    await multiply(context, { doors: (await platform.must(200, "GET", "/doors")).items, plan });
    const page = await openPage(context, platform, "/map", "Map");
    const frame = page.getByRole("group", { name: "Plan: Ground floor" });
    await frame.getByRole("button", { name: /^Door 199:/ }).waitFor();
    assert.equal(await frame.getByRole("button").count(), 200);
    const layer = frame.locator("xpath=./div");
    await layer.evaluate((it) => {
        window.drawn = 0;
        new MutationObserver((changes) => (window.drawn += changes.filter((one) => one.target !== it).length))
            .observe(it, { subtree: true, childList: true, attributes: true, characterData: true });
    });
    const scale = () => layer.evaluate((it) => new DOMMatrix(getComputedStyle(it).transform).a);
    const { x, y, width, height } = await frame.boundingBox();
    const whole = await scale();
    await page.mouse.move(x + width / 2, y + height / 2);
    for (let turns = 0; turns < 10; turns++) await page.mouse.wheel(0, -200);
    await eventually("the wheel to zoom", async () => (await scale()) > whole * 2);
    await page.mouse.down();
    await page.mouse.move(x + 40, y + 40, { steps: 20 });
    await page.mouse.up();
    await frame.press("0");
    await eventually("the whole plan to be seen", async () => Math.abs((await scale()) - whole) < 1e-6);
    await frame.press("+");
    const near = await eventually("a step nearer", async () => {
        const now = await scale();
        return now > whole * 1.2 && now;
    });
    const touch = await context.newCDPSession(page);
    const fingers = (type, apart) =>
        touch.send("Input.dispatchTouchEvent", {
            type,
            touchPoints: (apart === null ? [] : [-apart, apart]).map((by, id) => ({
                id,
                x: x + width / 2 + by,
                y: y + 200,
            })),
        });
    await fingers("touchStart", 50);
    for (const apart of [60, 80, 100]) await fingers("touchMove", apart);
    await fingers("touchEnd", null);
    await eventually("two fingers to zoom", async () => (await scale()) > near * 1.5);
    assert.equal(await page.evaluate(() => window.drawn), 0);
    assert.deepEqual(context.faults, []);
});
