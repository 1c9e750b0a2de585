// The tenant's log, as far as the caller may see it.
import type { Caller } from '../access/caller.ts';
import type { Position, RecordedEvent } from '../domain/event.ts';
import { type Category, parseStream, type StreamName } from '../domain/streams.ts';
import type { Reader } from '../domain/visibility.ts';
import { type DecodedEvent, decodeKnown } from '../events/codec.ts';
import type { QueryContext } from './dependencies.ts';
import { present, type VisibleEvent, visibleIn } from './visible-events.ts';

export type EventsInput = {
  after: Position | null;
  /** null: all. */
  types: string[] | null;
  stream: string | null;
  /** 1 to 100. */
  first: number;
};

export type EventPage = {
  events: VisibleEvent[];
  hasNextPage: boolean;
  /** Past everything that was looked at and is not shown: the next page begins there. */
  endCursor: Position;
};

/** Events read from the log for one answer; whoever may see few of them gets an empty page and a cursor to go on from. */
const SCANNED = 1_000;
const PAGE = 250;

type Visible = (events: readonly RecordedEvent[]) => Promise<DecodedEvent[]>;
type Scan = { events: DecodedEvent[]; position: Position; end: boolean };

export async function events(context: QueryContext, input: EventsInput): Promise<EventPage> {
  const { log } = context;
  const after = input.after === null ? log.start : await log.parsePosition(input.after, 'after');
  const wanted = (event: RecordedEvent) => input.types?.includes(event.type) ?? true;
  const see = visibleTo(context);
  const visible: Visible = (page) => see(page.filter(wanted));
  const scanned =
    input.stream === null
      ? await scanLog(context, after, input.first, visible)
      : await scanStream(context, input.stream, after, visible);
  const page = scanned.events.slice(0, input.first);
  const more = scanned.events.length > input.first;
  return {
    events: await present(context, page),
    hasNextPage: more || !scanned.end,
    endCursor: more ? (page.at(-1)?.position ?? after) : scanned.position,
  };
}

/** An agent is shown memories; the operator all of its tenant; the administrator keys, of every tenant. */
export function eventRange({ tenant, agent }: Caller): { tenant?: string; categories?: readonly Category[] } {
  if (tenant === null) return { categories: ['key'] };
  return agent === null ? { tenant } : { tenant, categories: ['memory'] };
}

/** Reads on until there is one event more than asked for, so that what follows the page is known by what is visible. */
async function scanLog(context: QueryContext, after: Position, first: number, visible: Visible): Promise<Scan> {
  const found: DecodedEvent[] = [];
  let position = after;
  for (let scanned = 0; scanned < SCANNED; scanned += PAGE) {
    const page = await context.log.read({ after: position, limit: PAGE, ...eventRange(context.caller) });
    found.push(...(await visible(page.events)));
    position = page.position;
    if (page.end || found.length > first) return { events: found, position, end: page.end };
  }
  return { events: found, position, end: false };
}

async function scanStream(context: QueryContext, stream: string, after: Position, visible: Visible): Promise<Scan> {
  const name = parseStream(stream);
  const recorded = name !== null && isWithin(context.caller, name) ? await context.log.readStream(stream) : [];
  const events = await visible(recorded.filter(({ position }) => position > after));
  return { events, position: events.at(-1)?.position ?? after, end: true };
}

function isWithin(caller: Caller, { tenant, category }: StreamName): boolean {
  const { tenant: own = tenant, categories = [category] } = eventRange(caller);
  return tenant === own && categories.includes(category);
}

/** Remembers what it found of each memory: a page often has several events of one. */
function visibleTo(context: QueryContext): Visible {
  const { reader } = context.caller;
  const known = new Map<string, Promise<Set<string>>>();
  const idsIn = (agent: Reader, stream: string) => {
    const ids =
      known.get(stream) ?? visibleIn(context, agent, stream).then((seen) => new Set(seen.map(({ id }) => id)));
    known.set(stream, ids);
    return ids;
  };
  return async (page) => {
    const decoded = decodeKnown(page);
    if (reader === null || reader.agent === null) return decoded;
    const seen = await Promise.all(decoded.map(async ({ stream, id }) => (await idsIn(reader, stream)).has(id)));
    return decoded.filter((_, index) => seen[index]);
  };
}
