// A team: a named set of agents.

export type TeamEvent =
  | { type: 'team.joined'; data: { agents: string[] } }
  | { type: 'team.left'; data: { agents: string[] } };

/** Members in the order of their names. */
export type Team = { name: string; members: string[] };

export function evolve(state: Team, event: TeamEvent): Team {
  const others = state.members.filter((member) => !event.data.agents.includes(member));
  const members = event.type === 'team.joined' ? [...others, ...event.data.agents].sort() : others;
  return { ...state, members };
}
