import type { RecordedEvent } from '#kernel'
import type { WorkerOptions } from '../queue/port.ts'
import type { Origin } from './execution.ts'

/** Some job, its data's type forgotten: an effect on the outside world that certain events ask for. */
export type AnyJob = {
  /** Also the name of its queue. */
  readonly name: string
  /** The event types that ask for it. */
  readonly reads: readonly string[]
  /** What it needs to know, as JSON; `undefined` when the event asks for nothing. */
  readonly dataOf: (event: RecordedEvent) => unknown
  /**
   * Has the effect, and reports back by a command.
   * @param origin of that command: the same for every attempt
   */
  readonly run: (data: never, origin: Origin) => Promise<void>
  readonly options: WorkerOptions & {
    /**
     * Where queueing costs more than doing: those asked for within `within` ms are queued as one, at most `most` at a
     * time. When one of them fails, all are tried again; those that had their effect must know.
     */
    readonly bundle?: { readonly most: number; readonly within: number }
  }
}
