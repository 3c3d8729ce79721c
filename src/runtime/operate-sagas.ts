import type { AnySaga, Catalogue, Projection } from '#kernel'
import type { DeadLetter, DeadLetters } from '../platform/storage/dead-letters/port.ts'
import type { DocumentStore } from '../platform/storage/documents/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { Control } from '../platform/messaging/control/port.ts'
import type { Operations, SagaSummary } from './operations.ts'
import { previewRetry } from './preview-retry.ts'
import type { SagaRun } from './saga-overview.ts'
import { moveReports, readRun } from './saga-stream.ts'
import { waitsOf } from './saga-waits.ts'

/**
 * The operators' side of sagas, whichever process runs them.
 * @param deps.overview the read model of their runs
 */
export const operateSagas = ({
  sagas,
  overview,
  documents,
  log,
  letters,
  control,
  catalogue,
}: {
  readonly sagas: readonly AnySaga[]
  readonly overview: Projection<SagaRun>
  readonly documents: Pick<DocumentStore, 'find'>
  readonly log: Pick<EventLog, 'read' | 'readAll'>
  readonly letters: DeadLetters
  readonly control: Control
  readonly catalogue: Pick<Catalogue, 'masked' | 'personal' | 'unreadable'>
}): Pick<Operations, 'sagas' | 'saga' | 'previewRetry' | 'retrySaga'> => {
  /** Letters of all parked runs, the latest failure first. */
  const parkedLetters = async (): Promise<readonly DeadLetter[]> => {
    const counts = await letters.counts()
    const names = counts.filter(({ kind }) => kind === 'saga').map(({ name }) => name)
    const found = await Promise.all(
      names.map((name) => letters.list({ kind: 'saga', name, generation: 0 })),
    )
    return found.flat().toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))
  }

  /** Letters of the parked runs with a key. */
  const lettersOf = async (id: string): Promise<readonly DeadLetter[]> =>
    (await parkedLetters()).filter(({ key }) => key === id)

  const parkedRuns = async (): Promise<ReadonlySet<string>> =>
    new Set((await parkedLetters()).map(({ name, key }) => `${name}-${key}`))

  const summariesOf = async (
    where: Record<string, string | { in: string[] }>,
    range: { readonly limit: number; readonly offset?: number },
    parked: ReadonlySet<string>,
  ) => {
    const found = await documents.find(overview, { where, sort: ['-updatedAt'], ...range })
    const runs = found.documents.map(({ id, saga, key, state, moves, startedAt, updatedAt }) => ({
      saga,
      id: key,
      state: parked.has(id) ? 'parked' : state,
      startedAt,
      updatedAt,
      steps: moves,
    })) satisfies readonly SagaSummary[]
    return { runs, total: found.total }
  }

  /** A parked run; one that is parked at its first event is not in the read model. */
  const parkedRun = ({ name, key, at }: DeadLetter, known: readonly SagaSummary[]): SagaSummary =>
    known.find(({ saga, id }) => saga === name && id === key) ?? {
      saga: name,
      id: key,
      state: 'parked',
      startedAt: at,
      updatedAt: at,
      steps: 0,
    }

  /** Parked runs, the latest failure first. */
  const parkedList = async ({
    limit,
    offset,
  }: {
    readonly limit: number
    readonly offset: number
  }) => {
    const all = await parkedLetters()
    const shown = all.slice(offset, offset + limit)
    const ids = shown.map(({ name, key }) => `${name}-${key}`)
    const { runs } = await summariesOf({ id: { in: ids } }, { limit }, new Set(ids))
    return { runs: shown.map((letter) => parkedRun(letter, runs)), total: all.length }
  }

  return {
    sagas: async ({ state, limit = 100, offset = 0 } = {}) => {
      if (state === 'parked') return parkedList({ limit, offset })
      const parked = await parkedRuns()
      const found = await summariesOf(state ? { state } : {}, { limit, offset }, parked)
      if (state !== 'running') return found
      // Those that are parked have not ended either.
      const where = { state, id: { in: [...parked] } }
      const { total } = await documents.find(overview, { where, limit: 0 })
      return {
        runs: found.runs.filter((run) => run.state === state),
        total: found.total - total,
      }
    },
    saga: async (id) => {
      const parked = await lettersOf(id)
      const names = new Set(parked.map(({ name }) => `${name}-${id}`))
      const { runs } = await summariesOf({ key: id }, { limit: 20 }, names)
      const begun = new Set(runs.map(({ saga }) => saga))
      const unbegun = parked.filter(({ name }) => !begun.has(name))
      return Promise.all(
        [...runs, ...unbegun.map((letter) => parkedRun(letter, []))].map(async (run) => {
          const events = await readRun(log, `${run.saga}-${id}`)
          const moves = events.flatMap((event) => moveReports(catalogue, event))
          const saga = sagas.find(({ name }) => name === run.saga)
          const letter = parked.find(({ name }) => name === run.saga)
          const waits = saga ? await waitsOf(saga, { events, moves, letter }, log) : []
          return { ...run, moves, waits }
        }),
      )
    },
    previewRetry: async (id) => {
      const parked = await lettersOf(id)
      const previews = await Promise.all(
        parked.map(async (letter) => {
          const saga = sagas.find(({ name }) => name === letter.name)
          return saga ? [await previewRetry(saga, letter, { log, catalogue })] : []
        }),
      )
      return previews.flat()
    },
    retrySaga: async (id) => {
      const mine = await lettersOf(id)
      const asked = await Promise.all(mine.map((letter) => letters.requestRetry(letter.id)))
      await control.announce()
      return asked.some(Boolean)
    },
  }
}
