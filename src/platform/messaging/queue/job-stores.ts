import type { Database } from '../../engines/postgres/database.ts'

/** Jobs may wait in a store that this process does not use. */
export class OtherJobStore extends Error {
  override name = 'OtherJobStore'
}

/** A store of BullMQ's jobs of this Agora. */
export type JobPlace = {
  /** URL of Redis, without a password; `postgres` for Agora's PostgreSQL. */
  readonly named: string
  /** Part of the prefix in Redis. Undefined in PostgreSQL, and if an older version derived it from the secret. */
  readonly room?: string
}

/** Record of the stores that may have jobs of BullMQ. */
export type JobStores = {
  /** Returns the stores that were used and not found empty since, the oldest first. @throws Unavailable */
  readonly known: () => Promise<readonly JobPlace[]>
  /** Records that jobs are added to a store. @throws Unavailable */
  readonly used: (place: JobPlace) => Promise<void>
  /** Records that a store is empty. @throws Unavailable */
  readonly emptied: (place: JobPlace) => Promise<void>
}

/** Whether two values denote the same store. */
export const isSamePlace = (one: JobPlace, other: JobPlace): boolean =>
  one.named === other.named && one.room === other.room

/** Record of job stores in PostgreSQL, which every set-up has. */
export const jobStores = (database: Pick<Database, 'query'>): JobStores => ({
  known: async () => {
    const rows = await database.query<{ named: string; room: string | null }>(
      `SELECT named, room FROM (SELECT named, NULL AS room, since FROM agora.job_stores
         UNION ALL SELECT named, room, since FROM agora.job_rooms) AS known
       ORDER BY since, named, room`,
    )
    return rows.map(({ named, room }) => (room === null ? { named } : { named, room }))
  },
  used: async ({ named, room }) => {
    await database.query(
      room === undefined
        ? {
            text: 'INSERT INTO agora.job_stores (named) VALUES ($1) ON CONFLICT DO NOTHING',
            values: [named],
          }
        : {
            text: 'INSERT INTO agora.job_rooms (named, room) VALUES ($1, $2) ON CONFLICT DO NOTHING',
            values: [named, room],
          },
    )
  },
  emptied: async ({ named, room }) => {
    await database.query(
      room === undefined
        ? { text: 'DELETE FROM agora.job_stores WHERE named = $1', values: [named] }
        : {
            text: 'DELETE FROM agora.job_rooms WHERE named = $1 AND room = $2',
            values: [named, room],
          },
    )
  },
})
