# SPDX-License-Identifier: GPL-3.0-or-later
# A WebSocket (RFC 6455) and OSC client of its own, from the standard library alone.
import base64, os, socket, struct, threading, time


class WebSocket:
    def __init__(self, port, headers={}, receive_buffer=0, host="127.0.0.1"):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(60)  # the machine may be busy with others
        self.socket.connect((host, port))
        self.waiting = b""
        head = {"Host": "%s:%d" % (host, port), "Upgrade": "websocket", "Connection": "Upgrade",
                "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(), "Sec-WebSocket-Version": "13"}
        head.update(headers)
        lines = "".join("%s: %s\r\n" % item for item in head.items())
        self.socket.sendall(("GET / HTTP/1.1\r\n" + lines + "\r\n").encode())
        while b"\r\n\r\n" not in self.waiting:
            more = self.socket.recv(4096)
            if not more:
                break
            self.waiting += more
        answer, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
        self.status = int(answer.split(b" ")[1]) if answer else 0
        self.sending = threading.Lock()

    def send(self, data, opcode=2):
        if isinstance(data, str):
            data, opcode = data.encode(), 1
        with self.sending:
            self.socket.sendall(frame(data, opcode))

    # Says that it lives, as browsers do when they are asked (RFC 6455 clause 5.5.3), however long nobody reads here.
    def stay(self):
        def live():
            try:
                while True:
                    time.sleep(5)
                    self.send(b"", 10)
            except OSError:
                pass
        threading.Thread(target=live, daemon=True).start()

    def need(self, size):
        while len(self.waiting) < size:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError
            self.waiting += more
        taken, self.waiting = self.waiting[:size], self.waiting[size:]
        return taken

    def receive(self):
        first, second = self.need(2)
        size = second & 127
        if size == 126:
            size, = struct.unpack(">H", self.need(2))
        elif size == 127:
            size, = struct.unpack(">Q", self.need(8))
        return first & 15, self.need(size)

    # The next message of this address, in whatever bundle.
    def hear(self, address):
        while True:
            opcode, data = self.receive()
            if opcode == 2 and data[:4] != b"PCM1":
                for heard, values in parse(data):
                    if heard == address:
                        return values

    def ask(self, address, *values):
        self.send(osc(address, *values))
        return self.hear(address)

    def ended(self):
        try:
            while True:
                self.receive()
        except (EOFError, ConnectionError):
            return True
        except socket.timeout:
            return False

    def close(self):
        self.socket.close()


def frame(data, opcode=2, first=0x80, masked=True):
    size = len(data)
    head = bytes([first | opcode])
    mark = 0x80 if masked else 0
    if size < 126:
        head += bytes([mark | size])
    elif size < 65536:
        head += bytes([mark | 126]) + struct.pack(">H", size)
    else:
        head += bytes([mark | 127]) + struct.pack(">Q", size)
    if not masked:
        return head + data
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[i & 3] for i, byte in enumerate(data))


def padded(text):
    return text + b"\0" * (4 - len(text) % 4)


def osc(address, *values):
    tags, data = ",", b""
    for value in values:
        if isinstance(value, int):
            tags += "i"
            data += struct.pack(">i", value)
        elif isinstance(value, float):
            tags += "f"
            data += struct.pack(">f", value)
        else:
            tags += "s"
            data += padded(value.encode())
    return padded(address.encode()) + padded(tags.encode()) + data


def parse(packet):
    if packet.startswith(b"#bundle"):
        at, messages = 16, []
        while at < len(packet):
            size, = struct.unpack_from(">i", packet, at)
            messages += parse(packet[at + 4:at + 4 + size])
            at += 4 + size
        return messages
    def text(at):
        end = packet.index(b"\0", at)
        return packet[at:end].decode(), (end // 4 + 1) * 4
    address, at = text(0)
    tags, at = text(at)
    values = []
    for tag in tags[1:]:
        if tag in "if":
            values += struct.unpack_from(">" + tag, packet, at)
            at += 4
        elif tag == "s":
            value, at = text(at)
            values.append(value)
        elif tag == "b":
            size, = struct.unpack_from(">i", packet, at)
            values.append(packet[at + 4:at + 4 + size])
            at += 4 + (size + 3) // 4 * 4
        else:
            values.append(tag)
    return [(address, values)]


# Sound as /pcm brings it: (number of the first frame, channels, floats), at least `frames` of it.
def hear_sound(client, stage, path, frames):
    client.send(osc("/pcm", stage, path))
    pieces, count, expected, gaps = [], 0, None, 0
    while count < frames:
        opcode, data = client.receive()
        if data[:4] != b"PCM1":
            continue
        channels, _, first, rate, n, _ = struct.unpack_from("<HHQIIH", data, 4)
        gaps += expected is not None and first != expected
        expected = first + n
        pieces.append((first, channels, struct.unpack_from("<%df" % (n * channels), data, 32)))
        count += n
    client.send(osc("/pcm"))
    sound = [value for _, _, values in pieces for value in values[::pieces[0][1]]]
    return pieces[0][0], sound, rate, gaps
