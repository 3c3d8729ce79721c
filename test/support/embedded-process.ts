/**
 * A process that runs an embedded PostgreSQL until it is killed, for tests of just that.
 * Called with its options in JSON; prints `{ url, pid, mode }`, or `{ error }`, as one line.
 */
import {
  startEmbeddedPostgres,
  type EmbeddedOptions,
} from '../../src/platform/engines/embedded/embedded-postgres.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as EmbeddedOptions
try {
  const { url, pid, mode } = await startEmbeddedPostgres(options)
  console.log(JSON.stringify({ url, pid, mode }))
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
}
