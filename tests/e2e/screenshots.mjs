// Draws docs/screenshots/{en,zh}/*.png from a site with a working day of life:
// node tests/e2e/screenshots.mjs [NAME...], where a NAME draws only the pictures whose name contains it.
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { launch, openContext, showCard, signInto } from "./browser.mjs";
import { askAtDoor, cardOf, fillWithLife, letDoorAsk } from "./sample_life.mjs";
import {
    adminPassword,
    call,
    devicePassword,
    eventually,
    keypadPassword,
    openDoorInClear,
    openSimulation,
    openSite,
    unsignedPackage,
} from "./site.mjs";
import { wordsIn } from "./words.mjs";

const folder = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const wishes = process.argv.slice(2);
const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const dark = { theme: "dark" };
const small = { window: phone };
const stranger = { session: "none" };

const closing = [];
const owner = { after: (close) => closing.push(close) };

const rows = (page) => page.getByRole("row").last().waitFor();
const dialog = (page) => page.getByRole("dialog").locator("input").first().waitFor();
const listed = (page) => page.getByRole("dialog").getByRole("listitem").first().waitFor();
const heading = (page) => page.locator("h1").first().waitFor();
const press = (part, name) => part.getByRole("button", { name, exact: true }).click();

/** Everybody's first minute: chosen rules tick, a time zone stands there. */
async function typePassword(page, word) {
    await page.getByLabel(word("entry.password"), { exact: true }).fill("blue-lamp-42");
    await page.getByLabel(word("entry.password_again")).fill("blue-lamp-42");
}

const openRow = (name) => async (page) => {
    await page.getByRole("row", { name }).click();
    await dialog(page);
};

async function setUpFactor(page, word) {
    await press(page, word("second_factor.begin"));
    const dialog = page.getByRole("dialog", { name: word("second_factor.title") });
    await dialog.getByLabel(word("second_factor.own_password")).fill("blue-lamp-42");
    await press(dialog, word("second_factor.next"));
    await dialog.locator("svg").last().waitFor();
}

async function openMailbox(page, word) {
    await press(page, word("mailbox.set"));
    await page.getByLabel(word("mailbox.address")).fill("admin@example.org");
}

const openDrawer = (key) => async (page, word) => {
    await heading(page);
    await press(page, word(key));
    await dialog(page);
};

/** A section of a page, brought into view. */
const section = (key) => async (page, word) => {
    const region = page.getByRole("region", { name: word(key) });
    await region.waitFor();
    await region.evaluate((part) => part.scrollIntoView({ block: "start" }));
};

async function saidWhy(page, word) {
    await page.getByText(word("devices.in_clear_lacks")).evaluate((line) => line.scrollIntoView());
}

async function exportEvents(page, word) {
    await rows(page);
    await press(page, word("export.open"));
    const remove = new RegExp(word("export.remove", { name: "" })); // what the other language wished for
    for (const one of await page.getByRole("button", { name: remove }).all()) await one.click();
    await press(page, word("export.formats.pdf"));
    await page.getByRole("link", { name: /PDF/ }).waitFor();
}

async function forget(page, word) {
    await press(page, word("forgotten.link"));
    await page.getByLabel(word("entry.account")).fill("reception");
    await press(page, word("forgotten.ask_code"));
    await page.getByRole("status").waitFor();
}

const inPanel = (english, chinese) => (panel, word, language) =>
    (language === "en" ? english : chinese)(panel);

async function drawn(page) {
    await page.waitForFunction(() => document.querySelector("[role=group] img")?.complete);
    await page.locator("[id^=mark-]").first().waitFor();
}

async function openCard(page) {
    await drawn(page);
    await page.locator("[id^=mark-door]").first().click();
}

async function editPlan(page, word) {
    await drawn(page);
    await press(page, word("map.edit"));
    await page.locator("[id^=mark-door]").nth(1).click();
}


async function grantedAtPanel(panel) {
    await panel.getByText("Live", { exact: true }).waitFor();
    await showCard(panel, cardOf(0));
    await panel.getByText("Green: Access granted").waitFor();
}

async function codeAtPanel(panel) {
    await panel.getByText("实时", { exact: true }).waitFor();
    await panel.keyboard.type("1001#");
}

const terminals = (panel) => panel.locator("[data-terminal]").first().waitFor();

