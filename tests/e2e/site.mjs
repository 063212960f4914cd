// A platform and doors of their own for one test: real programs, free ports of loopback, a directory that
// goes when the test ends.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { createSocket } from "node:dgram";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const binaries = resolve(process.env.SALLYPORT_BIN ?? "build/release/bin");
const patienceMs = 60_000; // of a busy machine

export const adminPassword = "blue-lamp-42";
export const devicePassword = "green-door-73";
export const keypadPassword = "24681357";

/** Calls until it answers something true; fails with what was waited for when the time is over. */
export async function eventually(what, attempt, limitMs = patienceMs) {
    const deadline = Date.now() + limitMs;
    let last;
    while (Date.now() < deadline) {
        try {
            const answer = await attempt();
            if (answer) return answer;
            last = answer;
        } catch (error) {
            last = error;
        }
        await new Promise((done) => setTimeout(done, 25));
    }
    throw new Error(
        `waited ${limitMs} ms in vain for ${what}; last: ${last?.stack ?? JSON.stringify(last)}`,
    );
}

/** Below the ports that the kernel gives to whoever needs any: nobody gets it before it is used. */
async function freePort(bind) {
    for (let tries = 0; tries < 50; tries++) {
        const port = 10_000 + Math.floor(Math.random() * 20_000);
        const bound = bind(port);
        try {
            await once(bound, "listening");
        } catch (error) {
            if (error.code === "EADDRINUSE") continue;
            throw error;
        }
        bound.close();
        await once(bound, "close");
        return port;
    }
    throw new Error("50 ports were tried, and none is free.");
}

export const freeTcpPort = () => freePort((port) => createServer().listen(port, "127.0.0.1"));
const freeUdpPort = () => freePort((port) => createSocket("udp4").bind(port, "127.0.0.1"));

/**
 * One HTTP call on a connection of its own, with JSON or a PNG file. Answers {status, headers, body}, a JSON
 * body parsed.
 */
export function call(method, url, body, headers = {}) {
    const target = new URL(url);
    const secure = target.protocol === "https:";
    const isPicture = Buffer.isBuffer(body);
    const text = body === undefined || isPicture ? body : JSON.stringify(body);
    const options = {
        method,
        agent: false,
        rejectUnauthorized: false,
        headers: {
            ...(text
                ? {
                      "content-type": isPicture ? "image/png" : "application/json",
                      "content-length": Buffer.byteLength(text),
                  }
                : {}),
            ...headers,
        },
    };
    return new Promise((resolved, rejected) => {
        const request = (secure ? httpsRequest : httpRequest)(target, options, (answer) => {
            const parts = [];
            answer.on("data", (part) => parts.push(part));
            answer.on("end", () => {
                const raw = Buffer.concat(parts).toString();
                const isJson = /json/.test(answer.headers["content-type"] ?? "");
                resolved({
                    status: answer.statusCode,
                    headers: answer.headers,
                    body: isJson && raw ? JSON.parse(raw) : raw,
                });
            });
        });
        request.on("error", rejected);
        request.setTimeout(patienceMs, () => request.destroy(new Error(`no answer to ${method} ${url}`)));
        request.end(text);
    });
}

class Program {
    constructor(name, args) {
        this.name = name;
        this.args = args;
        this.output = "";
    }
    start() {
        this.process = spawn(join(binaries, this.name), this.args, { stdio: ["ignore", "pipe", "pipe"] });
        for (const stream of [this.process.stdout, this.process.stderr]) {
            stream.on("data", (part) => (this.output = (this.output + part).slice(-20_000)));
        }
        this.exited = once(this.process, "exit");
    }
    get running() {
        return this.process && this.process.exitCode === null && this.process.signalCode === null;
    }
    async end(signal) {
        if (this.running) this.process.kill(signal);
        await this.exited;
    }
    /** Ends it as an operator would; its exit code. */
    async stop() {
        await this.end("SIGTERM");
        return this.process.exitCode;
    }
    /** As a crash or a power cut would. */
    kill() {
        return this.end("SIGKILL");
    }
}

