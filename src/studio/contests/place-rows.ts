import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Place } from '../order.ts';
import type { Tables } from '../store/tables.ts';

/** The rows of contests that belong to a place: `samePlace` in the words of the database. */
export function isIn({
  platform,
  server,
  channel,
}: Place): (row: ExpressionBuilder<Tables, 'contests'>) => Expression<SqlBool> {
  return (row) =>
    row.and([
      row('platform', '=', platform),
      ...(server === undefined
        ? [row('server', 'is', null), row('channel', '=', channel)]
        : [row('server', '=', server)]),
    ]);
}
