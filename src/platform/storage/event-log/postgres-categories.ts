import { coalesce } from '../../coalesce.ts'
import type { Database } from '../../engines/postgres/database.ts'
import type { CategorySummary } from './port.ts'

/**
 * Counts the streams and events of every category. The counts are cached, so that each call reads new events only: the log is
 * append-only, and positions become visible in order.
 * @param database of the log
 * @returns counts the categories; concurrent calls share one statement
 */
export const categoryCounts = (
  database: Pick<Database, 'query'>,
): (() => Promise<readonly CategorySummary[]>) => {
  const counted = new Map<string, CategorySummary>()
  /** Position up to which events are counted. */
  let position = 0n

  const countNew = async (): Promise<readonly CategorySummary[]> => {
    const rows = await database.query<{
      category: string
      streams: number
      events: number
      last: bigint
    }>({
      name: 'count-categories',
      text: `SELECT split_part(stream, '-', 1) AS category, count(*) FILTER (WHERE revision = 0)::integer AS streams,
               count(*)::integer AS events, max(position) AS last
             FROM agora.events WHERE position > $1 GROUP BY 1`,
      values: [position],
    })
    for (const { category, streams, events, last } of rows) {
      const before = counted.get(category)
      counted.set(category, {
        category,
        streams: streams + (before?.streams ?? 0),
        events: events + (before?.events ?? 0),
      })
      if (last > position) position = last
    }
    return [...counted.values()].toSorted((a, b) => (a.category < b.category ? -1 : 1))
  }

  const count = coalesce<undefined, readonly CategorySummary[]>(
    async (calls) => {
      const counts = await countNew()
      return calls.map(() => counts)
    },
    { most: 1_000, lanes: 1 },
  )
  return () => count(undefined)
}
