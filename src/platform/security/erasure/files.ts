import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, parse, relative } from 'node:path'
import { Unavailable } from '../../unavailable.ts'
import type { CheckedPlace } from './port.ts'
import { matchesPerson, type Sought } from './matches-person.ts'

/** Larger files are not read, in bytes: nothing of ours is. */
const largest = 64 * 1024 * 1024

/** What was asked of the disk; undefined when that is gone. @throws Unavailable */
const ifThere = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new Unavailable('The files of Agora cannot be read', { cause: error })
  }
}

/**
 * Looks for somebody in the files of a folder, and removes nothing.
 * @param folder one that need not be there
 * @param options.except names in it that are looked after otherwise
 * @throws Unavailable when a file cannot be read
 */
export const inFiles =
  (folder: string, { except }: { readonly except: readonly string[] }) =>
  async (sought: Sought): Promise<readonly CheckedPlace[]> => {
    const tells = matchesPerson(sought)
    const theirs: string[] = []
    const unread: string[] = []

    const lookInto = async (path: string, entry: Dirent): Promise<void> => {
      if (entry.isDirectory()) return look(path)
      if (!entry.isFile()) return
      const name = relative(folder, path)
      if (tells(name) || tells(parse(name).name)) return void theirs.push('one named for them')
      const size = (await ifThere(stat(path)))?.size ?? 0
      if (size > largest) return void unread.push(name)
      if (tells((await ifThere(readFile(path, 'utf8'))) ?? '')) theirs.push(name)
    }
    const look = async (path: string): Promise<void> => {
      for (const entry of (await ifThere(readdir(path, { withFileTypes: true }))) ?? [])
        if (path !== folder || !except.includes(entry.name))
          await lookInto(join(path, entry.name), entry)
    }

    await look(folder)
    const said = [
      ...theirs,
      ...unread.map((name) => `${name} is too large to be looked into`),
      'of this machine only',
    ]
    return [{ place: 'files', found: theirs.length, removed: 0, note: said.join('; ') }]
  }
