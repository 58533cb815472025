# SPDX-License-Identifier: GPL-3.0-or-later
"""tcp_crowd.py PORT PID: streams of OSC against a running daemon, the good and the bad, and a good peer over UDP beside
them that must not notice. Prints TAP lines without numbers ("ok - ...", "not ok - ..."), for tcp.sh to count."""
import os
import resource
import select
import socket
import struct
import sys
import time

sys.dont_write_bytecode = True
from fair_tries import eventually, fair_tries

port, daemon = int(sys.argv[1]), int(sys.argv[2])
END, ESC = 0xC0, 0xDB


def text(word):
    data = word.encode()
    return data + b"\0" * (4 - len(data) % 4)


def message(address, tags="", *values):
    data = text(address) + text("," + tags)
    for tag, value in zip(tags, values):
        data += text(value) if tag == "s" else struct.pack(">" + tag, value)
    return data


def sized(packet):
    return struct.pack(">I", len(packet)) + packet


def slip(packet, first=True):
    body = packet.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")
    return (b"\xc0" if first else b"") + body + b"\xc0"


def connect():
    s = socket.create_connection(("127.0.0.1", port), 60)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def read(s, n):
    data = b""
    while len(data) < n:
        more = s.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def read_sized(s):
    return read(s, struct.unpack(">I", read(s, 4))[0])


def read_slip(s):
    packet = b""
    while True:
        byte = read(s, 1)
        if byte == b"\xc0" and packet:
            return packet.replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb")
        packet += byte if byte != b"\xc0" else b""


def check(good, what):
    print(("ok - " if good else "not ok - ") + what, flush=True)


def is_closed(s, wait=0.0):
    s.setblocking(False)
    end = time.monotonic() + wait
    while True:
        try:
            if s.recv(65536) == b"":
                return True
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            select.select([s], [], [], end - time.monotonic())
        except OSError:
            return True


def memory_kb():
    with open("/proc/%d/status" % daemon) as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1])


def descriptors():
    return len(os.listdir("/proc/%d/fd" % daemon))


# ---- framings ----
pong = message("/pong", "i", 7)
for name, frame, answer in (
    ("a size in front", sized, read_sized),
    ("SLIP, END on both sides", slip, read_slip),
    ("SLIP, END behind", lambda p: slip(p, False), read_slip),
):
    s = connect()
    for byte in frame(message("/ping", "i", 7)):
        s.sendall(bytes([byte]))
    check(answer(s) == pong, name + ": byte by byte, answered in kind")
    s.sendall(frame(message("/ping", "i", 7)) * 50)
    check(all(answer(s) == pong for _ in range(50)), name + ": fifty at once")
    s.close()

# ---- a subscription over TCP ----
tablet = connect()
tablet.sendall(slip(message("/subscribe", "iiii", 0, 600, 20, 7)))
heard, end = b"", time.monotonic() + 60
while time.monotonic() < end and not (b"/stage/1/name" in heard and b"/stage/2/gain/text" in heard):
    heard += read_slip(tablet)
check(b"/stage/1/name" in heard and b"/stage/2/gain/text" in heard, "a subscription over TCP brings every value")

# ---- the good peer: meters at 20 Hz over UDP ----
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.connect(("127.0.0.1", port))
udp.setblocking(False)
udp.send(message("/subscribe", "iiii", 0, 600, 0, 0))
udp.send(message("/subscribe/meter", "si", "/stage/1/meter/out/db", 20))
tablet.setblocking(False)


def read_tablet():
    """Reads, as tablets do: who does not is closed."""
    try:
        while tablet.recv(65536):
            pass
    except OSError:
        pass


