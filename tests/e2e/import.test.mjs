// Many people at once, as an operator brings them in: from files, and as a series with cards from a reader.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { openBrowser, openContext, openPage, signInto } from "./browser.mjs";
import { enrol, eventually, openSite } from "./site.mjs";

async function openImport(t, path, heading, { enrolled = false } = {}) {
    const site = await openSite(t);
    await Promise.all([site.platform.up(), enrolled && site.door.up()]);
    await site.platform.setUp();
    if (enrolled) await enrol(site, { card: "04A1B2C3" });
    const browser = await openBrowser(t);
    const context = await openContext(browser, { acceptDownloads: true });
    await signInto(context, site.platform);
    const page = await openPage(context, site.platform, path, heading);
    return { ...site, page, context };
}

const choose = (page, name, text) =>
    page.locator("input[type=file]").setInputFiles({
        name,
        mimeType: "application/octet-stream",
        buffer: Buffer.isBuffer(text) ? text : Buffer.from(text),
    });

test("a file is looked at line by line, mended, imported, exported and read again", async (t) => {
    const { platform, page } = await openImport(t, "/people/import", "Import people");
    await platform.must(201, "POST", "/departments", { name: "Plant" });
    await platform.must(201, "POST", "/people", { name: "Anna Berger", user_id: "1001" });
    await page.reload();
    const head = "User ID;Name;Department;Valid until;Cards;Birthday\n";
    await choose(
        page,
        "staff.csv",
        `${head}2001;"Ben\nAdler";Plant;2030-12-31;B2;\n1001;Other;;;;\n2003;Cem;Attic;soon;XYZ;1984-02-30\n`,
    );
    await page.getByText("6 things are wrong. Nothing is imported until they are mended.").waitFor();
    for (const [line, column, words] of [
        [2, "Name", "line"],
        [4, "User ID", "belongs to Anna Berger"],
        [5, "Department", "There is no department “Attic”"],
        [5, "Valid until", "“soon” is no date"],
        [5, "Cards", "“XYZ” is no card number"],
        [5, "Birthday", "“1984-02-30” is no date"],
    ]) {
        await page.getByRole("row", { name: new RegExp(`^${line} ${column} .*${words}`) }).waitFor();
    }
    assert.equal(await page.getByRole("button", { name: /^Add/ }).count(), 0);
    assert.equal((await platform.must(200, "GET", "/people")).items.length, 1);

    await page.getByRole("radio", { name: /change the person/ }).check();
    await page.getByText("5 things are wrong").waitFor();
    await choose(
        page,
        "staff.csv",
        `${head}2001;Ben Adler;Plant;2030-12-31;B2;\n1001;;Plant;;A1;1984-03-29\n`,
    );
    await page.getByRole("button", { name: "Add 2 people" }).click();
    await page.getByText("1 added, 1 changed.").waitFor();
    await page.getByRole("link", { name: "Show people" }).click();
    await page.getByRole("row", { name: /Anna Berger.*1001.*Plant.*000000A1/ }).waitFor();
    await page.getByRole("row", { name: /Ben Adler.*2001.*Plant.*000000B2/ }).waitFor();

    const waiting = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    const text = await readFile(await (await waiting).path(), "utf8");
    assert.match(text, /^\uFEFFUser ID,Name,Department,/);
    assert.match(text, /1001,Anna Berger,Plant,.*000000A1.*1984-03-29/);
    await page.getByRole("link", { name: "Import" }).click();
    await page.getByRole("radio", { name: /change the person/ }).check();
    await choose(page, "people.csv", text);
    await page.getByText("2 people can be imported.").waitFor();

    await page.goto(`${platform.url}/audit`);
    await page.getByRole("row", { name: /People imported/ }).waitFor();
    await page.getByRole("textbox", { name: "Name, account, address" }).fill("anna b");
    await page.getByRole("row", { name: /People imported/ }).waitFor({ state: "hidden" });
    await page.getByRole("row", { name: /Person changed.*Anna Berger.*Department.*Plant/ }).waitFor();
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    const log = await readFile(await (await saving).path(), "utf8");
    assert.match(log, /^\uFEFFTime,Account,From,Action,Kind,To what,What changed\r\n/);
    assert.match(log, /\d\dZ,admin,127\.0\.0\.1,Person changed,Person,Anna Berger,.*Department: .*Plant/);
    assert.doesNotMatch(log, /People imported/);
});

test("an Excel workbook is read in the page, and one that is none is refused in words", async (t) => {
    const { platform, page } = await openImport(t, "/people/import", "Import people");
    const folder = await mkdtemp(join(tmpdir(), "sallyport-workbook-"));
    t.after(() => rm(folder, { recursive: true }));
    const parts = {
        "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="a" Target="s.xml"/></Relationships>',
        "xl/sharedStrings.xml": "<sst><si><t>用户编号</t></si><si><t>姓名</t></si><si><t>张伟</t></si></sst>",
        "xl/s.xml":
            '<worksheet><row r="1"><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>' +
            '<row r="2"><c><v>3001</v></c><c t="s"><v>2</v></c></row></worksheet>',
    };
    await writeFile(join(folder, "parts.json"), JSON.stringify(parts));
    const zip =
        "import json, zipfile\nwith zipfile.ZipFile('staff.xlsx', 'w', zipfile.ZIP_DEFLATED) as file:\n" +
        "    for name, text in json.load(open('parts.json')).items(): file.writestr(name, text)";
    execFileSync("python3", ["-c", zip], { cwd: folder });
    await choose(page, "broken.xlsx", "nothing of the kind");
    await page.getByText("This is no Excel workbook (.xlsx), or it is damaged.").waitFor();
    await choose(page, "staff.xlsx", await readFile(join(folder, "staff.xlsx")));
    await page.getByRole("cell", { name: "张伟" }).waitFor();
    await page.getByRole("button", { name: "Add 1 person" }).click();
    await page.getByText("1 added, 0 changed.").waitFor();
    assert.equal((await platform.must(200, "GET", "/people")).items[0].name, "张伟");
});

test("a series of visitors gets cards from a list and from a reader", async (t) => {
    const site = await openImport(t, "/people/batch", "Add many people", { enrolled: true });
    const { platform, page, door } = site;
    await page.getByLabel("First number").fill("0301");
    await page.getByLabel("How many").fill("3");
    await page.getByLabel("Card number, or a list").fill("A1, A2");
    await page.getByLabel("Card number, or a list").press("Enter");
    await page.getByText("2/3").waitFor();
    await page.getByRole("button", { name: "Read from a reader" }).click();
    await page.getByText("Show the card at Main entrance · In …").waitFor();
    await door.card("0000BEEF");
    await page.getByText("Card 0000BEEF goes to 0303.").waitFor();
    await page.getByRole("button", { name: "Add 3 people" }).click();
    await page.getByText("3 added, 0 changed.").waitFor();
    const people = await eventually("the visitors", async () => {
        const { items } = await platform.must(200, "GET", "/people?q=Visitor");
        return items.length === 3 && items;
    });
    assert.deepEqual(
        people.map(({ user_id, cards }) => [user_id, cards[0].number]),
        [
            ["0301", "000000A1"],
            ["0302", "000000A2"],
            ["0303", "0000BEEF"],
        ],
    );
    await page.getByRole("button", { name: "Import more" }).click();
    await page.getByLabel("First number").fill("0303");
    await page.getByRole("button", { name: "Add 10 people" }).click();
    await page.getByText(/0303: The user ID 0303 belongs to Visitor 0303/).waitFor();
});
