// The subscribers of a bench, in a process of their own: plain sockets that tell when the last of them has an event.
// Reads one order from its parent, and then sends, for each round, when the last subscriber had it.
import { connect, type Socket } from 'node:net';

export type Order = {
  port: number;
  /** One request a subscriber, as it goes over the wire. */
  requests: string[];
  /** What each event has in it once. */
  mark: string;
  /** Of subscribers that stop reading once they are subscribed. */
  stalledRequests: string[];
};

/** `at`: milliseconds of the system's clock, the same for both processes. */
export type Report = { kind: 'open' } | { kind: 'round'; at: number; bytes: number };

const now = () => performance.timeOrigin + performance.now();
const tell = (report: Report) => process.send?.(report);

process.once('message', (order: Order) => {
  let open = 0;
  let waiting = order.requests.length;
  let bytes = 0;

  const arrived = (size: number) => {
    bytes += size;
    waiting -= 1;
    if (waiting > 0) return;
    tell({ kind: 'round', at: now(), bytes });
    waiting = order.requests.length;
    bytes = 0;
  };
  const begun = () => {
    open += 1;
    if (open === order.requests.length + order.stalledRequests.length) tell({ kind: 'open' });
  };
  const subscriber = (request: string, isStalled: boolean): Socket => {
    const socket = connect(order.port, '127.0.0.1', () => socket.write(request));
    let headed = false;
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      if (!headed) {
        const end = text.indexOf('\r\n\r\n');
        if (end < 0) return;
        headed = true;
        text = text.slice(end + 4);
        if (isStalled) socket.pause();
        begun();
      }
      if (!text.includes(order.mark)) return;
      arrived(text.length);
      text = '';
    });
    return socket;
  };
  for (const request of order.requests) subscriber(request, false);
  for (const request of order.stalledRequests) subscriber(request, true);
});
