import type { Bell } from '../../bell.ts'

/** Carries operators' requests to the process that runs the component. */
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