def listen(seconds, others=lambda: None):
    """Counts meters for so long, pinging twenty times a second: the rate of the meters, and the time that nine of ten
    answers have come in."""
    begin, next_ping, n, meters, asked, took = time.monotonic(), 0.0, 0, 0, {}, {}
    end = begin + seconds
    while time.monotonic() < end or (len(took) < n and time.monotonic() < end + 2):
        now = time.monotonic()
        if now >= next_ping and now < end:
            n, next_ping = n + 1, now + 0.05
            asked[n] = now
            udp.send(message("/ping", "i", n))
        others()
        read_tablet()
        select.select([udp], [], [], 0.01)
        try:
            while True:
                packet = udp.recv(65536)
                if packet.startswith(b"/pong"):
                    number = struct.unpack(">i", packet[-4:])[0]
                    took[number] = time.monotonic() - asked.get(number, now)
                elif b"/meter/out/db" in packet and time.monotonic() < end:
                    meters += 1
        except BlockingIOError:
            pass
    times = sorted(took.values()) + [float("inf")] * (n - len(took))
    return meters / seconds if seconds else 0.0, times[len(times) * 9 // 10] if times else 0.0


rate = soon = 0.0


def served(seconds, others=lambda: None):
    """Whether the peer is served as it should be: at its 20 Hz but for a tenth, nine answers of ten within 100 ms."""

    def good():
        global rate, soon
        rate, soon = listen(seconds, others)
        return 18 <= rate <= 22 and soon < 0.1

    return fair_tries(daemon, good)


listen(0.5)
check(served(2), "alone the good peer hears meters at its 20 Hz: %.1f" % rate)
before = memory_kb()

# ---- the one who never reads ----
deaf = socket.socket()
deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
deaf.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)  # else our own kernel would take all questions
deaf.connect(("127.0.0.1", port))
deaf.sendall(sized(message("/subscribe", "iiii", 0, 600, 50, 7)))
deaf.setblocking(False)
questions = sized(message("/stage/list")) * 20000
at = 0
deaf_since = time.monotonic()


def ask_on():
    global at
    try:
        at += deaf.send(questions[at : at + 65536])
    except OSError:
        pass


# ---- the slow, the half, the wrong ----
half = connect()
half.sendall(b"\0\0\0\x10/pin")
half_since = time.monotonic()
trickle = connect()
trickle.sendall(b"\xc0/stage")
next_drop = 0.0


def drip():
    """A byte of a packet that never ends, each half second."""
    global next_drop
    if time.monotonic() >= next_drop:
        next_drop = time.monotonic() + 0.5
        try:
            trickle.send(b"x")
        except OSError:
            pass
    ask_on()


for garbage in (b"\x16\x03\x01\x02", b"\0\xff\xff\xff", b"\xc0/a\xdbz\xc0", b"\xc0" + b"/" * 9000):
    s = connect()
    s.sendall(garbage)
    check(is_closed(s, 60), "what cannot be followed is closed: %r" % garbage[:6])

# ---- the crowd ----
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
crowd = []
for i in range(1000):
    s = socket.socket()
    s.setblocking(False)
    s.connect_ex(("127.0.0.1", port))
    crowd.append(s)
    if i % 100 == 99:
        listen(0.05, drip)
for s in crowd[::3]:
    try:
        s.send(sized(message("/ping")))  # a third speaks once, and is silent from then on
    except OSError:
        pass
check(served(3, drip), "beside 1000 silent connections /ping is answered within 100 ms: %.1f; "
      "and meters come at 90 %% of their rate or more: %.1f Hz" % (soon * 1000, rate))
check(descriptors() < 256, "descriptors are bounded: %d" % descriptors())
check(memory_kb() - before < 3072, "memory is bounded: %d, then %d kB" % (before, memory_kb()))
check(at < len(questions), "who does not read is not listened to: %d of %d bytes" % (at, len(questions)))

# ---- newcomers and floods ----
s = connect()
s.settimeout(60)
s.sendall(sized(message("/ping", "i", 7)))
check(read_sized(s) == pong, "a newcomer is served all the same")
flood = connect()
flood.setblocking(False)
wave = sized(message("/stage/*/meter/out/db")) * 500
flood_at = 0


def flood_on():
    global flood_at
    try:
        flood_at = (flood_at + flood.send(wave[flood_at:])) % len(wave)
        flood.recv(1 << 20)
    except OSError:
        pass
    drip()


check(served(2, flood_on), "beside a flood by TCP /ping is answered within 100 ms: %.1f; "
      "and meters come at 90 %% of their rate or more: %.1f Hz" % (soon * 1000, rate))
for s in crowd:
    s.close()
flood.close()

# ---- what time does ----
check(not is_closed(tablet), "the subscriber over TCP is still there")
listen(max(0.0, half_since + 11 - time.monotonic()), drip)
check(is_closed(half, 60), "half a packet is closed after ten seconds")
check(is_closed(trickle, 60), "so is one that comes drop by drop")
listen(max(0.0, deaf_since + 11 - time.monotonic()), drip)


def gone():
    read_tablet()
    try:
        deaf.send(b"\0")
    except BlockingIOError:
        return False
    except OSError:
        return True
    return False


check(eventually(gone), "who does not read is closed after ten seconds")
flat = eventually(lambda: memory_kb() - before < 2048)
check(flat, "memory is flat: %d, then %d kB" % (before, memory_kb()))
check(eventually(lambda: descriptors() < 64), "and so are descriptors: %d" % descriptors())
tablet.close()
