import { Type, type Static } from 'typebox'

const comparison = {
  same: Type.Integer(),
  different: Type.Integer(),
  onlyOld: Type.Integer(),
  onlyNew: Type.Integer(),
}

const Place = Type.Object({ position: Type.String(), type: Type.String() })

/** Differences by field, of a rebuild with a gate. */
const RebuildReport = Type.Object({
  ...comparison,
  counted: Type.Integer(),
  fields: Type.Array(
    Type.Object({
      path: Type.String(),
      documents: Type.Integer(),
      ignored: Type.Boolean(),
      samples: Type.Array(
        Type.Object({
          key: Type.String(),
          old: Type.Optional(Type.Unknown()),
          new: Type.Optional(Type.Unknown()),
          oldEvent: Type.Optional(Place),
          newEvent: Type.Optional(Place),
        }),
      ),
    }),
  ),
  furtherFields: Type.Integer(),
  onlyOldKeys: Type.Array(Type.String()),
  onlyNewKeys: Type.Array(Type.String()),
  isOldLost: Type.Optional(Type.Literal(true)),
})
export type RebuildReport = Static<typeof RebuildReport>

const Tally = Type.Object({ met: Type.Integer(), missed: Type.Integer() })

/** A read model, of `GET /admin/projections`. */
export const ReadModel = Type.Object({
  name: Type.String(),
  version: Type.Integer(),
  generation: Type.Integer(),
  store: Type.String(),
  declaredStore: Type.Optional(Type.String()),
  remainsIn: Type.Optional(Type.Array(Type.String())),
  status: Type.String(),
  position: Type.String(),
  lagEvents: Type.Integer(),
  lagSeconds: Type.Number(),
  /** Missing from an Agora of an earlier version. */
  promise: Type.Optional(
    Type.Object({
      within: Type.Integer(),
      events: Type.Optional(Tally),
      reads: Type.Optional(Tally),
    }),
  ),
  parked: Type.Integer(),
  rebuild: Type.Optional(
    Type.Object({
      progress: Type.Integer(),
      total: Type.Integer(),
      etaSeconds: Type.Optional(Type.Number()),
      generation: Type.Optional(Type.Integer()),
      gate: Type.Optional(Type.Object({ maxDifferences: Type.Optional(Type.Integer()) })),
      state: Type.Optional(Type.String()),
      report: Type.Optional(RebuildReport),
    }),
  ),
  comparison: Type.Optional(Type.Object(comparison)),
  report: Type.Optional(RebuildReport),
})
export type ReadModel = Static<typeof ReadModel>

/** The answer of `GET /admin/projections`. */
export const ReadModels = Type.Object({ projections: Type.Array(ReadModel) })

/** A run of a saga, of `GET /admin/sagas`. */
export const SagaRun = Type.Object({
  saga: Type.String(),
  id: Type.String(),
  state: Type.String(),
  startedAt: Type.String(),
  updatedAt: Type.String(),
  steps: Type.Integer(),
})
export type SagaRun = Static<typeof SagaRun>

/** The answer of `GET /admin/sagas`. */
export const SagaList = Type.Object({ sagas: Type.Array(SagaRun), total: Type.Integer() })

/** The answer of `GET /admin/sagas/:id`. */
export const SagaRuns = Type.Object({ sagas: Type.Array(SagaRun) })

/** Data of a saga's own events: the input of a move, and the steps it sent. */
export const SagaMove = Type.Object({
  input: Type.Object({
    kind: Type.String(),
    type: Type.String(),
    reason: Type.Optional(Type.String()),
  }),
  steps: Type.Array(
    Type.Object({
      type: Type.String(),
      to: Type.String(),
      wait: Type.Integer({ description: 'ms' }),
    }),
  ),
})
export type SagaMove = Static<typeof SagaMove>

/** Bridges to brokers, of `GET /admin/bridges`. */
export const Bridges = Type.Object({
  bridges: Type.Array(
    Type.Object({
      name: Type.String(),
      position: Type.String(),
      head: Type.String(),
      lagEvents: Type.Integer(),
      lagSeconds: Type.Number(),
      parked: Type.Integer(),
    }),
  ),
})

