import { bell } from '../../bell.ts'
import { coalesce } from '../../coalesce.ts'
import type { Database } from '../../engines/postgres/database.ts'
import type { Control } from './port.ts'

/**
 * Control of the followers in all processes on one PostgreSQL (`infra/postgres/020-runtime.sql`).
 * @param options.ringEvery interval at which followers look without a notification, in ms: all at once, so that they share
 *   statements, and before each looks by itself. Default 60,000
 */
export const postgresControl = async (
  database: Database,
  { ringEvery = 60_000 }: { readonly ringEvery?: number } = {},
): Promise<Control> => {
  const news = bell()
  const listener = await database.listen('agora_control', news.ring)
  const ringing = setInterval(news.ring, ringEvery).unref()
  const announce = async () => {
    await database.query(`SELECT pg_notify('agora_control', '')`)
  }
  // All followers ask at the same time: when they start, and after news.
  const paused = coalesce<undefined, ReadonlySet<string>>(
    async (callers) => {
      const rows = await database.query<{ name: string }>('SELECT name FROM agora.paused')
      const names = new Set(rows.map(({ name }) => name))
      return callers.map(() => names)
    },
    { lanes: 3 },
  )
  return {
    news,
    announce,
    paused: () => paused(undefined),
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
    close: () => {
      clearInterval(ringing)
      return listener.close()
    },
  }
}
