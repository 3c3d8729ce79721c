import type { Database, Row } from '../postgres/database.ts'
import { Unavailable } from '../unavailable.ts'
import type { ExpectedRevision, NewEvent } from './port.ts'

export type Append = {
  readonly stream: string
  readonly expected: ExpectedRevision
  readonly events: readonly NewEvent[]
}

/** What the database said to an append: taken, or where the stream stands instead. */
export type Verdict = {
  readonly taken: boolean
  /** Whether it was recorded just now, and not before. */
  readonly fresh: boolean
  readonly revision: number
  readonly position: bigint
}

type Waiting = {
  readonly append: Append
  readonly resolve: (verdict: Verdict) => void
  readonly reject: (error: unknown) => void
}

const codes = { none: -1, any: -2, exists: -4 } as const
const codeOf = (expected: ExpectedRevision): number =>
  typeof expected === 'number' ? expected : codes[expected]

/**
 * At most so many events share a commit. More would save little, and would take turns with the database: while it works
 * on one batch, the next one is made ready.
 */
const most = 128

/** So many batches on their way: while one is being made durable, the next one crosses the wire. */
const lanes = 2

/** Takes from the front what can share a batch: not too much, and no stream that is on its way already. */
const nextBatch = (waiting: Waiting[], underWay: ReadonlySet<string>): Waiting[] => {
  const streams = new Set(underWay)
  const batch: Waiting[] = []
  const rest: Waiting[] = []
  let events = 0
  for (const one of waiting) {
    const { stream } = one.append
    const fits = events < most && !streams.has(stream)
    if (fits) events += one.append.events.length
    ;(fits ? batch : rest).push(one)
    streams.add(stream)
  }
  waiting.splice(0, waiting.length, ...rest)
  return batch
}

/**
 * Lets appends that wait at the same time share one round trip and one commit; each is judged on its own.
 * @param recorded called for every batch, right after its callers have been answered
 */
export const groupCommit = (
  database: Database,
  clock: () => Date,
  recorded: (batch: readonly { append: Append; verdict: Verdict }[], at: string) => void,
) => {
  const waiting: Waiting[] = []
  const underWay = new Set<string>()
  let busy = 0
  const unanswered = new Set<Promise<void>>()

  const send = async (batch: readonly Waiting[], at: string): Promise<readonly Verdict[]> => {
    const owners: number[] = []
    const nths: number[] = []
    const streams: string[] = []
    const ids: string[] = []
    const types: string[] = []
    const datas: string[] = []
    const metadatas: string[] = []
    const ats: string[] = []
    batch.forEach(({ append }, index) => {
      for (const [nth, event] of append.events.entries()) {
        owners.push(index + 1)
        nths.push(nth + 1)
        streams.push(append.stream)
        ids.push(event.eventId)
        types.push(event.type)
        datas.push(JSON.stringify(event.data))
        metadatas.push(JSON.stringify(event.metadata))
        ats.push(event.at ?? at)
      }
    })
    return database.query<Verdict & Row>({
      name: 'append',
      text: 'SELECT * FROM agora.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)',
      values: [
        batch.map(({ append }) => append.stream),
        batch.map(({ append }) => codeOf(append.expected)),
        batch.map(({ append }) => append.events.length),
        batch.map(({ append }) => append.events[0]!.eventId),
        owners,
        nths,
        streams,
        ids,
        types,
        datas,
        metadatas,
        ats,
      ],
    })
  }

  const settle = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const at = clock().toISOString()
      const verdicts = await send(batch, at)
      batch.forEach(({ resolve }, index) => resolve(verdicts[index]!))
      recorded(
        batch.map(({ append }, index) => ({ append, verdict: verdicts[index]! })),
        at,
      )
    } catch (error) {
      // One that the database cannot take must not fail its neighbours: each gets its own try.
      if (batch.length > 1 && !(error instanceof Unavailable))
        for (const one of batch) await settle([one])
      else batch.forEach(({ reject }) => reject(error))
    }
  }

  const run = async (): Promise<void> => {
    for (;;) {
      const batch = nextBatch(waiting, underWay)
      if (batch.length === 0) break
      batch.forEach(({ append }) => underWay.add(append.stream))
      const answered = settle(batch)
      unanswered.add(answered)
      await answered
      unanswered.delete(answered)
      batch.forEach(({ append }) => underWay.delete(append.stream))
    }
    busy -= 1
  }

  return {
    append: (append: Append): Promise<Verdict> =>
      new Promise((resolve, reject) => {
        waiting.push({ append, resolve, reject })
        if (busy === lanes) return
        busy += 1
        // Whoever appends in the same turn of the event loop goes along.
        setImmediate(() => void run())
      }),
    /** Each resolves when one of the batches that are on their way, the oldest first, has been answered. */
    underWay: (): readonly Promise<void>[] => [...unanswered],
  }
}
