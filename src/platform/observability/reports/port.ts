import { Type, type Static } from 'typebox'

/**
 * Upper bounds of the durations of answers, in seconds; the last number of `durations` counts longer ones. The limit of the
 * rule about slow answers is among them.
 */
export const durationBounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10] as const

const Count = Type.Integer({ minimum: 0 })

/** What a read model's promise of freshness is about: events that it takes in, and reads that it answers. */
export type Promised = 'events' | 'reads'

/** How many of them met the promise, and how many missed it. */
const Tally = Type.Object({ met: Count, missed: Count })
export type Tally = Static<typeof Tally>

/** Events and reads by the name of the read model. */
const Tallies = Type.Record(
  Type.String(),
  Type.Object({ events: Type.Optional(Tally), reads: Type.Optional(Tally) }),
)
export type Tallies = Static<typeof Tallies>

/** Numbers of a group of consumers, in the process that leads the groups. */
export const GroupFigures = Type.Object({
  source: Type.String(),
  name: Type.String(),
  /** Places of its source after the checkpoint: positions of the log, or events of the stream. Missing when it could not be read. */
  lag: Type.Optional(Count),
  consumers: Count,
  /** Messages at consumers. */
  inFlight: Count,
  /** Messages that wait for room at a consumer, and those of them that are retried. */
  waiting: Count,
  toRetry: Count,
  parked: Count,
  /** Since the process began to lead: messages sent, done, and retried. */
  delivered: Count,
  done: Count,
  retried: Count,
})
export type GroupFigures = Static<typeof GroupFigures>

/** What a process measures of itself. */
export const Report = Type.Object({
  /** Host and id of the process. */
  process: Type.String(),
  /** Answers of the last minute: all, those with a 5xx, and their durations by `durationBounds`. */
  answers: Type.Object({ all: Count, failed: Count, durations: Type.Array(Count) }),
  /** Commands decided in the last minute; missing from processes of earlier versions. */
  commands: Type.Optional(Count),
  /** Whether stores answer, by name. */
  stores: Type.Record(Type.String(), Type.Boolean()),
  /** Whether circuit breakers are open, by the URL of the instance. */
  breakers: Type.Record(Type.String(), Type.Boolean()),
  /** Whether breakers of servers outside of Agora are open, by client; missing from processes of earlier versions. */
  clients: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
  /** Promises of read models, of the last five and 30 minutes; missing from processes of earlier versions. */
  promises: Type.Optional(Type.Object({ fiveMinutes: Tallies, halfHour: Tallies })),
  /** Used share of the disk with the data, from 0 to 1; undefined where it cannot be read. */
  diskUsed: Type.Optional(Type.Number()),
  /** Difference between the clock of the machine and that of the store, in seconds. */
  clockSkew: Type.Number({ minimum: 0 }),
  /** Remaining time of certificates, in seconds, by name. */
  certificates: Type.Record(Type.String(), Type.Number()),
  /** Log lines dropped since the last report. */
  droppedLines: Count,
  /** Groups of consumers, and when they were measured; of the process that leads them alone. */
  groups: Type.Optional(
    Type.Object({ at: Type.String({ format: 'date-time' }), figures: Type.Array(GroupFigures) }),
  ),
})
export type Report = Static<typeof Report>

/** Host of a process, which is named `host:pid`: a full disk is one concern, however many processes see it. */
export const hostOf = (process: string): string => process.replace(/:\d+$/, '')

/** The last report of each process. */
export type Reports = {
  /** Stores the report of a process in place of its last one. @throws Unavailable */
  readonly put: (report: Report) => Promise<void>
  /** Returns reports that are at most this old, in ms, by the clock of the store. @throws Unavailable */
  readonly recent: (age: number) => Promise<readonly Report[]>
  /** Removes the report of a process that stops. @throws Unavailable */
  readonly remove: (process: string) => Promise<void>
}
