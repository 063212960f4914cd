// A site with people, permissions and a working day at its doors, for pictures and for looking at every page.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { devicePassword, eventually, issued, keypadPassword } from "./site.mjs";

const dayMs = 7.5 * 3_600_000; // how long the day has lasted already
const doorNames = ["Main entrance", "Workshop", "Server room", "Loading dock"];
const people = [
    "Anna Berger",
    "Jonas Okafor",
    "Li Wei",
    "Mehmet Yılmaz",
    "Sofia Rossi",
    "Clara Novák",
    "Peter Haas",
    "Nadia Silva",
    "Tom Brandt",
    "Emma Fischer",
    "Hugo Dubois",
    "Ines Garcia",
    "Karin Jensen",
    "Omar Haddad",
    "Paula Kowalski",
    "Zhang Min",
    "Rosa Lindqvist",
    "Sami Virtanen",
    "Tara Singh",
    "Yuki Tanaka",
];
const day = (from, to) => [{ from, to }];
const workdays = (from, to) => [...Array(5).fill(day(from, to)), day("08:00:00", to), day("08:00:00", to)];
const zones = [
    "Asia/Shanghai",
    "Asia/Kolkata",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Pacific/Auckland",
];

/** A zone in which it is afternoon, so that the day that is shown is a working day's most. */
function afternoonZone() {
    const hourIn = (timeZone) =>
        Number(new Date().toLocaleString("en-GB", { timeZone, hour: "2-digit", hour12: false }));
    return [...zones].sort((a, b) => Math.abs(hourIn(a) - 16) - Math.abs(hourIn(b) - 16))[0];
}

export const cardOf = (number) => (0x04a1b2c3 + number * 0x1357).toString(16).toUpperCase().padStart(8, "0");

async function addDoors(site) {
    const { door, platform } = site;
    await door.press("clock", { set: new Date(Date.now() - dayMs - 600_000).toISOString() });
    const address = { address: "127.0.0.1", port: door.ports.device };
    const passwords = { password: devicePassword, keypad_password: keypadPassword };
    const { fingerprint } = await platform.must(200, "POST", "/devices/initialise", {
        ...address,
        ...passwords,
    });
    const login = { account: "admin", password: devicePassword, fingerprint };
    const device = await platform.must(201, "POST", "/devices", { name: "Building A", ...address, ...login });
    site.device = device.id;
    site.doors = device.doors.map(({ id }) => id);
    for (const [index, id] of site.doors.entries()) {
        const settings = { detector: true, overtime_s: 30 };
        await platform.must(200, "PATCH", `/doors/${id}`, {
            name: doorNames[index] ?? `Door ${index}`,
            settings,
        });
    }
}

/** A tree from [name, [below ...]] pairs; answers with the id of each name. */
async function addTree(platform, path, branches, parent_id = null, ids = {}) {
    for (const [name, below] of branches) {
        ids[name] = (await platform.must(201, "POST", path, { name, parent_id })).id;
        await addTree(platform, path, below, ids[name], ids);
    }
    return ids;
}

async function addAreas({ platform, device, doors }) {
    const areas = await addTree(platform, "/areas", [
        ["Headquarters", [["Building A", [["Ground floor", []]]], ["Building B", []]]],
        ["Warehouse", []],
    ]);
    await platform.must(200, "PATCH", `/devices/${device}`, { area_id: areas["Building A"] });
    await platform.must(200, "PATCH", `/doors/${doors[0]}`, { area_id: areas["Ground floor"] });
    return [areas["Building A"]];
}

/** A drawing of the sample site: "ground_floor" or "site". */
export const planPicture = (which) =>
    execFileSync("/usr/bin/python3", [
        fileURLToPath(new URL("../../scripts/sample_plan.py", import.meta.url)),
        which,
    ]);

/** Answers with the plan's id. */
export async function addPlan(platform, name, picture, members) {
    const { id } = await platform.must(201, "POST", "/floor-plans", { name, ...members });
    await platform.must(200, "PUT", `/floor-plans/${id}/picture`, planPicture(picture));
    return id;
}

async function addPlans(site, areas) {
    const spots = [
        [0.5, 0.9, 0],
        [0.28125, 0.453, 0],
        [0.75, 0.453, 0],
        [0.9375, 0.72, 90],
    ];
    const doors = site.doors.flatMap((door_id, index) => {
        const [x, y, rotation] = spots[index] ?? [];
        return x === undefined ? [] : { door_id, x, y, rotation };
    });
    site.plan = await addPlan(site.platform, "Ground floor", "ground_floor", {
        area_id: areas[0],
        position: 1,
        doors,
    });
    site.campus = await addPlan(site.platform, "Campus", "site", {
        links: [{ plan_id: site.plan, x: 0.4, y: 0.45 }],
    });
}

