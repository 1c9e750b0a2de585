// A script of the tests run as a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type Child = {
  process: ChildProcess;
  /** Resolves with the next line that the process writes, null at its end. */
  line(): Promise<string | null>;
  /** All lines that it wrote and nobody took, once it has ended. */
  rest(): Promise<string[]>;
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
  kill(signal?: NodeJS.Signals): Promise<void>;
};

/** A script's name is relative to this folder. What it says on stderr is the tests' stderr. */
export function startChild(script: string | URL, ...args: string[]): Child {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  const line = async () => {
    const next = await lines.next();
    return next.done ? null : next.value;
  };
  return {
    process: child,
    line,
    async rest() {
      const rest: string[] = [];
      for (let next = await line(); next !== null; next = await line()) rest.push(next);
      return rest;
    },
    ended,
    async kill(signal = 'SIGKILL') {
      child.kill(signal);
      await ended;
    },
  };
}
