// The embedded views: the port's specification, and what files and a worker add to it.
import { viewStoreConformance } from '../conformance/view-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openIn } from './open.ts';

viewStoreConformance('embedded', async (signature) => {
  const folder = await temporaryFolder();
  let store = await openIn(folder.path, { signature });
  return {
    store,
    async reopen() {
      await store.close();
      store = await openIn(folder.path, { signature });
      return store;
    },
    async cleanup() {
      await store.close();
      await folder.remove();
    },
  };
});
