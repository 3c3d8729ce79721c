import type { AnyDecider, CommandOf, IdOf, MessageOf, ReasonOf, Refusal, StateOf } from '#kernel'
import type { Span } from '../platform/observability/tracing/port.ts'

/** Where a command comes from. */
export type Origin = {
  /** A repetition under the same id has no second effect. */
  readonly commandId: string
  /** The actor: a user's id, or the name of a part of Agora. */
  readonly actorId: string
  /** Shared by everything that one request sets off. */
  readonly correlationId: string
  /** What directly led to it; the command itself by default. */
  readonly causationId?: string
  /** Span of the operation that sends it, where that is traced and passes it on here instead of by `Tracer.within`. */
  readonly span?: Pick<Span, 'trace' | 'id'>
  /** Called when a command of this origin has been recorded, now or when it was sent before, and before it is answered. */
  readonly onRecorded?: () => void
}

/** A command that was taken. */
export type Executed<D extends AnyDecider> = {
  /** The stream's revision after it; -1 when there are no events. The entity tag of what it is about. */
  readonly revision: number
  /** Reads that wait for this position show the effect of the command. */
  readonly position: bigint
  /** The state folded from the stream's own events. */
  readonly state: StateOf<D>
  /** The events appended for it; none when it was a repetition, or requested what was already so. */
  readonly events: readonly MessageOf<D['events']>[]
}

/** Another stream that a decision rests on, at the revision it was read at; -1: without events. */
export type Basis = { readonly stream: string; readonly revision: number }

/** A state that a decision rests on, and where its stream was. */
export type Resting<D extends AnyDecider> = {
  readonly state: StateOf<D>
  readonly basis?: Basis
}

/** A basis of a decision had moved on when its events were to be appended; nothing was appended. */
export class BasisMoved extends Error {
  override name = 'BasisMoved'
  /** @param stream the one that had moved */
  constructor(stream: string) {
    super(`${stream} has moved on since the decision that rests on it`)
  }
}

/** Decides commands and appends their events. */
export type Executor = {
  /**
   * @param options.expectedRevision decide only if the stream is there (If-Match)
   * @param options.bases other streams that must still be where they were when the events are recorded
   * @throws BasisMoved when one of them is not
   * @throws Conflict when other writers repeatedly append to the stream, or it is not at the expected revision
   * @throws Unavailable when the log is away
   */
  readonly execute: <D extends AnyDecider>(
    decider: D,
    id: IdOf<D>,
    command: CommandOf<D>,
    origin: Origin,
    options?: { readonly expectedRevision?: number; readonly bases?: readonly Basis[] },
  ) => Promise<Executed<D> | Refusal<ReasonOf<D>>>
  /**
   * The present state of one instance, folded from everything recorded so far.
   * @param options.enough when this holds for the cached state, that one is returned, without reading from the log what
   *   others have appended since
   */
  readonly stateOf: <D extends AnyDecider>(
    decider: D,
    id: IdOf<D>,
    options?: { readonly enough?: (kept: StateOf<D>) => boolean },
  ) => Promise<{ readonly state: StateOf<D>; readonly revision: number; readonly position: bigint }>
  /**
   * The state of one instance as this process knows it, without asking the log where it is known, to be checked when the
   * command that rests on it is recorded.
   * @returns at once where the state is known; without a basis where the log cannot check one: the state is the present one
   *   then
   */
  readonly basisOf: <D extends AnyDecider>(
    decider: D,
    id: IdOf<D>,
  ) => Resting<D> | Promise<Resting<D>>
}
