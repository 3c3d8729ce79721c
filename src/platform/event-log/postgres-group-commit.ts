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

type Batch = {
  readonly appends: readonly Waiting[]
  /** Which append of the batch comes before each in the same stream: its place from 1, or 0 for none. */
  readonly earlier: readonly number[]
}

const isPlaceless = ({ expected }: Append): boolean => expected === 'any' || expected === 'exists'

/**
 * Takes from the front what can share a batch: not too much, and no stream that is on its way already. Appends to one
 * stream keep their order. One that may go anywhere waits for those whose events it may repeat: whether an event was
 * recorded before is looked up in the table, without the rest of the batch.
 */
const nextBatch = (
  waiting: readonly Waiting[],
  underWay: ReadonlySet<string>,
): Batch & { readonly rest: Waiting[] } => {
  const blocked = new Set(underWay)
  const inBatch = new Map<string, { last: number; readonly ids: Set<string> }>()
  const appends: Waiting[] = []
  const earlier: number[] = []
  const skipped: Waiting[] = []
  let seen = 0
  for (let events = 0; seen < waiting.length && events < most; seen += 1) {
    const one = waiting[seen]!
    const { stream } = one.append
    if (blocked.has(stream)) {
      skipped.push(one)
      continue
    }
    const ids = one.append.events.map(({ eventId }) => eventId.toLowerCase())
    const before = inBatch.get(stream)
    if (isPlaceless(one.append) && before?.ids.has(ids[0]!)) {
      blocked.add(stream)
      skipped.push(one)
      continue
    }
    events += ids.length
    appends.push(one)
    earlier.push(before?.last ?? 0)
    if (before) {
      before.last = appends.length
      for (const id of ids) before.ids.add(id)
    } else inBatch.set(stream, { last: appends.length, ids: new Set(ids) })
  }
  return { appends, earlier, rest: skipped.concat(waiting.slice(seen)) }
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
  let waiting: Waiting[] = []
  const underWay = new Set<string>()
  let busy = 0
  const unanswered = new Set<Promise<void>>()

  const send = async (
    { appends: batch, earlier }: Batch,
    at: string,
  ): Promise<readonly Verdict[]> => {
    const owners: number[] = []
    const nths: number[] = []
    const streams: string[] = []
    const ids: string[] = []
    const types: string[] = []
    const datas: string[] = []
    const metadatas: string[] = []
    const originals: (string | null)[] = []
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
        originals.push(event.original ? JSON.stringify(event.original) : null)
        ats.push(event.at ?? at)
      }
    })
    return database.query<Verdict & Row>({
      name: 'append',
      text: 'SELECT * FROM agora.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)',
      values: [
        batch.map(({ append }) => append.stream),
        batch.map(({ append }) => codeOf(append.expected)),
        batch.map(({ append }) => append.events.length),
        batch.map(({ append }) => append.events[0]!.eventId),
        earlier,
        owners,
        nths,
        streams,
        ids,
        types,
        datas,
        metadatas,
        originals,
        ats,
      ],
    })
  }

  const settle = async (together: Batch): Promise<void> => {
    const batch = together.appends
    try {
      const at = clock().toISOString()
      const verdicts = await send(together, at)
      batch.forEach(({ resolve }, index) => resolve(verdicts[index]!))
      recorded(
        batch.map(({ append }, index) => ({ append, verdict: verdicts[index]! })),
        at,
      )
    } catch (error) {
      // One that the database cannot take must not fail its neighbours: each gets its own try.
      if (batch.length > 1 && !(error instanceof Unavailable))
        for (const one of batch) await settle({ appends: [one], earlier: [0] })
      else batch.forEach(({ reject }) => reject(error))
    }
  }

  const run = async (): Promise<void> => {
    for (;;) {
      const batch = nextBatch(waiting, underWay)
      if (batch.appends.length === 0) break
      waiting = batch.rest
      batch.appends.forEach(({ append }) => underWay.add(append.stream))
      const answered = settle(batch)
      unanswered.add(answered)
      await answered
      unanswered.delete(answered)
      batch.appends.forEach(({ append }) => underWay.delete(append.stream))
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
