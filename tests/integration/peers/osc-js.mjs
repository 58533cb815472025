// SPDX-License-Identifier: GPL-3.0-or-later
// npm's osc-js as a peer of gainstaged. Its datagram plugin asks for two fixed ports. Usage: osc-js.mjs PORT REPLY-PORT
import OSC from "osc-js";
import { converse } from "./conversation.mjs";

const [port, replyPort] = process.argv.slice(2).map(Number);

await converse((hear) => new Promise((resolve) => {
    const osc = new OSC({
        plugin: new OSC.DatagramPlugin({
            open: { host: "127.0.0.1", port: replyPort },
            send: { host: "127.0.0.1", port },
        }),
    });
    osc.on("*", (message) => hear(message.address, message.args));
    osc.on("open", () => resolve({
        send: (address, ...args) => osc.send(new OSC.TypedMessage(address, args)),
        close: () => osc.close(),
        replyPort,
    }));
    osc.open();
}));
