import { coalesce } from '../../coalesce.ts'
import type { Database } from '../../engines/postgres/database.ts'
import type { CategorySummary } from './port.ts'

/**
 * Counts the streams and events of every category. What was counted is remembered, so that only what is new since is
 * looked at: nothing is ever taken out of the log, and none of it is recorded later in front of what is there.
 * @param database where the log lives
 * @returns the counts by now; those who ask at the same time share one look
 */
export const categoryCounts = (
  database: Pick<Database, 'query'>,
): (() => Promise<readonly CategorySummary[]>) => {
  const counted = new Map<string, CategorySummary>()
  /** Everything up to here is counted. */
  let position = 0n

  const countOn = async (): Promise<readonly CategorySummary[]> => {
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

  const ask = coalesce<undefined, readonly CategorySummary[]>(
    async (asked) => {
      const counts = await countOn()
      return asked.map(() => counts)
    },
    { most: 1_000, lanes: 1 },
  )
  return () => ask(undefined)
}
