// A person's further fields, the site's own ones and photo: typed and chosen on the page, seen with what
// happens at a door.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { choose, openPage, openSignedIn } from "./browser.mjs";
import { enrol, eventually, openSite } from "./site.mjs";

const anna = "04A1B2C3";

const isDrawn = (picture) => picture.evaluate((image) => image.complete && image.naturalWidth > 0);

test("who was deleted stays named in the events until erased; the notice is shown and printed", async (t) => {
    const site = await openSite(t);
    const { platform, door } = site;
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    const ids = await enrol(site, { card: anna });
    await door.card(anna);
    const context = await openSignedIn(t, platform);
    const events = await openPage(context, platform, "/events", "Events");
    await events.getByText("Anna Berger").first().waitFor();

    const page = await openPage(context, platform, `/people/${ids.personId}`, "Anna Berger");
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await page.waitForURL("**/people");
    await page.getByRole("radiogroup", { name: "People" }).getByText("Former").click();
    await page.getByText("Anna Berger").waitFor();
    await events.reload();
    await events.getByText("Anna Berger").first().waitFor();
    await page.getByRole("button", { name: "Erase" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Erase" }).click();
    await page.getByText("Nobody was deleted").waitFor();
    await events.reload();
    await events.getByText("Erased person").first().waitFor();
    assert.equal(await events.getByText("Anna Berger").count(), 0);

    await page.goto(`${platform.url}/settings`);
    const notice = page.getByRole("region", { name: "Privacy notice" });
    await notice.getByLabel("English").fill("We record who opens which door.\n\nAsk the reception.");
    await notice.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").first().waitFor();
    const kept = page.getByRole("region", { name: "How long data is kept" });
    await kept.getByLabel("Events").fill("365");
    await kept.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Save and delete" }).click();
    await notice.getByRole("link", { name: "Show and print" }).click();
    await page.getByText("Ask the reception.").waitFor();
    await page.getByText("Events at doors: 365 days").waitFor();
});

test("a person has a photo, which is there when the card is shown", async (t) => {
    const site = await openSite(t);
    const { platform, door } = site;
    await Promise.all([door.up(), platform.up()]);
    await platform.setUp();
    const ids = await enrol(site, { card: anna });
    const context = await openSignedIn(t, platform);
    const page = await openPage(context, platform, `/people/${ids.personId}`, "Anna Berger");
    const choose = (name, buffer) =>
        page.locator("input[type=file]").setInputFiles({ name, mimeType: "image/png", buffer });

    await page.getByLabel("Company").fill("Berger & Co");
    const changes = [];
    page.on("request", (request) => request.method() === "PATCH" && changes.push(request.url()));
    const dates = [
        [page.getByLabel("Birthday"), "1984-03-29"],
        [page.getByLabel("Entry time"), "2022-06-08"],
        [page.getByLabel("Time of day").first(), "20:18"],
        [page.getByLabel("Resign time"), "2031-06-09"],
    ];
    for (const [field, typed] of dates) {
        await field.fill(typed);
        await field.press("Enter");
        await page.locator(".ant-picker-dropdown").last().waitFor({ state: "hidden" });
    }
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").first().waitFor();
    assert.equal(changes.length, 1, "Enter in a date has saved");
    const kept = async () => {
        const { details } = await platform.must(200, "GET", `/people/${ids.personId}`);
        return [details.company, details.birthday, details.entered_on, details.left_on];
    };
    assert.deepEqual(await kept(), ["Berger & Co", "1984-03-29", "2022-06-08T20:18", "2031-06-09"]);
    assert.equal(await page.locator("input[type=date], input[type=time]").count(), 0);
    await page.getByLabel("Birthday").fill("");
    await page.getByLabel("Resign time").fill("");
    await page.getByRole("button", { name: "Save" }).click();
    const left = "Berger & Co,,2022-06-08T20:18,";
    await eventually("the dates to be gone", async () => (await kept()).join() === left);

    await choose("photo.png", Buffer.from("no picture"));
    await page.getByText("This picture cannot be read.").waitFor();
    await choose("photo.png", await page.screenshot());
    const photo = page.getByRole("img", { name: "Photo of Anna Berger" });
    await photo.waitFor();
    await page.waitForFunction(
        () => document.querySelector('img[alt="Photo of Anna Berger"]')?.naturalWidth === 640,
    );
    assert.ok(await isDrawn(photo));

    const live = await openPage(context, platform, "/live", "Live");
    await door.card(anna);
    const shown = live.getByRole("article").locator(`img[src*="/people/${ids.personId}/photo"]`);
    await shown.waitFor();
    await live.waitForFunction(() => document.querySelector("article img")?.naturalWidth === 640);

    await page.getByRole("button", { name: "Remove the photo" }).click();
    await photo.waitFor({ state: "detached" });
    assert.equal((await platform.must(200, "GET", `/people/${ids.personId}`)).photo, null);
});

test("people are added one after the other, in the department of the one before", async (t) => {
    const { platform } = await openSite(t);
    await platform.up();
    await platform.setUp();
    const { id: department } = await platform.must(201, "POST", "/departments", { name: "Office" });
    const context = await openSignedIn(t, platform);
    const address = `/people/new?department=${department}&card=${anna}`;
    const page = await openPage(context, platform, address, "New person");
    const name = page.getByLabel("Name", { exact: true });
    await name.fill("Anna Berger");
    await choose(page, page.getByLabel("Type", { exact: true }), "VIP");
    await page.getByLabel("Valid until").fill("2031-06-09 18:00");
    await page.getByRole("button", { name: "OK", exact: true }).click();
    await page.getByRole("button", { name: "Save and add another" }).click();
    await page.getByText("Anna Berger is added.").waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "name" && !document.activeElement.value);
    await page.keyboard.type("Ben Adler");
    await page.getByRole("button", { name: "Add a person" }).click();
    await page.getByRole("heading", { level: 1, name: "Ben Adler" }).waitFor();
    const { items } = await platform.must(200, "GET", "/people");
    const kept = ({ department_id, type, valid_to }) => [department_id, type, valid_to];
    assert.deepEqual(
        items.map((one) => [one.name, one.cards.length]),
        [
            ["Anna Berger", 1],
            ["Ben Adler", 0],
        ],
    );
    assert.deepEqual(kept(items[1]), kept(items[0]));
    assert.deepEqual(kept(items[0]).slice(0, 2), [department, "vip"]);
    assert.ok(items[0].valid_to);
    assert.deepEqual(context.faults, []);
});

test("fields of the site's own are defined, filled in, found, saved as a file, and taken away", async (t) => {
    const { platform } = await openSite(t);
    await platform.up();
    await platform.setUp();
    const ben = await platform.must(201, "POST", "/people", { user_id: "1002", name: "Ben Adler" });
    const context = await openSignedIn(t, platform);
    const settings = await openPage(context, platform, "/settings", "Settings");
    const fields = settings.getByRole("region", { name: "Further fields of people" });
    const add = fields.getByRole("button", { name: "Add a field" });
    const save = fields.getByRole("button", { name: "Save" });
    const kind = async (name) => choose(settings, fields.getByLabel("Kind").last(), name);

    await add.click();
    await fields.getByLabel("Name").fill("Car");
    await fields.getByLabel("Needed").check();
    await add.click();
    await fields.getByLabel("Name").last().fill("Shift");
    await kind("Choice");
    await save.click();
    await fields.getByText("Write at least one choice").waitFor();
    await fields.getByLabel("Choices").pressSequentially("Early,Late,");
    await add.click();
    await fields.getByLabel("Name").last().fill("Locker");
    await kind("Number");
    await fields.getByRole("button", { name: "Up" }).last().click();
    await save.click();
    await settings.getByText("Saved").first().waitFor();
    const { items: kept } = await platform.must(200, "GET", "/person-fields");
    assert.deepEqual(
        kept.map((one) => [one.name, one.kind, one.required, one.choices]),
        [
            ["Car", "text", true, []],
            ["Locker", "number", false, []],
            ["Shift", "choice", false, ["Early", "Late"]],
        ],
    );

    const person = await openPage(context, platform, `/people/${ben.id}`, "Ben Adler");
    await person.getByLabel("Locker").fill("twelve");
    await person.getByRole("button", { name: "Save" }).click();
    await person.getByText("This is needed.").waitFor();
    await person.getByText("A number like 12 or -3.5.").waitFor();
    await person.getByLabel("Car", { exact: true }).fill("HH-SP 42");
    await person.getByLabel("Locker").fill("17");
    await choose(person, person.getByLabel("Shift"), "Late");
    await person.getByRole("button", { name: "Save" }).click();
    await person.getByText("Saved").first().waitFor();
    await person.reload();
    await person.getByText("Late", { exact: true }).waitFor();
    assert.equal(await person.getByLabel("Car", { exact: true }).inputValue(), "HH-SP 42");

    const custom = { [kept[0].id]: "-" };
    await platform.must(201, "POST", "/people", { user_id: "1003", name: "Cem Kaya", custom });
    const people = await openPage(context, platform, "/people", "People");
    await people.getByText("Cem Kaya").waitFor();
    await people.getByLabel("Name, user ID or card").fill("sp 42");
    await people.getByText("Cem Kaya").waitFor({ state: "detached" });
    await people.getByText("Ben Adler").waitFor();
    const [file] = await Promise.all([
        people.waitForEvent("download"),
        people.getByRole("button", { name: "Export" }).click(),
    ]);
    const [head, line, ...rest] = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
    assert.ok(head.endsWith("Car,Locker,Shift"), head);
    assert.ok(line.includes("Ben Adler") && line.endsWith("HH-SP 42,17,Late"), line);
    assert.deepEqual(rest, []);

    await fields.getByRole("button", { name: "Delete the field" }).first().click();
    await save.click();
    const asked = settings.getByRole("dialog", { name: "Delete Car?" });
    await asked.getByRole("button", { name: "Delete" }).click();
    await eventually("the field to be gone", async () => {
        const { items } = await platform.must(200, "GET", "/person-fields");
        return items.every((one) => one.name !== "Car");
    });
    await people.getByLabel("Name, user ID or card").fill("17");
    await people.getByText("Ben Adler").waitFor();
    await person.reload();
    await person.getByLabel("Locker").waitFor();
    assert.equal(await person.getByLabel("Car", { exact: true }).count(), 0);
    assert.deepEqual(context.faults, []);
});
