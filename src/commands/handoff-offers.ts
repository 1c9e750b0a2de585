// Offering a handoff. What is offered is pinned to where the log stood: what the sender saw is what the receiver reads.
import { actingAgent } from '../access/caller.ts';
import type { Directory } from '../access/directory.ts';
import type { Instant } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import { type Handoff, type Offer, type Recipient, shownTo } from '../domain/handoff.ts';
import { checkOffer, expiryOf, type NewOffer } from '../domain/handoff-decisions.ts';
import { sameJson } from '../domain/json.ts';
import { streamName } from '../domain/streams.ts';
import { canRead, type Reader } from '../domain/visibility.ts';
import type { Changed } from './change.ts';
import type { CommandContext, HandoffResult } from './context.ts';
import { namedMemories, type Offering, recalledMemories } from './handoff-memories.ts';
import { handoffNoun } from './handoff-stream.ts';
import type { OfferHandoffInput } from './inputs.ts';
import { commandIdReused, type Request, requestOf, untilWon, within } from './request.ts';
import { decodeAs, fold, loadStream, ownEvents } from './stream.ts';

export async function offerHandoff(context: CommandContext, input: OfferHandoffInput): Promise<HandoffResult> {
  const { reader, agent } = actingAgent(context.caller);
  return within('input', async () => {
    const offer = newOfferOf(input);
    checkOffer(offer, agent);
    const request = requestOf(context, reader.tenant, input.commandId);
    const id = request.ids.made('handoff');
    const stream = streamName('handoff', reader.tenant, id);
    const { state, position } = await context.turns(stream, () =>
      untilWon(() => attempt(context, offer, reader, id, request)),
    );
    return { handoff: shownTo(reader, state, context.clock().toISOString()), position };
  });
}

const newOfferOf = (input: OfferHandoffInput): NewOffer => ({
  to: { agent: input.to.agent ?? null, team: input.to.team ?? null },
  task: input.task,
  context: input.context ?? {},
  memories: [...(input.memories ?? [])],
  session: input.session ?? null,
  ttl: input.ttl ?? null,
  recall: input.recall ?? 0,
});

/** undefined: the same command, sent twice, was faster. */
async function attempt(
  context: CommandContext,
  given: NewOffer,
  sender: Reader,
  id: string,
  { ids, now, encodeFor }: Request,
): Promise<Changed<Handoff> | undefined> {
  const { log } = context;
  const loaded = await loadStream(log, handoffNoun, sender.tenant, id);
  const own = ownEvents(handoffNoun, loaded, ids);
  if (own !== null) {
    if (!isOfferOf(own.after, given)) throw commandIdReused();
    return { state: own.after, position: own.position };
  }

  const { stream } = loaded;
  const data = await offerOf(context, given, sender, now);
  const writes = encodeFor(stream, [{ type: 'handoff.offered', data }]);
  const result = await log.append([{ stream, expected: 'none', events: writes }]);
  if (!result.ok || result.duplicate) return undefined;
  const { position } = result;
  const appended = writes.map((event, revision) => decodeAs(handoffNoun, { ...event, stream, revision, position }));
  const state = fold(handoffNoun, appended);
  if (state === null) throw failure('INTERNAL', 'a handoff begins with its offer');
  return { state, position };
}

async function offerOf(context: CommandContext, given: NewOffer, sender: Reader, now: Instant): Promise<Offer> {
  const { to, task, context: json, session } = given;
  await context.directory.refresh();
  const recipient = readerFor(context.directory, sender.tenant, to);
  const pinnedAt = await context.log.head();
  const offering: Offering = { sender, recipient, pinnedAt, now };
  await needSession(context, sender.tenant, session);
  const named = await namedMemories(context, offering, given.memories);
  const ids = named.map((memory) => memory.id);
  const recalled = await recalledMemories(context, offering, { task, most: given.recall, named: ids });
  return {
    to,
    task,
    context: json,
    memories: [...ids, ...recalled],
    session,
    pinnedAt,
    expiresAt: expiryOf(now, given.ttl),
    withheld: named.filter((memory) => !canRead(recipient, memory)).map((memory) => memory.id),
  };
}

/** A team reads as one who is in that team alone would. */
function readerFor(directory: Directory, tenant: string, { agent, team: name }: Recipient): Reader {
  if (name === null) return directory.readerOf(tenant, agent);
  const team = directory.teams(tenant).find((found) => found.name === name);
  if (team === undefined) throw failure('NOT_FOUND', 'there is no such team', { field: 'to.team' });
  // A dollar is in no agent's name.
  return { tenant, agent: `$${name}`, teams: [name], peers: team.members };
}

/** Sessions are on the tenant's common board: whoever offers may read them all. */
async function needSession({ log }: CommandContext, tenant: string, session: string | null): Promise<void> {
  if (session === null) return;
  const [started] = await log.readStream(streamName('session', tenant, session));
  if (started === undefined) throw failure('NOT_FOUND', 'there is no such session', { field: 'session' });
}

/** Whether a handoff is what the same command made of this. What was recalled then is not asked for again. */
function isOfferOf(handoff: Handoff, { to, task, context, memories, session, ttl, recall }: NewOffer): boolean {
  const named = [...new Set(memories)];
  const recalled = handoff.memories.length - named.length;
  return (
    sameJson(
      [handoff.to, handoff.task, handoff.context, handoff.session, handoff.expiresAt],
      [to, task, context, session, expiryOf(handoff.offeredAt, ttl)],
    ) &&
    sameJson(handoff.memories.slice(0, named.length), named) &&
    recalled >= 0 &&
    recalled <= recall
  );
}
