// A mail server in clear on loopback that takes every mail and keeps its text.
import { createServer } from "node:net";

import { eventually } from "./site.mjs";

const textOf = (message) => Buffer.from(message.split("\r\n\r\n")[1], "base64").toString("utf8");

export async function openMailServer(t) {
    const mails = [];
    const server = createServer((socket) => {
        let rest = "";
        let message = null;
        const say = (line) => socket.write(`${line}\r\n`);
        const hear = (line) => {
            if (message !== null && line !== ".") {
                message += `${line}\r\n`;
            } else if (message !== null) {
                mails.push(textOf(message));
                message = null;
                say("250 taken");
            } else if (line === "DATA") {
                message = "";
                say("354 go on");
            } else {
                say(line === "QUIT" ? "221 bye" : "250 ok");
            }
        };
        socket.on("error", () => {});
        socket.on("data", (bytes) => {
            const lines = (rest + bytes).split("\r\n");
            rest = lines.pop();
            lines.forEach(hear);
        });
        say("220 test ready");
    });
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    t.after(() => server.close());
    return {
        port: server.address().port,
        /** Of the mail with this number, from 0. */
        async code(number) {
            await eventually(`mail ${number}`, () => mails.length > number);
            return mails[number].match(/\d{4}-\d{4}/)[0];
        },
    };
}
