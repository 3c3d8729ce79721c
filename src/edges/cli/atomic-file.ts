// Our own instead of `write-file-atomic`: that takes the whole content at once, and exports are streamed; it always
// replaces what is there; and version 8 takes a short write, as on a full disk, for a complete one.

import { randomUUID } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Failed } from './failure.ts'

/** A file in the making. Disposing of it before it was finished leaves nothing behind. */
export type AtomicFile = AsyncDisposable & {
  readonly write: (content: string | Uint8Array) => Promise<void>
  /** Gives it its name, with all that was written on disk. */
  readonly finish: () => Promise<void>
}

const why: Readonly<Record<string, string>> = {
  ENOENT: 'its folder is not there; make it first',
  ENOTDIR: 'its folder is not there; make it first',
  EACCES: 'you may not write there; choose another place',
  EPERM: 'you may not write there; choose another place',
  EROFS: 'nobody can write there; choose another place',
  ENOSPC: 'the disk is full; make room first',
  EISDIR: 'it is a folder; name a file in it',
}

const failing = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!why[code]) throw error
    throw new Failed(`${path} cannot be written: ${why[code]}.`, { cause: error })
  }
}

/**
 * Makes a file that appears under its name only when it is complete, so that nobody takes half of it for all.
 * @param options.replace whether a file of that name may be replaced
 * @throws Failed when it is there and may not be replaced, or cannot be written
 */
export const atomicFile = async (
  path: string,
  { replace }: { readonly replace: boolean },
): Promise<AtomicFile> => {
  const mustBeFree = async () => {
    const there = await stat(path).catch(() => undefined)
    if (there?.isDirectory()) throw new Failed(`${path} is a folder; name a file in it.`)
    if (there && !replace) throw new Failed(`${path} is there already; add --force to replace it.`)
  }
  await mustBeFree()
  const half = join(dirname(path), `.${basename(path)}.${randomUUID()}.partial`)
  const handle = await failing(path, () => open(half, 'wx'))
  let finished = false
  return {
    write: (content) => failing(path, () => handle.appendFile(content)),
    finish: async () => {
      await failing(path, () => handle.sync())
      await mustBeFree()
      await rename(half, path)
      finished = true
    },
    [Symbol.asyncDispose]: async () => {
      await handle.close()
      if (!finished) await rm(half, { force: true })
    },
  }
}
