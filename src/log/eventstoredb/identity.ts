// Which log this is: a random id in the one event of a stream of its own. The stream must not be there when it is appended,
// so all servers agree.
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { failure } from '../../domain/failure.ts';
import type { Connection } from './client.ts';
import { LOG_STREAM } from './own-streams.ts';
import { insist } from './retry.ts';
import { foreign } from './trouble.ts';
import { idOf } from './wire.ts';

/** Raised when what the adapter writes changes; a log of a higher number is refused. */
const FORMAT = 1;

const description = z.object({ id: z.string().regex(/^[0-9a-f]{6}$/), format: z.int().positive() });

/** `born`: the commit position before which no event of this log can be, however much else the server holds. */
export async function identify(connection: Connection, patience: number): Promise<{ id: string; born: bigint }> {
  const read = async () => (await insist(patience, () => connection.readStream(LOG_STREAM, 0, 1)))[0];
  let begun = await read();
  if (begun === undefined) {
    const data = { id: randomBytes(3).toString('hex'), format: FORMAT };
    const event = { id: idOf(LOG_STREAM, data.id), type: 'log.begun', data, metadata: '{}' };
    await insist(patience, () => connection.append(LOG_STREAM, -1, [event]));
    begun = await read();
  }
  const { data } = description.safeParse(begun?.data);
  if (begun === undefined || data === undefined) throw foreign(LOG_STREAM, 0);
  if (data.format > FORMAT)
    throw failure(
      'UNAVAILABLE',
      `the event log has format ${data.format}, made by a later Annals; this one reads ${FORMAT}`,
    );
  return { id: data.id, born: begun.commit };
}
