// The stand-in as a process of its own, for tests that kill it and for measurements: `node run.ts [--port 0] [--folder …]`.
// It writes its connection string in one line when it serves.
import { parseArgs } from 'node:util';
import { startEventStore } from './event-store.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, folder: { type: 'string' } },
});
const server = await startEventStore({ port: Number(values.port), folder: values.folder });
console.log(server.url);
