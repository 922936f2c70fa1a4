// The HTTP server under hostile and unlucky clients, and how it ends.
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createHttpServer, type HttpServer, type Route } from '../../src/http/server.js';
import { sendRaw, statusOf } from './raw.js';

const servers: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(...routes: Route[]) {
  const error = vi.fn();
  const http = createHttpServer(routes, { error, debug: () => undefined } as never);
  servers.push(http);
  const url = `http://127.0.0.1:${await http.listen(0, '127.0.0.1')}`;
  return { http, url, error };
}

const answering: Route = { method: 'GET', path: '/ok', handle: (_, response) => response.end('ok') };

test('a path that is not there is 404, a method that is not 405, and HEAD goes with GET', async () => {
  const { url } = await serve(answering, { ...answering, path: '/below/' });
  expect((await fetch(`${url}/other`)).status).toBe(404);
  expect((await fetch(`${url}/ok/`)).status).toBe(404);
  expect((await fetch(`${url}/ok`, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${url}/ok?a=b`, { method: 'HEAD' })).status).toBe(200);
  expect(await (await fetch(`${url}/below/anything`)).text()).toBe('ok');
});

test.each(['//', 'http://[', '/%', '*'])(
  'the address %s ends neither the server nor in 500',
  async (target) => {
    const { url, error } = await serve(answering);
    const answer = await sendRaw(url, [`GET ${target} HTTP/1.1`, 'Host: x', 'Connection: close']);
    expect([400, 404]).toContain(statusOf(answer));
    expect(error).not.toHaveBeenCalled();
    expect((await fetch(`${url}/ok`)).status).toBe(200);
  },
);

test('a connection is kept for longer than a balancer keeps its own', async () => {
  const { url } = await serve(answering);
  expect((await fetch(`${url}/ok`)).headers.get('keep-alive')).toBe('timeout=75');
});

test('a refusal names an id, and the log of a failure the same one', async () => {
  const { url, error } = await serve({ ...answering, handle: () => Promise.reject(new Error('no')) });
  const id = expect.stringMatching(/^[\w-]{36}$/);
  expect(await (await fetch(`${url}/other`)).json()).toEqual({ error: 'Not found.', requestId: id });
  const { requestId } = (await (await fetch(`${url}/ok`)).json()) as { requestId: string };
  expect(error.mock.calls).toEqual([[expect.objectContaining({ requestId }), expect.any(String)]]);
});

test('a handler that throws is 500, says nothing of why, and is logged without the query', async () => {
  const { url, error } = await serve({
    ...answering,
    path: '/bad',
    handle: () => Promise.reject(new Error('password is hunter2')),
  });
  const response = await fetch(`${url}/bad?token=abc`);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('hunter2');
  expect(error).toHaveBeenCalledTimes(1);
  expect(error.mock.calls[0]?.[0]).toMatchObject({ path: '/bad' });
});

test('a handler that throws in the middle of its answer cuts the answer short', async () => {
  const { url } = await serve({
    ...answering,
    handle(_, response) {
      response.write('half');
      throw new Error('no more');
    },
  });
  await expect(fetch(`${url}/ok`).then((response) => response.text())).rejects.toThrow();
});

test('a client that goes away is no error of ours', async () => {
  let failed = () => {};
  const ended = new Promise<void>((resolve) => {
    failed = resolve;
  });
  const { url, error } = await serve({
    method: 'POST',
    path: '/upload',
    async handle(request) {
      try {
        for await (const _ of request);
      } finally {
        failed();
      }
    },
  });
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write('POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
  await once(socket, 'connect');
  setTimeout(() => socket.resetAndDestroy(), 10);
  await ended;
  await new Promise(setImmediate);
  expect(error).not.toHaveBeenCalled();
});

test('close answers what is under way, takes nothing new, and waits for no idle connection', async () => {
  let answer = () => {};
  const { http, url } = await serve({
    ...answering,
    handle: (_, response) => {
      answer = () => response.end('late');
    },
  });
  const agent = new Agent({ keepAlive: true });
  const response = new Promise<string>((resolve) => {
    get(`${url}/ok`, { agent }, async (message) => {
      let text = '';
      for await (const chunk of message) text += chunk;
      resolve(text);
    });
  });
  await vi.waitFor(() => expect(String(answer)).toContain('late'));
  const closed = http.close();
  await expect(fetch(`${url}/ok`)).rejects.toThrow();
  const began = performance.now();
  answer();
  expect(await response).toBe('late');
  await closed;
  expect(performance.now() - began).toBeLessThan(1_000);
  agent.destroy();
});

test('close ends event streams, which have no end to wait for, and no other answer', async () => {
  let finish = () => {};
  const { http, url } = await serve({
    ...answering,
    handle(request, response) {
      response.writeHead(200, { 'content-type': request.headers.accept ?? '' }).write('begun ');
      if (request.headers.accept === 'text/csv') finish = () => response.end('and ended');
    },
  });
  const ask = (accept: string) => fetch(`${url}/ok`, { headers: { accept } });
  const [stream, download] = await Promise.all([ask('text/event-stream'), ask('text/csv')]);
  const read = stream.text().catch(() => 'cut');
  const closed = http.close();
  expect(await read).toBe('cut');
  finish();
  expect(await download.text()).toBe('begun and ended');
  const began = performance.now();
  await closed;
  expect(performance.now() - began).toBeLessThan(1_000);
});
