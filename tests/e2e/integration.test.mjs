// A token is made, used by a script, and revoked; a webhook is added and tried. In the browser.
import assert from "node:assert/strict";
import { test } from "node:test";

import { choose, openPage, openSignedIn } from "./browser.mjs";
import { call, openSite } from "./site.mjs";

async function openIntegration(t) {
    const { platform } = await openSite(t);
    await platform.up();
    await platform.setUp();
    const admin = await openSignedIn(t, platform);
    const page = await openPage(admin, platform, "/integration", "Integration");
    return { platform, admin, page };
}

test("a script gets a token that may do what was ticked, until it is revoked", async (t) => {
    const { platform, admin, page } = await openIntegration(t);
    const tokens = page.getByRole("region", { name: "API tokens" });

    await tokens.getByRole("button", { name: "Make a token" }).click();
    const drawer = page.getByRole("dialog", { name: "Make a token" });
    await drawer.getByLabel("What it is for").fill("HR export");
    await drawer.getByLabel("People and departments").selectOption("view");
    await drawer.getByRole("button", { name: "Make a token" }).click();
    const token = await page.getByRole("dialog").locator("code").textContent();
    const as = (method, path, body) =>
        call(method, `${platform.url}/api/v1${path}`, body, { authorization: `Bearer ${token}` });
    assert.equal((await as("GET", "/people")).status, 200);
    assert.equal((await as("POST", "/people", { name: "Anna" })).body.code, "forbidden");

    await page.reload();
    const line = tokens.getByRole("listitem", { name: "HR export" });
    await line.getByText("People and departments: View").waitFor();
    assert.equal(await line.getByText("Not yet").count(), 0);
    assert.equal(await page.getByText(token).count(), 0);
    await line.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await tokens.getByText("No tokens").waitFor();
    assert.equal((await as("GET", "/people")).body.code, "wrong_token");
    assert.deepEqual(admin.faults, []);
});

test("a webhook is added, tried, and says why nothing arrives", async (t) => {
    const { admin, page } = await openIntegration(t);
    const webhooks = page.getByRole("region", { name: "Webhooks" });

    await webhooks.getByRole("button", { name: "Add a webhook" }).click();
    const drawer = page.getByRole("dialog", { name: "Add a webhook" });
    await drawer.getByLabel("Name").fill("Alarms");
    await drawer.getByLabel("Address").fill("http://plain.example/");
    await drawer.getByRole("button", { name: "Save" }).click();
    await drawer.getByText("https only.").last().waitFor();
    await drawer.getByLabel("Address").fill("https://127.0.0.1:9/in");
    await drawer.getByRole("button", { name: "Save" }).click();
    assert.match(await page.getByRole("dialog").locator("code").textContent(), /^whsec_/);

    await page.reload();
    const line = webhooks.getByRole("listitem", { name: "Alarms" });
    await line.getByText("In order").waitFor();
    await line.getByRole("button", { name: "Send a test" }).click();
    await page.getByText("The test did not arrive").waitFor();
    await line.getByRole("button", { name: "Alarms" }).click();
    await page.getByRole("dialog").getByText(/nothing may be sent to/).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    const sure = page.getByRole("dialog", { name: "Delete Alarms?" });
    await sure.getByRole("button", { name: "Delete" }).click();
    await webhooks.getByText("No webhooks").waitFor();
    assert.deepEqual(admin.faults, []);
});

