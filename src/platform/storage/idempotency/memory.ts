import { randomUUID } from 'node:crypto'
import {
  defaultDone,
  defaultRunning,
  type Retention,
  type KeyedRequest,
  type Receipt,
  type Receipts,
} from './port.ts'

type Entry = {
  payloadHash: string
  holder: string
  receipt?: Receipt
  /** When the claim or the answer expires, in ms since 1970. */
  expiresAt: number
  /** Until when the key is bound to this payload, in ms since 1970. */
  boundUntil: number
}

/** Separates scope and key; no scope contains it. */
const separator = '\u0000'

/** When an entry has expired altogether, in ms since 1970. */
const overAt = ({ expiresAt, boundUntil }: Entry): number => Math.max(expiresAt, boundUntil)

/** Receipts in the memory of one process. */
export const memoryReceipts = ({
  running = defaultRunning,
  done = defaultDone,
}: Retention = {}): Receipts => {
  const entries = new Map<string, Entry>()
  const nameOf = ({ scope, key }: KeyedRequest) => `${scope}${separator}${key}`
  const held = (request: KeyedRequest, holder: string) => {
    const entry = entries.get(nameOf(request))
    return entry?.holder === holder && !entry.receipt ? entry : undefined
  }

  return {
    claim: async (request) => {
      const now = Date.now()
      const entry = entries.get(nameOf(request))
      if (entry && overAt(entry) > now) {
        if (entry.payloadHash !== request.payloadHash) return { state: 'mismatch' }
        if (entry.receipt) return { state: 'done', ...entry.receipt }
        if (entry.expiresAt > now) return { state: 'running' }
      }
      const holder = randomUUID()
      const { payloadHash } = request
      const [expiresAt, boundUntil] = [now + running, now + done]
      entries.set(nameOf(request), { payloadHash, holder, expiresAt, boundUntil })
      return { state: 'new', holder }
    },

    finish: async (request, holder, receipt) => {
      const entry = held(request, holder)
      if (entry) Object.assign(entry, { receipt, expiresAt: Date.now() + done })
    },

    release: async (request, holder) => {
      const entry = held(request, holder)
      const now = Date.now()
      if (entry)
        Object.assign(entry, { holder: randomUUID(), expiresAt: now, boundUntil: now + done })
    },

    purge: async () => {
      const expired = [...entries].filter(([, entry]) => overAt(entry) <= Date.now() - running)
      for (const [name] of expired) entries.delete(name)
      return expired.length
    },
  }
}
