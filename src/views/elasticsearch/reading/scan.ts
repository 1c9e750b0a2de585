// All documents of a kind, by id, as of a position: what an audit compares with the log.
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Position } from '../../../domain/event.ts';
import { failure } from '../../../domain/failure.ts';
import type { DocumentKind, ScanPage, ScanQuery } from '../../view-store.ts';
import { indexOf, keptSource, parseDocument } from '../documents.ts';
import type { ReaderContext } from '../reader-context.ts';
import { is } from './query.ts';
import { type Hit, searchOne } from './searches.ts';

/** How often a page is read again because what it has is being changed, and the longest wait between two, in ms. */
const ATTEMPTS = 40;
const LONGEST_WAIT = 100;

const place = z.tuple([z.string()]);

/**
 * All that was applied up to the checkpoint is found once the index was refreshed after it. So a page is as of there if
 * it has nothing newer; what is being written just then is waited for.
 */
export async function scan<K extends DocumentKind>(
  context: ReaderContext,
  { kind, tenant, after, limit }: ScanQuery<K>,
): Promise<ScanPage<K>> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const position = await context.refreshed();
    const { hits } = await searchOne(context, indexOf[kind], {
      query: is('tenant', tenant),
      _source: ['position', 'document'],
      size: limit,
      sort: [{ [kind === 'memory' || kind === 'votes' ? 'memory' : 'id']: 'asc' }],
      track_total_hits: false,
      ...(after !== null && { search_after: [after] }),
    });
    const rows = hits.map(rowOf);
    if (rows.every((row) => position !== null && row.position <= position))
      return {
        rows: rows.map(({ id, document }) => ({ id, document: parseDocument<K>(document) })),
        position,
      };
    await delay(Math.min(LONGEST_WAIT, 10 * attempt));
  }
  throw failure('UNAVAILABLE', 'the views change faster than they can be scanned; try again');
}

function rowOf({ source, sort }: Hit): { id: string; position: Position; document: string } {
  return { id: place.parse(sort)[0], ...keptSource.parse(source) };
}
