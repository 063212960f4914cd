// How the platform itself is, on its page; when certificates end; one update for several controllers.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, openSignedIn } from "./browser.mjs";
import { enrol, openSite, unsignedPackage } from "./site.mjs";

test("the services, the end of certificates, and an update for several devices", async (t) => {
    const site = await openSite(t);
    const { door, platform } = site;
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    const { deviceId } = await enrol(site);
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, "/services", "Services");
    await page.getByRole("region", { name: "Where it listens" }).getByText(platform.url.slice(8)).waitFor();
    const listens = page.getByRole("region", { name: "Where it listens" });
    await listens.getByText("Searches for controllers at").waitFor();
    await listens.getByText(`127.0.0.1:${door.ports.discovery}`).waitFor();
    const tells = page.getByRole("region", { name: "Whom it tells" });
    await tells.getByText("MQTT broker").waitFor();
    assert.equal(await tells.getByText("Off", { exact: true }).count(), 4);
    const mqtt = { enabled: true, host: "127.0.0.1", port: 1, tls: "off" };
    await platform.must(200, "PATCH", "/settings/mqtt", mqtt);
    await tells.getByText("Not reached").waitFor();
    await tells.getByText("127.0.0.1:1", { exact: true }).waitFor();
    const running = page.getByRole("region", { name: "How it runs" });
    await running.getByText("Well", { exact: true }).waitFor();
    await page.getByText("1 online, 0 offline").waitFor();
    const holds = page.getByRole("region", { name: "What it holds" });
    await holds.getByText("Entries of the audit log").waitFor();

    const { certificate_until } = await platform.must(200, "GET", `/devices/${deviceId}`);
    assert.ok(Date.parse(certificate_until) > Date.now());
    const devices = await openPage(context, platform, "/devices", "Devices");
    const send = async (version) => {
        await devices.getByRole("button", { name: "Update several" }).click();
        const window = devices.getByRole("dialog", { name: "Update several devices" });
        const buffer = unsignedPackage(version);
        const file = { name: "next.update", mimeType: "application/octet-stream", buffer };
        await window.locator("input[type=file]").setInputFiles(file);
        return window;
    };
    const window = await send("9.0.0");
    await window.getByRole("button", { name: "Send it to 1 device" }).click();
    await window.getByRole("alert").getByText(/takes no updates: it has no update_key/).waitFor();
    await window.getByRole("button", { name: "Try those that failed again" }).waitFor();
});
