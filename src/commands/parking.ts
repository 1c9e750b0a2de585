// Trying again what could not be projected. It is asked for by an event, so that it reaches the server that projects.
import { needAdministrator } from '../access/caller.ts';
import { Failure, failure } from '../domain/failure.ts';
import { SERVER, streamName } from '../domain/streams.ts';
import type { CommandContext, RetryResult } from './context.ts';
import { requestOf } from './request.ts';

/** `stream` null: all. Fails with UNAVAILABLE while nobody can tell what is parked. */
export async function retryParked(context: CommandContext, stream: string | null): Promise<RetryResult> {
  needAdministrator(context.caller, 'parked streams are tried again for the administrator');
  const { log, parked } = context;
  const before = await parked();
  if (stream !== null && !before.some((one) => one.stream === stream))
    throw failure('NOT_FOUND', 'no such stream is parked', { field: 'stream' });
  if (before.length === 0) return { parked: before, position: await log.head() };

  const retries = streamName('parking', SERVER, 'retries');
  const { encodeFor } = requestOf(context, SERVER);
  const events = encodeFor(retries, [{ type: 'parking.retried', data: { stream } }]);
  const result = await log.append([{ stream: retries, expected: 'any', events }]);
  if (!result.ok) throw failure('INTERNAL', 'an append that expects nothing was refused');
  await tried(context, result.position);
  return { parked: await parked(), position: result.position };
}

/** It is asked for, whether it is waited for to the end or not. */
async function tried({ caughtUp }: CommandContext, position: string): Promise<void> {
  try {
    await caughtUp(position);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}
