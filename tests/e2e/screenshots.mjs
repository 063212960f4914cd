// Draws docs/screenshots/*.png from a site with a working day of life:
// node tests/e2e/screenshots.mjs [NAME...], where a NAME draws only the pictures whose name contains it.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { launch, openContext, showCard, signInto } from "./browser.mjs";
import { cardOf, fillWithLife } from "./sample_life.mjs";
import { openSite } from "./site.mjs";

const folder = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const wishes = process.argv.slice(2);
const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

const closing = [];
const owner = { after: (close) => closing.push(close) };

const rows = (page) => page.getByRole("row").last().waitFor();
const dialog = (page) => page.getByRole("dialog").locator("input").first().waitFor();
const history = (page) => page.getByRole("dialog").getByRole("listitem").first().waitFor();
const heading = (page) => page.locator("h1").first().waitFor();

/** Everybody's first minute: chosen rules tick, a time zone stands there. */
async function typePassword(page) {
    await page.getByLabel("Password", { exact: true }).fill("blue-lamp-42");
    await page.getByLabel("The same again").fill("blue-lamp-42");
}

async function openAccount(page) {
    await page.getByRole("row", { name: /reception/ }).click();
    await dialog(page);
}

async function setUpFactor(page) {
    await page.getByRole("button", { name: "Set it up" }).click();
    const dialog = page.getByRole("dialog", { name: "Second factor" });
    await dialog.getByLabel("Your password").fill("blue-lamp-42");
    await dialog.getByRole("button", { name: "Next" }).click();
    await dialog.locator("svg").last().waitFor();
}

async function openRole(page) {
    await page.getByRole("row", { name: /Human resources/ }).click();
    await dialog(page);
}

async function openMqtt(page) {
    await heading(page);
    await page.getByRole("button", { name: "MQTT" }).click();
    await dialog(page);
}

async function openMail(page) {
    await heading(page);
    await page.getByRole("button", { name: /^(Mail|邮件)$/ }).click();
    await dialog(page);
}

