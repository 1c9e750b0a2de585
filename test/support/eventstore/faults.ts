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
  /** Only each nth of the calls that fit. */
  every?: number;
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

export function createFaults(): Faults {
  const rules = new Set<{ rule: Rule; fitted: number; met: number; happen: () => void }>();
  return {
    add(rule) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const entry = { rule, fitted: 0, met: 0, happen: resolve };
      rules.add(entry);
      return { met: () => entry.met, happened: promise, end: () => void rules.delete(entry) };
    },
    clear: () => rules.clear(),
    meet(call, stream) {
      for (const entry of [...rules].reverse()) {
        const { on, streams, times = Number.POSITIVE_INFINITY, every = 1, fault } = entry.rule;
        if (!on.includes(call) || streams?.test(stream) === false) continue;
        entry.fitted += 1;
        if (entry.fitted % every !== 0) continue;
        entry.met += 1;
        if (entry.met >= times) rules.delete(entry);
        entry.happen();
        return fault;
      }
      return null;
    },
  };
}

/**
 * Each of them now and then, and no two of them in step. What breaks an append breaks all that are under way with it, so
 * that is rare: a thousand at once must come to an end.
 */
export function everyFault(): Faults {
  const faults = createFaults();
  const everyCall = ['append', 'read', 'subscribe', 'delete'] as const;
  faults.add({ on: ['read', 'subscribe', 'delete'], fault: { kind: 'refuse' }, every: 61 });
  faults.add({ on: ['append'], fault: { kind: 'refuse' }, every: 251 });
  faults.add({ on: everyCall, fault: { kind: 'late', milliseconds: 25 }, every: 23 });
  faults.add({ on: everyCall, fault: { kind: 'stall' }, every: 307 });
  faults.add({ on: ['append', 'delete'], fault: { kind: 'lose', by: 'break' }, every: 199 });
  faults.add({ on: ['append', 'delete'], fault: { kind: 'lose', by: 'silence' }, every: 167 });
  faults.add({ on: ['read', 'subscribe'], fault: { kind: 'drop', after: 2 }, every: 17 });
  faults.add({ on: ['subscribe'], fault: { kind: 'twice' }, every: 3 });
  return faults;
}
