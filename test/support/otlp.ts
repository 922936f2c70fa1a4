// A collector of traces for the tests: OTLP over HTTP, as the exporter sends it. The protobuf is read by hand: a few
// fields of a format that does not change.
import { startEndpoint } from './endpoint.js';

export interface CollectedSpan {
  traceId: string;
  spanId: string;
  /** Empty: the first of its trace. */
  parentId: string;
  name: string;
  kind: number;
  attributes: Record<string, string | number | boolean>;
  links: { traceId: string; spanId: string }[];
  failed: boolean;
}

export interface Collector {
  url: string;
  /** Everything that was sent so far. */
  spans(): CollectedSpan[];
  /** What the exporter sent, as text: whatever was written into any field is found in it. */
  raw(): string;
  /** The attributes of what sent it. */
  resources(): Record<string, unknown>[];
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const endpoint = await startEndpoint();
  const resourceSpans = () => endpoint.received.flatMap(({ body }) => messages(body, 1));
  return {
    url: endpoint.url,
    raw: () => endpoint.received.map(({ body }) => body.toString('latin1')).join('\n'),
    spans: () =>
      resourceSpans().flatMap((one) => messages(one, 2).flatMap((scope) => messages(scope, 2).map(spanOf))),
    resources: () => resourceSpans().map((one) => attributesOf(messages(messages(one, 1)[0] ?? EMPTY, 1))),
    close: () => endpoint.close(),
  };
}

const EMPTY = Buffer.alloc(0);

function spanOf(bytes: Buffer): CollectedSpan {
  const one = (field: number) => messages(bytes, field)[0] ?? EMPTY;
  return {
    traceId: one(1).toString('hex'),
    spanId: one(2).toString('hex'),
    parentId: one(4).toString('hex'),
    name: one(5).toString(),
    kind: numberAt(bytes, 6),
    attributes: attributesOf(messages(bytes, 9)),
    links: messages(bytes, 13).map((link) => ({
      traceId: (messages(link, 1)[0] ?? EMPTY).toString('hex'),
      spanId: (messages(link, 2)[0] ?? EMPTY).toString('hex'),
    })),
    failed: numberAt(one(15), 3) === 2,
  };
}

function attributesOf(pairs: Buffer[]): CollectedSpan['attributes'] {
  return Object.fromEntries(
    pairs.map((pair) => [messages(pair, 1)[0]?.toString() ?? '', anyValue(messages(pair, 2)[0] ?? EMPTY)]),
  );
}

function anyValue(any: Buffer): string | number | boolean {
  const [first] = fields(any);
  if (first?.field === 1) return first.bytes.toString();
  return first?.field === 2 ? first.number === 1 : (first?.number ?? '');
}

interface Field {
  field: number;
  bytes: Buffer;
  number: number;
}

const messages = (bytes: Buffer, field: number): Buffer[] =>
  fields(bytes)
    .filter((one) => one.field === field)
    .map((one) => one.bytes);

const numberAt = (bytes: Buffer, field: number): number =>
  fields(bytes).find((one) => one.field === field)?.number ?? 0;

/** Of what follows the tag; undefined: the number itself. */
function sizeOf(wireType: number, varint: () => number): number | undefined {
  if (wireType === 2) return varint();
  return wireType === 1 ? 8 : wireType === 5 ? 4 : undefined;
}

/** Every field of a message: of the wire types varint, 64 bits, bytes and 32 bits. */
function fields(bytes: Buffer): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const size = sizeOf(tag & 7, varint);
    const number = size === undefined ? varint() : 0;
    found.push({ field: Math.floor(tag / 8), bytes: bytes.subarray(at, at + (size ?? 0)), number });
    at += size ?? 0;
  }
  return found;
}
