// What may be done with a handoff. Whoever does not see it is told that there is none; whoever sees it but is not the one
// to answer is told so; then the state decides, and says who was first.
import { checkCount, checkMetadata, checkName, checkOptionalText, checkText, checkTtl } from './checks.ts';
import type { Instant } from './event.ts';
import { type Failure, failure } from './failure.ts';
import {
  canSee,
  type Handoff,
  type HandoffChange,
  type HandoffStatus,
  isRecipient,
  type Offer,
  type Recipient,
  statusAt,
} from './handoff.ts';
import { limits } from './limits.ts';
import type { Reader } from './visibility.ts';

/** As the sender gives it. */
export type NewOffer = Pick<Offer, 'to' | 'task' | 'context' | 'memories' | 'session'> & {
  /** Seconds until it lapses; null: it stays. */
  ttl: number | null;
  /** How many memories that fit the task are added, at most. */
  recall: number;
};

/** Whether there is such a team, and whether the memories and the session are there, is for the log to say. */
export function checkOffer(offer: NewOffer, sender: string): void {
  checkRecipient(offer.to, sender);
  checkText(offer.task, 'task', limits.task);
  checkMetadata(offer.context, 'context');
  checkCount(offer.memories, 'memories', limits.memories);
  if (offer.session !== null) checkName(offer.session, 'session');
  if (offer.ttl !== null) checkTtl(offer.ttl);
  if (!Number.isInteger(offer.recall) || offer.recall < 0 || offer.recall > limits.recall)
    throw failure('INVALID_INPUT', `recall must be a whole number from 0 to ${limits.recall}`, {
      field: 'recall',
      limit: limits.recall,
    });
}

function checkRecipient({ agent, team }: Recipient, sender: string): void {
  if ((agent === null) === (team === null))
    throw failure('INVALID_INPUT', 'to names an agent or a team', { field: 'to' });
  if (agent !== null) checkName(agent, 'to.agent');
  if (team !== null) checkName(team, 'to.team');
  if (agent === sender) throw failure('INVALID_INPUT', 'to must be another than the sender', { field: 'to.agent' });
}

export const expiryOf = (now: Instant, ttl: number | null): Instant | null =>
  ttl === null ? null : new Date(Date.parse(now) + ttl * 1_000).toISOString();

export type Answer = { reason: string | null; result: string | null };
export type Answering = 'accept' | 'decline' | 'complete' | 'cancel';

/** The event that an answer makes when the state allows it. */
export function answerOf(answering: Answering, { reason, result }: Answer): HandoffChange {
  checkOptionalText(reason, 'reason', limits.reason);
  if (answering === 'complete') {
    checkOptionalText(result, 'result', limits.result);
    return { type: 'handoff.completed', data: { reason, result } };
  }
  if (result !== null)
    throw failure('INVALID_INPUT', 'a result is given when the handoff is completed', { field: 'result' });
  const types = { accept: 'handoff.accepted', decline: 'handoff.declined', cancel: 'handoff.cancelled' } as const;
  return { type: types[answering], data: { reason } };
}

export function visible(reader: Reader, state: Handoff | null): Handoff {
  if (state === null || !canSee(reader, state))
    throw failure('NOT_FOUND', 'there is no such handoff, or none that you may see', { field: 'id' });
  return state;
}

/** Throws unless the reader may give this answer now. */
export function checkAnswer(answering: Answering, handoff: Handoff, reader: Reader, now: Instant): void {
  if (!isEntitled(answering, handoff, reader))
    throw failure('FORBIDDEN', `only ${entitled[answering]} may ${answering} a handoff`, { field: 'id' });
  const status = statusAt(handoff, now);
  const wanted: HandoffStatus = answering === 'complete' ? 'ACCEPTED' : 'OFFERED';
  if (status !== wanted) throw conflict(handoff, status);
}

const entitled: Record<Answering, string> = {
  accept: 'its recipient',
  decline: 'its recipient',
  complete: "who accepted it, or the tenant's operator,",
  cancel: "its sender, or the tenant's operator,",
};

function isEntitled(answering: Answering, handoff: Handoff, reader: Reader): boolean {
  switch (answering) {
    case 'accept':
    case 'decline':
      return isRecipient(reader, handoff);
    case 'complete':
      // Until someone accepted it, all who could are told that nobody did.
      return reader.agent === null || reader.agent === handoff.acceptedBy || isUnanswered(handoff, reader);
    case 'cancel':
      return reader.agent === null || reader.agent === handoff.from;
  }
}

const isUnanswered = (handoff: Handoff, reader: Reader): boolean =>
  handoff.acceptedBy === null && isRecipient(reader, handoff);

function conflict({ expiresAt, updatedBy }: Handoff, status: HandoffStatus): Failure {
  const message = {
    OFFERED: 'nobody accepted the handoff yet',
    EXPIRED: `the handoff expired at ${expiresAt}`,
    ACCEPTED: `already accepted by ${updatedBy}`,
    DECLINED: `already declined by ${updatedBy}`,
    COMPLETED: `already completed by ${updatedBy}`,
    CANCELLED: `already cancelled by ${updatedBy}`,
  }[status];
  return failure('CONFLICT', message, { field: 'id' });
}

/** Records that an offer lapsed; nothing where it did not, or it is recorded already. */
export const expire = (handoff: Handoff, now: Instant): HandoffChange[] =>
  handoff.status === 'OFFERED' && statusAt(handoff, now) === 'EXPIRED' ? [{ type: 'handoff.expired', data: {} }] : [];
