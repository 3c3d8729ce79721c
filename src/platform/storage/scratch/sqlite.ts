import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sealing } from '../../security/sealing.ts'
import type { Scratch } from './port.ts'

/** Memory that SQLite uses for pages, in KiB. */
const cachedKiB = 65_536

/** Entries that an iteration reads at once. */
const pageSize = 500

/**
 * Values in a file of their own, which is removed at the end: memory stays bounded however many they are. They are encrypted with
 * a key that only this process has, as the file outlives a process that is killed. Keys are not.
 * @param within folder for temporary files
 */
export const sqliteScratch = (within = tmpdir()): Scratch => {
  const folder = mkdtempSync(join(within, 'agora-scratch-'))
  const database = new DatabaseSync(join(folder, 'values.sqlite'))
  // Nothing outlives the process, so nothing is flushed, and the journal has only the few pages of the empty file.
  database.exec(`PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -${cachedKiB};
    PRAGMA locking_mode = EXCLUSIVE;
    CREATE TABLE entries (space TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (space, key)) WITHOUT ROWID;
    BEGIN`)
  const get = database.prepare('SELECT key, value FROM entries WHERE space = ? AND key = ?')
  const set = database.prepare('INSERT OR REPLACE INTO entries VALUES (?, ?, ?)')
  const remove = database.prepare('DELETE FROM entries WHERE space = ? AND key = ?')
  const page = database.prepare(
    'SELECT key, value FROM entries WHERE space = ? AND key > ? ORDER BY key LIMIT ?',
  )
  const { seal, open } = sealing(randomBytes(32))

  const entryOf = ({
    key,
    value,
  }: Readonly<Record<string, unknown>>): readonly [string, unknown] => {
    if (typeof key !== 'string' || !(value instanceof Uint8Array))
      throw new TypeError('An entry of a scratch has another form than it was written in')
    return [key, JSON.parse(open(Buffer.from(value)).toString())]
  }

  const after = (space: string, key: string, limit: number) =>
    page.all(space, key, limit).map(entryOf)

  function* entries(space: string): Generator<readonly [string, unknown]> {
    for (let last = ''; ;) {
      const found = after(space, last, pageSize)
      yield* found
      if (found.length < pageSize) return
      last = found.at(-1)![0]
    }
  }

  return {
    get: (space, key) => {
      const row = get.get(space, key)
      return row && entryOf(row)[1]
    },
    set: (space, key, value) => void set.run(space, key, seal(Buffer.from(JSON.stringify(value)))),
    delete: (space, key) => remove.run(space, key).changes > 0,
    first: (space) => after(space, '', 1)[0],
    entries,
    close: () => {
      database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
