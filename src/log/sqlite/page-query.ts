// The SQL of a page of the log: events after one number and up to another, in order, of some categories and a tenant.
import { columns } from './rows.ts';

/**
 * Parameters: `begin` (exclusive), `end` (inclusive), `limit`, `tenant` with a tenant, and `category0` … for each category;
 * with no category the whole log is read.
 *
 * Each category is one range of an index that is in the log's order already. SQLite merges the ranges as it goes, so a
 * page costs what it returns. INDEXED BY: a plan that walked the whole table would be an error, not a slow surprise.
 */
export function pageSql(categories: number, tenant: boolean): string {
  const select = `SELECT ${columns} FROM events`;
  const range = 'position > :begin AND position <= :end';
  const arm = (index: number) =>
    tenant
      ? `${select} INDEXED BY events_by_tenant WHERE tenant = :tenant AND category = :category${index} AND ${range}`
      : `${select} INDEXED BY events_by_category WHERE category = :category${index} AND ${range}`;
  const arms = Array.from({ length: categories }, (_, index) => arm(index));
  const body = categories === 0 ? `${select} WHERE ${range}` : arms.join(' UNION ALL ');
  return `${body} ORDER BY position LIMIT :limit`;
}
