// The worker's side: opens the store, says how far the loading is, then answers one request after another.
import { parentPort, workerData } from 'node:worker_threads';
import { Failure } from '../../domain/failure.ts';
import type { CountTokens } from '../../text/passages.ts';
import { isDamage, removeDatabase } from './damage.ts';
import type { Method, Report, Request, WorkerSettings } from './protocol.ts';
import { openStore, type Store } from './store.ts';

const port = parentPort;
if (port === null) throw new Error('this module is a worker');
const settings = workerData as WorkerSettings;
const report = (message: Report) => port.postMessage(message);

/** They change nothing: what fails in one of them is that request's failure alone. */
const reads = new Set<Method>([
  'checkpoint',
  'parked',
  'wantedVectors',
  'list',
  'search',
  'records',
  'scan',
  'statistics',
]);

/** For embedders whose tokens nobody here can count: a token has four characters or so. */
const estimateTokens: CountTokens = (text) => Math.ceil(text.length / 4);

async function tokenCounter(module: string | null): Promise<CountTokens> {
  if (module === null) return estimateTokens;
  const { countTokens } = (await import(module)) as { countTokens: CountTokens };
  return countTokens;
}

const store: Store = openStore(settings, await tokenCounter(settings.countTokens), (done, total) =>
  report({ type: 'progress', done, total }),
);
port.on('message', (request: Request) => {
  try {
    report({ type: 'answer', id: request.id, value: answer(request) });
    if (request.method === 'close') port.close();
  } catch (error) {
    report(refusal(request.id, error));
    if (!(error instanceof Failure) && (isDamage(error) || !reads.has(request.method))) giveUp(error);
  }
});
report({ type: 'ready', begunAnew: store.begunAnew, checkpoint: store.checkpoint() });

function answer({ method, parameters }: Request): unknown {
  return Reflect.apply(store[method], store, parameters);
}

function refusal(id: number, error: unknown): Report {
  if (error instanceof Failure)
    return { type: 'failure', id, code: error.code, message: error.message, details: error.details, trace: null };
  const damaged = isDamage(error);
  return {
    type: 'failure',
    id,
    code: damaged ? 'UNAVAILABLE' : 'INTERNAL',
    message: damaged ? 'the views file is damaged and is made again' : 'the views failed on this request',
    details: {},
    trace: error instanceof Error ? `${error.name}${/\n\s+at .*/s.exec(error.stack ?? '')?.[0] ?? ''}` : typeof error,
  };
}

/** What is in memory may differ from the files now: the main thread opens another worker, which reads them anew. */
function giveUp(error: unknown): never {
  if (isDamage(error)) removeDatabase(settings.viewsFile);
  throw error;
}
