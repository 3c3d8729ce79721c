// Written here instead of using `write-file-atomic`: that takes the whole content at once, and exports are streamed; it
// always replaces an existing file; and version 8 takes a short write, as on a full disk, for a complete one.

import { randomUUID } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Failed } from './failure.ts'

/** A file that is being written. Disposing of it before `finish` removes it. */
export type AtomicFile = AsyncDisposable & {
  readonly write: (content: string | Uint8Array) => Promise<void>
  /** Syncs the content to disk and renames the file to its name. */
  readonly finish: () => Promise<void>
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist; create it first',
  ENOTDIR: 'its folder does not exist; create it first',
  EACCES: 'permission denied; choose another place',
  EPERM: 'permission denied; choose another place',
  EROFS: 'the file system is read-only; choose another place',
  ENOSPC: 'the disk is full; free some space first',
  EISDIR: 'it is a folder; name a file in it',
}

const explained = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!reasons[code]) throw error
    throw new Failed(`${path} cannot be written: ${reasons[code]}.`, { cause: error })
  }
}

/**
 * Creates a file that appears under its name only when it is complete.
 * @param options.replace whether an existing file may be replaced
 * @throws Failed when the file exists and may not be replaced, or cannot be written
 */
export const atomicFile = async (
  path: string,
  { replace }: { readonly replace: boolean },
): Promise<AtomicFile> => {
  const checkNotExisting = async () => {
    const existing = await stat(path).catch(() => undefined)
    if (existing?.isDirectory()) throw new Failed(`${path} is a folder; name a file in it.`)
    if (existing && !replace) throw new Failed(`${path} already exists; add --force to replace it.`)
  }
  await checkNotExisting()
  const partialPath = join(dirname(path), `.${basename(path)}.${randomUUID()}.partial`)
  const handle = await explained(path, () => open(partialPath, 'wx'))
  let finished = false
  return {
    write: (content) => explained(path, () => handle.appendFile(content)),
    finish: async () => {
      await explained(path, () => handle.sync())
      await checkNotExisting()
      await rename(partialPath, path)
      finished = true
    },
    [Symbol.asyncDispose]: async () => {
      await handle.close()
      if (!finished) await rm(partialPath, { force: true })
    },
  }
}
