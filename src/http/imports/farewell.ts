// The answer to a client that may still be sending. One whose connection is cut while it sends never reads why: what still
// comes is let pass for a moment behind the answer.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from '../server.js';

/** Milliseconds. */
const MOMENT_MS = 2_000;

/** The last answer of its connection, where more would come. */
export async function sendFarewell(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: object,
): Promise<void> {
  if (request.complete) return sendJson(response, status, body);
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': text.length,
    connection: 'close',
  });
  response.write(text);
  await endOf(request);
  response.end();
}

function endOf(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(moment);
      resolve();
    };
    const moment = setTimeout(done, MOMENT_MS);
    request.once('end', done).once('close', done).resume();
  });
}
