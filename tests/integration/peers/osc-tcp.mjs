// SPDX-License-Identifier: GPL-3.0-or-later
// npm's osc as a peer of gainstaged over TCP, framed by SLIP. Usage: osc-tcp.mjs PORT
import osc from "osc";
import { converse } from "./conversation.mjs";

await converse((hear) => new Promise((resolve) => {
    const port = new osc.TCPSocketPort({ address: "127.0.0.1", port: Number(process.argv[2]) });
    port.on("message", (message) => hear(message.address, message.args));
    port.on("ready", () => resolve({
        send: (address, ...args) => port.send({ address, args }),
        close: () => port.close(),
        replyPort: 0,
    }));
    port.open();
}));
