import type { Bell } from '../../bell.ts'

/** How operators reach those who run things, in whichever process. */
export type Control = {
  /** Rings when an operator may have changed something. */
  readonly news: Bell
  /** Tells every process that something has changed. */
  readonly announce: () => Promise<void>
  readonly paused: () => Promise<ReadonlySet<string>>
  readonly pause: (name: string) => Promise<void>
  readonly resume: (name: string) => Promise<void>
  readonly close: () => Promise<void>
}
