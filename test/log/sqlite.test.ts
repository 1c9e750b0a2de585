import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { eventLogConformance } from '../conformance/event-log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

eventLogConformance('SQLite', async () => {
  const folder = await temporaryFolder();
  return {
    open: () => openSqliteLog({ file: folder.file('events.db') }),
    inOrder: true,
    dispose: folder.remove,
  };
});
