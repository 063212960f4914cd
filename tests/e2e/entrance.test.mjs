// Which addresses are answered, and an own certificate, in the settings.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { openPage, openSignedIn } from "./browser.mjs";
import { openSite } from "./site.mjs";

const run = promisify(execFile);

/** A certificate and its key, valid for `days`. */
async function makeCertificate(t, days) {
    const folder = await mkdtemp(join(tmpdir(), "sallyport-certificate-"));
    t.after(() => rm(folder, { recursive: true }));
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
    const request = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=door.example`;
    await run("openssl", [...request.split(" "), "-days", days, "-keyout", key, "-out", certificate]);
    return { key, certificate };
}

test("addresses are allowed and an own certificate is taken over, on the settings page", async (t) => {
    const { platform } = await openSite(t);
    await platform.up();
    await platform.setUp();
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, "/settings", "Settings");

    const network = page.getByRole("region", { name: "Network" });
    await network.getByLabel("Only these addresses are answered").check();
    await network.getByLabel(/^Networks and addresses/).fill("192.168.0.0/99");
    await network.getByRole("button", { name: "Save" }).click();
    await network.getByRole("alert").getByText("'192.168.0.0/99' is no network").waitFor();
    await network.getByLabel(/^Networks and addresses/).fill("192.168.0.0/16");
    await network.getByRole("button", { name: "Add it" }).click();
    await network.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").waitFor();
    const { allowed } = await platform.must(200, "GET", "/settings/network");
    assert.deepEqual(allowed, ["192.168.0.0/16", "127.0.0.1"]);

    const panel = page.getByRole("region", { name: "Certificate" });
    await panel.getByRole("button", { name: "Use your own" }).click();
    const dialog = page.getByRole("dialog", { name: "Use your own" });
    const [good, other] = [await makeCertificate(t, "30"), await makeCertificate(t, "30")];
    const files = dialog.locator("input[type=file]");
    await files.nth(0).setInputFiles(good.certificate);
    await files.nth(1).setInputFiles(other.key);
    await dialog.getByRole("button", { name: "Use it" }).click();
    await dialog.getByText("The key does not belong to the certificate").waitFor();
    await files.nth(1).setInputFiles(good.key);
    await dialog.getByRole("button", { name: "Use it" }).click();
    await panel.getByText("CN = door.example").first().waitFor();
    await panel.getByRole("button", { name: "Back to the one made here" }).click();
    await panel.getByText("Made at the first start").waitFor();
    assert.deepEqual(
        context.faults.filter((fault) => !/status of 400/.test(fault)),
        [],
    );
});
