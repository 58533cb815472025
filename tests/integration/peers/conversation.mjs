// SPDX-License-Identifier: GPL-3.0-or-later
// What every peer says to gainstaged and must hear from it, whatever library carries it: set, get, subscribe,
// meters, an error. A peer brings `send(address, ...arguments)`, where an argument is { type, value } with
// type "i", "f" or "s", and calls the `hear(address, values)` that it is given for each message.

/** Prints the results as lines "ok TEXT" and "not ok TEXT", for the shell test to count.
 *  connect(hear) -> Promise of { send, close, replyPort: number, 0 for the port that it sends from } */
export async function converse(connect) {
    const heard = [];
    const peer = await connect((address, values) => heard.push({ address, values }));
    const say = peer.send;

    /** Waits until a message with this address and test has been heard since the last forget(). */
    async function hears(text, address, test) {
        for (let i = 0; i < 3000; i++) { // a minute: the machine may be busy with others
            const found = heard.find((m) => m.address === address && test(m.values));
            if (found) {
                console.log(`ok ${text}`);
                return found.values;
            }
            await new Promise((resume) => setTimeout(resume, 20));
        }
        const last = heard.slice(-3).map((m) => `${m.address} ${JSON.stringify(m.values)}`);
        console.log(`not ok ${text}: expected ${address}, the last heard: ${last.join("; ") || "nothing"}`);
        return undefined;
    }
    const float = (value) => ({ type: "f", value });
    const int = (value) => ({ type: "i", value });
    const forget = () => heard.splice(0);

    say("/set_reply_port", int(peer.replyPort)); // whatever another program of this host has asked for
    say("/stage/pre/gain", float(31.5));
    say("/stage/pre/gain");
    await hears("sets a float and gets it back", "/stage/pre/gain", (v) => v[0] === 31.5);
    forget();
    say("/stage/pre/gain", int(24));
    say("/stage/pre/gain");
    await hears("sets an integer", "/stage/pre/gain", (v) => v[0] === 24);
    say("/info");
    await hears("reads four texts from /info", "/info", (v) => v.length === 4 && v[2] === "gainstaged");
    forget();
    say("/stage/pre/gian", float(3));
    await hears("is told what is wrong", "/error", (v) =>
        v[0] === "/stage/pre/gian" && v[1] === "unknown-address" && v[2].includes("/stage/pre/gain"));
    forget();
    say("/subscribe", int(peer.replyPort), int(60), int(20), int(7));
    await hears("subscribes", "/subscribed", (v) => v[1] === 60);
    await hears("is sent every value", "/stage/2/gain/text", (v) => v[0] === "24.0 dB");
    await hears("hears meters", "/stage/2/meter/out/db", (v) => v[0] < 0 && v[0] >= -144);
    forget();
    say("/unsubscribe");
    await hears("ends its subscription", "/unsubscribed", () => true);
    await peer.close();
}
