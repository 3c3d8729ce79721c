import { hash } from 'node:crypto'
import {
  ChangedMeanwhile,
  mustBeKey,
  type ArrivedBlob,
  type DirectOffer,
  type DirectUploads,
} from './port.ts'

/** Uploads past Agora into the memory of one process, and what takes their bytes. */
export type MemoryDirect = {
  readonly direct: DirectUploads
  /** Takes bytes as a server would. @returns the status of its answer */
  readonly send: (offer: DirectOffer, body: string | Buffer) => Promise<number>
}

/**
 * Uploads past Agora in memory, for tests.
 * @param commit stores bytes under a key
 */
export const memoryDirect = (
  commit: (key: string, bytes: Buffer) => void,
  clock: () => Date,
): MemoryDirect => {
  const offers = new Map<string, Parameters<DirectUploads['offer']>[0] & { readonly end: number }>()
  const arrivals = new Map<string, { readonly bytes: Buffer; readonly storedAt: Date }>()

  const arrivedAs = (id: string, bytes: Buffer): ArrivedBlob => ({
    size: bytes.length,
    open: async () => {
      if (arrivals.get(id)?.bytes !== bytes) throw new ChangedMeanwhile('Other bytes have arrived')
      return (async function* () {
        yield bytes
      })()
    },
    stage: async (source) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of source) chunks.push(chunk)
      return {
        size: bytes.length,
        sha256: hash('sha256', Buffer.concat(chunks), 'hex'),
        read: async (start, length) => bytes.subarray(start, start + length),
        commit: async (key) => {
          mustBeKey(key)
          commit(key, bytes)
        },
        [Symbol.asyncDispose]: async () => undefined,
      }
    },
  })

  return {
    direct: {
      offer: async (upload) => {
        mustBeKey(upload.id)
        const url = `memory:${upload.id}`
        offers.set(url, { ...upload, end: clock().getTime() + upload.lifetime })
        return { method: 'PUT', url, headers: { 'content-type': upload.type } }
      },
      arrived: async (id) => {
        const arrival = arrivals.get(id)
        return arrival && arrivedAs(id, arrival.bytes)
      },
      remove: async (id) => void arrivals.delete(id),
      list: async function* () {
        for (const [key, { bytes, storedAt }] of arrivals)
          yield { key, size: bytes.length, storedAt, listedAt: clock() }
      },
    },
    send: async ({ url, headers }, body) => {
      const offer = offers.get(url)
      const bytes = Buffer.from(body)
      if (!offer || offer.size !== bytes.length || offer.type !== headers['content-type'])
        return 403
      if (offer.end <= clock().getTime()) return 403
      arrivals.set(offer.id, { bytes, storedAt: clock() })
      return 200
    },
  }
}
