// Answers to a handoff: one of those it is offered to accepts or declines it, who accepted it completes it, and until
// then its sender may cancel it. All of them race for the same revision, so of any number at once one is first.
import { actingAgent, readerOf } from '../access/caller.ts';
import { shownTo } from '../domain/handoff.ts';
import { type Answering, answerOf, checkAnswer } from '../domain/handoff-decisions.ts';
import { change } from './change.ts';
import type { CommandContext, HandoffResult } from './context.ts';
import { handoffNoun } from './handoff-stream.ts';
import type { AnswerHandoffInput } from './inputs.ts';
import { within } from './request.ts';

export async function acceptHandoff(context: CommandContext, input: AnswerHandoffInput): Promise<HandoffResult> {
  actingAgent(context.caller);
  return answer(context, 'accept', input);
}

export async function declineHandoff(context: CommandContext, input: AnswerHandoffInput): Promise<HandoffResult> {
  actingAgent(context.caller);
  return answer(context, 'decline', input);
}

export const completeHandoff = (context: CommandContext, input: AnswerHandoffInput): Promise<HandoffResult> =>
  answer(context, 'complete', input);

export const cancelHandoff = (context: CommandContext, input: AnswerHandoffInput): Promise<HandoffResult> =>
  answer(context, 'cancel', input);

function answer(context: CommandContext, answering: Answering, input: AnswerHandoffInput): Promise<HandoffResult> {
  const { id, reason = null, result = null, expectedVersion, commandId } = input;
  return within('input', async () => {
    const event = answerOf(answering, { reason, result });
    const { state, position } = await change(context, handoffNoun, {
      id,
      expectedVersion,
      commandId,
      decide: (handoff, reader, now) => {
        checkAnswer(answering, handoff, reader, now);
        return [event];
      },
    });
    return { handoff: shownTo(readerOf(context.caller), state, context.clock().toISOString()), position };
  });
}