/** An open door and a cut line; of two alarms one is silenced. */
async function wiredUp(panel) {
    await terminals(panel);
    const wire = (name, level) =>
        panel.getByRole("group", { name }).getByRole("button", { name: level }).click();
    await wire("TAMPER: Housing contact", "Active");
    await panel.locator("#alarms").getByText("Tampering").waitFor();
    await panel.getByRole("button", { name: /^Silence/ }).click();
    await panel.locator("#alarms").getByText("silenced").waitFor();
    await wire("SR: Door contact", "Active");
    await panel.getByText("Door open").waitFor();
    await wire("MAINS: Mains monitor", "Cut");
    await panel.locator("#alarms").getByText("Mains failed").waitFor();
}

/** A file in which some things are wrong. */
async function lookAtFile(page) {
    const lines = [
        "user_id;name;department;valid_to;cards;shoe size",
        "1001;Anna Berger;;2030-12-31;04A1B2C3;43",
        "5002;Ben Adler;Attic;;04A1B2C4;44",
        "5003;Cem Kaya;;31/12/30;04A1B2CG;42",
        "5004;;;;;",
    ];
    await page.locator("input[type=file]").setInputFiles({
        name: "staff.csv",
        mimeType: "text/csv",
        buffer: Buffer.from(lines.join("\n")),
    });
    await page.getByRole("row").last().waitFor();
}

async function readCards(page, word) {
    await heading(page);
    await page.getByLabel(word("imports.start")).fill("5001");
    const list = page.getByLabel(word("imports.next_card"));
    await list.fill("04D00001 04D00002 04D00003");
    await list.press("Enter");
    await page.getByText("3/10").waitFor();
}

/** At the keypad one person is added, one is deleted, and one is given another PIN and card. */
const changedAtKeypad = (site) => async (page) => {
    const people = await Promise.all(
        site.people.slice(2, 4).map((id) => site.platform.must(200, "GET", `/people/${id}`)),
    );
    const { keypad_people } = await site.platform.must(200, "GET", `/devices/${site.device}`);
    const gone = people.map(({ user_id }) => `#*2#${user_id}`).join("");
    const keys = `**#${keypadPassword}#1#77##5#${gone}#*`; // whatever was begun in the pictures before
    if (keypad_people === 0) await site.door.press("keys", { keys });
    await page.getByRole("alert").getByRole("listitem").nth(2).waitFor();
};

/** The desktop issuer has typed most of a card. */
async function typeCard(page, word) {
    await page.getByLabel(word("people.name")).fill("Clara Falk");
    await press(page, word("issuer.open"));
    const issuer = page.getByRole("region", { name: word("issuer.title") });
    await issuer.getByText(word("issuer.ic")).click();
    await issuer.getByLabel(word("issuer.field")).fill("04A1B2C");
    await issuer.evaluate((part) => part.scrollIntoView({ block: "center" }));
}

async function chooseReader(page, word) {
    await page.getByLabel(word("people.name")).fill("Clara Falk");
    await press(page, word("people.listen"));
    const reader = page.getByRole("combobox", { name: word("issuer.reader"), exact: true });
    await reader.evaluate((part) => part.scrollIntoView({ block: "center" }));
    await reader.press("ArrowDown");
    await page.locator(".ant-select-dropdown .ant-select-item").first().waitFor();
}

async function lookIntoCamera(page, word) {
    await page.getByLabel(word("people.name")).fill("Clara Falk");
    await press(page, word("camera.snapshot"));
    await page.waitForFunction(() => document.querySelector("video")?.currentTime > 0);
}

const asked = (site) => async (page) => {
    await rows(page);
    await askAtDoor(site);
    await page.reload(); // without the answer to the one before
    await rows(page);
    await page.getByRole("article").getByRole("timer").waitFor();
};

const signInAs = (account, password) => async (page, word, language) => {
    await page.getByLabel(word("entry.account")).fill(account);
    await page.getByLabel(word("entry.password"), { exact: true }).fill(password);
    await page.keyboard.press("Enter");
    await page.getByLabel(word("entry.account")).waitFor({ state: "detached" });
    await heading(page);
    const chinese = page.getByRole("button", { name: "中文" });
    if (language === "zh" && (await chinese.count()) > 0) await chinese.click();
};

const choosePackage = async (page, word) => {
    await rows(page);
    await press(page, word("update_many.button"));
    const update = page.getByRole("dialog");
    const name = "sallyport-door_0.2.0_amd64.update";
    const file = { name, mimeType: "application/octet-stream", buffer: unsignedPackage("0.2.0") };
    await page.locator("input[type=file]").setInputFiles(file);
    await update.getByText(name).waitFor();
};

