// A steady load of JSON requests over 32 connections.
import autocannon from 'autocannon';

export const CONNECTIONS = 32;

export type Load = {
  url: string;
  headers?: Record<string, string>;
  /** Called for each request. */
  body: () => string;
  seconds: number;
};

export type Measured = { perSecond: number; p50: number; p99: number; answered: number };

/** Throws when an answer was no success: a figure of refusals is no figure. */
export async function load({ url, headers = {}, body, seconds }: Load): Promise<Measured> {
  const result = await autocannon({
    url,
    method: 'POST',
    connections: CONNECTIONS,
    duration: seconds,
    headers: { 'content-type': 'application/json', ...headers },
    requests: [{ setupRequest: (request) => ({ ...request, body: body() }) }],
    verifyBody: (answer) => !String(answer).includes('"errors"'),
  });
  const failed = result.non2xx + result.errors + result.timeouts + result.mismatches;
  if (failed > 0) throw new Error(`${failed} of ${result['2xx']} answers of ${url} were no success`);
  return {
    perSecond: result['2xx'] / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    answered: result['2xx'],
  };
}
