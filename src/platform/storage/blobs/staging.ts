import { createHash } from 'node:crypto'
import type { Blobs, StagedBlob } from './port.ts'

/** Size of the parts in which stores on other machines receive bytes, in bytes: S3 and Cloudinary take no smaller ones than 5 MB. */
const partSize = 8 * 1_024 ** 2

/** Size up to which received bytes wait in memory for their key, in bytes: they cost one request instead of several. */
const smallSize = 1_024 ** 2

/** A store of received bytes that have no key yet, part by part. */
export type Receiving = {
  /**
   * Sends a part; the next one follows when this one is sent.
   * @param part.start of it in the whole, in bytes
   * @param part.isLast whether no other follows
   */
  readonly send: (
    bytes: Buffer,
    part: { readonly index: number; readonly start: number; readonly isLast: boolean },
  ) => Promise<void>
  /** Makes one of all parts, at once. */
  readonly finish: () => Promise<void>
  /** Discards all parts, as far as the store can be reached. */
  readonly abort: () => Promise<void>
  /** What a whole is. @param size in bytes */
  readonly staged: (size: number) => Omit<StagedBlob, 'size' | 'sha256'>
}

/** Divides bytes into parts. Two buffers are used in turn: one is filled while the other is sent. */
const inParts = (send: Receiving['send']) => {
  let [filling, spare] = [Buffer.allocUnsafeSlow(partSize), Buffer.allocUnsafeSlow(partSize)]
  let [filled, index, start] = [0, 0, 0]
  let sending: Promise<void> = Promise.resolve()
  const flush = async (isLast: boolean): Promise<void> => {
    // The buffer of the part before is free again then.
    await sending
    sending = send(filling.subarray(0, filled), { index, start, isLast })
    sending.catch(() => undefined)
    ;[filling, spare] = [spare, filling]
    ;[filled, index, start] = [0, index + 1, start + filled]
  }
  return {
    write: async (chunk: Uint8Array): Promise<void> => {
      for (let at = 0; at < chunk.length;) {
        // Not before another byte comes: the last part is sent as such.
        if (filled === partSize) await flush(false)
        const taken = chunk.subarray(at, at + partSize - filled)
        filling.set(taken, filled)
        filled += taken.length
        at += taken.length
      }
    },
    end: async (): Promise<void> => {
      await flush(true)
      await sending
    },
    /** Resolves when no part is being sent any more. */
    rest: () => sending.catch(() => undefined),
  }
}

/**
 * Returns a `stage` for a store on another machine, whose memory does not grow with the size of a blob.
 * @param put stores few bytes under a key
 * @param receive begins to receive many
 */
export const remoteStage =
  (
    put: (key: string, bytes: Buffer) => Promise<void>,
    receive: () => Promise<Receiving>,
  ): Blobs['stage'] =>
  async (source) => {
    const hash = createHash('sha256')
    const head: Buffer[] = []
    let size = 0
    let receiving:
      | { readonly to: Receiving; readonly parts: ReturnType<typeof inParts> }
      | undefined
    try {
      for await (const chunk of source) {
        hash.update(chunk)
        size += chunk.length
        if (receiving) await receiving.parts.write(chunk)
        else head.push(Buffer.from(chunk))
        if (receiving || size <= smallSize) continue
        const to = await receive()
        receiving = { to, parts: inParts(to.send) }
        for (const before of head.splice(0)) await receiving.parts.write(before)
      }
      await receiving?.parts.end()
      await receiving?.to.finish()
    } catch (error) {
      await receiving?.parts.rest()
      await receiving?.to.abort()
      throw error
    }
    const sha256 = hash.digest('hex')
    if (receiving) return { size, sha256, ...receiving.to.staged(size) }
    const bytes = Buffer.concat(head)
    return {
      size,
      sha256,
      read: async (start, length) => bytes.subarray(start, start + length),
      commit: (key) => put(key, bytes),
      [Symbol.asyncDispose]: async () => undefined,
    }
  }
