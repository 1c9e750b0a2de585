// A port that nobody listens on, with a free one a hundred above it: Elasticsearch takes both.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

const HIGHEST = 65_435;

for (;;) {
  const port = await tryPort(0);
  if (port === null || port > HIGHEST || (await tryPort(port + 100)) === null) continue;
  console.log(port);
  break;
}

/** null: it is taken. */
async function tryPort(wanted: number): Promise<number | null> {
  const server = createServer().listen(wanted, '127.0.0.1');
  try {
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return null;
  } finally {
    server.close();
  }
}
