// Many subscribers in one process, as light as can be: plain TCP that speaks just enough WebSocket to subscribe, to answer
// pings, and then to count frames by their headers. Asked over IPC.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const TEXT = 1;
const BINARY = 2;
const PING = 9;
const PONG = 10;

/** Milliseconds without a frame after which the rest is given up: a benchmark must not hang. */
const PATIENCE_MS = 20_000;
/** Sockets that are opened side by side. */
const AT_ONCE = 50;
const NOTHING = Buffer.alloc(0);

/** Calls back for each whole frame that a socket is sent. */
function reader(onFrame) {
  let rest = NOTHING;
  let frame = null;
  let missing = 0;
  /** @returns where the next frame begins; -1: there is no more of this one */
  const passOver = (data, at) => {
    const there = data.length - at;
    if (there < missing) {
      missing -= there;
      return -1;
    }
    onFrame(frame.opcode, frame.payload);
    return at + missing;
  };
  return (chunk) => {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    rest = NOTHING;
    for (let at = frame ? passOver(data, 0) : 0; at >= 0; at = passOver(data, at)) {
      frame = headerOf(data, at);
      if (!frame) {
        rest = data.subarray(at);
        return;
      }
      at += frame.header;
      missing = frame.payload;
    }
  };
}

/** Of an unmasked frame; null: more bytes are needed. */
function headerOf(data, at) {
  const there = data.length - at;
  if (there < 2) return null;
  const opcode = data[at] & 0x0f;
  const short = data[at + 1] & 0x7f;
  if (short < 126) return { opcode, header: 2, payload: short };
  if (short === 126) return there < 4 ? null : { opcode, header: 4, payload: data.readUInt16BE(at + 2) };
  return there < 10 ? null : { opcode, header: 10, payload: Number(data.readBigUInt64BE(at + 2)) };
}

function masked(opcode, text) {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  for (let i = 0; i < payload.length; i += 1) payload[i] ^= mask[i % 4];
  const size =
    payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...size]), mask, payload]);
}

let sockets = [];
let expected = Number.POSITIVE_INFINITY;
let total = 0;
let lost = 0;
let bytes = 0;
let heardAt = 0;

const now = () => performance.timeOrigin + performance.now();

function onMessage(payload) {
  bytes = payload;
  total += 1;
  if (total < expected) return;
  if (total === expected) process.send({ done: { at: now(), bytes } });
  else console.error(`a frame too many: ${total} of ${expected}`);
}

/** Gives up where nothing comes any more. */
setInterval(() => {
  if (expected === Number.POSITIVE_INFINITY || total >= expected) return;
  if (total !== heardAt) {
    heardAt = total;
    return;
  }
  const missing = `${total} of ${expected} frames came, ${lost} sockets were lost`;
  expected = Number.POSITIVE_INFINITY;
  process.send({ done: { missing } });
}, PATIENCE_MS);

/** @param greet what is sent after the handshake and after each of the answers to it */
function open(port, path, greet) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const steps = [...greet];
    let isOpen = false;
    const next = () => {
      const step = steps.shift();
      if (step) socket.write(masked(TEXT, step));
      if (steps.length > 0) return;
      isOpen = true;
      resolve(socket);
    };
    const read = reader((opcode, payload) => {
      if (opcode === PING) socket.write(masked(PONG, ''));
      if (opcode !== TEXT && opcode !== BINARY) return;
      if (isOpen) onMessage(payload);
      else next();
    });
    let head = NOTHING;
    const onHead = (chunk) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!head.toString('latin1').startsWith('HTTP/1.1 101')) return reject(new Error(String(head)));
      socket.off('data', onHead);
      socket.on('data', read);
      next();
      if (head.length > end + 4) read(head.subarray(end + 4));
    };
    socket.on('data', onHead);
    socket.on('error', reject);
    socket.on('close', () => {
      if (sockets.includes(socket)) lost += 1;
    });
    socket.on('connect', () => socket.write(handshake(port, path, greet.length > 0)));
  });
}

function handshake(port, path, isGraphql) {
  const protocol = isGraphql ? 'Sec-WebSocket-Protocol: graphql-transport-ws\r\n' : '';
  return (
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${protocol}` +
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`
  );
}

async function openAll({ port, path, greetings }) {
  for (let i = 0; i < greetings.length; i += AT_ONCE) {
    const some = greetings.slice(i, i + AT_ONCE).map((greet) => open(port, path, greet));
    sockets.push(...(await Promise.all(some)));
  }
  process.send({ opened: sockets.length });
}

function expectFrames(frames) {
  total = 0;
  heardAt = -1;
  expected = frames;
  process.send({ ready: true });
}

async function closeAll() {
  const open = sockets;
  sockets = [];
  expected = Number.POSITIVE_INFINITY;
  const closed = open.map(
    (socket) => socket.destroyed || new Promise((resolve) => socket.once('close', resolve)),
  );
  for (const socket of open) socket.destroy();
  await Promise.all(closed);
  process.send({ closed: true });
}

process.on('message', ({ open: opening, expect, close }) => {
  if (opening) void openAll(opening);
  if (expect) expectFrames(expect.frames);
  if (close) void closeAll();
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
