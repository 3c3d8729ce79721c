import type { Database } from '../../engines/postgres/database.ts'
import { timeToLive, type Instance, type Registry, type Service } from './port.ts'

type Found = {
  readonly service: string
  readonly id: string
  readonly url: string
  readonly roles: readonly string[]
  readonly started_at: string
  readonly heard_at: string
}

const instanceOf = ({ id, url, roles, started_at, heard_at }: Found): Instance => ({
  id,
  url,
  roles,
  startedAt: started_at,
  heardAt: heard_at,
})

/** Condition: a registration has not expired. @param ttl number of the statement's parameter with the time to live, in ms */
const alive = (ttl: 1 | 3): string =>
  `heard_at > clock_timestamp() - $${ttl}::double precision * interval '1 ms'`

/**
 * Registry of all processes on one PostgreSQL; all times are those of its clock.
 * @param options.ttl time without a heartbeat after which a registration expires, in ms
 */
export const postgresRegistry = (
  database: Pick<Database, 'query'>,
  { ttl = timeToLive }: { readonly ttl?: number } = {},
): Registry => {
  return {
    register: async ({ id, url, roles, services }) => {
      // Each registration also removes expired ones. Sorted, so that concurrent registrations do not deadlock.
      await database.query({
        text: `DELETE FROM agora.instances WHERE (service, id) IN (
          SELECT service, id FROM agora.instances
          WHERE heard_at < clock_timestamp() - $1::double precision * interval '10 ms'
          ORDER BY service, id FOR UPDATE SKIP LOCKED)`,
        values: [ttl],
      })
      await database.query({
        text: `INSERT INTO agora.instances (service, id, url, roles)
          SELECT DISTINCT service, $2, $3, $4::text[] FROM unnest($1::text[]) AS service ORDER BY service
          ON CONFLICT (service, id) DO UPDATE
          SET url = excluded.url, roles = excluded.roles, heard_at = excluded.heard_at`,
        values: [services, id, url, roles],
      })
    },

    heartbeat: async (id, service) => {
      const rows = await database.query({
        name: 'instance-heartbeat',
        text: `UPDATE agora.instances SET heard_at = clock_timestamp()
          WHERE id = $1 AND ($2::text IS NULL OR service = $2) AND ${alive(3)} RETURNING true`,
        values: [id, service ?? null, ttl],
      })
      return rows.length > 0
    },

    deregister: async (id, service) => {
      const rows = await database.query<{ alive: boolean }>({
        text: `DELETE FROM agora.instances WHERE id = $1 AND ($2::text IS NULL OR service = $2) RETURNING ${alive(3)} AS alive`,
        values: [id, service ?? null, ttl],
      })
      return rows.some((row) => row.alive)
    },

    services: async () => {
      const rows = await database.query<Found>({
        name: 'instances-alive',
        text: `SELECT service, id, url, roles, started_at, heard_at FROM agora.instances
          WHERE ${alive(1)} ORDER BY service COLLATE "C", started_at, id`,
        values: [ttl],
      })
      return [...Map.groupBy(rows, ({ service }) => service)].map(([name, found]): Service => ({
        name,
        instances: found.map(instanceOf),
      }))
    },
  }
}
