// Builds of the embedded views: the port's specification, and what files add to it.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { type EmbeddedBuilds, openEmbeddedBuilds } from '../../src/views/embedded/embedded-builds.ts';
import type { ViewSignature } from '../../src/views/view-store.ts';
import { viewBuildsConformance } from '../conformance/view-builds.ts';
import { aMemory, at, NOW, operator, putMemory } from '../support/fixtures.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { signature } from './open.ts';

const openIn = (
  folder: TemporaryFolder,
  wanted: ViewSignature,
  canCarryOn: (made: ViewSignature) => boolean = () => true,
): Promise<EmbeddedBuilds> =>
  openEmbeddedBuilds({
    viewsFile: folder.file('views.db'),
    vectorsFile: folder.file('vectors.db'),
    signature: wanted,
    canCarryOn,
    countTokens: new URL('../support/count-tokens.ts', import.meta.url),
    logger: pino({ level: 'silent' }),
  });

viewBuildsConformance('embedded', async () => {
  const folder = await temporaryFolder();
  return {
    async open(wanted) {
      const builds = await openIn(folder, wanted);
      return { views: builds.views, builds };
    },
    cleanup: () => folder.remove(),
  };
});

async function inFolder(work: (folder: TemporaryFolder) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder();
  try {
    await work(folder);
  } finally {
    await folder.remove();
  }
}

const viewsFiles = (folder: TemporaryFolder) => readdirSync(folder.path).filter((name) => /^views.*\.db$/.test(name));
const newer: ViewSignature = { ...signature, projections: signature.projections + 1 };
const isOwn = ({ projections }: ViewSignature) => projections === newer.projections;

test('views that this version cannot carry on with are begun anew', () =>
  inFolder(async (folder) => {
    const before = await openIn(folder, signature);
    await before.views.apply([putMemory(at(1), aMemory('m1'))], at(1));
    await before.views.close();
    const { views } = await openIn(folder, newer, isOwn);
    expect(views.begunAnew).toBe('it was made by another version or embedder');
    expect(await views.checkpoint()).toBeNull();
    await views.close();
  }));

test('views that cannot be carried on with give way to the previous ones, where those can', () =>
  inFolder(async (folder) => {
    const before = await openIn(folder, newer);
    await before.views.apply([putMemory(at(1), aMemory('m1'))], at(1));
    await before.views.close();
    const other = await openIn(folder, signature);
    await other.open('next');
    await other.serve('next');
    await other.views.close();
    const back = await openIn(folder, newer, isOwn);
    expect(back.views.begunAnew).toBeNull();
    expect(await back.views.get(operator, ['m1'], NOW)).toMatchObject([{ memory: { id: 'm1' } }]);
    await back.views.close();
  }));

test('what a crash left of a build that nothing names is removed, and what is dropped leaves no file', () =>
  inFolder(async (folder) => {
    writeFileSync(folder.file('views-7.db'), 'left over');
    writeFileSync(folder.file('views-7.db-wal'), 'left over');
    const builds = await openIn(folder, signature);
    expect(viewsFiles(folder)).toEqual(['views.db']);
    expect(existsSync(folder.file('views-7.db-wal'))).toBe(false);
    const next = await builds.open('next');
    expect(viewsFiles(folder)).toEqual(['views-2.db', 'views.db']);
    await next.close();
    await builds.drop('next');
    expect(viewsFiles(folder)).toEqual(['views.db']);
    await builds.views.close();
  }));

test('a file of builds that cannot be read is as none', () =>
  inFolder(async (folder) => {
    const builds = await openIn(folder, signature);
    await builds.open('next');
    await builds.views.close();
    writeFileSync(folder.file('views.json'), '{"serving":');
    const again = await openIn(folder, signature);
    expect(await again.list()).toMatchObject({ serving: { id: '1' }, next: null, previous: null });
    await again.views.close();
  }));
