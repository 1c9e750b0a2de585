// Teams. The tenant's operator manages them.
import { readerOf } from '../access/caller.ts';
import { failure } from '../domain/failure.ts';
import { streamName } from '../domain/streams.ts';
import { evolve, type Team, type TeamEvent } from '../domain/team.ts';
import { join, leave } from '../domain/team-decisions.ts';
import { decode } from '../events/codec.ts';
import type { CommandContext, TeamResult } from './context.ts';
import { requestOf, untilWon } from './request.ts';

export const addToTeam = (context: CommandContext, team: string, agents: readonly string[]): Promise<TeamResult> =>
  changeTeam(context, team, (state) => join(state, agents));

export const removeFromTeam = (context: CommandContext, team: string, agents: readonly string[]): Promise<TeamResult> =>
  changeTeam(context, team, (state) => leave(state, agents));

async function changeTeam(
  context: CommandContext,
  name: string,
  decide: (team: Team) => TeamEvent[],
): Promise<TeamResult> {
  const { tenant, agent } = readerOf(context.caller);
  if (agent !== null)
    throw failure('FORBIDDEN', "teams are managed with a tenant's key that acts for no agent", { field: 'team' });
  const { log } = context;
  const { encodeFor } = requestOf(context, tenant);
  const stream = streamName('team', tenant, name);

  const attempt = async (): Promise<TeamResult | undefined> => {
    const recorded = await log.readStream(stream);
    const before = recorded.reduce<Team>(applied, { name, members: [] });
    const events = decide(before);
    if (events.length === 0) return { team: before, position: recorded.at(-1)?.position ?? (await log.head()) };
    const expected = recorded.at(-1)?.revision ?? 'none';
    const result = await log.append([{ stream, expected, events: encodeFor(stream, events) }]);
    return result.ok ? { team: events.reduce(evolve, before), position: result.position } : undefined;
  };
  return context.turns(stream, () => untilWon(attempt));
}

function applied(team: Team, recorded: Parameters<typeof decode>[0]): Team {
  const event = decode(recorded)?.event;
  return event?.type === 'team.joined' || event?.type === 'team.left' ? evolve(team, event) : team;
}
