import { eventLogConformance } from '../conformance/event-log.ts';
import { memoryStorage, openMemoryLog } from '../support/memory-log.ts';

eventLogConformance('an array, for tests', async () => {
  const storage = memoryStorage();
  return { open: async () => openMemoryLog(storage), inOrder: true, dispose: async () => {} };
});
