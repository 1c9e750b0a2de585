import { randomUUID } from 'node:crypto';
import { connect } from '../../src/log/eventstoredb/client.ts';
import { openEventStoreLog, openLogOn } from '../../src/log/eventstoredb/eventstoredb-log.ts';
import { eventLogConformance } from '../conformance/event-log.ts';
import { startEventStore } from '../support/eventstore/event-store.ts';
import { prefixed } from '../support/prefixed-connection.ts';

const url = process.env.EVENTSTORE_URL;

// Each handle has nothing in common with another but the server: two handles are two servers of Annals.
if (url === undefined)
  eventLogConformance("EventStoreDB's protocol", async () => {
    const server = await startEventStore();
    return {
      open: () => openEventStoreLog({ url: server.url }),
      inOrder: false,
      dispose: () => server.stop(),
    };
  });
else
  eventLogConformance('EventStoreDB at EVENTSTORE_URL', async () => {
    const prefix = `test${randomUUID()}.`;
    return {
      open: () => openLogOn(prefixed(connect(url, 2500), prefix)),
      inOrder: false,
      dispose: async () => {},
    };
  });
