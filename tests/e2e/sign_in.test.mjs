// The second factor and the forgotten password, by hand in the browser.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";

import { openBrowser, openContext, openPage, openSignedIn, pick, signInto } from "./browser.mjs";
import { openMailServer } from "./mail_server.mjs";
import { adminPassword, openSite } from "./site.mjs";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const fresh = "silver-lock-91";
// What the sign-in page is told on the way is no fault of the page.
const expected = /status of 401 .*\/api\/v1\/(sessions|password-recovery(\/code)?)\)$/;

/**
 * What an authenticator app shows `later` steps of 30 s from now (RFC 6238). The steps beside that of now are
 * good as well, and none twice: with the code of now, then the next one, each may be typed for 30 s.
 */
function codeOf(secret, later = 0) {
    const bits = [...secret].map((c) => letters.indexOf(c).toString(2).padStart(5, "0")).join("");
    const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
    const step = Buffer.alloc(8);
    step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
    const mac = createHmac("sha1", key).update(step).digest();
    const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, "0");
}

async function typeLogin(page, password) {
    await page.getByLabel("Account").fill("admin");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
}

test("a second factor is set up, asked for, and the password recovered by questions", async (t) => {
    const { platform } = await openSite(t);
    await platform.up();
    await platform.setUp();
    const browser = await openBrowser(t);
    const context = await openContext(browser);
    await signInto(context, platform);

    const page = await openPage(context, platform, "/password", "My account");
    await page.getByRole("button", { name: "Set it up" }).click();
    const dialog = page.getByRole("dialog", { name: "Second factor" });
    await dialog.getByLabel("Your password").fill(adminPassword);
    await dialog.getByRole("button", { name: "Next" }).click();
    await dialog.getByRole("img", { name: "QR code with the key for the app" }).locator("svg").waitFor();
    const secret = (await dialog.locator("code").innerText()).replaceAll(" ", "");
    await dialog.getByLabel("Code that the app shows").fill(codeOf(secret));
    await dialog.getByRole("button", { name: "Switch it on" }).click();
    await dialog.getByRole("listitem").nth(9).waitFor();
    const codes = await dialog.getByRole("listitem").allInnerTexts();
    assert.equal(codes.length, 10);
    await dialog.getByRole("button", { name: "I have kept them" }).click();
    await page.getByText("10 recovery codes left").waitFor();

    const other = await openContext(browser);
    const door = await openPage(other, platform, "/", "Sign in");
    await door.getByLabel("Stay signed in").check();
    await typeLogin(door, adminPassword);
    await door.getByRole("heading", { name: "Enter your code" }).waitFor();
    await door.getByLabel("Code").fill("000000");
    await door.getByRole("button", { name: "Sign in" }).click();
    await door.getByRole("alert").getByText("not the code of now").waitFor();
    await door.getByLabel("Code").fill(codeOf(secret, 1));
    await door.getByRole("button", { name: "Sign in" }).click();
    await door.getByRole("navigation", { name: "Pages" }).waitFor();
    const kept = (await other.cookies()).find(({ name }) => name === "sallyport_session");
    assert.ok(kept.expires > Date.now() / 1000 + 29 * 86_400, "the cookie outlives the browser");

    // Left first: what the page had just asked would be refused without the cookie.
    await door.goto("about:blank");
    await other.clearCookies();
    await door.goto(platform.url);
    await door.getByRole("button", { name: "Forgotten the password?" }).click();
    await door.getByLabel("First pet?").fill("rex");
    await door.getByLabel("First street?").fill("elsewhere");
    await door.getByLabel("New password").fill(fresh);
    await door.getByLabel("The same again").fill(fresh);
    await door.getByRole("button", { name: "Set the new password" }).click();
    await door.getByRole("alert").getByText("Not all of the answers").waitFor();
    await door.getByLabel("First street?").fill(" AM  wall");
    await door.getByRole("button", { name: "Set the new password" }).click();
    await door.getByText("The password is changed").waitFor();
    await typeLogin(door, fresh);
    await door.getByRole("button", { name: /use a recovery code/ }).click();
    await door.getByLabel("Recovery code").fill(codes[0].toLowerCase());
    await door.getByRole("button", { name: "Sign in" }).click();
    await door.getByRole("navigation", { name: "Pages" }).waitFor();

    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    // The new password ended the session of the first page: whatever that page asks by itself is refused
    // from then on.
    const faults = [
        ...context.faults.filter((fault) => !/status of 401 /.test(fault)),
        ...other.faults.filter((fault) => !expected.test(fault)),
    ];
    assert.deepEqual(faults, []);
});

