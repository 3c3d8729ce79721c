import type { RecordedEvent, RecordedStep } from '#kernel'

/** What a run is told. One with an id that it knows is not taken twice, but what it led to is sent again. */
export type Input = {
  /** Tells inputs apart. */
  readonly id: string
  readonly correlationId: string
  readonly causationId: string
} & (
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  | { readonly kind: 'refusal'; readonly step: RecordedStep; readonly reason: string }
  | { readonly kind: 'timer'; readonly step: RecordedStep }
)

/** A command that is to be sent later, unless its run has ended by then. */
export type Timer = {
  readonly saga: string
  readonly key: string
  readonly step: RecordedStep
  readonly correlationId: string
  /** ms since 1970 */
  readonly dueAt: number
}

/** The input that is an event. */
export const inputOf = (event: RecordedEvent): Input => ({
  kind: 'event',
  id: event.eventId,
  event,
  correlationId: event.metadata.correlationId,
  causationId: event.eventId,
})

/** The id of the input that is the refusal of a step's command. */
export const refusalOf = ({ id }: RecordedStep): string => `refusal:${id}`

/** The type of the event, or of the command, that an input is about. */
export const typeOf = (input: Input): string =>
  input.kind === 'event' ? input.event.type : input.step.type
