// The one function that decides who may read what. Search, lists, loaders, exports and votes all use it.

export const scopes = ['AGENT_PRIVATE', 'AGENT_SHARED', 'GLOBAL'] as const;
export type Scope = (typeof scopes)[number];

/** The part of a document that decides its visibility. */
export type Acl = {
  tenant: string;
  /** The owner. */
  agent: string;
  scope: Scope;
  sharedWith: { agents: readonly string[]; teams: readonly string[] };
};

/** Who asks. Comes from the key and the teams alone. */
export type Reader = {
  tenant: string;
  /** null: the tenant's operator, who reads everything of the tenant. */
  agent: string | null;
  /** The teams the agent is in. */
  teams: readonly string[];
  /** The agents that share a team with it, itself left out. */
  peers: readonly string[];
};

export function canRead(reader: Reader, acl: Acl): boolean {
  if (reader.tenant !== acl.tenant) return false;
  if (reader.agent === null || acl.scope === 'GLOBAL' || acl.agent === reader.agent) return true;
  if (acl.scope === 'AGENT_PRIVATE') return false;
  const { agents, teams } = acl.sharedWith;
  if (agents.length === 0 && teams.length === 0) return reader.peers.includes(acl.agent);
  return agents.includes(reader.agent) || teams.some((team) => reader.teams.includes(team));
}

/** Only the owner and the operator edit, re-scope, deprecate or forget. */
export const canChange = (reader: Reader, acl: Acl): boolean =>
  reader.tenant === acl.tenant && (reader.agent === null || reader.agent === acl.agent);
