import type { Bell } from '../../bell.ts'

/** Operators' commands to followers (pause, resume), delivered to the process that runs the follower. */
export type Control = {
  /** Rings when an operator may have changed something. */
  readonly news: Bell
  /** Notifies every process that something has changed. */
  readonly announce: () => Promise<void>
  readonly paused: () => Promise<ReadonlySet<string>>
  readonly pause: (name: string) => Promise<void>
  readonly resume: (name: string) => Promise<void>
  readonly close: () => Promise<void>
}