/** Half of a range is here, the other half is chosen to be added. */
const searchRange = ({ first, count }) => async (page, word) => {
    const range = page.getByLabel(word("devices.range"));
    await range.fill(`127.0.0.1:${first}-${first + count - 1}`);
    await range.press("Enter");
    const found = page.getByRole("list", { name: word("devices.found") }).getByRole("listitem");
    await eventually("all to be found", async () => (await found.count()) >= count);
    await page.getByRole("checkbox", { name: word("add_many.select_all") }).check();
};

/** Name, address, what to wait for or do, and how the window looks. Each is drawn in both languages. */
const pictures = ({ site, empty, strict, campus }) => {
    const client = (path) => site.platform.url + path;
    const door = `/rules?door=${site.doors[2]}`;
    const publicPassword = `/permissions/public-passwords?password=${site.publicPassword}`;
    const device = `/devices?device=${site.device}`;
    return [
        ["set_up", empty.platform.url, typePassword],
        ["sign_in", client("/"), heading, stranger],
        ["forgotten", client("/"), forget, stranger],
        ["forgotten_phone", client("/"), forget, { ...stranger, ...small, ...dark }],
        ["first_password", client("/"), signInAs("hr", "green-lamp-42"), stranger],
        ["first_second_factor", strict.platform.url, signInAs("hr", adminPassword), stranger],
        ["live", client("/live"), rows],
        ["live_dark", client("/live"), rows, dark],
        ["live_phone", client("/live"), rows, small],
        ["map", client(`/map?plan=${site.plan}`), openCard],
        ["map_campus_dark", client(`/map?plan=${site.campus}`), drawn, dark],
        ["map_phone", client(`/map?plan=${site.plan}`), drawn, small],
        ["map_edit", client(`/map?plan=${site.plan}`), editPlan],
        ["events", client("/events?range=24h"), rows],
        ["events_dark", client("/events?range=24h"), rows, dark],
        ["events_phone", client("/events?range=24h"), rows, { ...small, ...dark }],
        ["events_export", client("/events?range=24h"), exportEvents],
        ["people", client("/people"), rows],
        ["people_phone", client("/people"), rows, small],
        ["person", client(`/people/${site.people[4]}`), heading],
        ["person_new", client("/people/new"), heading],
        ["person_new_phone", client("/people/new"), heading, { ...small, ...dark }],
        ["people_import", client("/people/import"), lookAtFile],
        ["people_import_dark", client("/people/import"), lookAtFile, dark],
        ["person_card_issuer", client("/people/new"), typeCard],
        ["person_card_issuer_phone", client("/people/new"), typeCard, { ...small, ...dark }],
        ["person_reader", client("/people/new"), chooseReader],
        ["person_reader_phone", client("/people/new"), chooseReader, small],
        ["person_camera", client("/people/new"), lookIntoCamera],
        ["people_series", client("/people/batch"), readCards],
        ["people_series_phone", client("/people/batch"), readCards, small],
        ["people_department", client(`/people?department=${site.departments[0]}`), rows],
        ["people_former", client("/people/former"), rows],
        ["notice", client("/people/notice"), heading],
        ["cards", client(`/people/cards?card=${cardOf(7)}`), listed],
        ["cards_phone", client("/people/cards"), rows, small],
        ["permissions", client("/permissions"), rows],
        ["permission_group", client(`/permissions?group=${site.groups[1]}`), dialog],
        ["time_template", client(`/permissions/templates?template=${site.templates[0]}`), dialog],
        ["holidays", client(`/permissions/holidays?holiday=${site.holiday}`), dialog],
        ["public_passwords", client("/permissions/public-passwords"), rows],
        ["public_password_phone", client(publicPassword), dialog, { ...small, ...dark }],
        ["door_rules", client("/rules"), rows],
        ["door_rules_of_a_door", client(door), dialog],
        ["door_rules_phone", client(door), dialog, small],
        ["passback_area", client(`/rules/areas?area=${site.passbackArea}`), dialog],
        ["interlock_dark", client(`/rules/interlocks?interlock=${site.interlock}`), dialog, dark],
        ["devices", client(device), dialog],
        ["devices_upkeep", client(device), section("upkeep.title")],
        ["devices_upkeep_phone", client(device), section("upkeep.title"), small],
        ["devices_in_clear", client(`/devices?device=${site.inClear}`), dialog],
        ["devices_in_clear_phone", client(`/devices?device=${site.inClear}`), saidWhy, small],
        ["devices_found", client("/devices?add=1"), listed],
        ["devices_select_all", `${campus.platform.url}/devices?add=1`, searchRange(campus)],
        ["devices_select_all_phone", `${campus.platform.url}/devices?add=1`, searchRange(campus), small],
        ["devices_update", `${campus.platform.url}/devices`, choosePackage],
        ["devices_import", client("/devices/import"), heading],
        ["accounts", client("/accounts"), rows],
        ["account", client("/accounts"), openRow(/reception/)],
        ["role", client("/accounts/roles"), openRow(/Human resources/)],
        ["sessions", client("/accounts/sessions"), rows],
        ["password", client("/password"), heading],
        ["second_factor", client("/password"), setUpFactor],
        ["mailbox", client("/password"), openMailbox],
        ["security_questions", client("/password"), section("questions.title")],
        ["audit", client("/audit"), rows],
        ["integration", client("/integration"), heading],
        ["integration_dark", client("/integration"), heading, dark],
        ["integration_mqtt", client("/integration"), openDrawer("outlets.mqtt")],
        ["integration_mqtt_phone", client("/integration"), openDrawer("outlets.mqtt"), small],
        ["integration_mail", client("/integration"), openDrawer("outlets.mail")],
        ["integration_mail_phone", client("/integration"), openDrawer("outlets.mail"), { ...small, ...dark }],
        ["integration_syslog", client("/integration"), openDrawer("outlets.syslog")],
        ["services", client("/services"), heading],
        ["services_phone", client("/services"), heading, { ...small, ...dark }],
        ["settings", client("/settings"), heading],
        ["settings_fields", client("/settings"), section("person_fields.title")],
        ["settings_retention", client("/settings"), section("retention.title")],
        ["settings_network", client("/settings"), section("network.title")],
        ["panel", site.door.url, inPanel(grantedAtPanel, codeAtPanel)],
        ["panel_dark", site.door.url, inPanel(grantedAtPanel, codeAtPanel), dark],
        ["panel_phone", site.door.url, heading, small],
        ["panel_wiring", `${site.door.url}/#wiring`, inPanel(wiredUp, terminals)],
        ["panel_wiring_phone", `${site.door.url}/#wiring`, terminals, small],
        // The last: they change what the controller says.
        ["devices_keypad", client(device), changedAtKeypad(site)],
        ["devices_keypad_phone", client(device), changedAtKeypad(site), small],
        ["door_question", client("/people"), asked(site)],
        ["door_question_phone", client("/people"), asked(site), { ...small, ...dark }],
    ];
};

