// How much of everything is taken, in one place: the API's schemas and the domain's own checks use the same numbers.
// Lengths are in UTF-16 units, as JavaScript counts.

export const limits = {
  content: 100_000,
  query: 10_000,
  metadataKeys: 64,
  metadataDepth: 5,
  metadataBytes: 16_000,
  /** Tenants, agents, teams, namespaces, and the ids that clients give to sessions, features and runs. */
  name: 64,
  /** Authors, users, and the ids of things that are not Annals' own: sessions, messages. */
  label: 256,
  /** Memories in one batch. */
  batch: 100,
  /** Rows asked for at once. */
  first: 100,
  /** Why something was deprecated or forgotten. */
  reason: 1_000,
  /** What a vote was cast for, and its remark. */
  voteTask: 256,
  voteContext: 1_000,
  quote: 2_000,
  sources: 20,
  /** Agents, and teams, that a memory is shared with. */
  sharedWith: 100,
  errorPattern: 2_000,
  correctApproach: 10_000,
  trajectory: 20_000,
  applicableContexts: 20,
  applicableContext: 64,
  teamMembers: 1_000,
  /** Agents named in one change of a team. */
  teamChange: 100,
  /** Ten years, in seconds. */
  ttl: 315_360_000,
  commandId: 256,
  /** Items of a session, and names in one list of a delta. */
  items: 1_000,
  item: 500,
  /** How many items a session may say it will have. */
  total: 1_000_000,
  title: 500,
  summary: 10_000,
  lastAction: 2_000,
  description: 10_000,
  notes: 10_000,
  testSteps: 100,
  testStep: 2_000,
  /** What a run or a handoff is to do. */
  task: 10_000,
  /** Memories that a run or a handoff names. */
  memories: 100,
  /** Memories that are added to a handoff because they fit its task. */
  recall: 50,
  /** What came of a handoff. */
  result: 10_000,
  error: 20_000,
  /** Operations of one delta. */
  operations: 100,
} as const;

/** What names are made of; their length is `limits.name`. */
export const namePattern = /^[a-zA-Z0-9._-]+$/;
