// SPDX-License-Identifier: GPL-3.0-or-later
// npm's osc as a peer of gainstaged. Usage: osc.mjs PORT
import osc from "osc";
import { converse } from "./conversation.mjs";

const remotePort = Number(process.argv[2]);

await converse((hear) => new Promise((resolve) => {
    const port = new osc.UDPPort({ localAddress: "127.0.0.1", localPort: 0, remoteAddress: "127.0.0.1", remotePort });
    port.on("message", (message) => hear(message.address, message.args));
    port.on("ready", () => resolve({
        send: (address, ...args) => port.send({ address, args }),
        close: () => port.close(),
        replyPort: 0,
    }));
    port.open();
}));
