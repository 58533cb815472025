// SPDX-License-Identifier: GPL-3.0-or-later
// npm's node-osc as a peer of gainstaged: it sends from one port and hears on another, as a tablet does.
// Usage: node-osc.mjs PORT
import { Client, Message, Server } from "node-osc";
import { converse } from "./conversation.mjs";

const types = { i: "integer", f: "float", s: "string" };

await converse((hear) => new Promise((resolve) => {
    const client = new Client("127.0.0.1", Number(process.argv[2]));
    const server = new Server(0, "127.0.0.1", () => resolve({
        send: (address, ...args) => client.send(
            new Message(address, ...args.map(({ type, value }) => ({ type: types[type], value })))),
        close: () => Promise.all([client.close(), server.close()]),
        replyPort: server._sock.address().port,
    }));
    const one = (message) => hear(message[0], message.slice(1));
    server.on("message", one);
    server.on("bundle", (bundle) => bundle.elements.forEach(one));
}));
