// Stands between a client and Elasticsearch, and passes everything on but what a test told it to do otherwise.
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it came. */
export type Asked = { method: string; path: string; body: string };
/** An answer as the client is to get it. */
export type Answer = { status: number; body: string };

/**
 * Called with each request; what it gives back decides.
 * undefined: it is passed on. `answer`: that is the answer, and the server is not asked. `hang`: no answer ever, the
 * server is not asked. `lose`: the server is asked, and its answer is lost with the connection. `change`: the server is
 * asked, and its answer changed. `until`: it is passed on later. `held`: the server is asked, and its answer is given
 * later.
 */
export type Fault = (
  asked: Asked,
) =>
  | undefined
  | 'hang'
  | 'lose'
  | { answer: Answer }
  | { change: (answer: Answer) => Answer }
  | { until: Promise<void> }
  | { held: Promise<void> };

export type FaultyProxy = {
  url: string;
  /** From now on; null: none. */
  fault: Fault | null;
  stop(): Promise<void>;
};

const JSON_TYPE = 'application/vnd.elasticsearch+json;compatible-with=9';

export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const asked = { method: incoming.method ?? 'GET', path: incoming.url ?? '/', body: await text(incoming) };
    const verdict = proxy.fault?.(asked);
    if (verdict === 'hang') return;
    if (typeof verdict === 'object' && 'answer' in verdict) return send(outgoing, verdict.answer);
    if (typeof verdict === 'object' && 'until' in verdict) await verdict.until;
    const answer = await forward(incoming, asked);
    if (typeof verdict === 'object' && 'held' in verdict) await verdict.held;
    if (verdict === 'lose') outgoing.destroy();
    else send(outgoing, verdict !== undefined && 'change' in verdict ? verdict.change(answer) : answer);
  }

  function forward({ headers }: IncomingMessage, { method, path, body }: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { host, ...others } = headers;
      const outgoing = request(new URL(path, target), { method, headers: others }, (response) => {
        text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const proxy: FaultyProxy = {
    url: `http://127.0.0.1:${port}`,
    fault: null,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

function send(outgoing: ServerResponse, { status, body }: Answer): void {
  outgoing.writeHead(status, { 'content-type': JSON_TYPE, 'x-elastic-product': 'Elasticsearch' });
  outgoing.end(body);
}

/** The ids of the documents of a bulk request, in order. */
export const idsInBulk = ({ body }: Asked): string[] =>
  [...body.matchAll(/^\{"(?:index|delete)":\{[^\n]*"_id":"([^"]+)"/gm)].map(([, id]) => id ?? '');

export const isBulk = ({ path }: Asked): boolean => path.startsWith('/_bulk');

/** Of a bulk's items, those whose ids `isHit` names fail with this status; the others are as they were. */
export const failingItems =
  (asked: Asked, isHit: (id: string) => boolean, status: number, type: string) =>
  (answer: Answer): Answer => {
    const ids = idsInBulk(asked);
    const { items } = JSON.parse(answer.body) as { items: object[] };
    const changed = ids.map((id, i) =>
      isHit(id) ? { index: { status, error: { type, reason: 'quoted' } } } : items[i],
    );
    return { ...answer, body: JSON.stringify({ errors: ids.some(isHit), items: changed }) };
  };