/** Persistent subscriptions, of `GET /admin/consumer-groups`. */
export const ConsumerGroups = Type.Object({
  groups: Type.Array(
    Type.Object({
      source: Type.String(),
      name: Type.String(),
      state: Type.String(),
      parked: Type.Integer(),
      measured: Type.Optional(
        Type.Object({
          at: Type.String(),
          lag: Type.Optional(Type.Integer()),
          consumers: Type.Integer(),
          inFlight: Type.Integer(),
        }),
      ),
    }),
  ),
  total: Type.Integer(),
})

/** The answer of `POST /admin/consumer-groups/replay`. */
export const Replayed = Type.Object({ messages: Type.Integer() })

/** The answer of `GET /admin/dead-letters`. */
export const DeadLetters = Type.Object({
  deadLetters: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.String(),
      name: Type.String(),
      key: Type.String(),
      position: Type.Optional(Type.String()),
      type: Type.Optional(Type.String()),
      error: Type.String(),
      attempts: Type.Integer(),
      at: Type.String(),
    }),
  ),
  total: Type.Integer(),
})

/** The answer of `GET /analytics/streams`. */
export const Streams = Type.Object({
  categories: Type.Array(
    Type.Object({ category: Type.String(), streams: Type.Integer(), events: Type.Integer() }),
  ),
  streams: Type.Array(
    Type.Object({
      stream: Type.String(),
      category: Type.String(),
      events: Type.Integer(),
      startedAt: Type.String(),
      position: Type.String(),
    }),
  ),
  nextCursor: Type.Optional(Type.String()),
})

/** An event as analysts read it: secret and personal fields are masked. */
export const MaskedEvent = Type.Object({
  eventId: Type.String(),
  stream: Type.String(),
  type: Type.String(),
  revision: Type.Integer(),
  position: Type.String(),
  at: Type.String(),
  data: Type.Unknown(),
  metadata: Type.Unknown(),
})
export type MaskedEvent = Static<typeof MaskedEvent>

/** The answer of `GET /analytics/events`. */
export const LogPage = Type.Object({
  events: Type.Array(MaskedEvent),
  nextCursor: Type.String(),
  caughtUp: Type.Boolean(),
  head: Type.String(),
})

/** The answer of `GET /analytics/streams/{stream}/events`. */
export const StreamPage = Type.Object({
  events: Type.Array(MaskedEvent),
  nextFrom: Type.Optional(Type.Integer()),
})

const Amounts = Type.Record(Type.String(), Type.Integer())

/** The audits of a read model, of `GET /admin/audits`. */
export const Audit = Type.Object({
  name: Type.String(),
  state: Type.String(),
  progress: Type.Optional(
    Type.Object({ position: Type.String(), head: Type.String(), share: Type.Number() }),
  ),
  at: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  findings: Type.Optional(
    Type.Object({
      store: Type.String(),
      position: Type.String(),
      isWhole: Type.Boolean(),
      looked: Type.Integer(),
      same: Type.Integer(),
      different: Type.Integer(),
      missing: Type.Integer(),
      orphans: Type.Integer(),
      sumsOnly: Type.Integer(),
      inconclusive: Type.Integer(),
      parked: Type.Integer(),
      orphansSought: Type.Boolean(),
      sums: Type.Array(Type.Object({ name: Type.String(), ledger: Amounts, documents: Amounts })),
    }),
  ),
  open: Type.Array(
    Type.Object({
      key: Type.String(),
      kind: Type.String(),
      fields: Type.Array(Type.String()),
    }),
  ),
})
export type Audit = Static<typeof Audit>

/** The answer of `GET /admin/audits`. */
export const AuditList = Type.Object({ audits: Type.Array(Audit) })

/** The answer of `POST /admin/audits`. */
export const AuditsRequested = Type.Object({ names: Type.Array(Type.String()) })

/** The answer to a request that was accepted and continues in the background. */
export const Accepted = Type.Object({ accepted: Type.Literal(true) })
