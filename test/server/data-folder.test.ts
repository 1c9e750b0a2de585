import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DataFolder, DataFolderInUse, openDataFolder } from '../../src/server/data-folder.ts';
import { type Child, startChild } from '../support/child.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('the data folder', { timeout: 30_000 }, () => {
  let folder: TemporaryFolder;
  const folders: DataFolder[] = [];
  const children: Child[] = [];
  const open = (path: string) => {
    const opened = openDataFolder(path);
    folders.push(opened);
    return opened;
  };
  const holder = (path: string) => {
    const child = startChild(new URL('../support/hold-data-folder.ts', import.meta.url), path);
    children.push(child);
    return child;
  };

  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    for (const opened of folders.splice(0)) opened.close();
    await Promise.all(children.splice(0).map((child) => child.kill()));
    await folder.remove();
  });

  test('is made for its owner alone, with the folders above it', async () => {
    const { path, files } = open(folder.file('above/data'));
    expect(path).toBe(folder.file('above/data'));
    expect(await modeOf(path)).toBe(0o700);
    expect(await modeOf(join(path, 'lock'))).toBe(0o600);
    expect(Object.values(files).every((file) => file.startsWith(`${path}/`))).toBe(true);
    expect(new Set(Object.values(files)).size).toBe(4);
  });

  test('that is there keeps its files and its rights', async () => {
    await mkdir(folder.file('data'), { mode: 0o750 });
    await writeFile(folder.file('data/events.db'), 'kept');
    open(folder.file('data'));
    expect(await modeOf(folder.file('data'))).toBe(0o750);
    expect((await stat(folder.file('data/events.db'))).size).toBe(4);
  });

  test.skipIf(process.platform !== 'linux')('that cannot be made is refused', () => {
    expect(() => open('/proc/annals/data')).toThrow('ANNALS_DATA: /proc/annals/data cannot be used');
  });

  test('is held once: a second process is told so, and the first is unharmed', async () => {
    const path = folder.file('data');
    const first = holder(path);
    expect(await first.line()).toBe('held');
    const files = await readdir(path);

    const second = holder(path);
    expect(await second.line()).toBe(`the data folder ${path} is in use by another Annals process`);
    expect(await second.ended).toBe(3);
    expect(() => open(path)).toThrow(DataFolderInUse);

    expect(first.process.exitCode).toBe(null);
    expect(await readdir(path)).toEqual(files);
    const third = holder(path);
    expect(await third.ended).toBe(3);
  });

  test('is free again when its holder was killed', async () => {
    const path = folder.file('data');
    const first = holder(path);
    expect(await first.line()).toBe('held');
    await first.kill('SIGKILL');
    open(path);
    expect(await holder(path).ended).toBe(3);
  });

  test('is free again when it was closed, and not by a second attempt of the same process', async () => {
    const first = open(folder.file('data'));
    expect(() => open(folder.file('data'))).toThrow(DataFolderInUse);
    expect(await holder(folder.file('data')).ended).toBe(3);
    first.close();
    first.close();
    open(folder.file('data'));
  });

  test('that is a file is refused with the name of the setting', async () => {
    await writeFile(folder.file('data'), '');
    expect(() => open(folder.file('data'))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(/^ANNALS_DATA: .*EEXIST/) }),
    );
  });
});
