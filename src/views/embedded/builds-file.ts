// Which builds lie in the folder, and which of them answers: a small file beside them, replaced in one step. Without it
// there is the one build that was always there, views.db.
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { removeDatabase } from './damage.ts';

const number = z.number().int().positive();
const numbersShape = z.object({ serving: number, next: number.nullable(), previous: number.nullable() });

/** Of builds, by what they are. */
export type Numbers = z.infer<typeof numbersShape>;

const FIRST: Numbers = { serving: 1, next: null, previous: null };

export type BuildsFile = {
  read(): Numbers;
  /** After a crash it is as before or as given. */
  write(numbers: Numbers): void;
  /** Where a build's documents are. */
  viewsFile(build: number): string;
  /** Removes the files of builds that are none of these: what a crash left of them. */
  removeOthers(numbers: Numbers): void;
};

/** Where the documents of the build are that answers. */
export function servingFile(firstFile: string): string {
  const files = buildsFile(firstFile);
  return files.viewsFile(files.read().serving);
}

/** `firstFile`: of the first build; the others are named after it. */
export function buildsFile(firstFile: string): BuildsFile {
  const folder = dirname(firstFile);
  const extension = extname(firstFile);
  const stem = basename(firstFile, extension);
  const file = join(folder, `${stem}.json`);
  const viewsFile = (build: number) => (build === 1 ? firstFile : join(folder, `${stem}-${build}${extension}`));

  return {
    viewsFile,
    read() {
      try {
        return numbersShape.parse(JSON.parse(readFileSync(file, 'utf8')));
      } catch {
        // Not there, or not readable: what answers is then made from the log if need be.
        return FIRST;
      }
    },
    write(numbers) {
      const draft = `${file}.new`;
      const written = openSync(draft, 'w', 0o600);
      try {
        writeSync(written, `${JSON.stringify(numbers)}\n`);
        fsyncSync(written);
      } finally {
        closeSync(written);
      }
      renameSync(draft, file);
      const named = openSync(folder, 'r');
      fsyncSync(named);
      closeSync(named);
    },
    removeOthers({ serving, next, previous }) {
      const pattern = new RegExp(`^${stem}(?:-(\\d+))?\\${extension}`);
      for (const name of readdirSync(folder)) {
        const found = pattern.exec(name);
        if (found === null) continue;
        const build = Number(found[1] ?? 1);
        if (![serving, next, previous].includes(build)) removeDatabase(viewsFile(build));
      }
    },
  };
}
