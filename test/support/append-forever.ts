// A process that appends to the log at the file or the address given to it, by 16 writers at once, until it is killed or the
// given number of appends is done. Each acknowledgement is written to stdout as soon as it came, closed with a dot.
import { randomUUID } from 'node:crypto';
import { streamName } from '../../src/domain/streams.ts';
import { openEventStoreLog } from '../../src/log/eventstoredb/eventstoredb-log.ts';
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';

/** What the process says of an append that the log has acknowledged. */
export type Acknowledgement = { batch: string; position: string; streams: string[]; revisions: number[] };

const [file = '', appends = 'Infinity'] = process.argv.slice(2);
const log = await (file.startsWith('esdb:')
  ? openEventStoreLog({ url: file, batchTimeout: 300 })
  : openSqliteLog({ file }));
let left = Number(appends);

async function write(): Promise<void> {
  while (left > 0) {
    left -= 1;
    const batch = randomUUID();
    const streams = ['memory', 'text', 'team'].slice(left % 3).map((category) => {
      const id = category === 'memory' ? batch : `shared-${left % 5}`;
      return streamName(category === 'memory' ? 'memory' : 'text', 'acme', `${category}-${id}`);
    });
    const event = () => ({
      id: randomUUID(),
      type: 'memory.recorded',
      recordedAt: '2026-01-31T12:00:00.000Z',
      data: { batch, of: streams.length, text: 'some text '.repeat(1 + (left % 200)) },
      metadata: { correlationId: batch, actor: 'writer', tenant: 'acme', schema: 1 },
    });
    const result = await log.append(streams.map((stream) => ({ stream, expected: 'any', events: [event()] })));
    if (!result.ok) throw new Error('an append without an expected revision was refused');
    const { position, revisions } = result;
    process.stdout.write(`${JSON.stringify({ batch, position, streams, revisions } satisfies Acknowledgement)}.\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, write));
await log.close();
