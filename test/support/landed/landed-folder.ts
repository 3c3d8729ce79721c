import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants, gunzip } from 'node:zlib'
import { startEmbeddedPostgres } from '../../../src/platform/engines/embedded/embedded-postgres.ts'
import { openDatabase } from '../../../src/platform/engines/postgres/database.ts'
import type { Story } from './story.ts'

/** A data folder that an earlier commit has written, as a fixture. */
export type LandedFolder = {
  /** The commit that wrote it. */
  readonly commit: string
  /** Every file of the folder outside PostgreSQL's that is a text, by its path. */
  readonly files: Readonly<Record<string, string>>
  /** The other files, in base64. The fixture of 0.1.0 has none. */
  readonly binaries?: Readonly<Record<string, string>>
  /** SQL that restores its database into an empty one. */
  readonly sql: string
  /** What the commit had acknowledged. */
  readonly story: Story
}

const fixtures = join(import.meta.dirname, '../../fixtures/landed')

/** Names of all fixtures: the short hashes of the commits. */
export const landedFolders = (): Promise<string[]> => readdir(fixtures)

/** A quarter smaller than gzip, which the fixture of 0.1.0 has. */
const packed = (text: string): Promise<Buffer> =>
  promisify(brotliCompress)(text, {
    params: {
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    },
  })

const unpackers = { '.br': promisify(brotliDecompress), '.gz': promisify(gunzip) }

/** Reads a part of a fixture. */
const textIn = async (folder: string, part: string): Promise<string> => {
  const file = (await readdir(folder)).find((name) => name.startsWith(part)) ?? part
  const unpacked = unpackers[file.endsWith('.gz') ? '.gz' : '.br']
  return String(await unpacked(await readFile(join(folder, file))))
}

/** @param name of the fixture */
export const readLandedFolder = async (name: string): Promise<LandedFolder> => {
  const folder = join(fixtures, name)
  const rest = JSON.parse(await textIn(folder, 'folder.json'))
  return { ...rest, sql: await textIn(folder, 'database.sql') }
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
    ['database.sql.br', sql],
    ['folder.json.br', JSON.stringify(rest)],
  ] as const) {
    const bytes = await packed(text)
    await writeFile(join(folder, name), bytes)
    size += bytes.length
  }
  return { folder, size }
}

/** Restores a fixture into a new data folder. PostgreSQL is stopped again; Agora starts it. */
export const restoreLandedFolder = async (
  { files, binaries = {}, sql }: Pick<LandedFolder, 'files' | 'binaries' | 'sql'>,
  data: string,
): Promise<void> => {
  const write = async (path: string, bytes: string | Buffer): Promise<void> => {
    await mkdir(dirname(join(data, path)), { recursive: true, mode: 0o700 })
    await writeFile(join(data, path), bytes, { mode: 0o600 })
  }
  for (const [path, text] of Object.entries(files)) await write(path, text)
  for (const [path, text] of Object.entries(binaries))
    await write(path, Buffer.from(text, 'base64'))
  await using postgres = await startEmbeddedPostgres({ folder: data, settings: { fsync: 'off' } })
  const database = openDatabase(postgres.url, { connections: 1 })
  try {
    await database.query(sql)
  } finally {
    await database.close()
  }
}
