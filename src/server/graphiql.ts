// GraphiQL, whole: its page loads nothing from elsewhere. Made and compressed at the first visit, then kept.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Incoming, Outgoing } from './exchange.ts';

const FIRST_QUERY = `# Annals: give your key below, under Headers: { "authorization": "Bearer <key>" }
{
  viewer { tenant role agent teams }
}
`;

type Page = { plain: string; gzipped: Uint8Array };

async function makePage(): Promise<Page> {
  // Nine megabytes of source: loaded only where somebody looks at it.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const plain = renderGraphiQL({ title: 'Annals', endpoint: '/graphql', method: 'POST', defaultQuery: FIRST_QUERY });
  return { plain, gzipped: await promisify(gzip)(plain) };
}

export function createGraphiql(): (incoming: Incoming) => Promise<Outgoing> {
  let page: Promise<Page> | undefined;
  return async (incoming) => {
    page ??= makePage();
    const { plain, gzipped } = await page;
    const compressed = /\bgzip\b/.test(incoming.header('accept-encoding') ?? '');
    return {
      status: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        vary: 'accept-encoding',
        'x-frame-options': 'DENY',
        ...(compressed ? { 'content-encoding': 'gzip' } : {}),
      },
      body: compressed ? gzipped : plain,
    };
  };
}

export const wantsPage = (incoming: Incoming): boolean => /\btext\/html\b/.test(incoming.header('accept') ?? '');