class Door extends Program {
    constructor(directory, ports, config) {
        super("sallyport-door", [
            "--config",
            config,
            "--data",
            directory,
            "--hardware",
            "simulated",
            "--listen",
            `${ports.host ?? "127.0.0.1"}:${ports.device}`,
            "--panel",
            `127.0.0.1:${ports.panel}`,
            "--discovery",
            `127.0.0.1:${ports.discovery}`,
        ]);
        this.ports = ports;
        this.directory = directory;
        this.url = `http://127.0.0.1:${ports.panel}`;
    }
    async up() {
        this.start();
        await eventually(
            `${this.name} to answer\n${this.output}`,
            async () => this.running && (await this.state()),
        );
        return this;
    }
    async state(number = 1) {
        const answer = await call("GET", `${this.url}/panel/state?door=${number}`);
        if (answer.status !== 200) throw new Error(`panel state answers ${answer.status}`);
        return answer.body;
    }
    async press(path, body) {
        const answer = await call("POST", `${this.url}/panel/${path}`, body);
        if (answer.status >= 300)
            throw new Error(`/panel/${path} answers ${answer.status}: ${JSON.stringify(answer.body)}`);
        return answer.body;
    }
    card = (number) => this.press("card", { number, reader: 1 });
    keys = (keys) => this.press("keys", { keys });
    input = (name, active) => this.press("input", { name, active });
    advance = (ms) => this.press("clock", { advance_ms: ms });
}

class Platform extends Program {
    constructor(directory, ports, discoveryPort) {
        super("sallyport", [
            "serve",
            "--data",
            directory,
            "--listen",
            `127.0.0.1:${ports.web}`,
            "--discovery",
            `127.0.0.1:${discoveryPort}`,
        ]);
        this.url = `https://127.0.0.1:${ports.web}`;
    }
    async up() {
        this.start();
        await eventually(
            "sallyport to answer",
            async () => {
                if (!this.running) throw new Error(`sallyport ended: ${this.output}`);
                return (await call("GET", `${this.url}/api/v1/health`)).status === 200;
            },
        );
        return this;
    }
    async api(method, path, body) {
        const headers = this.token ? { authorization: `Bearer ${this.token}` } : {};
        return call(method, `${this.url}/api/v1${path}`, body, headers);
    }
    /** As `api`, and fails with the problem's words when the answer is not the expected one. */
    async must(status, method, path, body) {
        const answer = await this.api(method, path, body);
        if (answer.status !== status) {
            throw new Error(
                `${method} ${path} answers ${answer.status}, not ${status}: ${JSON.stringify(answer.body)}`,
            );
        }
        return answer.body;
    }
    async setUp() {
        const questions = [
            { question: "First pet?", answer: "Rex" },
            { question: "First street?", answer: "Am Wall" },
        ];
        const answer = await this.api("POST", "/setup", {
            password: adminPassword,
            language: "en",
            questions,
        });
        if (answer.status >= 300)
            throw new Error(`set-up answers ${answer.status}: ${JSON.stringify(answer.body)}`);
        await this.signIn();
    }
    async signIn() {
        this.token = undefined;
        const session = await this.must(200, "POST", "/sessions", {
            account: "admin",
            password: adminPassword,
        });
        this.token = session.token;
    }
    /** All events, oldest first. */
    async events() {
        const all = [];
        let cursor = "";
        do {
            const page = await this.must(200, "GET", `/events?limit=1000${cursor}`);
            all.push(...page.items);
            cursor = page.next ? `&cursor=${encodeURIComponent(page.next)}` : "";
        } while (cursor);
        return all.reverse();
    }
}

/** What a package begins with; the controller would find out that nobody signed it. */
export function unsignedPackage(version) {
    const head = Buffer.from(
        JSON.stringify({ product: "sallyport-door", architecture: "amd64", version, minimum: "0.0.1" }),
    );
    const size = Buffer.alloc(4);
    size.writeUInt32LE(head.length);
    const rest = Buffer.alloc(500_000);
    return Buffer.concat([Buffer.from("SALLYPORTUPDATE1"), size, head, rest]);
}

/** A further controller of the site with these lines of configuration; ended with `t`. */
export async function openDoor(t, directory, name, settings, host = "127.0.0.1") {
    const config = join(directory, `${name}.toml`);
    const ports = {
        host,
        device: await freeTcpPort(),
        panel: await freeTcpPort(),
        discovery: await freeUdpPort(),
    };
    await writeFile(config, settings);
    const door = new Door(join(directory, name), ports, config);
    t.after(() => door.process && door.kill());
    return door.up();
}

