import pg from 'pg'
import type { BenchDatabase } from './bench.ts'

const page = 1_000

/** Reads the whole log page by page with plain SQL. @returns events per second */
export const readPages = async ({ url }: Pick<BenchDatabase, 'url'>): Promise<number> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const since = performance.now()
  let events = 0
  for (let after = '0'; ;) {
    const { rows } = await client.query<{ position: string }>({
      name: 'page',
      text: `SELECT position, stream, revision, event_id, type, data, metadata, at FROM agora.events
             WHERE position > $1 ORDER BY position LIMIT ${page}`,
      values: [after],
    })
    events += rows.length
    if (rows.length < page) break
    after = rows.at(-1)!.position
  }
  const rate = events / ((performance.now() - since) / 1_000)
  await client.end()
  return rate
}
