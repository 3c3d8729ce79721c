import { readFile, rename, writeFile } from 'node:fs/promises'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'

/** Who holds a folder, as it said of itself. */
export type Holder = {
  readonly pid: number
  /** ISO 8601, UTC. */
  readonly since: string
  readonly command: string
}

/** Another process works in the folder. */
export class FolderHeld extends Error {
  override name = 'FolderHeld'
  readonly folder: string
  /** Unknown in the few ms between its taking the folder and its saying so. */
  readonly holder: Holder | undefined
  constructor(folder: string, holder: Holder | undefined) {
    const who = holder
      ? `process ${holder.pid} (${holder.command}) since ${holder.since}`
      : 'another process'
    super(`${folder} is in use by ${who}; stop it first, or set AGORA_DATA to another folder`)
    this.folder = folder
    this.holder = holder
  }
}

export type FolderLock = { readonly release: () => void }

/** SQLite result code "the database file is locked" (sqlite.org/rescode.html). */
const busy = 5

/** Locks end when their database is garbage; one that nobody refers to is still held. */
const held = new Set<DatabaseSync>()

/**
 * Makes this process the only one to work in a folder, until it releases it or ends, in whichever way.
 *
 * The lock is the operating system's own on an open file (fcntl), taken by way of SQLite since Node has no call for it.
 * It goes with the process, so it is never stale, and it names a process by nothing that could be used again, as a
 * number in a file does. It also holds between containers that share the folder.
 * @param options.patience ms to wait for a holder that is just being ended, default 1,000
 * @throws FolderHeld when someone else holds it
 */
export const lockFolder = async (
  folder: string,
  { patience = 1_000 }: { readonly patience?: number } = {},
): Promise<FolderLock> => {
  const file = join(folder, 'lock')
  const told = join(folder, 'holder.json')
  // Only its owner may take part in locking. It must never be opened apart from SQLite: closing it would free the lock.
  createOnce(file)

  const deadline = Date.now() + patience
  let database: DatabaseSync | undefined
  while (!(database = take(file))) {
    if (Date.now() >= deadline) throw new FolderHeld(folder, await holderIn(told))
    await pause(20)
  }
  held.add(database)

  const holder: Holder = {
    pid: process.pid,
    since: new Date().toISOString(),
    command: process.argv.join(' '),
  }
  await writeFile(`${told}.new`, JSON.stringify(holder), { mode: 0o600 })
  await rename(`${told}.new`, told)

  return {
    release: () => {
      if (held.delete(database)) database.close()
    },
  }
}

const createOnce = (file: string): void => {
  try {
    writeFileSync(file, '', { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

const take = (file: string): DatabaseSync | undefined => {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode !== busy) throw error
    return undefined
  }
}

const holderIn = async (file: string): Promise<Holder | undefined> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder
  } catch {
    return undefined
  }
}
