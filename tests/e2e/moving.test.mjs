// Other addresses for several devices in one step. The controllers change those of real interfaces, so the
// test runs itself again in a network of its own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { openPage, openSignedIn } from "./browser.mjs";
import { devicePassword, eventually, openDoor, openSite } from "./site.mjs";

const alone = "SALLYPORT_ALONE";

// Loopback, and an interface for each controller: they stay as long as the descriptors are open.
const network = `
import fcntl, os, socket, struct, sys
for name in (b"lan1", b"lan2"):
    tap = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tap, 0x400454CA, struct.pack("16sH22x", name, 0x1002))  # TUNSETIFF: TAP without a head
    os.set_inheritable(tap, True)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_:
    fcntl.ioctl(any_, 0x8914, struct.pack("16sH22x", b"lo", 1))  # SIOCSIFFLAGS: up
os.execvp(sys.argv[1], sys.argv[1:])
`;

test("in a network of its own", { skip: process.env[alone] !== undefined }, (t) => {
    if (spawnSync("unshare", ["-rn", "true"]).status !== 0)
        return t.skip("no network of its own is allowed here");
    const again = [process.execPath, fileURLToPath(import.meta.url)];
    const done = spawnSync("unshare", ["-rn", "python3", "-c", network, ...again], {
        env: { ...process.env, [alone]: "1", NODE_TEST_CONTEXT: undefined },
        encoding: "utf8",
        timeout: 180_000,
    });
    assert.equal(done.status, 0, done.stdout + done.stderr);
});

test("two devices get other addresses in one step", { skip: process.env[alone] === undefined }, async (t) => {
    const { platform, directory } = await openSite(t);
    const doors = await Promise.all([
        ...["lan1", "lan2"].map((name) =>
            openDoor(t, directory, name, `network_interface = "${name}"\n`, "0.0.0.0"),
        ),
    ]);
    await platform.up();
    await platform.setUp();
    for (const [index, door] of doors.entries()) {
        const at = { address: "127.0.0.1", port: door.ports.device, password: devicePassword };
        await platform.must(200, "POST", "/devices/initialise", at);
        await platform.must(201, "POST", "/devices", { ...at, name: `Gate ${index + 1}`, account: "admin" });
    }
    const places = async () => {
        const { items } = await platform.must(200, "GET", "/devices");
        return items.map(({ name, address, state }) => `${name} ${address} ${state}`).sort();
    };
    await eventually("both to be online", async () => (await places()).every((one) => / online$/.test(one)));
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, "/devices", "Devices");
    await page.getByRole("button", { name: "Change addresses" }).click();
    const dialog = page.getByRole("dialog", { name: "Change addresses" });
    await dialog.getByRole("checkbox", { name: "Select all" }).check();
    await dialog.getByLabel("First new address; the others follow").fill("10.7.0.2");
    await dialog.getByLabel("Subnet mask").fill("255.255.255.0");
    await dialog.getByText("127.0.0.1 → 10.7.0.3").waitFor();
    await dialog.getByRole("button", { name: "Change 2 addresses" }).click();
    await eventually("both to have moved", async () => {
        return (await dialog.getByText("It answers there").count()) === 2;
    });
    await eventually("both to be online there", async () => {
        assert.deepEqual(await places(), ["Gate 1 10.7.0.2 online", "Gate 2 10.7.0.3 online"]);
        return true;
    });
});
