// The data on disk: a file that is only appended to, one line of JSON an append. Each line is written through to the system
// before the append is acknowledged, so it survives the death of the process; a torn last line was never acknowledged.
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { StoredEvent } from './stored-event.ts';

export type LogFile = {
  append(events: readonly StoredEvent[]): void;
  /** Puts these in the place of all. */
  rewrite(events: readonly StoredEvent[]): void;
  close(): void;
};

const bytes = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const lineFormat = z.array(
  z.object({
    id: z.string(),
    type: z.string(),
    contentType: z.string(),
    data: bytes,
    metadata: bytes,
    stream: z.string(),
    revision: z.int(),
    position: z.int(),
    created: z.number(),
  }),
);

/** Opens the file of a folder, which is made where there is none. */
export function openLogFile(folder: string): { file: LogFile; events: StoredEvent[] } {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'events.jsonl');
  let descriptor = openSync(path, 'a');
  const events = whole(path);
  return {
    events,
    file: {
      append: (added) => writeAll(descriptor, lineOf(added)),
      rewrite(kept) {
        const beside = `${path}.new`;
        const target = openSync(beside, 'w');
        for (const event of kept) writeAll(target, lineOf([event]));
        renameSync(beside, path);
        closeSync(descriptor);
        descriptor = target;
      },
      close: () => closeSync(descriptor),
    },
  };
}

/** What its whole lines have; what follows the last of them is cut off. */
function whole(path: string): StoredEvent[] {
  const content = readFileSync(path);
  const events: StoredEvent[] = [];
  let from = 0;
  for (let end = content.indexOf(10); end >= 0; end = content.indexOf(10, from)) {
    events.push(...lineFormat.parse(JSON.parse(content.toString('utf8', from, end))));
    from = end + 1;
  }
  if (from < content.length) truncateSync(path, from);
  return events;
}

const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64');

function lineOf(events: readonly StoredEvent[]): Buffer {
  const plain = events.map((event) => ({ ...event, data: base64(event.data), metadata: base64(event.metadata) }));
  return Buffer.from(`${JSON.stringify(plain)}\n`);
}

function writeAll(descriptor: number, line: Buffer): void {
  for (let done = 0; done < line.length; ) done += writeSync(descriptor, line, done);
}
