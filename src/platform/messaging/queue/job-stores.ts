import type { Database } from '../../engines/postgres/database.ts'

/** Jobs may wait in a store that is not looked at. */
export class OtherJobStore extends Error {
  override name = 'OtherJobStore'
}

/** A place where BullMQ keeps jobs of this Agora. */
export type JobPlace = {
  /** The URL of Redis, without a password; `postgres` for the PostgreSQL of everything else. */
  readonly named: string
  /** Part of the prefix in Redis. None in PostgreSQL, nor where an older version derived it from the secret. */
  readonly room?: string
}

/** Remembers in which stores jobs of BullMQ may wait. */
export type JobStores = {
  /** All that have not been seen empty since they were used, the oldest first. @throws Unavailable */
  readonly known: () => Promise<readonly JobPlace[]>
  /** Jobs are added there. @throws Unavailable */
  readonly used: (place: JobPlace) => Promise<void>
  /** Nothing waits there any more. @throws Unavailable */
  readonly emptied: (place: JobPlace) => Promise<void>
}

/** Whether two names mean the same place. */
export const isSamePlace = (one: JobPlace, other: JobPlace): boolean =>
  one.named === other.named && one.room === other.room

/** Remembers it in PostgreSQL, which is always there. */
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
