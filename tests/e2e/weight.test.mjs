// The first load of the login page: how much script there is to fetch, on whatever machine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { openBrowser, openContext } from "./browser.mjs";
import { openSite } from "./site.mjs";

const limitBytes = 300 * 1024;

test("the login page loads at most 300 KB of compressed script, in both languages", async (t) => {
    const { platform } = await openSite(t);
    await platform.up();
    await platform.setUp();
    const browser = await openBrowser(t);
    for (const locale of ["en-GB", "zh-CN"]) {
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
        t.diagnostic(`${locale}: ${scripts.length} scripts, ${bytes} bytes compressed`);
        assert.ok(scripts.length > 0);
        assert.ok(bytes <= limitBytes, `${bytes} bytes of script in ${locale}; ${limitBytes} at most`);
        await context.close();
    }
});
