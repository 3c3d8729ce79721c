import { hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { memoryDirect, type MemoryDirect } from './memory-direct.ts'
import { mustBeKey, type Blobs } from './port.ts'

/** Blobs in the memory of one process, for tests, and what takes bytes of clients. @param clock default: the machine's */
export const memoryBlobs = (
  clock: () => Date = () => new Date(),
): Blobs & Pick<MemoryDirect, 'send'> => {
  const blobs = new Map<string, { readonly bytes: Buffer; readonly storedAt: Date }>()
  const { direct, send } = memoryDirect(
    (key, bytes) => void blobs.set(key, { bytes, storedAt: clock() }),
    clock,
  )
  return {
    driver: 'memory',
    direct,
    send,
    stage: async (source) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of source) chunks.push(Uint8Array.from(chunk))
      const bytes = Buffer.concat(chunks)
      return {
        size: bytes.length,
        sha256: hash('sha256', bytes, 'hex'),
        read: async (start, length) => bytes.subarray(start, start + length),
        commit: async (key) => {
          mustBeKey(key)
          blobs.set(key, { bytes, storedAt: clock() })
        },
        [Symbol.asyncDispose]: async () => undefined,
      }
    },
    read: async (key, range) => {
      mustBeKey(key)
      const blob = blobs.get(key)
      return blob && Readable.from([blob.bytes.subarray(range?.start, range?.end)])
    },
    sizeOf: async (key) => {
      mustBeKey(key)
      return blobs.get(key)?.bytes.length
    },
    remove: async (key) => {
      mustBeKey(key)
      return blobs.delete(key)
    },
    list: async function* () {
      for (const [key, { bytes, storedAt }] of blobs)
        yield { key, size: bytes.length, storedAt, listedAt: clock() }
    },
    removeLeftovers: async () => undefined,
  }
}
