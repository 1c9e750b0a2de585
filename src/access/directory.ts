// Keys and teams, folded from the log into memory: every request asks who calls and what it may read.

import type { Position } from '../domain/event.ts';
import type { Key } from '../domain/key.ts';
import type { Team } from '../domain/team.ts';
import type { Reader } from '../domain/visibility.ts';
import { type DecodedEvent, decode } from '../events/codec.ts';
import { type EventLog, MAX_PAGE } from '../log/event-log.ts';
import { keyring } from './keyring.ts';
import { roster } from './roster.ts';

export type Directory = {
  /** To the log's head; costs nothing when nothing was appended since. */
  refresh(): Promise<void>;
  /** By its secret: any key, also a revoked or expired one. */
  findKey(secret: string): Key | null;
  /** null as the tenant: of any, for the administrator. */
  key(tenant: string | null, id: string): Key | null;
  keys(tenant: string | null): Key[];
  /** What an agent may read; null is the operator. */
  readerOf(tenant: string, agent: string | null): Reader;
  /** By name; those that have members. */
  teams(tenant: string): Team[];
  teamsOf(tenant: string, agent: string): readonly string[];
  /** Those that have a key. */
  tenants(): string[];
  close(): void;
};

const CATEGORIES = ['team', 'key'] as const;

/** Resolves when it has read the log. */
export async function openDirectory(log: EventLog): Promise<Directory> {
  const keys = keyring();
  const teams = roster();
  let position: Position | null = null;
  /** Something was appended since the last reading began. */
  let behind = true;
  let reading: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  const stopListening = log.onAppend(() => {
    behind = true;
  });

  function take({ event, at }: DecodedEvent): void {
    if (event.type === 'team.joined' || event.type === 'team.left') teams.apply(event, at);
    if (event.type === 'key.issued' || event.type === 'key.revoked') keys.apply(event, at);
  }

  async function readOn(): Promise<void> {
    behind = false;
    try {
      let end = false;
      while (!end) {
        const page = await log.read({ after: position, categories: CATEGORIES, limit: MAX_PAGE });
        for (const recorded of page.events) {
          const decoded = decode(recorded);
          if (decoded !== null) take(decoded);
        }
        position = page.position;
        end = page.end;
      }
    } catch (error) {
      behind = true;
      throw error;
    } finally {
      reading = null;
    }
  }

  function read(): Promise<void> {
    reading ??= readOn();
    return reading;
  }

  // A reading that is under way may be past what was appended since; then one more is enough, for all who ask meanwhile.
  function refresh(): Promise<void> {
    if (reading === null) return behind ? read() : Promise.resolve();
    if (!behind) return reading;
    const again = () => {
      next = null;
      return read();
    };
    next ??= reading.then(again, again);
    return next;
  }

  await refresh();
  return {
    refresh,
    findKey: keys.find,
    key: keys.get,
    keys: keys.list,
    tenants: keys.tenants,
    readerOf: teams.readerOf,
    teams: teams.list,
    teamsOf: (tenant, agent) => teams.readerOf(tenant, agent).teams,
    close: stopListening,
  };
}
