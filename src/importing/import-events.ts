// Events into a log: lossless, with their ids, times, actors and revisions, into streams that are not there yet or that
// they continue exactly. What is there already is left alone, so a file may be imported again and again.
import type { Position, RecordedEvent } from '../domain/event.ts';
import { parseStream, streamName } from '../domain/streams.ts';
import type { EventLog } from '../log/event-log.ts';
import { readEvent } from './annals-event.ts';
import { createEventBatches } from './event-batches.ts';
import { type EventLedger, openEventLedger } from './event-ledger.ts';
import { moved, namesPositions } from './event-positions.ts';
import { parseItem } from './item.ts';
import { addProblem, type ImportOptions, newSummary, type Summary } from './progress.ts';
import type { Source } from './source.ts';

export type EventTarget = {
  /** null: a log that has nothing yet, for a dry run. */
  log: EventLog | null;
  /** The events become this tenant's; null: they stay their own's. */
  tenant: string | null;
};

export async function importEvents(source: Source, target: EventTarget, options: ImportOptions): Promise<Summary> {
  const ledger = openEventLedger(target.log);
  try {
    const summary = await check(source, target, ledger, options);
    if (options.dryRun || target.log === null || (summary.bad > 0 && !options.skipBad)) return summary;
    await write(source, target, target.log, ledger, options);
    return { ...summary, written: true };
  } finally {
    ledger.close();
  }
}

async function check(
  source: Source,
  target: EventTarget,
  ledger: EventLedger,
  { onProgress }: ImportOptions,
): Promise<Summary> {
  const summary = newSummary('events');
  for await (const { line, ...read } of eventsOf(source, target, (bytes) => onProgress('checking', bytes))) {
    summary.items += 1;
    const entered = 'problem' in read ? read : await ledger.enter(line, read.event);
    if ('problem' in entered) addProblem(summary, { line, problem: entered.problem });
    else if (entered.standing === 'new') summary.imported += 1;
    else summary.there += 1;
  }
  return summary;
}

async function write(
  source: Source,
  target: EventTarget,
  log: EventLog,
  ledger: EventLedger,
  { onProgress }: ImportOptions,
): Promise<void> {
  const batches = createEventBatches(log);
  const placeOf = async (position: Position): Promise<Position> => {
    const last = ledger.lastUpTo(position);
    if (last === null) return log.start;
    const [event] = await log.readStream(last.stream, { from: last.revision });
    return event?.position ?? log.start;
  };
  for await (const { line, ...read } of eventsOf(source, target, (bytes) => onProgress('importing', bytes))) {
    if ('problem' in read || !ledger.isNew(line, read.event)) continue;
    // What it names was written before it.
    if (namesPositions(read.event)) await batches.flush();
    await batches.add(await moved(read.event, placeOf));
  }
  await batches.flush();
}

type Read = { line: number } & ({ event: RecordedEvent } | { problem: string });

async function* eventsOf(
  source: Source,
  { tenant }: EventTarget,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Read> {
  for await (const item of source.items(onBytes)) {
    const parsed = parseItem(item);
    const { line } = parsed;
    const event = 'problem' in parsed ? parsed : readEvent(parsed.value);
    if ('problem' in event) yield { line, problem: event.problem };
    else yield { line, event: tenant === null ? event : ofTenant(tenant, event) };
  }
}

function ofTenant(tenant: string, event: RecordedEvent): RecordedEvent {
  const name = parseStream(event.stream);
  if (name === null) return event;
  const stream = streamName(name.category, tenant, name.id);
  return { ...event, stream, metadata: { ...event.metadata, tenant } };
}