async function addPeople(site) {
    site.people = [];
    const departments = await addTree(site.platform, "/departments", [
        ["Production", [["Early shift", []], ["Late shift", []]]],
        ["Administration", []],
    ]);
    site.departments = Object.values(departments);
    for (const [index, name] of people.entries()) {
        const type = index === 6 ? "vip" : index === 13 ? "guest" : "general";
        const visit =
            type === "guest"
                ? { valid_to: new Date(Date.now() + 6 * 86_400_000).toISOString(), uses: 20 }
                : {};
        const person = await site.platform.must(201, "POST", "/people", {
            user_id: String(1001 + index),
            name,
            type,
            department_id: site.departments[index % site.departments.length],
            ...visit,
            ...(index % 4 === 0 ? { pin: String(24_680 + index) } : {}),
            cards: [{ number: cardOf(index), type: "general" }],
        });
        site.people.push(person.id);
    }
}

async function addPermissions(site) {
    const { platform, doors, people } = site;
    const template = async (name, week) =>
        (await platform.must(201, "POST", "/time-templates", { name, week })).id;
    const office = await template("Office hours", workdays("06:30:00", "19:00:00"));
    const cleaning = await template("Cleaning", [...Array(6).fill(day("05:00:00", "07:30:00")), []]);
    site.templates = [office, cleaning];
    const { id: holiday } = await platform.must(201, "POST", "/holidays", {
        name: "Christmas",
        from: "2026-12-24",
        to: "2026-12-26",
        yearly: true,
    });
    site.holiday = holiday;
    await platform.must(200, "PATCH", `/time-templates/${office}`, { holiday_ids: [holiday] });
    const group = async (name, template_id, doors, people) =>
        (
            await platform.must(201, "POST", "/permission-groups", {
                name,
                remark: "",
                template_id,
                doors,
                people,
            })
        ).id;
    site.groups = [
        await group("Staff", null, doors.slice(0, 1), people.slice(0, 18)),
        await group("Workshop", office, doors.slice(1, 2), people.slice(4, 14)),
        await group("IT", null, doors.slice(2, 3), people.slice(0, 3)),
        await group("Goods in", office, doors.slice(3, 4), people.slice(10, 16)),
        await group("Cleaning", cleaning, doors, people.slice(16, 18)),
    ];
}

/** What the doors do besides: an area, an air lock, two who come together, a door open by the clock. */
async function addRules(site) {
    const { platform, doors, people, templates } = site;
    const rules = (door, body) => platform.must(200, "PATCH", `/doors/${door}/rules`, body);
    const week = [...Array(5).fill(day("05:30:00", "08:00:00")), [], []];
    const add = async (path, body) => (await platform.must(201, "POST", path, body)).id;
    const deliveries = await add("/time-templates", { name: "Deliveries", week });
    const early = { template_id: templates[1], unlock_mode: "card_and_pin" };
    await rules(doors[0], { unlock_periods: [early] });
    await rules(doors[3], { always_open: deliveries });
    await rules(doors[2], {
        groups: [{ people: people.slice(0, 3), needed: 2 }],
        first_card: { people: people.slice(0, 1), template_id: templates[0], then: "others_may_enter" },
    });
    site.passbackArea = await add("/passback-areas", {
        name: "Goods yard",
        passback: "soft",
        reset_at: "04:00:00",
        entries: [{ door_id: doors[3], direction: "entry" }],
        exits: [{ door_id: doors[3], direction: "exit" }],
    });
    const valid_to = new Date(Date.now() + 90 * 86_400_000).toISOString();
    site.publicPassword = await add("/public-passwords", {
        name: "Cleaning company",
        code: "74190",
        doors: doors.slice(0, 2),
        valid_to,
    });
    await add("/public-passwords", { name: "Parcel service", code: "3382", doors: doors.slice(3, 4) });
    site.interlock = await add("/interlocks", { name: "Air lock", doors: doors.slice(1, 3), blocks: "open" });
}

/** Who else works here, what they may do and which part of the site they see. */
async function addAccounts({ platform, areas, departments }) {
    const add = (path, body) => platform.must(201, "POST", path, body);
    const { id: role_id } = await add("/roles", {
        name: "Human resources",
        rights: { people: "edit", permissions: "view", events: "view" },
    });
    const password = "green-lamp-42";
    await add("/accounts", { name: "hr", password, role_id, areas: null, departments });
    await add("/accounts", { name: "reception", password, role_id: "2", areas, departments: null });
}