async function draw(browser, { operators, language }, [name, address, ready, look = {}]) {
    const { window = desk, theme = "light", session = "admin" } = look;
    const context = await openContext(browser, {
        viewport: window,
        colorScheme: theme,
        locale: language === "zh" ? "zh-CN" : "en-GB",
        reducedMotion: "reduce",
    });
    await context.addInitScript((wanted) => localStorage.setItem("sallyport.language", wanted), language);
    const operator = operators.find(({ url }) => address.startsWith(url));
    if (session === "admin" && operator) await context.addCookies(operator.cookies);
    const page = await context.newPage();
    await page.goto(address);
    await ready(page, wordsIn(language), language);
    await page.locator(".ant-skeleton").first().waitFor({ state: "detached" });
    await page.evaluate(() => document.fonts.ready);
    await page.evaluate(() =>
        Promise.all(document.getAnimations().map((moving) => moving.finished.catch(() => 0))),
    );
    await page.screenshot({ path: `${folder}${language}/${name}.png` });
    await context.close();
    console.log(`${language}/${name}`);
}

const notice = {
    en: [
        "The doors of this building record who opens them and when.",
        "The reception answers questions about your data, corrects it, and says what is known of you.",
    ].join("\n\n"),
    zh: ["本楼的门会记录谁在何时开门。", "有关您的数据的问题，请咨询前台。"].join("\n\n"),
};

/** A controller of another make, as far as one can tell from here. */
async function addInClear({ platform, directory }) {
    const { ports } = await openDoorInClear(owner, directory);
    const there = { address: "127.0.0.1", password: devicePassword };
    await platform.must(200, "POST", "/devices/initialise", { ...there, port: ports.device });
    const login = { ...there, port: ports.clear, account: "admin", connection: "in_clear" };
    return (await platform.must(201, "POST", "/devices", { name: "Goods yard", ...login })).id;
}

