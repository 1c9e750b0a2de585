// Appends one after the other to a new log, in a process of its own, so that its calls to the kernel can be counted.
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { workload } from './workload.ts';

const [file = '', appends = '0'] = process.argv.slice(2);
const log = await openSqliteLog({ file });
for (const write of workload(Number(appends), 1)) await log.append([write]);
await log.close();
