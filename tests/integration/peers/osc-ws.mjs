// SPDX-License-Identifier: GPL-3.0-or-later
// npm's osc as a peer of gainstaged over a WebSocket. Usage: osc-ws.mjs PORT
import osc from "osc";
import { converse } from "./conversation.mjs";

await converse((hear) => new Promise((resolve) => {
    const port = new osc.WebSocketPort({ url: `ws://127.0.0.1:${process.argv[2]}/`, metadata: true });
    port.on("message", (message) => hear(message.address, message.args.map((argument) => argument.value)));
    port.on("ready", () => resolve({
        send: (address, ...args) => port.send({ address, args }),
        close: () => port.close(),
        replyPort: 0,
    }));
    port.open();
}));