/** What only pictures need: somebody who left, a notice, fields of the site's own, security questions. */
async function addForPictures({ platform, people }) {
    await platform.must(204, "DELETE", `/people/${people.pop()}`);
    await platform.must(200, "PATCH", "/privacy-notice", notice);
    await platform.must(200, "PUT", "/person-fields", {
        fields: [
            { name: "Car", kind: "text" },
            { name: "Induction on", kind: "date", required: true },
            { name: "Shift", kind: "choice", choices: ["Early", "Late", "Night"] },
        ],
    });
    await platform.must(204, "PUT", "/me/questions", {
        password: adminPassword,
        questions: [
            { question: "First pet?", answer: "rex" },
            { question: "First street?", answer: "am wall" },
        ],
    });
}

/** A platform with some of its controllers added; the others wait to be found. */
async function openCampus() {
    const count = 8;
    const { platform, directory } = await openSite(owner);
    const [first] = await Promise.all([openSimulation(owner, directory, count), platform.up()]);
    await platform.setUp();
    for (const [index, name] of ["North gate", "South gate", "Laboratory", "Car park"].entries()) {
        const where = { address: "127.0.0.1", port: first + index };
        const login = { account: "admin", password: devicePassword };
        await platform.must(201, "POST", "/devices", { name, ...where, ...login });
    }
    return { platform, first, count };
}

/** A platform that asks everybody for a second factor, and somebody who has chosen no language yet. */
async function openStrict() {
    const { platform } = await openSite(owner);
    await platform.up();
    await platform.setUp();
    const all = { role_id: "2", areas: null, departments: null };
    await platform.must(201, "POST", "/accounts", { name: "hr", password: "green-lamp-42", ...all });
    const login = { account: "hr", password: "green-lamp-42" };
    const { token } = await platform.must(200, "POST", "/sessions", login);
    const change = { old: "green-lamp-42", password: adminPassword };
    const headers = { authorization: `Bearer ${token}` };
    await call("POST", `${platform.url}/api/v1/me/password`, change, headers);
    await platform.must(200, "PATCH", "/settings/sign-in", { second_factor: "everybody" });
    return { platform };
}

/** Somebody in front of the camera: a drawing, as the film that the browser takes for one. */
async function drawPortrait(folder) {
    const browser = await launch();
    const page = await browser.newPage({ viewport: { width: 640, height: 480 } });
    await page.setContent(`<style>body { margin: 0 }</style>
        <svg width="640" height="480"><rect width="640" height="480" fill="#c9d3da" />
        <path d="M130 480 C150 370 250 345 320 345 S490 370 510 480 Z" fill="#2f4858" />
        <path d="M280 300 h80 v60 a40 40 0 0 1 -80 0 Z" fill="#d9a27e" />
        <ellipse cx="320" cy="225" rx="88" ry="112" fill="#e8b48f" />
        <path d="M224 250C190 55 450 55 416 250C408 170 370 160 320 162S232 170 224 250Z" fill="#4a3426" />
        <g fill="#3a2a20"><circle cx="288" cy="222" r="8" /><circle cx="352" cy="222" r="8" /></g>
        <path d="M290 280 q30 24 60 0" fill="none" stroke="#9c5b45" stroke-width="6" stroke-linecap="round" />
        </svg>`);
    const file = `${folder}/portrait.mjpeg`;
    await writeFile(file, await page.screenshot({ type: "jpeg", quality: 95 }));
    await browser.close();
    return file;
}

async function signedIn(browser, { platform }) {
    const context = await openContext(browser);
    await signInto(context, platform);
    return { url: platform.url, platform, cookies: await context.cookies(platform.url) };
}

try {
    for (const language of ["en", "zh"]) await mkdir(folder + language, { recursive: true });
    const [site, empty, strict, campus] = await Promise.all([
        openSite(owner, { doors: 4 }),
        openSite(owner),
        openStrict(),
        openCampus(),
    ]);
    await Promise.all([site.door.up(), site.platform.up(), empty.platform.up()]);
    await fillWithLife(site, 90);
    await addForPictures(site);
    await letDoorAsk(site);
    site.inClear = await addInClear(site);
    const browser = await launch([
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        `--use-file-for-fake-video-capture=${await drawPortrait(site.directory)}`,
    ]);
    closing.push(() => browser.close());
    const chosen = pictures({ site, empty, strict, campus }).filter(
        ([name]) => wishes.length === 0 || wishes.some((wish) => name.includes(wish)),
    );
    const operators = await Promise.all([site, campus].map((one) => signedIn(browser, one)));
    for (const picture of chosen) {
        for (const language of ["en", "zh"]) {
            for (const { platform } of operators) await platform.must(200, "PATCH", "/me", { language });
            await draw(browser, { operators, language }, picture);
        }
    }
} finally {
    for (const close of closing.reverse()) await close();
}
