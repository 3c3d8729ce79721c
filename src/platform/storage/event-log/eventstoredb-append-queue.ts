import { Unavailable } from '../../unavailable.ts'
import type { AppendOne } from './eventstoredb-append.ts'
import type { AppendBatch, TimedAppend } from './eventstoredb-batch-append.ts'
import type { Appended, AppendOutcome, EventLog } from './port.ts'

/** Limit of the appends to one stream in a batch. */
const most = 500

type Waiting = TimedAppend & {
  readonly resolve: (appended: Appended) => void
  readonly reject: (error: unknown) => void
}

/**
 * `append` for concurrent appends to one stream: they are recorded in the order of the calls. Calls during a running batch wait
 * for the next one; a single append is sent by itself. Each is accepted or refused on its own, also after one whose outcome is
 * unknown.
 * @param timeoutMs timeout of an append with its waiting time, in ms
 */
export const appendQueue = (
  appendOne: AppendOne,
  appendBatch: AppendBatch,
  timeoutMs: number,
): EventLog['append'] => {
  const queues = new Map<string, Waiting[]>()

  const recordOne = async ({ append, deadline, resolve, reject }: Waiting): Promise<void> =>
    appendOne(append, deadline).then(resolve, reject)

  const recordAll = async (batch: readonly Waiting[]): Promise<void> => {
    const outcomes = await appendBatch(batch, { stops: false })
    batch.forEach(({ resolve, reject }, index) => {
      const outcome: AppendOutcome =
        outcomes[index] ?? new Unavailable('The outcome of an append is unknown')
      if (outcome instanceof Error) reject(outcome)
      else resolve(outcome)
    })
  }

  const work = async (stream: string, queue: Waiting[]): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.splice(0, most)
      const [first] = batch
      await (batch.length === 1 ? recordOne(first!) : recordAll(batch)).catch((error: unknown) =>
        batch.forEach(({ reject }) => reject(error)),
      )
    }
    queues.delete(stream)
  }

  return (stream, expected, events) =>
    new Promise((resolve, reject) => {
      const deadline = performance.now() + timeoutMs
      const waiting = { append: { stream, expected, events }, deadline, resolve, reject }
      const queue = queues.get(stream)
      if (queue) return void queue.push(waiting)
      const begun = [waiting]
      queues.set(stream, begun)
      // Begins in a microtask, together with the other calls of the same turn.
      queueMicrotask(() => void work(stream, begun))
    })
}
