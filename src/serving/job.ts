import type { Declaration, EventOf, RecordedEvent } from '#kernel'
import type { Origin } from '../platform/runtime/execution.ts'
import type { AnyJob, GivingUp } from '../platform/runtime/job.ts'

/**
 * Declares a job: an effect on the outside world, what asks for it, and how it is had. It is run at least once for
 * every event that asks for it, so the effect needs a key that tells the world when it is asked for again.
 */
export const job = <const From extends readonly Declaration[], Data>({
  name,
  on,
  run,
  givenUp,
  options = {},
}: {
  /** Named for what it does, `charge-card`; also the name of its queue. */
  name: string
  from: From
  /** What the job needs to know of each event that asks for it, as JSON; `undefined` when nothing is to be done. */
  on: {
    [T in EventOf<From[number]>['type']]?: (
      event: Extract<EventOf<From[number]>, { type: T }>,
    ) => Data | undefined
  }
  /** Has the effect, and reports back by a command of this origin. What it throws is a failure, and tried again. */
  run: (data: Data, origin: Origin) => Promise<void>
  /** What is reported when the attempts are used up, or why nothing is. */
  givenUp: GivingUp<Data>
  options?: AnyJob['options']
}) => ({
  name,
  reads: Object.keys(on),
  dataOf: (event: RecordedEvent): Data | undefined =>
    on[event.type as keyof typeof on]?.(event as never),
  run,
  givenUp,
  options,
})
