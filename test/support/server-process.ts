// The real program as a child process, for what only a process can suffer: signals, settings, a second one.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from './app.ts';

export type ServerProcess = {
  pid: number;
  /** Everything that it wrote so far. */
  stdout(): string;
  stderr(): string;
  /** The address, when it serves; rejects when it ends before. */
  ready: Promise<string>;
  /** The exit code; null after a signal that nothing handled. */
  exited: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
  /** As an agent, or as the operator, with the key that it wrote at its first start. */
  ask(agent: string | null, query: string, variables?: object): Promise<Answer>;
};

export function startProcess(folder: string, environment: Record<string, string> = {}): ServerProcess {
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', ANNALS_DATA: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = textOf(child.stdout);
  const stderr = textOf(child.stderr);
  const exited = once(child, 'close').then(([code]): number | null => code);
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const url = /^ready (\S+)$/m.exec(stdout())?.[1];
      if (url !== undefined) resolve(url);
    });
    void exited.then((code) => reject(new Error(`ended with ${code} before it was ready: ${stderr()}`)));
  });
  // Whoever waits for the exit alone has no use for it.
  ready.catch(() => undefined);

  return {
    pid: child.pid ?? 0,
    stdout,
    stderr,
    ready,
    exited,
    kill: (signal) => child.kill(signal),
    async ask(agent, query, variables = {}) {
      const response = await fetch(`${await ready}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${readFileSync(join(folder, 'default.key'), 'utf8').trim()}`,
          ...(agent === null ? {} : { 'x-annals-agent': agent }),
        },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as Answer;
    },
  };
}

function textOf(stream: ChildProcess['stdout']): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
