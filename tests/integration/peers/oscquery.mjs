// SPDX-License-Identifier: GPL-3.0-or-later
// npm's oscquery and ws as clients of gainstaged's OSCQuery: the tree that they find is the one that the tool prints,
// its values are those that OSC tells, LISTEN streams and IGNORE ends it. Prints lines "ok TEXT" and "not ok TEXT".
// Usage: oscquery.mjs PORT REFERENCE.json, as `gainstage osc CHAIN --json` prints it
import { readFile } from "node:fs/promises";
import osc from "osc";
import oscquery from "oscquery";
import WebSocket from "ws";

const port = Number(process.argv[2]);
const reference = JSON.parse(await readFile(process.argv[3], "utf8"));
const check = (good, text, detail = "") => console.log(good ? `ok ${text}` : `not ok ${text}: ${detail}`);

const service = await new oscquery.OSCQueryDiscovery().queryNewService("127.0.0.1", port);
check(service.hostInfo.oscPort === port && service.hostInfo.extensions.LISTEN === true, "reads HOST_INFO",
    JSON.stringify(service.hostInfo));

const methods = service.flat().map((method) => ({ ...method, path: method.full_path }));
const found = new Set(methods.map((method) => method.path));
const printed = new Set(reference.addresses.map((row) => row.address));
const strange = [...found].filter((path) => !printed.has(path));
// What the daemon says of its own accord is no method that one can call.
const answers = /\/end$|^\/(error|pong|subscribed|unsubscribed|log\/line|log\/lost|record\/meters\/.*)$/;
const absent = [...printed].filter((path) => !found.has(path) && !answers.test(path));
check(found.size > 100 && strange.length + absent.length === 0, `finds the tree that the tool prints, ${found.size} methods`,
    `only there ${strange.slice(0, 5)}; only in the tool ${absent.slice(0, 11)} (${strange.length}, ${absent.length})`);

const heard = new Map();
const udp = new osc.UDPPort({ localAddress: "127.0.0.1", localPort: 0, remoteAddress: "127.0.0.1", remotePort: port });
udp.on("message", (message) => heard.set(message.address, message.args));
await new Promise((resolve) => { udp.on("ready", resolve); udp.open(); });
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
/** Waits until it is so, for a minute at most: the machine may be busy with others. Asks again each second. */
async function until(test, ask = () => {}) {
    for (let i = 0; i < 3000 && !test(); i++) {
        if (i % 50 === 0) {
            ask();
        }
        await pause(20);
    }
}
udp.send({ address: "/set_reply_port", args: [{ type: "i", value: 0 }] });
await until(() => heard.has("/pong"), () => udp.send({ address: "/ping", args: [] }));

// What moves by itself has no one value.
const moving = /\/meter\/|^\/(audio|status|stage\/[^/]+\/(model_error|agreement_db|listen|clip|headroom))/;
const valued = methods.filter((m) => (m.arguments?.[0]?.value ?? null) !== null && !moving.test(m.path));
for (const [i, method] of valued.entries()) {
    udp.send({ address: method.path, args: [] });
    if (i % 10 === 9) {
        await pause(25);
    }
}
const unanswered = () => valued.filter((method) => !heard.has(method.path));
await until(() => unanswered().length === 0,
    () => unanswered().slice(0, 10).forEach((method) => udp.send({ address: method.path, args: [] })));
const same = (a, b) => a === b || Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a));
const wrong = valued.filter((m) => !same(m.arguments[0].value, heard.get(m.path)?.[0]));
check(valued.length > 50 && wrong.length === 0, `each of ${valued.length} values is what OSC tells`,
    wrong.slice(0, 5).map((m) => `${m.path} ${m.arguments[0].value} ${heard.get(m.path)}`).join("; ") + ` (${wrong.length})`);

const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
const frames = [];
socket.on("message", (data, binary) => binary && frames.push(osc.readPacket(new Uint8Array(data), {})));
await new Promise((resolve, reject) => { socket.on("open", resolve); socket.on("error", reject); });
const told = (address) => frames.flatMap((p) => p.packets ?? [p]).filter((m) => m.address === address);
const gains = () => told("/stage/pre/gain");
/** What was said over the WebSocket before has been done when the answer comes. */
async function settled() {
    const pongs = told("/pong").length;
    socket.send(osc.writePacket({ address: "/ping", args: [] }));
    await until(() => told("/pong").length > pongs);
}
socket.send(JSON.stringify({ COMMAND: "LISTEN", DATA: "/stage/pre/gain" }));
await until(() => gains().length > 0); // what it is now
udp.send({ address: "/stage/pre/gain", args: [{ type: "f", value: 17.5 }] });
await until(() => gains().at(-1)?.args[0] === 17.5);
check(gains().at(-1)?.args[0] === 17.5, "LISTEN streams a change of somebody else", JSON.stringify(frames.slice(-2)));
socket.send(JSON.stringify({ COMMAND: "IGNORE", DATA: "/stage/pre/gain" }));
await settled();
const before = gains().length;
heard.delete("/stage/pre/gain");
udp.send({ address: "/stage/pre/gain", args: [{ type: "f", value: 18.5 }] });
await until(() => heard.get("/stage/pre/gain")?.[0] === 18.5,
    () => udp.send({ address: "/stage/pre/gain", args: [] }));
await pause(500);
await settled();
check(gains().length === before, "IGNORE ends it");
socket.close();
udp.close();
process.exit(0);
