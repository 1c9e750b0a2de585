// Writes documents in bulk: requests of so many, one after another, and the next are filled meanwhile. A document says which
// version it is, so one that was written already, or is older than what is there, is answered 409 and is done.
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { type Elastic, MISSING_INDEX, Refused } from './client.ts';
import type { IndexKind, Names } from './names.ts';

export type Write = {
  index: IndexKind;
  id: string;
  /** Of the document: a number below 2^63 in decimal. Without one it is written over whatever is there. */
  version?: string;
  /** null: the document is deleted. */
  document: object | null;
};

/** A write that the server will never take, and its name for the reason. */
export type Rejected = { write: Write; reason: string };

export type Bulk = {
  /** Resolves when there is room for more. */
  add(write: Write): Promise<void>;
  /** What was added so far is durable, or known to be rejected, before anything else is sent. */
  settle(): Promise<void>;
  /**
   * Sends what is left. When it resolves all is durable but what it gives back. Fails with UNAVAILABLE when some of it is
   * not; then all may be written again.
   */
  end(): Promise<Rejected[]>;
};

const MOST_WRITES = 500;
const MOST_UNITS = 5_000_000;
/** Added in one turn of the event loop: a request goes out as it turns, and is whole at the server only then. */
const IN_A_TURN = 50;
const TIMEOUT = 60_000;

/** Of documents that the server was too busy for. */
const ATTEMPTS = 6;
const FIRST_DELAY = 100;

const WHAT = 'the views cannot be written';

const answer = z.object({ errors: z.boolean(), items: z.unknown() });
const results = z.array(
  z.record(z.string(), z.object({ status: z.number(), error: z.looseObject({ type: z.string() }).optional() })),
);

type Lines = { write: Write; text: string };

/** `admitted`: nothing is sent before, nor when it fails. */
export function openBulk(elastic: Elastic, names: Names, admitted: Promise<void> = Promise.resolve()): Bulk {
  let lines: Lines[] = [];
  let units = 0;
  /** The last request, and the one before it: one waits to be sent while the other is under way and a third is filled. */
  let last: Promise<void> = Promise.resolve();
  let before: Promise<void> = last;
  const rejected: Rejected[] = [];

  async function flush(): Promise<void> {
    if (lines.length === 0) return;
    const filled = lines;
    lines = [];
    units = 0;
    const [former, room] = [last, before];
    last = former.then(() => send(filled));
    // It is awaited before the one after the next is filled, and at the end.
    last.catch(() => {});
    before = former;
    await room;
  }

  async function settle(): Promise<void> {
    await flush();
    await last;
  }

  async function send(all: readonly Lines[]): Promise<void> {
    await admitted;
    let left = all;
    for (let attempt = 1; ; attempt++) {
      const outcomes = await outcomesOf(left);
      const again = left.filter((_, i) => isBusy(outcomes[i]));
      left.forEach(({ write }, i) => {
        const outcome = outcomes[i];
        if (outcome !== undefined && isRejected(outcome)) rejected.push({ write, reason: outcome.type });
      });
      if (again.length === 0) return;
      if (attempt === ATTEMPTS) throw new Refused(WHAT, 429, typeOfFirst(outcomes.filter(isBusy)));
      left = again;
      await delay(FIRST_DELAY * 2 ** (attempt - 1) * (1 + Math.random()));
    }
  }

  async function outcomesOf(some: readonly Lines[]): Promise<Outcome[]> {
    const bulkBody = some.map(({ text }) => text).join('');
    const given = await elastic.send(
      WHAT,
      (client, options) =>
        client.transport.request(
          {
            method: 'POST',
            path: '/_bulk',
            querystring: { filter_path: 'errors,items.*.status,items.*.error.type' },
            bulkBody,
          },
          { ...options, headers: { 'content-type': NDJSON, accept: JSON_TYPE } },
        ),
      { timeout: TIMEOUT },
    );
    const { errors, items } = answer.parse(given);
    if (!errors) return [];
    return results.parse(items).map((item) => {
      const [[, result] = []] = Object.entries(item);
      const outcome = { status: result?.status ?? 0, type: result?.error?.type ?? '' };
      if (isHopeless(outcome)) throw new Refused(WHAT, outcome.status, outcome.type);
      return outcome;
    });
  }

  return {
    async add(write) {
      const text = linesOf(write, names);
      if (lines.length > 0 && units + text.length > MOST_UNITS) await flush();
      lines.push({ write, text });
      units += text.length;
      // Now, not with the next: until that one comes the server would have nothing to do.
      if (lines.length === MOST_WRITES) await flush();
      if (lines.length % IN_A_TURN === 0) await nextTurn();
    },
    settle,
    async end() {
      await settle();
      return rejected;
    },
  };
}

type Outcome = { status: number; type: string };

const NDJSON = 'application/vnd.elasticsearch+x-ndjson; compatible-with=9';
const JSON_TYPE = 'application/vnd.elasticsearch+json; compatible-with=9';

function linesOf({ index, id, version, document }: Write, names: Names): string {
  const target = {
    _index: names.alias(index),
    _id: id,
    require_alias: true,
    ...(version !== undefined && { version, version_type: 'external_gte' }),
  };
  return document === null
    ? `${JSON.stringify({ delete: target })}\n`
    : `${JSON.stringify({ index: target })}\n${JSON.stringify(document)}\n`;
}

const isBusy = (outcome: Outcome | undefined): outcome is Outcome =>
  outcome !== undefined && (outcome.status === 429 || outcome.status === 503);

const isRejected = ({ status }: Outcome): boolean => status === 400 || status === 413;

/** No other document of the request will fare better: an index is gone, or is read-only. */
const isHopeless = ({ status, type }: Outcome): boolean =>
  type === MISSING_INDEX || (status >= 400 && ![400, 404, 409, 413, 429, 503].includes(status));

const typeOfFirst = ([first]: readonly Outcome[]): string => first?.type ?? '';
