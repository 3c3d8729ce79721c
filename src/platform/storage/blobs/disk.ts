import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open as openFile, readdir, rename, rm, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Unavailable } from '../../unavailable.ts'
import { leftoversIn, partName } from './disk-leftovers.ts'
import { writingBehind } from './disk-writing.ts'
import { mustBeKey, OutOfSpace, type Blobs, type StagedBlob } from './port.ts'

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

const full: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Translates an error of the file system. */
const failure = (cause: unknown): Error =>
  full.has(codeOf(cause))
    ? new OutOfSpace('The disk of the blobs is full', { cause })
    : new Unavailable('The blobs on disk cannot be used', { cause })

const onDisk = async <T>(operation: () => Promise<T>): Promise<T> => {
  try {
    return await operation()
  } catch (error) {
    throw failure(error)
  }
}

/** As `onDisk`, undefined for a file that is missing. */
const ifThere = async <T>(operation: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await operation()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw failure(error)
  }
}

/** Makes the entries of a folder durable. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await openFile(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Blobs as files. They are received in the folder `incoming`, synchronised, and renamed to their place, in folders by the
 * first letters of their keys. The folder is created, readable by its owner only; parts of crashed processes are removed.
 * @param folder for blobs only
 * @param options.open opens the file that a blob is received in; default: that of Node
 */
export const diskBlobs = async (
  folder: string,
  { open = openFile }: { readonly open?: typeof openFile } = {},
): Promise<Blobs> => {
  const incoming = join(folder, 'incoming')
  const stored = join(folder, 'stored')
  const shardOf = (key: string) => join(stored, key.slice(0, 2))
  const pathOf = (key: string): string => {
    mustBeKey(key)
    return join(shardOf(key), key)
  }
  const removeLeftovers = () =>
    onDisk(async () => {
      for (const left of await leftoversIn(incoming)) await rm(left, { force: true })
    })
  await onDisk(async () => {
    for (const path of [folder, incoming, stored])
      await mkdir(path, { recursive: true, mode: 0o700 })
  })
  await removeLeftovers()

  const receive = async (path: string, source: AsyncIterable<Uint8Array>) => {
    const hash = createHash('sha256')
    let size = 0
    const file = await onDisk(() => open(path, 'wx+', 0o600))
    const writing = writingBehind(file)
    try {
      for await (const chunk of source) {
        hash.update(chunk)
        size += chunk.length
        const full = writing.add(chunk)
        if (full) await onDisk(() => full)
      }
      await onDisk(writing.end)
      return { file, size, sha256: hash.digest('hex') }
    } catch (error) {
      await writing.rest()
      await file.close().catch(() => undefined)
      throw error
    }
  }

  const staged = (
    path: string,
    release: () => void,
    { file, size, sha256 }: Awaited<ReturnType<typeof receive>>,
  ): StagedBlob => {
    let isCommitted = false
    return {
      size,
      sha256,
      read: async (start, length) => {
        const wanted = Math.max(0, Math.min(length, size - start))
        const bytes = Buffer.alloc(wanted)
        const { bytesRead } = await onDisk(() => file.read(bytes, 0, wanted, start))
        return bytes.subarray(0, bytesRead)
      },
      commit: async (key) => {
        const to = pathOf(key)
        const shard = shardOf(key)
        await onDisk(async () => {
          const made = await mkdir(shard, { recursive: true, mode: 0o700 })
          await rename(path, to)
          await syncFolder(shard)
          if (made !== undefined) await syncFolder(stored)
        })
        isCommitted = true
        release()
      },
      [Symbol.asyncDispose]: async () => {
        await file.close().catch(() => undefined)
        if (!isCommitted) await onDisk(() => rm(path, { force: true }))
        release()
      },
    }
  }

  return {
    driver: 'disk',
    stage: async (source) => {
      const { name, release } = partName(randomUUID())
      const path = join(incoming, name)
      try {
        return staged(path, release, await receive(path, source))
      } catch (error) {
        await rm(path, { force: true }).catch(() => undefined)
        release()
        throw error
      }
    },
    read: async (key, range) => {
      const path = pathOf(key)
      if (range && range.start >= range.end) {
        return (await ifThere(() => stat(path))) && Readable.from([])
      }
      const file = await ifThere(() => openFile(path, 'r'))
      return file?.createReadStream(range ? { start: range.start, end: range.end - 1 } : {})
    },
    sizeOf: async (key) => {
      const path = pathOf(key)
      return (await ifThere(() => stat(path)))?.size
    },
    remove: async (key) => {
      const path = pathOf(key)
      const removed = await ifThere(async () => {
        await unlink(path)
        await syncFolder(shardOf(key))
        return true
      })
      return removed === true
    },
    list: async function* () {
      const listedAt = await onDisk(() => timeIn(incoming))
      for (const shard of await onDisk(() => readdir(stored)))
        for (const key of (await ifThere(() => readdir(join(stored, shard)))) ?? []) {
          const found = await ifThere(() => stat(join(stored, shard, key)))
          if (found) yield { key, size: found.size, storedAt: found.mtime, listedAt }
        }
    },
    removeLeftovers,
  }
}

/** Reads the clock of the file system, which may be another machine's. */
const timeIn = async (folder: string): Promise<Date> => {
  const { name, release } = partName(randomUUID())
  const path = join(folder, name)
  try {
    await (await openFile(path, 'wx', 0o600)).close()
    // As times of blobs: `mtime` is rounded to ms, `mtimeMs` is not.
    return (await stat(path)).mtime
  } finally {
    await rm(path, { force: true })
    release()
  }
}
