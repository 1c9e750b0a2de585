// A process that appends to two streams of the EventStoreDB at the address given to it, and halts before the outcome is
// asked for, or after it was kept (`before` or `after`). It says so in one line and waits to be killed.
import { randomUUID } from 'node:crypto';
import { streamName } from '../../src/domain/streams.ts';
import { connect } from '../../src/log/eventstoredb/client.ts';
import { openLogOn } from '../../src/log/eventstoredb/eventstoredb-log.ts';
import { haltingAtOutcome } from './halting-connection.ts';

const [url = '', when = 'before', ...ids] = process.argv.slice(2);
const { connection, halted } = haltingAtOutcome(connect(url, 5000), when === 'after' ? 'after' : 'before');
const log = await openLogOn(connection);
void log.append(
  ids.map((id) => ({
    stream: streamName('memory', 'acme', id),
    expected: 'any' as const,
    events: [
      {
        id: randomUUID(),
        type: 'memory.recorded',
        recordedAt: '2026-01-31T12:00:00.000Z',
        data: { by: process.pid },
        metadata: { correlationId: 'c-1', actor: 'writer', tenant: 'acme', schema: 1 },
      },
    ],
  })),
);
await halted;
process.stdout.write('halted\n');
setInterval(() => {}, 60_000);
