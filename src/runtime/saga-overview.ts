import { Type, type Static } from 'typebox'
import {
  declarationOf,
  Fields,
  idOf,
  categoryOf,
  projection,
  sagaEventTypes,
  Timestamp,
  type AnySaga,
  type Projection,
  type RecordedEvent,
  type SagaMoved,
} from '#kernel'
import type { DocumentStore } from '../platform/storage/documents/port.ts'

/** One run of a saga, as operators see it. */
export const SagaRun = Fields({
  /** The run's stream. */
  id: Type.String(),
  saga: Type.String(),
  /** Key of the run: the id that its events share. */
  key: Type.String(),
  state: Type.Enum(['running', 'ended']),
  /** Number of moves. */
  moves: Type.Integer(),
  startedAt: Timestamp,
  updatedAt: Timestamp,
})
export type SagaRun = Static<typeof SagaRun>

/** Returns the projection of all runs of these sagas, folded from the events of the sagas. */
export const sagaOverview = (sagas: readonly AnySaga[]): Projection<SagaRun> => {
  const moved = (run: SagaRun | undefined, { stream, at, data }: RecordedEvent): SagaRun => {
    const { ended, resting } = data as SagaMoved
    return {
      id: stream,
      saga: categoryOf(stream),
      key: idOf(stream),
      state: ended || resting ? 'ended' : 'running',
      moves: (run?.moves ?? 0) + 1,
      startedAt: run?.startedAt ?? at,
      updatedAt: at,
    }
  }
  const types = sagas.flatMap((saga) => Object.values(sagaEventTypes(saga)))
  return projection({
    name: 'sagas',
    version: 2,
    store: 'postgres',
    within: 5_000,
    document: SagaRun,
    from: sagas.map(declarationOf),
    key: ({ stream }) => stream,
    beginsWith: sagas.map(declarationOf),
    // Read by operators, who accept 250 ms; runs make many moves, and each would be a write.
    delay: 250,
    indexes: [['saga', 'state'], ['updatedAt'], ['key']],
  }).rules(Object.fromEntries(types.map((type) => [type, moved])))
}

/** Counts the runs of each saga by state. */
export const countRuns = async (
  documents: Pick<DocumentStore, 'find'>,
  overview: Projection<SagaRun>,
  sagas: readonly Pick<AnySaga, 'name'>[],
) =>
  Promise.all(
    sagas.flatMap(({ name: saga }) =>
      (['running', 'ended'] as const).map(async (state) => {
        const { total } = await documents.find(overview, { where: { saga, state }, limit: 1 })
        return { saga, state, runs: total }
      }),
    ),
  )
