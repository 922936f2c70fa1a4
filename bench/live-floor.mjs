// The floor of fan-out: a bare `ws` server that sends the same bytes to everybody who is connected. Asked over IPC.
import { WebSocketServer } from 'ws';

const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });

process.on('message', ({ broadcast }) => {
  if (!broadcast) return;
  const bytes = Buffer.alloc(broadcast.bytes, 'a');
  for (let i = 0; i < broadcast.count; i += 1) {
    for (const socket of sockets.clients) socket.send(bytes, { binary: false });
  }
});

sockets.on('listening', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${sockets.address().port}` }));
});
