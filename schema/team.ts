// The noun `team`: who shares memories by being in it.
import type { TeamResult } from '../src/commands/context.ts';
import { limits } from '../src/domain/limits.ts';
import type { Team as TeamShape } from '../src/domain/team.ts';
import { builder } from './builder.ts';
import { list, name } from './checks.ts';

const Team = builder.objectRef<TeamShape>('Team').implement({
  fields: (t) => ({ name: t.exposeString('name'), members: t.exposeStringList('members') }),
});

const TeamPayload = builder.objectRef<TeamResult>('TeamPayload').implement({
  fields: (t) => ({
    team: t.expose('team', { type: Team }),
    position: t.expose('position', { type: 'Position' }),
  }),
});

builder.queryField('teams', (t) =>
  t.field({ type: [Team], resolve: (_parent, _args, { queries }) => queries.teams() }),
);

builder.mutationFields((t) => ({
  addToTeam: t.field({
    type: TeamPayload,
    args: {
      team: t.arg.string({ required: true, validate: name }),
      agents: t.arg.stringList({ required: true, validate: list(name, limits.teamChange) }),
    },
    resolve: (_, { team, agents }, { commands }) => commands.addToTeam(team, agents),
  }),
  removeFromTeam: t.field({
    type: TeamPayload,
    args: {
      team: t.arg.string({ required: true, validate: name }),
      agents: t.arg.stringList({ required: true, validate: list(name, limits.teamChange) }),
    },
    resolve: (_, { team, agents }, { commands }) => commands.removeFromTeam(team, agents),
  }),
}));
