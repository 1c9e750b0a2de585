// Structured logs: one JSON object a line, or readable lines on a terminal. No memory's content and no key goes in.
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config.ts';

export type { Logger };

const options = (level: Config['logLevel']): LoggerOptions => ({
  level,
  base: null,
  messageKey: 'message',
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
});

/** The destination is written to synchronously, so that the last lines before an exit are not lost. */
export function createLogger(level: Config['logLevel'], out: { isTTY: boolean; fd: number }): Logger {
  if (out.isTTY)
    return pino(
      options(level),
      pretty({
        destination: out.fd,
        sync: true,
        ignore: 'pid,hostname',
        messageKey: 'message',
        translateTime: 'HH:MM:ss',
      }),
    );
  return pino(options(level), pino.destination({ dest: out.fd, sync: true }));
}

/** For tests: lines go where they can be read. */
export const createLoggerTo = (level: Config['logLevel'], destination: DestinationStream): Logger =>
  pino(options(level), destination);
