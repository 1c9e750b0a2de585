// `canRead` (src/domain/visibility.ts) in SQL, over the distinct visibilities in the table `audience`.
import type { Reader } from '../../domain/visibility.ts';
import { type Sql, sql } from './sql.ts';

/** `SELECT number …`: the audiences whose memories the reader may read. */
export function readableAudiences(reader: Reader): Sql {
  const select = 'SELECT number FROM audience WHERE tenant = ?';
  if (reader.agent === null) return sql(select, reader.tenant);
  return sql(
    `${select} AND (scope = 'GLOBAL' OR agent = ? OR (scope = 'AGENT_SHARED' AND CASE
       WHEN agents = '[]' AND teams = '[]' THEN agent IN (SELECT value FROM json_each(?))
       ELSE EXISTS (SELECT 1 FROM json_each(audience.agents) WHERE value = ?)
         OR EXISTS (SELECT 1 FROM json_each(audience.teams) WHERE value IN (SELECT value FROM json_each(?)))
     END))`,
    reader.tenant,
    reader.agent,
    JSON.stringify(reader.peers),
    reader.agent,
    JSON.stringify(reader.teams),
  );
}
