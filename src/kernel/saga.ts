import type { Static, TSchema } from 'typebox'
import type { CommandOf, Declaration, EventOf, IdOf, ReasonOf } from './decider.ts'
import type { Message, RecordedEvent } from './message.ts'

/** A command for one decider instance, sent at once or after a delay. */
export type Step = {
  /** The decider's name. */
  readonly to: string
  readonly id: string
  readonly command: Message
  /** Delay before it is sent, in ms. */
  readonly wait: number
}

/** Result of a saga's rule: the new state and the commands to send. */
export type Move<S> = {
  readonly state: S
  readonly steps: readonly Step[]
  readonly ended: boolean
  /** The run is complete for now; its next event resumes it. */
  readonly resting?: true
}

/** Moves to `state` and sends these commands. */
export const become = <S>(state: S, ...steps: readonly Step[]): Move<S> => ({
  state,
  steps,
  ended: false,
})

/** Completes the run: sends these last commands, still handles their refusals, and ignores its timers. */
export const end = <S>(state: S, ...steps: readonly Step[]): Move<S> => ({
  state,
  steps,
  ended: true,
})

/**
 * Completes the run for now: as `end`, but the next event resumes it. For recurring work that must be done in order.
 */
export const rest = <S>(state: S, ...steps: readonly Step[]): Move<S> => ({
  state,
  steps,
  ended: false,
  resting: true,
})

type DataOf<D extends Declaration, T extends string> = Static<D['commands'][T] & TSchema>

/** Returns a step that sends a command at once; a command without data needs no argument for them. */
export const send = <D extends Declaration, T extends keyof D['commands'] & string>(
  { name }: D,
  id: NoInfer<IdOf<D>>,
  type: T,
  ...[data = {} as never]: {} extends DataOf<D, T> ? [data?: DataOf<D, T>] : [data: DataOf<D, T>]
): Step => ({ to: name, id, command: { type, data }, wait: 0 })

/** Delays a step; it is not sent if the run has ended by then. @param wait in ms */
export const after = (wait: number, step: Step): Step => ({ ...step, wait })

/** Converts minutes to ms. */
export const minutes = (count: number): number => count * 60_000

/** Refusal of command `T` by the decider among `D` that accepts it. */
type RefusalOf<D extends Declaration, T> = D extends Declaration
  ? T extends keyof D['commands']
    ? {
        readonly id: IdOf<D>
        readonly reason: ReasonOf<D>
        readonly data: Static<D['commands'][T] & TSchema>
      }
    : never
  : never

/** A refusal as a saga handles it: the target's id, the reason, and the data of the refused command. */
export type Refused = { readonly id: string; readonly reason: string; readonly data: unknown }

type Rules<S, Event extends { type: string }, To extends Declaration> = {
  readonly initialState: S
  /** One rule for each event type that the saga reacts to. */
  readonly on: { [T in Event['type']]?: (state: S, event: Extract<Event, { type: T }>) => Move<S> }
  /** One rule for each command whose refusal it handles; compensations are declared here. */
  readonly refused?: {
    [T in CommandOf<To>['type']]?: (state: S, refusal: RefusalOf<To, T>) => Move<S>
  }
}

export type Saga<S> = {
  readonly name: string
  /** Prefix of its own event types: `Order` gives `OrderSagaStarted`. */
  readonly subject: string
  readonly initialState: S
  /** Deciders whose events it reads. */
  readonly from: readonly Declaration[]
  /** Deciders that it sends commands to, restricted to those commands. */
  readonly to: readonly Declaration[]
  /** Event types that it reacts to. */
  readonly reads: readonly string[]
  /** Commands whose refusals it handles. */
  readonly compensates: readonly string[]
  /** Returns the key of the run that an event belongs to; `undefined` for none. */
  readonly keyOf: (event: RecordedEvent) => string | undefined
  readonly react: (state: S, event: RecordedEvent) => Move<S>
  readonly compensate: (state: S, command: string, refusal: Refused) => Move<S>
  /** Personal or secret fields of its state: sealed in the log, and erased with the person. */
  readonly personal: readonly string[]
}

/** A saga without the type of its state, as the runtime handles it. */
export type AnySaga = Omit<Saga<never>, 'initialState' | 'react' | 'compensate'> & {
  readonly initialState: unknown
  readonly react: (state: never, event: RecordedEvent) => Move<unknown>
  readonly compensate: (state: never, command: string, refusal: Refused) => Move<unknown>
}

/** Declares a saga: it maps events to commands. The runtime provides delivery, retries and timers. */
export const saga = <
  const From extends readonly Declaration[],
  const To extends readonly Declaration[],
>({
  name,
  subject,
  from,
  to,
  key,
  personal = [],
}: {
  /** Name of the process, such as `fulfilment`; its streams are `name-key`. Contains no dash. */
  name: string
  subject: string
  from: From
  /** Deciders restricted by `only(decider, …)` to the commands that it sends; its tests fail on others. */
  to: To
  key: (event: EventOf<From[number]>) => string | undefined
  /** Personal or secret text fields of its state. */
  personal?: readonly string[]
}) => ({
  rules: <S>({
    initialState,
    on,
    refused = {},
  }: Rules<S, EventOf<From[number]>, To[number]>): Saga<S> => ({
    name,
    subject,
    from,
    to,
    personal,
    initialState,
    reads: Object.keys(on),
    compensates: Object.keys(refused),
    keyOf: (event) => key(event as never),
    react: (state, event) => {
      const rule = on[event.type as keyof typeof on]
      return rule ? rule(state, event as never) : become(state)
    },
    compensate: (state, command, refusal) => {
      const rule = refused[command as keyof typeof refused]
      return rule ? rule(state, refusal as never) : become(state)
    },
  }),
})
