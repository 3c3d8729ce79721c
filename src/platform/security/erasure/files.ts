import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, parse, relative } from 'node:path'
import { Unavailable } from '../../unavailable.ts'
import type { CheckedPlace } from './port.ts'
import { matchesPerson, type Sought } from './matches-person.ts'

/** Limit of the files that are read, in bytes; Agora writes no larger ones. */
const largest = 64 * 1024 * 1024

/** Result of a file operation; undefined when the file does not exist. @throws Unavailable */
const ifThere = async <T>(operation: Promise<T>): Promise<T | undefined> => {
  try {
    return await operation
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new Unavailable('The files of Agora cannot be read', { cause: error })
  }
}

/**
 * Searches the files of a folder for data of a person, and removes nothing.
 * @param folder may be missing
 * @param options.except names in it that the erasure searches by other means
 * @throws Unavailable when a file cannot be read
 */
export const inFiles =
  (folder: string, { except }: { readonly except: readonly string[] }) =>
  async (sought: Sought): Promise<readonly CheckedPlace[]> => {
    const matches = matchesPerson(sought)
    const matching: string[] = []
    const unread: string[] = []

    const searchEntry = async (path: string, entry: Dirent): Promise<void> => {
      if (entry.isDirectory()) return search(path)
      if (!entry.isFile()) return
      const name = relative(folder, path)
      if (matches(name) || matches(parse(name).name))
        return void matching.push('one with their address in its name')
      const size = (await ifThere(stat(path)))?.size ?? 0
      if (size > largest) return void unread.push(name)
      if (matches((await ifThere(readFile(path, 'utf8'))) ?? '')) matching.push(name)
    }
    const search = async (path: string): Promise<void> => {
      for (const entry of (await ifThere(readdir(path, { withFileTypes: true }))) ?? [])
        if (path !== folder || !except.includes(entry.name))
          await searchEntry(join(path, entry.name), entry)
    }

    await search(folder)
    const notes = [
      ...matching,
      ...unread.map((name) => `${name} is too large to be searched`),
      'of this machine only',
    ]
    return [{ place: 'files', found: matching.length, removed: 0, note: notes.join('; ') }]
  }
