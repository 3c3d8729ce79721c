import { Unavailable } from '../../unavailable.ts'
import type { AppendOne } from './eventstoredb-append.ts'
import type { AppendBatch, TimedAppend } from './eventstoredb-batch-append.ts'
import type { Appended, AppendOutcome, EventLog } from './port.ts'

/** At most so many appends to one stream are under way. */
const most = 500

type Waiting = TimedAppend & {
  readonly resolve: (appended: Appended) => void
  readonly reject: (error: unknown) => void
}

/**
 * `append` for appends to one stream that do not wait for each other: they are recorded in the order in which they were
 * called. What is called while others are under way waits, and goes with the next batch; one alone goes by itself.
 * Each is judged on its own, also after one whose outcome is not known.
 * @param patience ms that an append may take, with the wait for its turn
 */
export const appendQueue = (
  appendOne: AppendOne,
  appendBatch: AppendBatch,
  patience: number,
): EventLog['append'] => {
  const queues = new Map<string, Waiting[]>()

  const recordOne = async ({ append, deadline, resolve, reject }: Waiting): Promise<void> =>
    appendOne(append, deadline).then(resolve, reject)

  const recordAll = async (batch: readonly Waiting[]): Promise<void> => {
    const outcomes = await appendBatch(batch, { stops: false })
    batch.forEach(({ resolve, reject }, index) => {
      const outcome: AppendOutcome =
        outcomes[index] ?? new Unavailable('It is not known what became of an append')
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
      const deadline = performance.now() + patience
      const waiting = { append: { stream, expected, events }, deadline, resolve, reject }
      const queue = queues.get(stream)
      if (queue) return void queue.push(waiting)
      const begun = [waiting]
      queues.set(stream, begun)
      // With those that are called in the same turn.
      queueMicrotask(() => void work(stream, begun))
    })
}
