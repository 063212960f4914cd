// The front panel page beside a controller alone: terminals switched by hand, alarms silenced, a phone.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser, openContext, openPanel, typeKeys } from "./browser.mjs";
import { openSite } from "./site.mjs";

const row = (panel, terminal) => panel.locator(`[data-terminal="${terminal}"]`);
const wire = (panel, name, level) =>
    panel.getByRole("group", { name, exact: true }).getByRole("button", { name: level, exact: true }).click();

async function openDoor(t, options = {}, look = {}) {
    const { door } = await openSite(t, options);
    await door.up();
    const context = await openContext(await openBrowser(t), look);
    // The controller is stopped before this is asked, and the page looks for it meanwhile.
    const stopped = (fault) => fault.includes("ERR_CONNECTION_REFUSED");
    t.after(() => assert.deepEqual(context.faults.filter((fault) => !stopped(fault)), []));
    return { door, panel: await openPanel(context, door) };
}

test("an input that is switched changes its terminal, the door, and what hangs on the relay", async (t) => {
    const { door, panel } = await openDoor(t, { doors: 2 });
    await door.keys("#88888888#6#1#**");
    await panel.getByRole("button", { name: "Wiring", exact: true }).click();
    await row(panel, "contact").getByText("Door closed").waitFor();
    await row(panel, "NC").getByText("closed", { exact: true }).waitFor();

    await wire(panel, "PUSH: Exit button", "Active");
    await row(panel, "exit_button").getByText("Pressed: releases").waitFor();
    await row(panel, "NO").getByText("closed", { exact: true }).waitFor();
    await row(panel, "COM").getByText("Relay energised: the lock is released").waitFor();
    await wire(panel, "PUSH: Exit button", "Normal");
    await door.advance(5_000);
    await row(panel, "NO").getByText("open", { exact: true }).waitFor();

    await wire(panel, "SR: Door contact", "Cut");
    await row(panel, "contact").getByText("Line fault: open, tampering").waitFor();
    const state = await door.state();
    assert.equal(state.inputs.contact, "cut");
    assert.deepEqual(state.alarms, ["intrusion", "tamper"]);
    await panel.getByRole("status").getByText("Open", { exact: true }).waitFor();

    await panel.getByRole("button", { name: "Door 2", exact: true }).click();
    await row(panel, "contact").getByText("Door closed · not watched (menu 6)").waitFor();
    await wire(panel, "MAINS: Mains monitor", "Active");
    await panel.getByRole("button", { name: "Door 1", exact: true }).click();
    await row(panel, "mains").getByText("Mains failed").waitFor();
    assert.equal(new URL(panel.url()).hash, "#wiring");
});

test("an alarm is silenced, stands on, and is heard again when it comes anew", async (t) => {
    const { door, panel } = await openDoor(t);
    await door.input("tamper", true);
    const alarms = panel.locator("#alarms");
    await alarms.getByText("Tampering").waitFor();
    const silence = panel.getByRole("button", { name: /^Silence the alarms/ });
    await silence.click();
    await alarms.getByText("silenced").waitFor();
    await silence.waitFor({ state: "hidden" });
    assert.deepEqual((await door.state()).silenced, ["tamper"]);

    await panel.getByRole("button", { name: "Alarms (1)" }).click();
    const log = panel.getByRole("list", { name: "Alarms" });
    await log.getByText("silenced").waitFor();
    await log.getByText(/^since \d\d:\d\d:\d\d$/).waitFor();
    await door.input("tamper", false);
    await panel.getByText("No alarms").waitFor();
    await log.getByText(/^\d\d:\d\d:\d\d – \d\d:\d\d:\d\d$/).waitFor();
    await door.input("tamper", true);
    await silence.waitFor();
    assert.deepEqual((await door.state()).silenced, []);
});

test("on a phone everything fits, and a lost controller is no live state", async (t) => {
    const { door, panel } = await openDoor(
        t,
        { doors: 4 },
        { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
    );
    const fits = () => panel.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
    await door.press("input", { name: "tamper", level: "shorted" });
    await door.press("input", { name: "battery", active: true });
    await panel.locator("#alarms").getByText("Battery low").waitFor();
    assert.ok(await fits());
    await typeKeys(panel, "#88888888#");
    await panel.getByText("Flashing blue: in the menu").waitFor();
    await panel.getByRole("button", { name: "Wiring", exact: true }).tap();
    await row(panel, "tamper").getByText("Line fault: counts as open").waitFor();
    assert.ok(await fits());
    await door.kill();
    await panel.getByText("The controller does not answer.").first().waitFor();
    await panel.getByRole("status").getByText(/^Offline since/).waitFor();
    await panel.getByText("As seen last: the controller does not answer.").waitFor();
    assert.ok(await panel.locator("#terminals").evaluate((terminals) => terminals.inert));
    await door.up();
    await row(panel, "tamper").getByText("Housing closed").waitFor();
});
