import { createBells } from './bell.ts'
import type { Queue, QueueWorker } from './port.ts'
import { keepDone, prepared } from './validate-jobs.ts'
import type { JobStore } from './store.ts'
import { longestPause, startWorker } from './worker.ts'

type Row = {
  readonly id: string
  readonly json: string
  dueAt: number
  attempt: number
  holder: string | undefined
  lastError: string | undefined
  parked: { readonly error: string; readonly at: number } | undefined
}

type Rows = { readonly live: Map<string, Row>; readonly doneAt: Map<string, number> }

const isOpen = (row: Row): boolean => !row.parked

/**
 * A queue in the memory of one process: for tests, and for work that may be lost.
 * @param options.lease time without a renewal after which a worker loses a job, in ms; default 10,000
 * @param options.now clock, in ms since 1970
 * @param options.onError called with errors of listeners
 */
export const memoryQueue = ({
  lease = 10_000,
  now = Date.now,
  onError = () => undefined,
}: {
  readonly lease?: number
  readonly now?: () => number
  readonly onError?: (error: unknown) => void
} = {}): Queue => {
  const queues = new Map<string, Rows>()
  const bells = createBells(longestPause)
  const workers = new Set<QueueWorker>()

  const rowsOf = (queue: string): Rows => {
    const rows = queues.get(queue) ?? { live: new Map(), doneAt: new Map() }
    queues.set(queue, rows)
    return rows
  }
  const heldBy = (queue: string, holder: string, id: string): Row | undefined => {
    const row = rowsOf(queue).live.get(id)
    return row && isOpen(row) && row.holder === holder ? row : undefined
  }

  /** Removes the ids of jobs that were done long ago; a Map has the oldest first. */
  const removeOld = ({ doneAt }: Rows): void => {
    for (const [id, at] of doneAt) {
      if (at > now() - keepDone) return
      doneAt.delete(id)
    }
  }

  const store: JobStore = {
    lease,
    take: async (queue, holder, most) => {
      const open = [...rowsOf(queue).live.values()].filter(isOpen)
      const at = now()
      const due = open.filter(({ dueAt }) => dueAt <= at).toSorted((a, b) => a.dueAt - b.dueAt)
      const later = open.map(({ dueAt }) => dueAt - at).filter((ms) => ms > 0)
      const attempts = due.slice(0, most).map((row) => {
        row.holder = holder
        row.attempt += 1
        row.dueAt = at + lease
        const { id, attempt, lastError } = row
        return { id, data: JSON.parse(row.json) as unknown, attempt, lastError }
      })
      const nextIn = later.length === 0 ? undefined : later.reduce((a, b) => Math.min(a, b))
      return { attempts, nextIn }
    },
    settle: async (queue, holder, settlements) => {
      const rows = rowsOf(queue)
      for (const settlement of settlements) {
        const row = heldBy(queue, holder, settlement.id)
        if (!row) continue
        row.holder = undefined
        if (settlement.outcome === 'retry') {
          row.dueAt = now() + settlement.pause
          if (settlement.uncounted) row.attempt -= 1
          else row.lastError = settlement.error
        } else if (settlement.outcome === 'parked')
          row.parked = { error: settlement.error, at: now() }
        else {
          rows.live.delete(row.id)
          rows.doneAt.set(row.id, now())
        }
      }
    },
    extend: async (queue, holder, ids) =>
      ids.filter((id) => {
        const row = heldBy(queue, holder, id)
        if (row) row.dueAt = now() + lease
        return row !== undefined
      }),
    release: async (queue, holder, ids) => {
      for (const id of ids) {
        const row = heldBy(queue, holder, id)
        if (!row) continue
        row.holder = undefined
        row.attempt -= 1
        row.dueAt = now()
      }
      bells.ring(queue)
    },
  }

  return {
    add: async (queue, jobs) => {
      const ready = prepared(queue, jobs)
      const rows = rowsOf(queue)
      removeOld(rows)
      for (const { id, json, runAt } of ready) {
        if (rows.live.has(id) || rows.doneAt.has(id)) continue
        const dueAt = runAt ?? now()
        const fresh = { attempt: 0, holder: undefined, lastError: undefined, parked: undefined }
        rows.live.set(id, { id, json, dueAt, ...fresh })
      }
      bells.ring(queue)
    },

    work: async (queue, handler, options = {}) => {
      const worker = startWorker(store, bells, queue, handler, options, onError)
      workers.add(worker)
      return worker
    },

    parked: async (limit = 100) =>
      [...queues]
        .flatMap(([queue, { live }]) =>
          [...live.values()].flatMap(({ id, json, attempt, parked }) =>
            parked ? [{ queue, id, json, attempt, ...parked }] : [],
          ),
        )
        .toSorted((a, b) => b.at - a.at)
        .slice(0, limit)
        .map(({ queue, id, json, attempt, error, at }) => ({
          queue,
          id,
          data: JSON.parse(json) as unknown,
          error,
          attempts: attempt,
          failedAt: new Date(at).toISOString(),
        })),

    parkedCounts: async () =>
      [...queues].flatMap(([queue, { live }]) => {
        const parked = [...live.values()].filter((row) => row.parked).length
        return parked === 0 ? [] : [{ queue, parked }]
      }),

    retry: async (queue, id) => {
      const row = rowsOf(queue).live.get(id)
      if (!row?.parked) return false
      row.parked = undefined
      row.lastError = undefined
      row.attempt = 0
      row.dueAt = now()
      bells.ring(queue)
      return true
    },

    counts: async (queue) => {
      const rows = [...rowsOf(queue).live.values()]
      const later = rows.filter((row) => isOpen(row) && row.dueAt > now())
      return {
        waiting: rows.filter((row) => isOpen(row) && row.dueAt <= now()).length,
        delayed: later.filter(({ holder }) => holder === undefined).length,
        active: later.filter(({ holder }) => holder !== undefined).length,
        parked: rows.filter(({ parked }) => parked).length,
      }
    },

    close: async () => {
      await Promise.all([...workers].map(({ stop }) => stop()))
    },
  }
}
