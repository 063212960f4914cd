// The first load of the login page: how much script there is to fetch, on whatever machine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { openBrowser, openContext } from "./browser.mjs";
import { openSite } from "./site.mjs";

const limitBytes = 220 * 1024;

test("the login page loads at most 220 KB of compressed script, in both languages", async (t) => {
    const { platform } = await openSite(t);
    await platform.up();
    await platform.setUp();
    const browser = await openBrowser(t);
    for (const [locale, language] of [
        ["en-GB", "en"],
        ["zh-CN", "zh"],
        ["zh-CN", "en"],
    ]) {
        await platform.must(200, "PATCH", "/settings", { language });
        const context = await openContext(browser, { locale });
        const page = await context.newPage();
        const scripts = [];
        page.on("response", (response) => {
            if (response.request().resourceType() === "script") scripts.push(response.body());
        });
        await page.goto(platform.url);
        await page.locator("input[type=password]").waitFor();
        await page.waitForLoadState("networkidle");
        const bytes = (await Promise.all(scripts)).reduce((sum, body) => sum + gzipSync(body).length, 0);
        const words = { en: "Sign in", zh: "登录" };
        await page.getByRole("heading", { name: words[language] }).waitFor();
        const seen = `${locale}, a site in ${language}`;
        t.diagnostic(`${seen}: ${scripts.length} scripts, ${bytes} bytes compressed`);
        assert.ok(scripts.length > 0);
        assert.ok(bytes <= limitBytes, `${bytes} bytes of script in ${locale}; ${limitBytes} at most`);
        await context.close();
    }
});
