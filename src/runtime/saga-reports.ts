/** A command of a run, as operators see it: without its data. */
export type SagaCommand = {
  /** Id of the command; the events that it led to have it as `commandId`. */
  readonly id: string
  readonly type: string
  /** The decider's name. */
  readonly to: string
  readonly target: string
  /** Delay before it is sent, in ms. */
  readonly wait: number
}

/** What a move answered. */
export type SagaMoveInput = {
  readonly kind: 'event' | 'refusal' | 'timer'
  /** Type of the event, or of the command that was refused or came due. */
  readonly type: string
  /** Id of the event. */
  readonly eventId?: string
  /** Id of the command that was refused or came due. */
  readonly commandId?: string
  /** Reason of the refusal. */
  readonly reason?: string
}

/** One recorded move of a run. */
export type SagaMoveReport = {
  readonly eventId: string
  /** Type of the saga's own event. */
  readonly type: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly position: bigint
  readonly correlationId: string
  readonly input: SagaMoveInput
  readonly commands: readonly SagaCommand[]
  /** Whether the run is complete after it, for good or for now. */
  readonly ended: boolean
}

/** What a run waits for: a timer, the answer of a decider to a command, or an operator. */
export type SagaWait = {
  readonly kind: 'timer' | 'answer' | 'operator'
  /** Type of the command; for an operator, of the event that failed. */
  readonly type: string
  readonly commandId?: string
  readonly to?: string
  readonly target?: string
  /** ISO 8601, UTC. */
  readonly since: string
  /** When the timer is due, ISO 8601 in UTC. */
  readonly dueAt?: string
  /** Types of the events that would be an answer. */
  readonly events?: readonly string[]
  /** Why the run is parked. */
  readonly error?: string
}

/** What a retry of a parked run would send. */
export type SagaPreview = {
  readonly saga: string
  readonly id: string
  /** Commands in the order of the run's inputs; `again` where they are recorded already: they may have been sent, and then have no
   * second effect. */
  readonly commands: readonly (SagaCommand & {
    readonly input: SagaMoveInput
    readonly again: boolean
  })[]
  /** Number of events that the retry would process. */
  readonly events: number
  /** Whether the run would be complete afterwards. */
  readonly ended: boolean
  /** The event at which the retry would fail again, and why. */
  readonly failure?: { readonly type: string; readonly error: string }
  /** False when the log since then is too long to be read at once; the retry reads all of it. */
  readonly isWhole: boolean
}
