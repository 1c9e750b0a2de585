import { viewStoreConformance } from '../conformance/view-store.ts';
import { analyse } from '../support/fixtures.ts';
import { naiveStorage, openNaiveViews } from '../support/naive-views.ts';

viewStoreConformance('naive', async () => {
  const storage = naiveStorage();
  const open = async () => openNaiveViews({ analyse, storage });
  return { store: await open(), reopen: open, cleanup: async () => {} };
});
