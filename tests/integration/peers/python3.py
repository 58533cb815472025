#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""liblo's Python binding as a peer of gainstaged, in the conversation that conversation.mjs has. Usage: python3.py PORT"""
import sys
import time

import liblo

heard = []
server = liblo.Server()
server.add_method(None, None, lambda path, args: heard.append((path, args)))
daemon = liblo.Address("127.0.0.1", int(sys.argv[1]))


def say(path, *args):
    server.send(daemon, path, *args)


def hears(text, path, test=lambda args: True):
    end = time.monotonic() + 60  # the machine may be busy with others
    while time.monotonic() < end:
        server.recv(20)
        if any(p == path and test(a) for p, a in heard):
            print("ok", text)
            return
    print("not ok", f"{text}: expected {path}, the last heard: {heard[-3:]}")


say("/set_reply_port", ("i", 0))  # here, whatever another program of this host has asked for
say("/stage/pre/gain", ("f", 31.5))
say("/stage/pre/gain")
hears("sets a float and gets it back", "/stage/pre/gain", lambda a: a == [31.5])
heard.clear()
say("/stage/pre/gain", ("i", 24))
say("/stage/pre/gain")
hears("sets an integer", "/stage/pre/gain", lambda a: a == [24.0])
say("/info")
hears("reads four texts from /info", "/info", lambda a: len(a) == 4 and a[2] == "gainstaged")
say("/stage/pre/gian", ("f", 3))
hears("is told what is wrong", "/error", lambda a: a[:2] == ["/stage/pre/gian", "unknown-address"])
heard.clear()
say("/subscribe", ("i", 0), ("i", 60), ("i", 20), ("i", 7))
hears("subscribes", "/subscribed", lambda a: a[1] == 60)
hears("is sent every value", "/stage/2/gain/text", lambda a: a == ["24.0 dB"])
hears("hears meters", "/stage/2/meter/out/db", lambda a: -144 <= a[0] < 0)
# Values and meters in one bundle: both land in one block, so no reading lies between.
server.send(daemon, liblo.Bundle(liblo.Message("/stage/pre/gain", ("f", 12)), liblo.Message("/stage/pre/mute", True)))
say("/stage/pre/mute")
hears("sets by a bundle, and by true", "/stage/pre/mute", lambda a: a == [1.0])
say("/stage/pre/mute", False)
say("/unsubscribe")
hears("ends its subscription", "/unsubscribed")
