import { randomUUID } from 'node:crypto'
import {
  defaultDone,
  defaultRunning,
  type Keeping,
  type KeyedRequest,
  type Receipt,
  type Receipts,
} from './port.ts'

type Entry = { payloadHash: string; holder: string; receipt?: Receipt; expiresAt: number }

/** No scope contains it. */
const separator = '\u0000'

/** Receipts that live as long as the process. */
export const memoryReceipts = ({
  running = defaultRunning,
  done = defaultDone,
}: Keeping = {}): Receipts => {
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
      const expired = entry !== undefined && entry.expiresAt <= now
      if (entry && !(expired && entry.receipt)) {
        if (entry.payloadHash !== request.payloadHash) return { state: 'mismatch' }
        if (entry.receipt) return { state: 'done', ...entry.receipt }
        if (!expired) return { state: 'running' }
      }
      const holder = randomUUID()
      const { payloadHash } = request
      entries.set(nameOf(request), { payloadHash, holder, expiresAt: now + running })
      return { state: 'new', holder }
    },

    finish: async (request, holder, receipt) => {
      const entry = held(request, holder)
      if (entry) Object.assign(entry, { receipt, expiresAt: Date.now() + done })
    },

    forget: async (request, holder) => {
      if (held(request, holder)) entries.delete(nameOf(request))
    },

    purge: async () => {
      const expired = [...entries].filter(([, { expiresAt }]) => expiresAt <= Date.now() - running)
      for (const [name] of expired) entries.delete(name)
      return expired.length
    },
  }
}