/** A script that may read, and somebody who is told of alarms. */
async function addIntegration({ platform }) {
    await platform.must(201, "POST", "/tokens", {
        name: "Time recording",
        rights: { people: "view", events: "view" },
    });
    await platform.must(200, "PATCH", "/settings/mail", {
        enabled: true,
        host: "mail.example.org",
        sender: "doors@example.org",
    });
    await platform.must(201, "POST", "/webhooks", {
        name: "Control room",
        url: "https://hooks.example.org/sallyport",
        kinds: ["alarm_started"],
        enabled: false, // pictures need no network
    });
}

/** Two cards that open nothing: one was lost, one is kept back. */
async function looseCards({ platform, people }) {
    for (const [index, status] of [
        [7, "lost"],
        [11, "frozen"],
    ]) {
        const cards = [{ number: cardOf(index), type: "general", status }];
        await platform.must(200, "PATCH", `/people/${people[index]}`, { cards });
    }
}

const range = (from, to) => Array.from({ length: to - from }, (_, index) => from + index);

/** The same numbers in every run. */
function dice(seed) {
    let state = seed;
    return (below) => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return (state >>> 8) % below;
    };
}

const visitors = [range(0, 18), range(4, 14), range(0, 3), range(10, 16)]; // of each door

/** From the morning until now people come and go; the controller's clock runs through the day with them. */
async function liveADay({ door }, visits) {
    const roll = dice(7);
    const pick = (choices) => choices[roll(choices.length)];
    for (let visit = 0; visit < visits; ++visit) {
        const number = pick([0, 0, 0, 0, 1, 1, 2, 3]);
        const stranger = roll(25) === 0;
        const who = stranger ? 40 + roll(5) : roll(12) === 0 ? roll(people.length) : pick(visitors[number]);
        await visitDoor(door, number + 1, who, pick(["in", "in", "in", "out"]));
        await door.advance(Math.floor((dayMs / visits) * (0.5 + roll(100) / 100)));
    }
    await door.press("clock", { set: new Date().toISOString() });
}

async function visitDoor(door, number, who, way) {
    const input = (name, active) => door.press("input", { name, active, door: number });
    if (way === "in") {
        await door.press("card", { number: cardOf(who), reader: 1, door: number });
    } else {
        await input("exit_button", true);
        await door.advance(500);
        await input("exit_button", false);
    }
    if ((await door.state(number)).lock !== "released") return;
    await input("contact", true);
    await door.advance(2_500);
    await input("contact", false);
}

/** The platform reads a controller's clock and counts when it connects. */
async function returnFromRestart({ door, platform, device }) {
    const isState = (wanted) => async () =>
        (await platform.must(200, "GET", `/devices/${device}`)).state === wanted;
    await door.stop();
    await eventually("the controller to be missed", isState("offline"));
    await door.up();
    await eventually("the controller to be back", isState("online"));
}

/** Doors in the states that an operator has to tell apart. */
async function endInManyStates({ door, platform, doors }) {
    const command = (id, word) => platform.must(200, "POST", `/doors/${id}/commands`, { command: word });
    await command(doors[3], "always_open");
    await door.press("input", { name: "contact", active: true, door: 2 });
    await door.press("card", { number: cardOf(0), reader: 1, door: 1 });
}

export async function fillWithLife(site, visits = 40) {
    const { platform } = site;
    await platform.setUp();
    await platform.must(200, "PATCH", "/settings", { time_zone: afternoonZone() });
    await addDoors(site);
    const areas = await addAreas(site);
    await addPlans(site, areas);
    await addPeople(site);
    await addPermissions(site);
    await addAccounts({ ...site, areas, departments: site.departments.slice(0, 1) });
    await issued(platform);
    await liveADay(site, visits);
    await addIntegration(site);
    await addRules(site);
    await looseCards(site);
    await returnFromRestart(site);
    await endInManyStates(site);
}

/** The first door asks an operator from now on. */
export async function letDoorAsk({ platform, doors }) {
    const door = `/doors/${doors[0]}`;
    await platform.must(200, "PATCH", door, { settings: { verification_s: 60 } });
    await eventually("the setting to be at the door", async () => {
        return (await platform.must(200, "GET", door)).settings_state === "issued";
    });
}

/** Nobody stands there any more. */
export async function sendAway({ platform }) {
    const { items } = await platform.must(200, "GET", "/verifications");
    for (const { id } of items)
        await platform.must(200, "POST", `/verifications/${id}/answer`, { answer: "denied" });
}

/** Somebody stands there now, and nobody else does any more. */
export async function askAtDoor({ platform, door }) {
    await sendAway({ platform });
    await door.advance(10_000);
    await door.card(cardOf(0));
}
