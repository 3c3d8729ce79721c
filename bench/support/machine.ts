import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'

/** Describes the machine of a run. */
export const machine = async (postgresUrl: string) => {
  const database = openDatabase(postgresUrl, { connections: 1 })
  const [row] = await database.query<{ version: string }>(
    `SELECT current_setting('server_version') AS version`,
  )
  const settings = await database.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings
     WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') ORDER BY name`,
  )
  await database.close()
  return {
    cores: `${availableParallelism()} cores`,
    cpu: cpus()[0]?.model ?? 'unknown CPU',
    memory: `${Math.round(totalmem() / 1024 ** 3)} GB`,
    system: `${platform()} ${arch()}`,
    node: `Node ${process.versions.node}`,
    postgres: `PostgreSQL ${row?.version}`,
    durability: settings.map(({ name, setting }) => `${name} ${setting}`).join(', '),
  }
}
