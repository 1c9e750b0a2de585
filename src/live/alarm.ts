// A timer that does not keep the process alive.
import type { Alarm } from './cursor.ts';

export const setAlarm: Alarm = (milliseconds, ring) => {
  const timer = setTimeout(ring, milliseconds).unref();
  return () => clearTimeout(timer);
};
