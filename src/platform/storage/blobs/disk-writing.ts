import type { FileHandle } from 'node:fs/promises'

/**
 * Bytes that are written at once; as many are collected meanwhile. Larger batches are hardly faster and need more memory,
 * smaller ones are slower (`npm run bench -- --only uploads`).
 */
const batchSize = 256 * 1_024

/** The file that is written, as far as needed. */
type Writable = Pick<FileHandle, 'writev' | 'sync'>

/** Writes chunks completely. A write may be short, as on a disk that is nearly full. */
const writeAll = async (file: Writable, chunks: readonly Uint8Array[]): Promise<void> => {
  for (let left = chunks; left.length > 0;) {
    let { bytesWritten } = await file.writev(left)
    let whole = 0
    for (const { length } of left) {
      if (bytesWritten < length) break
      bytesWritten -= length
      whole += 1
    }
    const [cut, ...others] = left.slice(whole)
    left = cut ? [cut.subarray(bytesWritten), ...others] : []
  }
}

/**
 * Writes a file behind its source: a batch is written while the next one arrives, by one call instead of one for each chunk.
 * Two batches are in memory at most.
 */
export const writingBehind = (file: Writable) => {
  let batch: Uint8Array[] = []
  let batched = 0
  let writing: Promise<void> = Promise.resolve()

  const flush = async (): Promise<void> => {
    const full = batch
    ;[batch, batched] = [[], 0]
    await writing
    writing = writeAll(file, full)
    // Its error is thrown by the next flush, or at the end.
    writing.catch(() => undefined)
  }

  return {
    /**
     * Adds a chunk, which must not change any more.
     * @returns undefined while the batch is not full; else resolves when the batch before is written, and rejects with its error
     */
    add: (chunk: Uint8Array): Promise<void> | undefined => {
      if (chunk.length === 0) return undefined
      batch.push(chunk)
      batched += chunk.length
      return batched < batchSize ? undefined : flush()
    },
    /** Writes what is left; durable when it resolves. */
    end: async (): Promise<void> => {
      await flush()
      await writing
      await file.sync()
    },
    /** Resolves when nothing is being written any more. */
    rest: () => writing.catch(() => undefined),
  }
}
