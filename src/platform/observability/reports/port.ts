import { Type, type Static } from 'typebox'

/**
 * Upper bounds of the durations of answers, in seconds; the last number of `durations` counts longer ones. The limit of the
 * rule about slow answers is among them.
 */
export const durationBounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10] as const

const Count = Type.Integer({ minimum: 0 })

/** What a process measures of itself. */
export const Report = Type.Object({
  /** Host and id of the process. */
  process: Type.String(),
  /** Answers of the last minute: all, those with a 5xx, and their durations by `durationBounds`. */
  answers: Type.Object({ all: Count, failed: Count, durations: Type.Array(Count) }),
  /** Whether stores answer, by name. */
  stores: Type.Record(Type.String(), Type.Boolean()),
  /** Whether circuit breakers are open, by the URL of the instance. */
  breakers: Type.Record(Type.String(), Type.Boolean()),
  /** Whether breakers of servers outside of Agora are open, by client; missing from processes of earlier versions. */
  clients: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
  /** Used share of the disk with the data, from 0 to 1; undefined where it cannot be read. */
  diskUsed: Type.Optional(Type.Number()),
  /** Difference between the clock of the machine and that of the store, in seconds. */
  clockSkew: Type.Number({ minimum: 0 }),
  /** Remaining time of certificates, in seconds, by name. */
  certificates: Type.Record(Type.String(), Type.Number()),
  /** Log lines dropped since the last report. */
  droppedLines: Count,
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
