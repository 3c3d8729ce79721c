import type { RecordedEvent } from '#kernel'

/** A batch of events recorded for one command. */
export type Batch = {
  readonly events: readonly RecordedEvent[]
  readonly first: RecordedEvent
  readonly last: RecordedEvent
}

const isNextOf = (before: RecordedEvent | undefined, event: RecordedEvent): boolean =>
  before?.stream === event.stream &&
  before.metadata.commandId === event.metadata.commandId &&
  before.revision + 1 === event.revision

/** Puts the events of a log together that were recorded for one command, also across pages. */
export const batches = () => {
  let pending: RecordedEvent[] = []

  const whole = (): readonly Batch[] => {
    const [first] = pending
    const last = pending.at(-1)
    const batch = first && last ? [{ events: pending, first, last }] : []
    pending = []
    return batch
  }

  return {
    /** Takes the next events of the log. @returns the batches that are whole, in their order */
    next: (page: readonly RecordedEvent[]): readonly Batch[] =>
      page.flatMap((event) => {
        const done = isNextOf(pending.at(-1), event) ? [] : whole()
        pending.push(event)
        return done
      }),
    /** Returns the last batch, once there are no further events. */
    rest: whole,
  }
}