async function found(page) {
    const item = page.getByRole("dialog").getByRole("listitem").first();
    await item.waitFor();
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

async function readCards(page) {
    await heading(page);
    await page.getByLabel(/^(First number|起始编号)$/).fill("5001");
    const list = page.getByLabel(/^(Card number, or a list|卡号，或卡号列表)$/);
    await list.fill("04D00001 04D00002 04D00003");
    await list.press("Enter");
    await page.getByText("3/10").waitFor();
}

/** Name, address, what to wait for or do, and how the window looks. */
const pictures = ({ site, empty }) => {
    const client = (path) => site.platform.url + path;
    const [zh, dark] = [{ language: "zh" }, { theme: "dark" }];
    const publicPassword = `/permissions/public-passwords?password=${site.publicPassword}`;
    return [
        ["set_up", empty.platform.url, typePassword],
        ["sign_in_zh", client("/"), heading, { language: "zh", session: "none" }],
        ["live", client("/live"), rows],
        ["live_dark", client("/live"), rows, { theme: "dark" }],
        ["live_phone", client("/live"), rows, { window: phone }],
        ["events", client("/events?range=24h"), rows],
        ["events_zh_dark", client("/events?range=24h"), rows, { language: "zh", theme: "dark" }],
        ["events_phone", client("/events?range=24h"), rows, { window: phone, theme: "dark" }],
        ["people", client("/people"), rows],
        ["people_phone_zh", client("/people"), rows, { window: phone, language: "zh" }],
        ["person", client(`/people/${site.people[4]}`), heading],
        ["people_import", client("/people/import"), lookAtFile],
        ["people_import_zh_dark", client("/people/import"), lookAtFile, { theme: "dark", language: "zh" }],
        ["people_series", client("/people/batch"), readCards],
        ["people_series_phone", client("/people/batch"), readCards, { window: phone }],
        ["people_department", client(`/people?department=${site.departments[0]}`), rows],
        ["cards", client(`/people/cards?card=${cardOf(7)}`), history],
        ["cards_phone", client("/people/cards"), rows, { window: phone }],
        ["permissions", client("/permissions"), rows],
        ["permission_group", client(`/permissions?group=${site.groups[1]}`), dialog],
        ["time_template", client(`/permissions/templates?template=${site.templates[0]}`), dialog],
        ["holidays", client(`/permissions/holidays?holiday=${site.holiday}`), dialog],
        ["public_passwords", client("/permissions/public-passwords"), rows],
        ["public_password_phone_zh", client(publicPassword), dialog, { window: phone, ...zh, ...dark }],
        ["door_rules", client("/rules"), rows],
        ["door_rules_of_a_door", client(`/rules?door=${site.doors[2]}`), dialog],
        ["door_rules_phone_zh", client(`/rules?door=${site.doors[2]}`), dialog, { window: phone, ...zh }],
        ["passback_area", client(`/rules/areas?area=${site.passbackArea}`), dialog],
        ["interlock_dark", client(`/rules/interlocks?interlock=${site.interlock}`), dialog, dark],
        ["devices", client(`/devices?device=${site.device}`), dialog],
        ["devices_found", client("/devices?add=1"), found],
        ["accounts", client("/accounts"), rows],
        ["account", client("/accounts"), openAccount],
        ["role", client("/accounts/roles"), openRole],
        ["sessions", client("/accounts/sessions"), rows],
        ["password", client("/password"), heading],
        ["audit", client("/audit"), rows],
        ["second_factor", client("/password"), setUpFactor],
        ["integration", client("/integration"), heading],
        ["integration_zh_dark", client("/integration"), heading, { language: "zh", theme: "dark" }],
        ["integration_mqtt", client("/integration"), openMqtt],
        ["integration_mqtt_phone_zh", client("/integration"), openMqtt, { window: phone, language: "zh" }],
        ["integration_mail", client("/integration"), openMail],
        [
            "integration_mail_phone_zh_dark",
            client("/integration"),
            openMail,
            { window: phone, language: "zh", theme: "dark" },
        ],
        ["settings", client("/settings"), heading],
        ["panel", site.door.url, grantedAtPanel],
        ["panel_dark_zh", site.door.url, codeAtPanel, { language: "zh", theme: "dark" }],
        ["panel_phone", site.door.url, heading, { window: phone }],
        ["panel_wiring", `${site.door.url}/#wiring`, wiredUp],
        ["panel_wiring_phone_zh", `${site.door.url}/#wiring`, terminals, { window: phone, language: "zh" }],
    ];
};

async function draw(browser, { site, operator }, [name, address, ready, look = {}]) {
    const { window = desk, theme = "light", language = "en", session = "admin" } = look;
    const locale = language === "zh" ? "zh-CN" : "en-GB";
    const context = await openContext(browser, {
        viewport: window,
        colorScheme: theme,
        locale,
        reducedMotion: "reduce",
    });
    await context.addInitScript((wanted) => localStorage.setItem("sallyport.language", wanted), language);
    if (session === "admin" && address.startsWith(site.platform.url)) {
        await site.platform.must(200, "PATCH", "/me", { language });
        await context.addCookies(operator);
    }
    const page = await context.newPage();
    await page.goto(address);
    await ready(page);
    await page.locator(".ant-skeleton").first().waitFor({ state: "detached" });
    await page.evaluate(() => document.fonts.ready);
    await page.evaluate(() =>
        Promise.all(document.getAnimations().map((moving) => moving.finished.catch(() => 0))),
    );
    await page.screenshot({ path: `${folder}${name}.png` });
    await context.close();
    console.log(name);
}

try {
    await mkdir(folder, { recursive: true });
    const [site, empty] = await Promise.all([openSite(owner, { doors: 4 }), openSite(owner)]);
    await Promise.all([site.door.up(), site.platform.up(), empty.platform.up()]);
    await fillWithLife(site, 90);
    const browser = await launch();
    closing.push(() => browser.close());
    const chosen = pictures({ site, empty }).filter(
        ([name]) => wishes.length === 0 || wishes.some((wish) => name.includes(wish)),
    );
    const signedIn = await openContext(browser);
    await signInto(signedIn, site.platform);
    const operator = await signedIn.cookies(site.platform.url);
    for (const picture of chosen) await draw(browser, { site, operator }, picture);
} finally {
    for (const close of closing.reverse()) await close();
}
