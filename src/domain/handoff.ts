// A handoff: one agent's offer of a task, with memories and a session, to another agent or a team.
// offered → accepted | declined | expired | cancelled; accepted → completed. Decisions are in handoff-decisions.ts.
import type { Instant, JsonObject, Position, Recorded } from './event.ts';
import type { Reader } from './visibility.ts';

export const handoffStatuses = ['OFFERED', 'ACCEPTED', 'DECLINED', 'COMPLETED', 'EXPIRED', 'CANCELLED'] as const;
export type HandoffStatus = (typeof handoffStatuses)[number];

/** One of the two. */
export type Recipient = { agent: string | null; team: string | null };

/** What the sender gives. */
export type Offer = {
  to: Recipient;
  task: string;
  context: JsonObject;
  /** Their ids: those that the sender named, then those that were recalled for the task. */
  memories: string[];
  session: string | null;
  /** Where the memories and the session are read: what the sender saw. */
  pinnedAt: Position;
  expiresAt: Instant | null;
  /** Those of the memories that the recipient could not read. For the sender alone. */
  withheld: string[];
};

export type HandoffChange =
  | { type: 'handoff.accepted'; data: { reason: string | null } }
  | { type: 'handoff.declined'; data: { reason: string | null } }
  | { type: 'handoff.completed'; data: { reason: string | null; result: string | null } }
  | { type: 'handoff.cancelled'; data: { reason: string | null } }
  | { type: 'handoff.expired'; data: Record<string, never> };

export type HandoffEvent = { type: 'handoff.offered'; data: Offer } | HandoffChange;

export type Handoff = Offer & {
  id: string;
  tenant: string;
  revision: number;
  /** As recorded: what the clock makes of it is `statusAt`. */
  status: HandoffStatus;
  from: string;
  acceptedBy: string | null;
  /** What was said last, at the answer. */
  reason: string | null;
  result: string | null;
  offeredAt: Instant;
  updatedAt: Instant;
  /** Who did what happened last. */
  updatedBy: string;
};

export const isHandoffEvent = (event: { type: string }): event is HandoffEvent => event.type.startsWith('handoff.');

export function evolve(state: Handoff | null, event: HandoffEvent, at: Recorded): Handoff | null {
  if (event.type === 'handoff.offered')
    return {
      ...event.data,
      id: at.id,
      tenant: at.tenant,
      revision: at.revision,
      status: 'OFFERED',
      from: at.actor,
      acceptedBy: null,
      reason: null,
      result: null,
      offeredAt: at.recordedAt,
      updatedAt: at.recordedAt,
      updatedBy: at.actor,
    };
  if (state === null) return null;
  return {
    ...state,
    ...changed(state, event, at),
    revision: at.revision,
    updatedAt: at.recordedAt,
    updatedBy: at.actor,
  };
}

function changed(state: Handoff, event: HandoffChange, { actor }: Recorded): Partial<Handoff> {
  switch (event.type) {
    case 'handoff.accepted':
      return { status: 'ACCEPTED', acceptedBy: actor, ...event.data };
    case 'handoff.declined':
      return { status: 'DECLINED', ...event.data };
    case 'handoff.completed':
      return { status: 'COMPLETED', reason: event.data.reason ?? state.reason, result: event.data.result };
    case 'handoff.cancelled':
      return { status: 'CANCELLED', ...event.data };
    case 'handoff.expired':
      return { status: 'EXPIRED' };
  }
}

/** An offer lapses at the very time it expires, recorded or not. */
export const statusAt = ({ status, expiresAt }: Pick<Handoff, 'status' | 'expiresAt'>, now: Instant): HandoffStatus =>
  status === 'OFFERED' && expiresAt !== null && expiresAt <= now ? 'EXPIRED' : status;

/** Whether it is offered to this reader: itself, or a team that it is in now. */
export const isRecipient = (reader: Reader, { to }: Pick<Handoff, 'to'>): boolean =>
  reader.agent !== null && (to.agent === reader.agent || (to.team !== null && reader.teams.includes(to.team)));

/** Who knows of it; for all others it does not exist. */
export function canSee(reader: Reader, handoff: Handoff): boolean {
  if (reader.tenant !== handoff.tenant) return false;
  if (reader.agent === null) return true;
  return reader.agent === handoff.from || reader.agent === handoff.acceptedBy || isRecipient(reader, handoff);
}

/** As a reader that sees it is shown it. */
export const shownTo = (reader: Reader, handoff: Handoff, now: Instant): Handoff => ({
  ...handoff,
  status: statusAt(handoff, now),
  withheld: reader.agent === null || reader.agent === handoff.from ? handoff.withheld : [],
});
