import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { startEmbeddedPostgres } from '../../../src/platform/engines/embedded/embedded-postgres.ts'
import { openDatabase } from '../../../src/platform/engines/postgres/database.ts'
import type { Story } from './story.ts'

/** A data folder that an earlier commit has written, as a fixture. */
export type LandedFolder = {
  /** The commit that wrote it. */
  readonly commit: string
  /** Every file of the folder outside PostgreSQL's, by its path. */
  readonly files: Readonly<Record<string, string>>
  /** SQL that restores its database into an empty one. */
  readonly sql: string
  /** What the commit had acknowledged. */
  readonly story: Story
}

const fixtures = join(import.meta.dirname, '../../fixtures/landed')

/** Names of all fixtures: the short hashes of the commits. */
export const landedFolders = (): Promise<string[]> => readdir(fixtures)

const [packed, unpacked] = [promisify(gzip), promisify(gunzip)]
const textIn = async (file: string): Promise<string> => String(await unpacked(await readFile(file)))

/** @param name of the fixture */
export const readLandedFolder = async (name: string): Promise<LandedFolder> => {
  const folder = join(fixtures, name)
  const rest = JSON.parse(await textIn(join(folder, 'folder.json.gz')))
  return { ...rest, sql: await textIn(join(folder, 'database.sql.gz')) }
}

/** Writes a fixture. @returns its folder, and its size in bytes */
export const writeLandedFolder = async ({
  sql,
  ...rest
}: LandedFolder): Promise<{ readonly folder: string; readonly size: number }> => {
  const folder = join(fixtures, rest.commit)
  await mkdir(folder, { recursive: true })
  let size = 0
  for (const [name, text] of [
    ['database.sql.gz', sql],
    ['folder.json.gz', JSON.stringify(rest)],
  ] as const) {
    const bytes = await packed(text, { level: 9 })
    await writeFile(join(folder, name), bytes)
    size += bytes.length
  }
  return { folder, size }
}

/** Restores a fixture into a new data folder. PostgreSQL is stopped again; Agora starts it. */
export const restoreLandedFolder = async (
  { files, sql }: Pick<LandedFolder, 'files' | 'sql'>,
  data: string,
): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(data, path)), { recursive: true, mode: 0o700 })
    await writeFile(join(data, path), text, { mode: 0o600 })
  }
  await using postgres = await startEmbeddedPostgres({ folder: data, settings: { fsync: 'off' } })
  const database = openDatabase(postgres.url, { connections: 1 })
  try {
    await database.query(sql)
  } finally {
    await database.close()
  }
}