test("a mailbox is proved with a code, and another one sets a forgotten password", async (t) => {
    const { platform } = await openSite(t);
    await platform.up();
    await platform.setUp();
    const mail = await openMailServer(t);
    const browser = await openBrowser(t);
    const context = await openContext(browser);
    await signInto(context, platform);

    const page = await openPage(context, platform, "/password", "My account");
    const panel = page.getByRole("region", { name: "Mailbox" });
    await panel.getByText("This platform sends no mail yet.").waitFor();
    assert.equal(await panel.getByRole("button", { name: "Set a mailbox" }).isDisabled(), true);
    const server = { host: "127.0.0.1", port: mail.port, tls: "off" };
    const settings = { enabled: true, ...server, sender: "doors@example.org" };
    await platform.must(200, "PATCH", "/settings/mail", settings);
    await page.reload();
    await panel.getByRole("button", { name: "Set a mailbox" }).click();
    const dialog = page.getByRole("dialog", { name: "Mailbox" });
    await dialog.getByLabel("Address").fill("admin@example.org");
    await dialog.getByLabel("Your password").fill(adminPassword);
    await dialog.getByRole("button", { name: "Send a code" }).click();
    await dialog.getByText("A code is on its way to admin@example.org").waitFor();
    await dialog.getByLabel("Code from the mail").fill("0000-0000");
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await dialog.getByText("This is not the code that was sent to this mailbox.").waitFor();
    await dialog.getByLabel("Code from the mail").fill(await mail.code(0));
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await panel.getByText("Proved").waitFor();

    const other = await openContext(browser);
    const door = await openPage(other, platform, "/", "Sign in");
    await door.getByRole("button", { name: "Forgotten the password?" }).click();
    await door.getByLabel("Way back in").getByText("By questions").click();
    await door.getByLabel("First pet?").waitFor();
    await door.getByLabel("Way back in").getByText("By mail").click();
    await door.getByLabel("Account").fill("admin");
    await door.getByRole("button", { name: "Send me a code" }).click();
    await door.getByText("If this account has a mailbox, a code is on its way.").waitFor();
    await door.getByLabel("Code from the mail").fill("00000000");
    await door.getByLabel("New password").fill(fresh);
    await door.getByLabel("The same again").fill(fresh);
    await door.getByRole("button", { name: "Set the new password" }).click();
    await door.getByRole("alert").getByText("This is not the code that was sent").waitFor();
    await door.getByLabel("Code from the mail").fill(await mail.code(1));
    await door.getByRole("button", { name: "Set the new password" }).click();
    await door.getByText("The password is changed").waitFor();
    await typeLogin(door, fresh);
    await door.getByRole("navigation", { name: "Pages" }).waitFor();

    const accounts = await openPage(other, platform, "/accounts", "Accounts");
    await accounts.getByRole("row", { name: /^admin/ }).click();
    await accounts.getByText("admin@example.org").waitFor();
    await accounts.getByRole("button", { name: "Remove mailbox" }).click();
    await accounts.getByRole("dialog").getByRole("button", { name: "Remove mailbox" }).last().click();
    await accounts.getByText("The mailbox of admin is removed.").waitFor();
    assert.deepEqual(
        [...context.faults, ...other.faults].filter(
            (fault) => !expected.test(fault) && !/status of 400 .*mailbox\/confirm/.test(fault),
        ),
        [],
    );
});

test("who has no second factor sets one up first, where the site asks for it", async (t) => {
    const { platform } = await openSite(t);
    await platform.up();
    await platform.setUp();
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, "/settings", "Settings");
    const panel = page.getByRole("region", { name: "Signing in" });
    await panel.getByText("Nobody", { exact: true }).click();
    await pick(page, "Administrators");
    await panel.getByText("You have none yet").waitFor();
    await panel.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Set up a second factor" }).waitFor();
    await page.getByLabel("Your password").fill(adminPassword);
    await page.getByRole("button", { name: "Next" }).click();
    const secret = (await page.locator("code").innerText()).replaceAll(" ", "");
    await page.getByLabel("Code that the app shows").fill(codeOf(secret));
    await page.getByRole("button", { name: "Switch it on" }).click();
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    assert.deepEqual(context.faults, []);
});
