import type { SwitchLog } from '../edges/cli/copy-command.ts'
import { Failed } from '../edges/cli/failure.ts'
import type { RawLog } from '../edges/cli/whole-log.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'
import {
  checkFollowedLog,
  switchLog as switchFollowed,
} from '../platform/storage/log-identity/followed-log.ts'
import { openDatabase } from '../platform/engines/postgres/database.ts'
import { migrate } from '../platform/engines/postgres/migrate.ts'
import { projections } from '../projections/index.ts'
import { hasPlaces } from '../projections/places.ts'
import { holdsPostgres, postgresHere } from './postgres-here.ts'

const lastOf = async (log: RawLog): Promise<string> => {
  const { events } = await log.readAll({ limit: 1, direction: 'backwards' })
  return events.map(({ eventId, position }) => `${eventId} ${position}`).join('')
}

/**
 * Switches the followers of a log in a PostgreSQL to another log.
 * @param where the PostgreSQL
 * @param onWait called with a sentence while a migration of it waits
 */
export const switchLog =
  (where: Parameters<typeof postgresHere>[0], onWait?: (sentence: string) => void): SwitchLog =>
  async (from, to, translated) => {
    if (!where.url && !(await holdsPostgres(where.folder)))
      throw new Failed(
        `All was copied, but nothing was switched: there is no Agora in ${where.folder}. Set POSTGRES_URL, or AGORA_DATA to its folder.`,
      )
    await using parts = new AsyncDisposableStack()
    const { url } = parts.use(await postgresHere(where))
    const database = parts.adopt(openDatabase(url, { connections: 2 }), (it) => it.close())
    try {
      await migrate(database, { ...(onWait && { onWait }) })
      const here = parts.adopt(await postgresEventLog(database), (it) => it.close())
      // Another log that is equal up to the last position is accepted as well.
      const own = (await lastOf(here)) === (await lastOf(from.log))
      // Otherwise positions of another log would be translated, as after an earlier switch.
      await checkFollowedLog(database, { log: from.log, named: from.label, own })
      const rebuilt = await switchFollowed(
        database,
        { log: to.log, named: to.label, own: false },
        translated,
        projections.filter(hasPlaces).map(({ name }) => name),
      )
      // Positions of another EventStoreDB are others: its chain of digests begins anew.
      await database.query(`DELETE FROM agora.log_digests WHERE log = 'eventstoredb'`)
      return rebuilt
    } catch (error) {
      if (!(error instanceof Error)) throw error
      throw new Failed(`All was copied, but nothing was switched. ${error.message}`, {
        cause: error,
      })
    }
  }
