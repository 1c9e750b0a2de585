import { afterEach, describe, expect, test, vi } from 'vitest';
import { connect } from '../../src/log/eventstoredb/client.ts';
import { openEventStoreLog } from '../../src/log/eventstoredb/eventstoredb-log.ts';

const secret = 'p4ssw0rd';

describe('the connection string of EventStoreDB', () => {
  afterEach(() => vi.restoreAllMocks());

  test.for([
    ['esdb://127.0.0.1:2113?tls=false'],
    ['esdb://eventstore'],
    [`esdb://admin:${secret}@eventstore:2113`],
    [`esdb+discover://admin:${secret}@eventstore:2113?nodePreference=leader`],
    [`esdb://admin:${secret}@node1:2113,node2:2113,node3:2113?tls=true&keepAliveInterval=10000`],
    [`esdb+discover://admin:pass%40word@cluster.dns:2113?TLS=true&Discovery_Interval=100`],
    ['esdb://127.0.0.1:2113?tls=true&tlsVerifyCert=false'],
  ])('%s is taken, and nothing is printed', async ([url]) => {
    const printed = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await connect(url ?? '', 1000).close();
    expect(printed).not.toHaveBeenCalled();
  });

  test.for([
    [''],
    ['127.0.0.1:2113'],
    [`http://admin:${secret}@eventstore:2113`],
    [`esdb:/admin:${secret}@eventstore`],
    [`esdb://admin:${secret}@`],
    [`esdb://admin:${secret}@eventstore:port`],
    [`esdb://admin:${secret}@eventstore:2113?tls=perhaps`],
    [`esdb://admin:${secret}@eventstore:2113?nodePreference=best`],
    [`esdb://admin:${secret}@eventstore:2113?unknown=option`],
    [`esdb://admin:${secret}@eventstore:2113?tls`],
    [`esdb://admin:${secret}@eventstore:2113?tls=true?tls=false`],
    [`esdb://admin:${secret}@eventstore:2113?throwOnAppendFailure=false`],
    [`esdb://admin:${secret}@eventstore:2113?tlsCAFile=/nowhere/ca.pem`],
    [`esdb://admin:${secret}@eventstore:2113?defaultDeadline=-1`],
  ])('%s is refused, by the name of the setting and without its value', async ([url]) => {
    const printed = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const error = await openEventStoreLog({ url: url ?? '' }).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'INVALID_INPUT', details: { field: 'EVENTSTORE_URL' } });
    expect(String(error)).toContain('EVENTSTORE_URL');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(secret);
    expect(printed).not.toHaveBeenCalled();
  });

  test('credentials that are not sent, as TLS is off, are told of', async () => {
    const warn = vi.fn<(details: object, message: string) => void>();
    const url = `esdb://admin:${secret}@127.0.0.1:1?tls=false`;
    await expect(openEventStoreLog({ url, logger: { warn }, patience: 1 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(warn).toHaveBeenCalledOnce();
    expect(JSON.stringify(warn.mock.calls)).toContain('EVENTSTORE_URL');
    expect(JSON.stringify(warn.mock.calls)).not.toContain(secret);
  });
});
