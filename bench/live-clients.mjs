// Many subscribers in one process, as light as can be: plain TCP that speaks just enough WebSocket to subscribe, and then
// counts frames by their headers. Asked over IPC.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

/** What a socket has been sent so far. */
class Subscriber {
  frames = 0;
  bytes = 0;
  #rest = Buffer.alloc(0);
  #skip = 0;

  constructor(onFrame) {
    this.onFrame = onFrame;
  }

  read(chunk) {
    let data = chunk;
    if (this.#rest.length > 0) data = Buffer.concat([this.#rest, chunk]);
    this.#rest = Buffer.alloc(0);
    while (data.length > 0) {
      if (this.#skip > 0) {
        const taken = Math.min(this.#skip, data.length);
        this.#skip -= taken;
        data = data.subarray(taken);
        if (this.#skip === 0) this.#end();
        continue;
      }
      const size = headerOf(data);
      if (!size) {
        this.#rest = data;
        return;
      }
      this.ping = (data[0] & 0x0f) === 9;
      this.bytes = size.payload;
      this.#skip = size.payload;
      data = data.subarray(size.header);
      if (this.#skip === 0) this.#end();
    }
  }

  #end() {
    if (this.ping) return;
    this.frames += 1;
    this.onFrame(this);
  }
}

/** Of an unmasked frame; null: more bytes are needed. */
function headerOf(data) {
  if (data.length < 2) return null;
  const short = data[1] & 0x7f;
  if (short < 126) return { header: 2, payload: short };
  if (short === 126) return data.length < 4 ? null : { header: 4, payload: data.readUInt16BE(2) };
  return data.length < 10 ? null : { header: 10, payload: Number(data.readBigUInt64BE(2)) };
}

function masked(text) {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  for (let i = 0; i < payload.length; i += 1) payload[i] ^= mask[i % 4];
  const header =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([header, mask, payload]);
}

let expected = Number.POSITIVE_INFINITY;
let total = 0;
const sockets = [];
const subscribers = [];

function onFrame(subscriber) {
  if (!subscriber.open) return;
  total += 1;
  if (total === expected) process.send({ done: { at: Date.now(), bytes: subscriber.bytes } });
}

/** @param greet what is sent after the handshake and after each of the answers to it */
function open(port, path, greet) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const protocol = greet.length > 0 ? 'Sec-WebSocket-Protocol: graphql-transport-ws\r\n' : '';
    const steps = [...greet];
    const next = () => {
      const step = steps.shift();
      if (step) socket.write(masked(step));
      if (steps.length > 0) return;
      subscriber.open = true;
      resolve(undefined);
    };
    const subscriber = new Subscriber((one) => {
      if (one.open) onFrame(one);
      else next();
    });
    let head = Buffer.alloc(0);
    const onHead = (chunk) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!head.toString('latin1').startsWith('HTTP/1.1 101')) return reject(new Error(head.toString()));
      socket.off('data', onHead);
      socket.on('data', (data) => subscriber.read(data));
      next();
      if (head.length > end + 4) subscriber.read(head.subarray(end + 4));
    };
    socket.on('data', onHead);
    socket.on('error', reject);
    socket.on('connect', () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${protocol}` +
          `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      );
    });
    sockets.push(socket);
    subscribers.push(subscriber);
  });
}

const AT_ONCE = 50;

process.on('message', async ({ open: opening, expect, close }) => {
  if (opening) {
    const { port, path, greetings } = opening;
    for (let i = 0; i < greetings.length; i += AT_ONCE) {
      await Promise.all(greetings.slice(i, i + AT_ONCE).map((greet) => open(port, path, greet)));
    }
    process.send({ opened: sockets.length });
  }
  if (expect) {
    total = 0;
    expected = expect.frames;
    process.send({ ready: true });
  }
  if (close) {
    for (const socket of sockets.splice(0)) socket.destroy();
    subscribers.length = 0;
    process.send({ closed: true });
  }
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
