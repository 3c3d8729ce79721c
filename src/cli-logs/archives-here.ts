import { openBlobs } from '../app/blobs.ts'
import { readConfig } from '../config.ts'
import { Failed } from '../edges/cli/failure.ts'
import type { Database } from '../platform/engines/postgres/database.ts'
import { archiveReader } from '../platform/storage/archives/blobs.ts'
import type { ArchiveReader } from '../platform/storage/archives/port.ts'
import type { Blobs } from '../platform/storage/blobs/port.ts'
import { messageOf } from '#kernel/error-message'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Opens the store of files of this Agora.
 * @param env as of the Agora: MEDIA_STORE and the variables of that store, or AGORA_DATA
 * @throws Failed when the variables are invalid, or name another store than the files are in
 */
export const blobsHere = async (
  env: Env,
  database: Database,
  parts: AsyncDisposableStack,
): Promise<Blobs> => {
  try {
    const { blobs } = await openBlobs(readConfig(env), {
      database,
      onChange: () => undefined,
      onEmpty: () => undefined,
      parts,
    })
    return blobs
  } catch (error) {
    throw new Failed(`The store of files cannot be opened: ${messageOf(error)}`, { cause: error })
  }
}

/** Reads archived events; the store of files is opened for the first one. */
export const archivesHere = (
  env: Env,
  database: Database,
  parts: AsyncDisposableStack,
): ArchiveReader => {
  // `parts` may have been moved by the time.
  const own = parts.use(new AsyncDisposableStack())
  let opening: Promise<Blobs> | undefined
  return archiveReader(database, () => (opening ??= blobsHere(env, database, own)))
}

/**
 * Requires that no event of a log is archived: what reads whole logs of other folders and servers has no store of files.
 * @throws Failed
 */
export const checkNothingArchived = async (database: Database): Promise<void> => {
  const [there] = await database.query<{ is: boolean }>(
    `SELECT to_regclass('agora.archives') IS NOT NULL AS is`,
  )
  if (!there?.is) return
  // A log that is only read is not migrated: its table may have no column for restored archives.
  const [{ count } = { count: 0 }] = await database.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM agora.archives a WHERE to_jsonb(a) ->> 'restored_at' IS NULL`,
  )
  if (count > 0)
    throw new Failed(
      `Events of this log are in ${count} archives. Put them back first: npx agora restore-archive --all`,
    )
}
