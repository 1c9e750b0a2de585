// What the server does wrong when a test asks for it. Rules are looked at for each call, the latest first; the first that
// fits is what happens.

export type Call = 'append' | 'read' | 'subscribe' | 'delete';

export type Fault =
  /** Answers that it is not available, and does nothing. */
  | { kind: 'refuse' }
  /** Takes the call and never answers. Nothing is done. */
  | { kind: 'stall' }
  /** Does it, and answers so many milliseconds later. */
  | { kind: 'late'; milliseconds: number }
  /** Does it, and then nobody hears of it: the connection's call breaks, or there is silence. */
  | { kind: 'lose'; by: 'break' | 'silence' }
  /** Reads and subscriptions: the call breaks after so many events. */
  | { kind: 'drop'; after: number }
  /** Subscriptions: each event comes twice. */
  | { kind: 'twice' };

export type Rule = {
  on: readonly Call[];
  fault: Fault;
  /** Only appends to, reads of and deletions of such streams; the log of all is `$all`. */
  streams?: RegExp;
  /** So many calls; then the rule is gone. All unless given. */
  times?: number;
  /** One call in so many, at random, from 0 to 1. */
  chance?: number;
};

export type ActiveRule = {
  /** How many calls it befell so far. */
  met(): number;
  /** Resolves when it first befalls a call. */
  readonly happened: Promise<void>;
  end(): void;
};

export type Faults = {
  add(rule: Rule): ActiveRule;
  clear(): void;
  /** What happens to a call; null: it is done right. */
  meet(call: Call, stream: string): Fault | null;
};

/** `random` gives numbers from 0 to 1, for rules with a chance. */
export function createFaults(random: () => number = Math.random): Faults {
  const rules = new Set<{ rule: Rule; met: number; happen: () => void }>();
  return {
    add(rule) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const entry = { rule, met: 0, happen: resolve };
      rules.add(entry);
      return { met: () => entry.met, happened: promise, end: () => void rules.delete(entry) };
    },
    clear: () => rules.clear(),
    meet(call, stream) {
      for (const entry of [...rules].reverse()) {
        const { on, streams, times = Number.POSITIVE_INFINITY, chance = 1, fault } = entry.rule;
        if (!on.includes(call) || streams?.test(stream) === false) continue;
        if (chance < 1 && random() >= chance) continue;
        entry.met += 1;
        if (entry.met >= times) rules.delete(entry);
        entry.happen();
        return fault;
      }
      return null;
    },
  };
}
