// The connection string, looked at before the client parses it: the client prints a string that it wonders about, with the
// credentials in it, and an error of its own quotes it too.
import { failure } from '../../domain/failure.ts';

const FIELD = 'EVENTSTORE_URL';

/** As the client compares them: without case, `-` and `_`. */
const options = new Set([
  'usercertfile',
  'userkeyfile',
  'maxdiscoverattempts',
  'connectionname',
  'defaultdeadline',
  'discoveryinterval',
  'gossiptimeout',
  'nodepreference',
  'tls',
  'tlscafile',
  'keepaliveinterval',
  'keepalivetimeout',
]);

/** The client warns of these and does nothing else, so they are left out. */
const withoutEffect = new Set(['tlsverifycert']);

export const badAddress = (what: string) =>
  failure(
    'INVALID_INPUT',
    `${FIELD} ${what}; an example is esdb+discover://user:password@eventstore:2113, or esdb://127.0.0.1:2113?tls=false`,
    { field: FIELD },
  );

export type Address = {
  /** What the client is given. */
  url: string;
  /** Without TLS the client drops the user and the password. */
  dropsCredentials: boolean;
};

/** INVALID_INPUT, with nothing of the string in it but an option's name, for what the client would not take or only in part. */
export function addressOf(text: string): Address {
  const [place = '', query = '', ...rest] = text.trim().split('?');
  if (!/^esdb(\+discover)?:\/\/[^/\s]/.test(place) || rest.length > 0)
    throw badAddress('is not a connection string of EventStoreDB');
  const pairs = query === '' ? [] : query.split('&').map((pair) => pair.split('='));
  const kept = pairs.filter(([name = '', value = '', ...more]) => {
    const option = flat(name);
    if (withoutEffect.has(option)) return false;
    if (!options.has(option)) throw badAddress(`has the option "${name.slice(0, 40)}", which the client does not know`);
    if (value === '' || more.length > 0) throw badAddress(`has no value for the option "${name}"`);
    return true;
  });
  const insecure = kept.some(([name = '', value]) => flat(name) === 'tls' && value?.trim() === 'false');
  return {
    url: kept.length === 0 ? place : `${place}?${kept.map((pair) => pair.join('=')).join('&')}`,
    dropsCredentials: insecure && place.includes('@'),
  };
}

const flat = (name: string): string => name.trim().toLowerCase().replace(/[_-]/g, '');
