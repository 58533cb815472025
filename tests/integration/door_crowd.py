# SPDX-License-Identifier: GPL-3.0-or-later
# What friends and foes do at the door of a daemon that plays: door_crowd.py PORT PROCESS. Prints one verdict a line.
import gzip, json, math, os, re, select, socket, struct, sys, threading, time
sys.dont_write_bytecode = True
from fair_tries import eventually, fair_tries
from door_ws import WebSocket, frame, hear_sound, osc

port, process = int(sys.argv[1]), sys.argv[2]
here = "127.0.0.1:%d" % port


def verdict(good, text):
    print(("ok - " if good else "not ok - ") + text, flush=True)


def raw(data, wait=60):
    s = socket.create_connection(("127.0.0.1", port))
    s.settimeout(wait)
    answer = b""
    try:
        s.sendall(data)
        while True:
            more = s.recv(65536)
            if not more:
                break
            answer += more
            head, _, body = answer.partition(b"\r\n\r\n")
            size = re.search(rb"content-length: (\d+)", head)
            if size and len(body) >= int(size.group(1)):
                break
    except (socket.timeout, ConnectionError):
        pass
    s.close()
    return answer


def get(path, method="GET", host=here, more="", body=""):
    answer = raw(("%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n%s" % (method, path, host, more, body)).encode())
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]) if head else 0, head.decode().lower(), content


def memory():
    return int(re.search(r"VmRSS:\s*(\d+)", open("/proc/%s/status" % process).read()).group(1))