test("a broker is set up, says why it is not reached, and keeps its password", async (t) => {
    const { admin, page } = await openIntegration(t);
    const outlets = page.getByRole("region", { name: "Other systems" });
    const line = outlets.getByRole("listitem", { name: "MQTT" });
    await line.getByText("Not set up").waitFor();

    await line.getByRole("button", { name: "MQTT" }).click();
    const drawer = page.getByRole("dialog", { name: "MQTT" });
    await drawer.getByLabel("Switched on").check();
    await drawer.getByRole("button", { name: "Save" }).click();
    await drawer.getByText("Write where the broker is").last().waitFor();
    await drawer.getByLabel("Server").fill("127.0.0.1");
    await drawer.getByLabel("Port").fill("1");
    await drawer.getByLabel("Account").fill("sallyport");
    await drawer.getByLabel("Password").fill("quiet-river-12");
    await drawer.getByRole("button", { name: "Save" }).click();
    await line.getByText(/Not reached since/).waitFor();
    await line.getByText("It cannot be reached. (Connection refused)").waitFor();
    await line.getByRole("button", { name: "Test" }).click();
    await page.getByText("The test failed").waitFor();

    await page.reload();
    await line.getByRole("button", { name: "MQTT" }).click();
    assert.equal(await drawer.getByLabel("Password").inputValue(), "");
    await drawer.getByLabel("Port").fill("2");
    await drawer.getByRole("button", { name: "Save" }).click();
    await drawer.getByText("Type the password again").last().waitFor();
    await drawer.getByLabel("Switched on").uncheck();
    await drawer.getByLabel("Password").fill("quiet-river-12");
    await drawer.getByRole("button", { name: "Save" }).click();
    await line.getByText("Switched off").waitFor();
    assert.deepEqual(
        admin.faults.filter((fault) => !/status of 400/.test(fault)),
        [],
    );
});

test("a collector of logs is set up, and says why it is not reached", async (t) => {
    const { platform, admin, page } = await openIntegration(t);
    const outlets = page.getByRole("region", { name: "Other systems" });
    const line = outlets.getByRole("listitem", { name: "Syslog" });

    await line.getByRole("button", { name: "Syslog" }).click();
    const drawer = page.getByRole("dialog", { name: "Syslog" });
    await drawer.getByLabel("Server").fill("127.0.0.1");
    await drawer.getByLabel("Port").fill("1");
    await drawer.getByLabel("Switched on").check();
    await drawer.getByRole("button", { name: "Save" }).click();
    await line.getByText(/Not reached since/).waitFor();
    await line.getByText("It cannot be reached. (Connection refused)").waitFor();
    await line.getByRole("button", { name: "Test" }).click();
    await page.getByText("The test failed").waitFor();
    // Whoever reads Chinese reads why in Chinese, and what the system said of it as it was.
    await platform.must(200, "PATCH", "/me", { language: "zh" });
    await page.reload();
    await page.getByText("无法连接。（Connection refused）").waitFor();
    assert.deepEqual(admin.faults, []);
});

test("a mail server is set up, and a test message says why it does not go", async (t) => {
    const { admin, page } = await openIntegration(t);
    const outlets = page.getByRole("region", { name: "Other systems" });
    const line = outlets.getByRole("listitem", { name: "Mail" });
    await line.getByText("Not set up").waitFor();

    await line.getByRole("button", { name: "Mail" }).click();
    const drawer = page.getByRole("dialog", { name: "Mail" });
    await drawer.getByLabel("Switched on").check();
    await drawer.getByLabel("Server").fill("mail.example");
    await drawer.getByRole("button", { name: "Save" }).click();
    await drawer.getByText("Write the address that mails come from").last().waitFor();
    await drawer.getByLabel("Sender").fill("doors@example.org");
    await choose(page, drawer.getByRole("combobox", { name: "Encryption", exact: true }), "None");
    await drawer.getByRole("button", { name: "Save" }).click();
    await drawer.getByText("would go to another machine in clear").last().waitFor();
    await drawer.getByLabel("Server").fill("127.0.0.1");
    await drawer.getByLabel("Port").fill("1");
    await drawer.getByRole("button", { name: "Save" }).click();
    await line.getByText(/Ready since/).waitFor();

    await line.getByRole("button", { name: "Test" }).click();
    const trial = page.getByRole("dialog", { name: "Send a test message" });
    assert.equal(await trial.getByLabel("To").inputValue(), "doors@example.org");
    await trial.getByLabel("To").fill("anna");
    await trial.getByRole("button", { name: "Send" }).click();
    await trial.getByText("Write an address such as anna@example.org.").waitFor();
    await trial.getByLabel("To").fill("anna@example.org");
    await trial.getByRole("button", { name: "Send" }).click();
    await trial.getByText(/It cannot be reached\. \(.*connect/).waitFor();
    assert.deepEqual(
        admin.faults.filter((fault) => !/status of 400/.test(fault)),
        [],
    );
});
