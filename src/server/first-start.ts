// The first start of a data folder makes a tenant with one key, so that there is something to begin with.
import { access, open, readFile, rename } from 'node:fs/promises';
import type { Directory } from '../access/directory.ts';
import type { Key } from '../domain/key.ts';

export const DEFAULT_TENANT = 'default';

export type DefaultKey = {
  path: string;
  /** What whoever starts the server should know of it. */
  note: string;
  /** The note is about something amiss. */
  warning: boolean;
};

/** Issues a tenant key of the default tenant and answers its secret. */
type Issue = () => Promise<string>;

export async function ensureDefaultKey(
  path: string,
  directory: Directory,
  issue: Issue,
  now: Date,
): Promise<DefaultKey> {
  // Begun before the key is issued and renamed after: where it is left over, that key's secret never got out.
  const draft = `${path}.new`;
  const valid = (key: Key) => key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now.toISOString());
  const make = async (note: string, warning = false): Promise<DefaultKey> => {
    await writeSecret(draft, path, issue);
    return { path, note, warning };
  };

  const secret = await readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
  const hasKeys = directory.keys(DEFAULT_TENANT).some((key) => key.role === 'TENANT' && valid(key));

  if (secret === null) {
    if (await exists(draft)) return make('made; the first start had been interrupted', true);
    if (!hasKeys) return make('made at this first start');
    return { path, note: 'not there: it was moved or removed; the key that was in it still holds', warning: true };
  }
  const key = directory.findKey(secret);
  if (key !== null && valid(key)) return { path, note: 'kept from the first start', warning: false };
  if (key === null && !hasKeys) return make('made anew: the one that was there belonged to another log', true);
  return { path, note: 'there, but the key in it is revoked, expired or of another log', warning: true };
}

async function writeSecret(draft: string, path: string, issue: Issue): Promise<void> {
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(`${await issue()}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
