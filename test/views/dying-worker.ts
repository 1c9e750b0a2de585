// The views' worker, but a search for these words kills it.
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', (request: { method: string; parameters: [{ text?: string }] }) => {
  if (request.method === 'search' && request.parameters[0].text === 'die now') process.exit(1);
});
await import('../../src/views/embedded/worker.ts');
