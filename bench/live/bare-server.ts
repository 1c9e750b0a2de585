// The baseline: node:http alone, which writes the same bytes as server-sent events to all who asked. POST /publish with
// the frame as body; its address goes to stdout.
import { createServer, type ServerResponse } from 'node:http';

const subscribers = new Set<ServerResponse>();
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.url === '/publish') {
      const frame = Buffer.concat(chunks);
      for (const subscriber of subscribers) subscriber.write(frame);
      response.end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    subscribers.add(response);
    response.once('close', () => subscribers.delete(response));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`http://127.0.0.1:${address.port}`);
});
