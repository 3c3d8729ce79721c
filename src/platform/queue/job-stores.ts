import type { Database } from '../postgres/database.ts'

/** Jobs may wait in a store that is not looked at. */
export class OtherJobStore extends Error {
  override name = 'OtherJobStore'
}

/** Remembers in which stores jobs of BullMQ may wait. */
export type JobStores = {
  /** The names of all that have not been seen empty since they were used. @throws Unavailable */
  readonly known: () => Promise<readonly string[]>
  /** Jobs are added there. @throws Unavailable */
  readonly used: (named: string) => Promise<void>
  /** Nothing waits there any more. @throws Unavailable */
  readonly emptied: (named: string) => Promise<void>
}

/** Remembers it in PostgreSQL, which is always there. */
export const jobStores = (database: Pick<Database, 'query'>): JobStores => ({
  known: async () => {
    const rows = await database.query<{ named: string }>(
      'SELECT named FROM agora.job_stores ORDER BY since, named',
    )
    return rows.map(({ named }) => named)
  },
  used: async (named) => {
    await database.query({
      text: 'INSERT INTO agora.job_stores (named) VALUES ($1) ON CONFLICT DO NOTHING',
      values: [named],
    })
  },
  emptied: async (named) => {
    await database.query({
      text: 'DELETE FROM agora.job_stores WHERE named = $1',
      values: [named],
    })
  },
})