# The time within which nine of ten pings are answered.
def slow_ping(client, rounds=20):
    took = []
    for i in range(rounds):
        began = time.monotonic()
        client.send(osc("/ping", i))
        while client.hear("/pong") != [i]:
            pass
        took.append(time.monotonic() - began)
        time.sleep(0.02)
    return sorted(took)[rounds * 9 // 10]


# Whether pings are answered within a quarter of a second, and how soon they are.
def serves(client, rounds=20):
    slow = 0

    def good():
        nonlocal slow
        slow = slow_ping(client, rounds)
        return slow < 0.25

    return fair_tries(process, good), slow


# One who says more than its share: a process of its own, for in this one it would take the time that others are
# measured by, and begun before there is more than one thread.
class Mad:
    def __init__(self):
        self.here, there = socket.socketpair()
        self.process = os.fork()
        if self.process == 0:
            self.here.close()
            self.live(there.makefile("rw"))
            os._exit(0)
        there.close()
        self.lines = self.here.makefile("rw")

    # "come", "shout", "calm", "ping" do so; each answers with what has been said and heard.
    def live(self, orders):
        client, ping = None, frame(osc("/ping", 1))
        shouting, said, heard = [], [0], {"/pong": 0, "/error": 0}

        def shout():
            while shouting:
                client.socket.sendall(ping * 1000)
                said[0] += 1000

        def listen():
            while True:
                opcode, data = client.receive()
                for address in heard:
                    heard[address] += data.count(address.encode() + b"\0")

        for order in orders:
            if order == "come\n":
                client = WebSocket(port)
                client.socket.settimeout(None)
                threading.Thread(target=listen, daemon=True).start()
            elif order == "shout\n":
                shouting.append(True)
                shouter = threading.Thread(target=shout, daemon=True)
                shouter.start()
            elif order == "calm\n":
                shouting.clear()
                shouter.join()
            elif order == "ping\n":
                client.socket.sendall(ping)
            orders.write(json.dumps([said[0], heard["/pong"], heard["/error"]]) + "\n")
            orders.flush()

    def order(self, word):
        self.lines.write(word + "\n")
        self.lines.flush()
        return json.loads(self.lines.readline())

    def end(self):
        self.lines.close()
        self.here.close()
        os.waitpid(self.process, 0)


mad = Mad()

# Requests that never become whole: looked at again at the end.
slow = []
for opening in (b"GET / HT", b"GET / HTTP/1.1\r\nHost: ", b"POST", b"GET /" + b"a" * 2000):
    for _ in range(5):
        s = socket.create_connection(("127.0.0.1", port))
        s.sendall(opening)
        slow.append((time.monotonic(), s))
before = memory()
friend = WebSocket(port, {"Origin": "http://" + here})
friend.stay()
verdict(friend.status == 101, "a page of this host opens a WebSocket while twenty others dawdle")

# ---- requests ----
status, head, body = get("/")
tree = json.loads(body)
verdict(status == 200 and tree["FULL_PATH"] == "/" and "stage" in tree["CONTENTS"], "GET / is the tree")
status, head, body = get("/", more="Accept: text/html,*/*\r\n")
verdict(status == 200 and b"<html" in body and "text/html" in head, "for a browser it is the page")
verdict("content-security-policy: default-src 'none'" in head and "nosniff" in head and "unsafe" not in head,
        "with a strict policy")
tag = re.search(r"etag: (\S+)", head).group(1)
status, again, body = get("/", more="Accept: text/html\r\nIf-None-Match: %s\r\n" % tag)
verdict(status == 304 and body == b"" and tag in again and "content-length" not in again, "the second time it is known")
status, head, body = get("/app.js", more="Accept-Encoding: gzip\r\n")
verdict("content-encoding: gzip" in head and gzip.decompress(body) == get("/app.js")[2], "compressed for who takes it")


# Two questions at once on one connection: what the second one is answered, and its head.
def second(path):
    s = socket.create_connection(("127.0.0.1", port))
    s.sendall(("GET / HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\n\r\n" % here).encode()
              + ("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % (path, here)).encode())
    answer, stream = b"", s.makefile("rb")
    for _ in range(2):
        head = b"".join(iter(stream.readline, b"\r\n")).decode().lower()
        answer = stream.read(int(re.search(r"content-length: (\d+)", head).group(1)))
    s.close()
    return answer


plain, packed = get("/"), get("/", more="Accept-Encoding: br, gzip\r\n")
size = int(re.search(r"content-length: (\d+)", packed[1]).group(1))
verdict("content-encoding: gzip" in packed[1] and size == len(packed[2]) < len(plain[2]) / 5
        and "vary: accept, accept-encoding" in packed[1] and "vary: accept, accept-encoding" in plain[1],
        "the tree is compressed for who takes it: %d bytes instead of %d" % (size, len(plain[2])))
verdict(set(json.loads(gzip.decompress(packed[2]))["CONTENTS"]) == set(tree["CONTENTS"]), "and is the same tree")
verdict("content-encoding" not in plain[1] and "content-encoding" not in get("/", more="Accept-Encoding: gzip;q=0\r\n")[1]
        and "content-encoding" not in get("/stage/pre/gain?VALUE", more="Accept-Encoding: gzip\r\n")[1],
        "nobody else's, and nothing short is")
branch = get("/stage/pre", more="Accept-Encoding: gzip\r\n")
verdict("content-encoding: gzip" in branch[1] and json.loads(gzip.decompress(branch[2]))["KIND"] == "preamp", "a branch is")
verdict(json.loads(second("/stage/pre/gain?VALUE"))["VALUE"] == friend.ask("/stage/pre/gain"),
        "a question behind one whose answer is being compressed waits for its turn")
for _ in range(20):  # left while it is being compressed
    s = socket.create_connection(("127.0.0.1", port))
    s.sendall(("GET / HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\n\r\n" % here).encode())
    s.close()
codes = [get("/?" + words, more="Accept: text/html\r\n")[::2] for words in ("fbclid=1&x=2", "a" * 300, "?", "=")]
verdict(all(code == 200 and b"<html" in page for code, page in codes), "whatever hangs on its address")
verdict(get("/?" + "a" * 300)[0] == 400 and get("/?fbclid=1")[0] == 400, "which who is no browser is told about")
status, _, body = get("/stage/pre/gain?VALUE")
verdict(json.loads(body)["VALUE"] == friend.ask("/stage/pre/gain"), "a VALUE is what OSC says")
verdict(json.loads(get("/?HOST_INFO")[2])["OSC_PORT"] == port, "HOST_INFO")
verdict(get("/layout.tosc?size=800x480")[2][:1] == b"\x78" and get("/layout.tosc?size=huge")[0] == 400,
        "a layout of the asked size")
verdict(get("/nothing")[0] == 404 and get("/stage/pre/gain?NOTHING")[0] == 400, "404 and 400")
s = socket.create_connection(("127.0.0.1", port))
s.settimeout(60)
s.sendall(("HEAD / HTTP/1.1\r\nHost: %s\r\n\r\n" % here).encode())
answer = b""
while b"\r\n\r\n" not in answer:
    answer += s.recv(65536) or b"\r\n\r\n"
more = s.recv(65536) if select.select([s], [], [], 0.3)[0] else b""
s.close()
verdict(b" 200 " in answer[:20] and answer.endswith(b"\r\n\r\n") and more == b"", "HEAD has no body")
gain = friend.ask("/stage/pre/gain")
codes = [get("/stage/pre/gain", method=m, more="Content-Length: 2\r\n", body="40")[0]
         for m in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS")]
get("/panic")
get("/stage/pre/gain?40")
get("/chain/load/three")
verdict(200 not in codes and friend.ask("/stage/pre/gain") == gain, "no request changes anything: %s" % codes)
walks = ("/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/web/../../etc/passwd", "/.git/config")
verdict(all(b"root:" not in get(w)[2] and get(w)[0] != 200 for w in walks), "nobody walks out of the page's folder")

# ---- strangers ----
verdict(get("/", host="evil.example")[0] == 403 and get("/app.js", host="evil.example")[0] == 403,
        "another Host is refused")
verdict(get("/", host="localhost:%d" % port)[0] == 200, "localhost is a name of ours")
verdict(raw(b"GET / HTTP/1.1\r\n\r\n")[:12] in (b"HTTP/1.1 403", b"HTTP/1.0 403", b""), "so is none")
verdict(WebSocket(port, {"Origin": "http://evil.example"}).status == 403, "a WebSocket of a foreign page is refused")
verdict(WebSocket(port, {"Origin": "null"}).status == 403, "and of a page without a home")
verdict(WebSocket(port, {"Host": "evil.example", "Origin": "http://evil.example"}).status == 403,
        "and under a foreign name")
verdict(WebSocket(port).status == 101, "a program that is no page may")
answers = [raw(x, 0.5) for x in (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100000 + b"\r\n\r\n", b"Z" * 70000,
                                      b"GET " + b"/" * 60000 + b" HTTP/1.1\r\n\r\n", b"GET\0/\0HTTP\r\n\r\n" * 100,
                                      b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(100))]
verdict(all(b" 200 " not in a[:20] for a in answers), "monstrous requests")

# ---- frames ----
def thrown(data, text):
    enemy = WebSocket(port)
    try:
        enemy.socket.sendall(data)
    except ConnectionError:
        pass
    verdict(enemy.ended(), text)


thrown(b"\x82\xff" + struct.pack(">Q", 1 << 40) + bytes(200000), "a frame of a terabyte ends its connection")
thrown(frame(bytes(9000)), "so does one of more than a packet")
thrown(frame(b"x" * 100000, 1), "and a text of 100 kB")
thrown(b"".join(frame(bytes(1000), 2 if i == 0 else 0, 0) for i in range(20)), "and one in endless pieces")
enemy = WebSocket(port)
for garbage in (b"", b"\0", bytes(100), b"/b\0\0,b\0\0", b"#bundle\0" + bytes(8) + b"\xff\xff\xff\xff", b"\xff" * 8000):
    enemy.send(garbage)
enemy.send("{" * 4000)
enemy.send('{"COMMAND":"LISTEN","DATA":"' + "/" * 4000 + '"}')
enemy.send(osc("/ping", 1))
verdict(enemy.hear("/pong") == [1], "garbage inside frames is passed over")
enemy.close()

# ---- LISTEN, changes, chains ----
other = WebSocket(port)
friend.send('{"COMMAND":"LISTEN","DATA":"/stage/pre/gain"}')
friend.hear("/stage/pre/gain")
delays = []


# Ten changes of `who` are told to `whom`, nine of them within 100 ms.
def changes_are_told(who, whom, first):
    delays.clear()
    for i in range(10):
        began = time.monotonic()
        who.send(osc("/stage/pre/gain", first + i))
        while abs(whom.hear("/stage/pre/gain")[0] - first - i) > 1e-4:
            pass
        delays.append(time.monotonic() - began)
        time.sleep(0.05)
    return sorted(delays)[8] < 0.1


verdict(fair_tries(process, lambda: changes_are_told(other, friend, 20.0)),
        "LISTEN tells another client's change: worst %.0f ms" % (1000 * max(delays)))
friend.send('{"COMMAND":"IGNORE","DATA":"/stage/pre/gain"}')
other.send(osc("/subscribe", 0, 60, 20, 15))
other.hear("/subscribed")
verdict(fair_tries(process, lambda: changes_are_told(friend, other, 30.0)),
        "a subscriber, too: worst %.0f ms" % (1000 * max(delays)))
meters = [other.hear("/stage/pre/meter/out/db") for _ in range(2)]
verdict(all(-145 < m[0] < 100 for m in meters), "and meters")


def commands(client):
    said = []
    while not said or said[-1] != ("PATH_CHANGED", "/"):
        opcode, data = client.receive()
        if opcode == 1:
            command = json.loads(data)
            said.append((command["COMMAND"], command["DATA"]))
    return said


other.send(osc("/chain/load", "three"))
said = commands(friend)
told = {"PATH_ADDED": set(), "PATH_REMOVED": set(), "PATH_CHANGED": set(), "PATH_RENAMED": set()}
for kind, data in said:
    told[kind].add(data if isinstance(data, str) else (data["OLD"], data["NEW"]))
now = set(json.loads(get("/stage")[2])["STAGES"])
stages = set(tree["CONTENTS"]["stage"]["STAGES"])
came = {n for _, n in told["PATH_RENAMED"]} | told["PATH_ADDED"]
went = {o for o, _ in told["PATH_RENAMED"]} | told["PATH_REMOVED"]
verdict(came == {"/stage/" + s for s in now - stages} and went == {"/stage/" + s for s in stages - now} and came and went,
        "a new chain is told, path by path: %d of them" % len(said))
other.send(osc("/chain/load", "tone"))
commands(friend)
other.close()

# ---- sound ----
# Three at once; a machine that leaves the daemon no time for a second loses sound: then again.
def hear_three():
    global first, real, rate, gaps, common, streams
    ideal, error, streams = WebSocket(port), WebSocket(port), {}
    for client, path in ((ideal, "ideal"), (error, "error")):
        client.send(osc("/pcm", "pre", path))
    first, real, rate, gaps = hear_sound(friend, "pre", "real", 24000)
    for client, path in ((ideal, "ideal"), (error, "error")):
        sound, last = {}, 0
        while len(sound) < 30000 or last < first + 12000:
            _, data = client.receive()
            if data[:4] == b"PCM1":
                channels, _, at, _, n, _ = struct.unpack_from("<HHQIIH", data, 4)
                for i, value in enumerate(struct.unpack_from("<%df" % (n * channels), data, 32)[::channels]):
                    sound[at + i] = value
                last = at + n
        streams[path] = sound
        client.close()
    common = [i for i in range(12000) if first + i in streams["ideal"] and first + i in streams["error"]]
    return gaps == 0 and len(common) > 4000


heard = fair_tries(process, hear_three)
off = max((abs(real[i] - streams["ideal"][first + i] - streams["error"][first + i]) for i in common), default=0)
loud = max(abs(value) for value in real)
verdict(heard and rate == 48000, "half a second of sound without a gap")
verdict(heard and off < 1e-5 * max(1, loud), "real is ideal plus error, frame by frame (%d of them)" % len(common))
level = 10 * math.log10(2 * sum(x * x for x in real) / len(real))
alignment = friend.ask("/chain/alignment")
unit = friend.ask("/stage/pre/meter/out/unit")[0]
meter = friend.ask("/stage/pre/meter/out/rms")[0] - (alignment[0] if unit == "dBu" else 0)
verdict(abs(level - meter) < 0.1, "as loud as the meter says: %.2f dB, meter %.2f dB" % (level, meter))

# ---- crowds ----
crowd = welcome = []


# Those who went before may not have been seen off yet.
def crowd_comes():
    global crowd, welcome
    for c in crowd:
        c.close()
    crowd = [WebSocket(port) for _ in range(100)]
    welcome = [c for c in crowd if c.status == 101]
    return len(welcome) >= 63


eventually(crowd_comes)
verdict(len(welcome) == 63, "of a hundred more as many come in as there is room for: %d" % len(welcome))
verdict(all(c.status in (101, 503) for c in crowd), "the others are told so")
good, slow_s = serves(friend)
verdict(good, "while they stand there a ping takes %.0f ms" % (1000 * slow_s))
for c in crowd:
    c.close()
verdict(eventually(lambda: WebSocket(port).status == 101), "when they are gone there is room again")

# ---- the deaf ----
deaf = [WebSocket(port, receive_buffer=4096) for _ in range(10)]
for d in deaf:
    d.send(osc("/subscribe", 0, 60, 50, 15))
    for _ in range(50):
        d.send(osc("/stage/list"))
good, slow_s = serves(friend, 60)
flood = deaf[0]
try:
    for _ in range(30000):
        flood.send(osc("/stage/list"))
except (ConnectionError, socket.timeout):
    pass
flooded, slow_flooded_s = serves(friend)
verdict(good and flooded,
        "while ten do not read and one floods a ping takes %.0f ms" % (1000 * max(slow_s, slow_flooded_s)))
verdict(flood.ended(), "the flood's connection was ended")
for d in deaf:
    d.close()
flat = eventually(lambda: memory() - before < 20000)
verdict(flat, "the daemon has grown by %d kB" % (memory() - before))

# ---- the mad: it says more than its share, as fast as it can, and reads ----
def on_cpu():
    return int(open("/proc/%s/task/%s/schedstat" % (process, process)).read().split()[0]) / 1e9


RATE = 5000  # GS_OSC_RATE, of control/osc_guard.h: a second's share, and as much at once
mad.order("come")
calm = WebSocket(port)
used, began = on_cpu(), time.monotonic()
mad.order("shout")
good, slow_s = serves(calm, 100)
eventually(lambda: mad.order("")[1] > 1000 and mad.order("")[2] > 0)
said, pongs, errors = mad.order("")
passed_s = time.monotonic() - began
share = (on_cpu() - used) / passed_s
mad.order("calm")
verdict(good, "while one says %d messages a ping of another takes %.0f ms" % (said, 1000 * slow_s))
verdict(1 <= errors <= passed_s + 2 and 1000 < pongs <= 1.1 * RATE * (passed_s + 1),
        "it is heard up to its share, %d times in %.1f s, and told %d times" % (pongs, passed_s, errors))
print("# control thread meanwhile: %.0f %% of a core" % (100 * share))


# What was under way has come.
def quiet():
    global pongs
    before, pongs = pongs, mad.order("")[1]
    time.sleep(0.25)
    return pongs == before


def heard_again():
    time.sleep(0.25)
    return mad.order("ping")[1] > pongs


eventually(quiet)
verdict(eventually(heard_again), "when it is calm again it is heard again")
mad.end()
calm.close()

# ---- those that began a request and never ended it ----
while time.monotonic() < slow[-1][0] + 11:
    time.sleep(0.1)
ended = 0


def given_up():
    global ended
    ended = 0
    for _, s in slow:
        s.setblocking(False)
        try:
            ended += s.recv(1000) is not None
        except BlockingIOError:
            pass
        except OSError:
            ended += 1
    return ended == len(slow)


verdict(eventually(given_up) and ended == len(slow), "half-sent requests were given up: %d of %d" % (ended, len(slow)))
verdict(eventually(lambda: friend.ask("/audio")[0] == "active"), "and the sound plays on")
