import { bell, type Bell } from '../event-log/follow.ts'
import type { Database } from '../postgres/database.ts'

/** How operators reach those who run things, in whichever process. */
export type Control = {
  /** Rings when an operator may have changed something. */
  readonly news: Bell
  /** Tells every process that something has changed. */
  readonly announce: () => Promise<void>
  readonly paused: () => Promise<ReadonlySet<string>>
  readonly pause: (name: string) => Promise<void>
  readonly resume: (name: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** Control within one process. */
export const memoryControl = (): Control => {
  const news = bell()
  const paused = new Set<string>()
  return {
    news,
    announce: async () => news.ring(),
    paused: async () => new Set(paused),
    pause: async (name) => {
      paused.add(name)
      news.ring()
    },
    resume: async (name) => {
      paused.delete(name)
      news.ring()
    },
    close: async () => undefined,
  }
}

/** Control over all processes on one PostgreSQL (`infra/postgres/020-runtime.sql`). */
export const postgresControl = async (database: Database): Promise<Control> => {
  const news = bell()
  const listener = await database.listen('agora_control', news.ring)
  const announce = async () => {
    await database.query(`SELECT pg_notify('agora_control', '')`)
  }
  return {
    news,
    announce,
    paused: async () => {
      const rows = await database.query<{ name: string }>('SELECT name FROM agora.paused')
      return new Set(rows.map(({ name }) => name))
    },
    pause: async (name) => {
      await database.query({
        text: 'INSERT INTO agora.paused (name) VALUES ($1) ON CONFLICT DO NOTHING',
        values: [name],
      })
      await announce()
    },
    resume: async (name) => {
      await database.query({ text: 'DELETE FROM agora.paused WHERE name = $1', values: [name] })
      await announce()
    },
    close: () => listener.close(),
  }
}
