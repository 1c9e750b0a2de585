// Records and scans of the naive views: every question answered by looking at all documents.
import { failure } from '../../src/domain/failure.ts';
import { attributesOf, type RecordDocument } from '../../src/views/record-attributes.ts';
import type {
  DocumentKind,
  Documents,
  RecordKind,
  Records,
  RecordsPage,
  RecordsQuery,
  ScanQuery,
} from '../../src/views/view-store.ts';

type Row<K extends DocumentKind> = { tenant: string; id: string; document: Documents[K] };

export function listRecords<K extends RecordKind>(
  rows: readonly Row<K>[],
  { kind, tenant, where = {}, now, first, after }: RecordsQuery<K>,
): Omit<RecordsPage<K>, 'position'> {
  const found = rows
    .filter((row) => row.tenant === tenant)
    .map(({ id, document }) => {
      const attributes = attributesOf({ kind, document } as RecordDocument);
      return { document, attributes, place: JSON.stringify([attributes.at, id]) };
    })
    .filter(({ attributes: { agent, status, namespace, session, participants, expiresAt } }) => {
      const expired = expiresAt !== null && expiresAt <= now;
      return (
        (where.agent ?? agent) === agent &&
        (where.status === undefined || where.status === (expired ? 'EXPIRED' : status)) &&
        (where.namespace ?? namespace) === namespace &&
        (where.session ?? session) === session &&
        (where.participants === undefined || where.participants.some((name) => participants.includes(name)))
      );
    })
    .sort((a, b) => (a.place < b.place ? 1 : -1));
  const rest = after === undefined ? found : found.filter(({ place }) => place < placeAt(after));
  return {
    rows: structuredClone(
      rest.slice(0, first).map(({ document, place }) => ({
        document: document as Records[K],
        cursor: Buffer.from(place).toString('base64url'),
      })),
    ),
    hasNextPage: rest.length > first,
    total: found.length,
  };
}

export const scanRows = <K extends DocumentKind>(rows: readonly Row<K>[], { tenant, after, limit }: ScanQuery<K>) =>
  structuredClone(
    rows
      .filter((row) => row.tenant === tenant && (after === null || row.id > after))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map(({ id, document }) => ({ id, document })),
  );

function placeAt(cursor: string): string {
  const place = Buffer.from(cursor, 'base64url').toString();
  if (!/^\["[^"]+","[^"]+"\]$/.test(place))
    throw failure('INVALID_INPUT', 'after is not the cursor of a row', { field: 'after' });
  return place;
}
