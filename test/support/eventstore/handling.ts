// What all calls are handled with.
import type { Faults } from './faults.ts';
import { isProtocolError, unexpected } from './protocol-error.ts';
import type { Store } from './store.ts';

export type Handling = {
  store: Store;
  faults: Faults;
  /** Ends what waits. */
  signal: AbortSignal;
};

/** Resolves after a while; never, when the server ends before. */
export function later({ signal }: Handling, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    const stop = () => clearTimeout(timer);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Ends a call that streams with an error. */
export function fail(call: { emit(event: 'error', error: Error): boolean }, error: unknown): void {
  call.emit('error', isProtocolError(error) ? error : unexpected(error));
}
