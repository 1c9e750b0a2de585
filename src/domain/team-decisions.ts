// Joining and leaving a team. Who is where already makes no event.
import { checkName, checkNames } from './checks.ts';
import { failure } from './failure.ts';
import { limits } from './limits.ts';
import type { Team, TeamEvent } from './team.ts';

export function join(team: Team, agents: readonly string[]): TeamEvent[] {
  checkChange(team.name, agents);
  const joining = [...new Set(agents)].filter((agent) => !team.members.includes(agent));
  if (team.members.length + joining.length > limits.teamMembers)
    throw failure('INVALID_INPUT', `a team has at most ${limits.teamMembers} members`, {
      field: 'agents',
      limit: limits.teamMembers,
    });
  return joining.length === 0 ? [] : [{ type: 'team.joined', data: { agents: joining } }];
}

export function leave(team: Team, agents: readonly string[]): TeamEvent[] {
  checkChange(team.name, agents);
  const leaving = [...new Set(agents)].filter((agent) => team.members.includes(agent));
  return leaving.length === 0 ? [] : [{ type: 'team.left', data: { agents: leaving } }];
}

function checkChange(team: string, agents: readonly string[]): void {
  checkName(team, 'team');
  checkNames(agents, 'agents', limits.teamChange);
  if (agents.length === 0) throw failure('INVALID_INPUT', 'agents names nobody', { field: 'agents' });
}
