// What the agents of the walk-through do, one function an act.
import { z } from 'zod';
import type { Client } from './client.ts';

const memory = z.object({ id: z.string(), content: z.string(), agent: z.string() });
const recorded = z.object({ memory, position: z.string() });
const score = z.object({ score: z.number(), helpful: z.number(), harmful: z.number() });
const voted = z.object({ memory: z.object({ effectiveness: score }) });

const session = z.object({
  completed: z.array(z.string()),
  next: z.array(z.string()),
  blocked: z.array(z.object({ name: z.string(), reason: z.string().nullable() })),
  progress: z.number(),
});
const handoff = z.object({
  id: z.string(),
  status: z.string(),
  acceptedBy: z.string().nullable(),
  memories: z.array(z.object({ content: z.string() })),
  withheld: z.array(z.string()),
  session: session.nullable(),
});
const hits = z.array(z.object({ memory: z.object({ content: z.string() }) }));
const SESSION = 'completed next blocked { name reason } progress';
const HANDOFF = `id status acceptedBy memories { content } withheld session { ${SESSION} }`;

export type Recorded = z.infer<typeof recorded>;
export type Found = { agent: string; content: string; id: string };

export function createAgents({ ask, first }: Client) {
  return {
    team: (team: string, agents: string[]) =>
      ask(
        null,
        `mutation ($team: String!, $agents: [String!]!) { addToTeam(team: $team, agents: $agents) { position } }`,
        { team, agents },
        z.object({ addToTeam: z.object({ position: z.string() }) }),
      ),

    record: async (agent: string, input: object): Promise<Recorded> => {
      const answer = await ask(
        agent,
        `mutation ($input: RecordMemoryInput!) {
           recordMemory(input: $input) { memory { id content agent } position }
         }`,
        { input },
        z.object({ recordMemory: recorded }),
      );
      return answer.recordMemory;
    },

    reflect: async (agent: string, input: object): Promise<Recorded> => {
      const answer = await ask(
        agent,
        `mutation ($input: RecordReflectionInput!) {
           recordReflection(input: $input) { memory { id content agent } position }
         }`,
        { input },
        z.object({ recordReflection: recorded }),
      );
      return answer.recordReflection;
    },

    search: async (agent: string, input: object): Promise<Found[]> => {
      const answer = await ask(
        agent,
        `query ($input: SearchInput!) { search(input: $input) { hits { memory { id content agent } } } }`,
        { input },
        z.object({ search: z.object({ hits: z.array(z.object({ memory })) }) }),
      );
      return answer.search.hits.map((hit) => hit.memory);
    },

    playbook: async (agent: string, input: object) => {
      const answer = await ask(
        agent,
        `query ($input: PlaybookInput!) {
           playbook(input: $input) {
             entries { memory { content } lesson { errorPattern correctApproach applicableContexts } }
           }
         }`,
        { input },
        z.object({
          playbook: z.object({
            entries: z.array(
              z.object({
                memory: z.object({ content: z.string() }),
                lesson: z.object({
                  errorPattern: z.string().nullable(),
                  correctApproach: z.string().nullable(),
                  applicableContexts: z.array(z.string()),
                }),
              }),
            ),
          }),
        }),
      );
      return answer.playbook.entries;
    },

    vote: async (agent: string, input: object) => {
      const answer = await ask(
        agent,
        `mutation ($input: VoteInput!) {
           vote(input: $input) { memory { effectiveness { score helpful harmful } } }
         }`,
        { input },
        z.object({ vote: voted }),
      );
      return answer.vote.memory.effectiveness;
    },

    retract: async (agent: string, input: object) => {
      const answer = await ask(
        agent,
        `mutation ($input: RetractVoteInput!) {
           retractVote(input: $input) { memory { effectiveness { score helpful harmful } } }
         }`,
        { input },
        z.object({ retractVote: voted }),
      );
      return answer.retractVote.memory.effectiveness;
    },

    startSession: async (agent: string, input: object) => {
      const answer = await ask(
        agent,
        `mutation ($input: StartSessionInput!) { startSession(input: $input) { session { ${SESSION} } } }`,
        { input },
        z.object({ startSession: z.object({ session }) }),
      );
      return answer.startSession.session;
    },

    progress: async (agent: string, input: object) => {
      const answer = await ask(
        agent,
        `mutation ($input: ProgressSessionInput!) { progressSession(input: $input) { session { ${SESSION} } } }`,
        { input },
        z.object({ progressSession: z.object({ session }) }),
      );
      return answer.progressSession.session;
    },

    offer: async (agent: string, input: object) => {
      const answer = await ask(
        agent,
        `mutation ($input: OfferHandoffInput!) { offerHandoff(input: $input) { handoff { ${HANDOFF} } } }`,
        { input },
        z.object({ offerHandoff: z.object({ handoff }) }),
      );
      return answer.offerHandoff.handoff;
    },

    /** The task of the next handoff to it after a position, as it arrives. */
    handed: async (agent: string, after: string) => {
      const answer = await first(
        agent,
        `subscription ($after: Position!) {
           handoffs(after: $after, statuses: [OFFERED]) { ... on HandoffChanged { handoff { from task } } }
         }`,
        { after },
        z.object({ handoffs: z.object({ handoff: z.object({ from: z.string(), task: z.string() }) }) }),
      );
      return answer.handoffs.handoff;
    },

    accept: async (agent: string, id: string) => {
      const answer = await ask(
        agent,
        `mutation ($id: ID!) { acceptHandoff(input: { id: $id }) { handoff { ${HANDOFF} } } }`,
        { id },
        z.object({ acceptHandoff: z.object({ handoff }) }),
      );
      return answer.acceptHandoff.handoff;
    },

    revise: async (agent: string, input: object) => {
      const answer = await ask(
        agent,
        'mutation ($input: ReviseMemoryInput!) { reviseMemory(input: $input) { memory { content } } }',
        { input },
        z.object({ reviseMemory: z.object({ memory: z.object({ content: z.string() }) }) }),
      );
      return answer.reviseMemory.memory.content;
    },

    /** A search that is kept: its receipt, and what it found. */
    keep: async (agent: string, query: string) => {
      const answer = await ask(
        agent,
        `query ($query: String!) {
           search(input: { query: $query, first: 1, receipt: true }) { receipt position hits { memory { content } } }
         }`,
        { query },
        z.object({ search: z.object({ receipt: z.string(), position: z.string(), hits }) }),
      );
      return answer.search;
    },

    searchAsOf: async (agent: string, query: string, position: string) => {
      const answer = await ask(
        agent,
        `query ($query: String!, $position: Position!) {
           search(input: { query: $query, first: 1, asOf: { position: $position } }) { hits { memory { content } } }
         }`,
        { query, position },
        z.object({ search: z.object({ hits }) }),
      );
      return answer.search.hits[0]?.memory.content;
    },

    why: async (agent: string, receipt: string) => {
      const answer = await ask(
        agent,
        'query ($receipt: ID!) { why(receipt: $receipt) { same returned { memory { content } } } }',
        { receipt },
        z.object({ why: z.object({ same: z.boolean(), returned: hits }) }),
      );
      return answer.why;
    },

    verify: async () => {
      const answer = await ask(
        null,
        '{ verify { matches } }',
        {},
        z.object({ verify: z.object({ matches: z.boolean() }) }),
      );
      return answer.verify.matches;
    },
  };
}

export type Agents = ReturnType<typeof createAgents>;