/** One that speaks the dialect in clear as well, at `ports.clear`. */
export async function openDoorInClear(t, directory) {
    const clear = await freeTcpPort();
    const settings = `compatibility = true\ncompatibility_dhip = "127.0.0.1:${clear}"\n`;
    const door = await openDoor(t, directory, "clear-door", settings);
    door.ports.clear = clear;
    return door;
}

/** So many controllers with `devicePassword` at neighbouring ports, from the answered one; ended with `t`. */
export async function openSimulation(t, directory, controllers) {
    const password = join(directory, "simulated-password");
    await writeFile(password, `${devicePassword}\n`);
    // Another program may take one of the ports meanwhile: then others are tried.
    for (let attempt = 1; ; attempt++) {
        const first = await freeTcpPort();
        const simulation = new Program("sallyport-sim", [
            ...["--controllers", controllers, "--listen", `127.0.0.1:${first}`],
            ...["--password-file", password, "--passages", "0"],
        ]);
        simulation.start();
        t.after(() => simulation.kill());
        await eventually(
            "the simulation to be there",
            () => !simulation.running || simulation.output.includes('"listen"'),
        );
        if (simulation.running) return first;
        if (attempt === 5) throw new Error(simulation.output);
    }
}

/**
 * A site with one platform and one controller, of so many doors and readers of each and with these further
 * lines of configuration, ended with `t`.
 */
export async function openSite(t, { doors = 1, readers = 1, settings = "" } = {}) {
    const directory = await mkdtemp(join(tmpdir(), "sallyport-e2e-"));
    const config = join(directory, "door.toml");
    await writeFile(config, `doors = ${doors}\nsimulated.readers_per_door = ${readers}\n${settings}`);
    const ports = {
        device: await freeTcpPort(),
        panel: await freeTcpPort(),
        discovery: await freeUdpPort(),
    };
    const door = new Door(join(directory, "door"), ports, config);
    const platform = new Platform(
        join(directory, "platform"),
        { web: await freeTcpPort() },
        ports.discovery,
    );
    t.after(async () => {
        for (const program of [platform, door]) if (program.process) await program.kill();
        await rm(directory, { recursive: true, force: true });
    });
    return { door, platform, directory };
}

/** How long a door stays released, at the door: for who looks at it more slowly than it locks by itself. */
export async function hold(platform, doorIds, hold_s = 120) {
    for (const id of doorIds) await platform.must(200, "PATCH", `/doors/${id}`, { settings: { hold_s } });
    await eventually("the hold to be at the doors", async () => {
        const { items } = await platform.must(200, "GET", "/doors");
        return items.every(({ id, settings_state }) => !doorIds.includes(id) || settings_state === "issued");
    });
}

/** Initialises and adds the door, and a person with a card who may open it. Answers with their ids. */
export async function enrol(site, { card = "04A1B2C3", pin, userId = "1001", name = "Anna Berger" } = {}) {
    const { door, platform } = site;
    const address = { address: "127.0.0.1", port: door.ports.device };
    const { fingerprint } = await platform.must(200, "POST", "/devices/initialise", {
        ...address,
        password: devicePassword,
        keypad_password: keypadPassword,
    });
    const device = await platform.must(201, "POST", "/devices", {
        name: "Main entrance",
        ...address,
        account: "admin",
        password: devicePassword,
        fingerprint,
    });
    const person = await platform.must(201, "POST", "/people", {
        user_id: userId,
        name,
        pin,
        cards: [{ number: card, type: "general" }],
    });
    const doorId = device.doors[0].id;
    const group = await platform.must(201, "POST", "/permission-groups", {
        name: "Everyone",
        remark: "",
        template_id: null,
        doors: [doorId],
        people: [person.id],
    });
    await issued(platform, person.id);
    return { deviceId: device.id, doorId, personId: person.id, groupId: group.id };
}

/** The person, or everybody, stands on the controllers as the platform wants it. */
export const issued = (platform, personId) =>
    eventually("everything to be issued", async () => {
        const filter = personId ? `&person=${personId}` : "";
        const { items } = await platform.must(200, "GET", `/issue-states?limit=1000${filter}`);
        return items.length > 0 && items.every((item) => item.state === "issued");
    });
