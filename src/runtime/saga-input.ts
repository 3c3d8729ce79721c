import type { RecordedEvent, RecordedStep } from '#kernel'

/** An input of a run. A repetition (same `id`) is not recorded again, but its commands are sent again. */
export type Input = {
  /** Unique within the run. */
  readonly id: string
  readonly correlationId: string
  readonly causationId: string
} & (
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  | { readonly kind: 'refusal'; readonly step: RecordedStep; readonly reason: string }
  | { readonly kind: 'timer'; readonly step: RecordedStep }
)

/** A command that is sent later, unless its run has ended by then. */
export type Timer = {
  readonly saga: string
  readonly key: string
  readonly step: RecordedStep
  readonly correlationId: string
  /** ms since 1970 */
  readonly dueAt: number
}

/** Returns the input of an event. */
export const inputOf = (event: RecordedEvent): Input => ({
  kind: 'event',
  id: event.eventId,
  event,
  correlationId: event.metadata.correlationId,
  causationId: event.eventId,
})

/** Returns the id of the input that reports the refusal of a step's command. */
export const refusalOf = ({ id }: Pick<RecordedStep, 'id'>): string => `refusal:${id}`

/** Returns the type of an input's event or command. */
export const typeOf = (input: Input): string =>
  input.kind === 'event' ? input.event.type : input.step.type
