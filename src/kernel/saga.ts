import type { Static, TSchema } from 'typebox'
import type { CommandOf, Declaration, EventOf, IdOf, ReasonOf } from './decider.ts'
import type { Message, RecordedEvent } from './message.ts'

/** A command on its way to one decider instance, at once or after a wait. */
export type Step = {
  /** The decider's name. */
  readonly to: string
  readonly id: string
  readonly command: Message
  /** How long to wait before it is sent, in ms. */
  readonly wait: number
}

/** What a saga makes of an input: where it now stands, and whom it asks for what. */
export type Move<S> = {
  readonly state: S
  readonly steps: readonly Step[]
  readonly ended: boolean
  /** Done, until something new comes. */
  readonly resting?: true
}

/** Stands at `state`, and sends these commands. */
export const become = <S>(state: S, ...steps: readonly Step[]): Move<S> => ({
  state,
  steps,
  ended: false,
})

/** Is done: sends these last commands, hears their refusals still, and lets its timers pass. */
export const end = <S>(state: S, ...steps: readonly Step[]): Move<S> => ({
  state,
  steps,
  ended: true,
})

/**
 * Is done for now: as `end`, but the next event takes it up again. For what comes about again and again, and must be
 * done in its order.
 */
export const rest = <S>(state: S, ...steps: readonly Step[]): Move<S> => ({
  state,
  steps,
  ended: false,
  resting: true,
})

type DataOf<D extends Declaration, T extends string> = Static<D['commands'][T] & TSchema>

/** Addresses a command; its data may be left out when it has none. */
export const send = <D extends Declaration, T extends keyof D['commands'] & string>(
  { name }: D,
  id: NoInfer<IdOf<D>>,
  type: T,
  ...[data = {} as never]: {} extends DataOf<D, T> ? [data?: DataOf<D, T>] : [data: DataOf<D, T>]
): Step => ({ to: name, id, command: { type, data }, wait: 0 })

/** Sends a command later, unless the saga has ended by then. @param wait in ms */
export const after = (wait: number, step: Step): Step => ({ ...step, wait })

/** So many minutes, in ms. */
export const minutes = (count: number): number => count * 60_000

/** The refusal of command `T`, by whichever decider among `D` takes it. */
type RefusalOf<D extends Declaration, T> = D extends Declaration
  ? T extends keyof D['commands']
    ? {
        readonly id: IdOf<D>
        readonly reason: ReasonOf<D>
        readonly data: Static<D['commands'][T] & TSchema>
      }
    : never
  : never

/** "No", as a saga hears it: who said it to which command, and why. */
export type Refused = { readonly id: string; readonly reason: string; readonly data: unknown }

type Rules<S, Event extends { type: string }, To extends Declaration> = {
  readonly initialState: S
  /** One rule per event the process waits for. */
  readonly on: { [T in Event['type']]?: (state: S, event: Extract<Event, { type: T }>) => Move<S> }
  /** One rule per command whose refusal changes the plan: compensation is written here. */
  readonly refused?: {
    [T in CommandOf<To>['type']]?: (state: S, refusal: RefusalOf<To, T>) => Move<S>
  }
}

export type Saga<S> = {
  readonly name: string
  /** Begins the names of its own events: `Order` gives `OrderSagaStarted`. */
  readonly subject: string
  readonly initialState: S
  /** The deciders it listens to. */
  readonly from: readonly Declaration[]
  /** The deciders it sends commands to, with those commands. */
  readonly to: readonly Declaration[]
  /** The event types it waits for. */
  readonly reads: readonly string[]
  /** The commands whose refusal changes its plan. */
  readonly compensates: readonly string[]
  /** Which run of the process an event belongs to; `undefined` when to none. */
  readonly keyOf: (event: RecordedEvent) => string | undefined
  readonly react: (state: S, event: RecordedEvent) => Move<S>
  readonly compensate: (state: S, command: string, refusal: Refused) => Move<S>
  /** The fields of its state that tell who a person is, or are secret: kept sealed, and forgotten with the person. */
  readonly personal: readonly string[]
}

/** Some saga, its state's type forgotten: what the platform handles. */
export type AnySaga = Omit<Saga<never>, 'initialState' | 'react' | 'compensate'> & {
  readonly initialState: unknown
  readonly react: (state: never, event: RecordedEvent) => Move<unknown>
  readonly compensate: (state: never, command: string, refusal: Refused) => Move<unknown>
}

/** Declares a process manager: events in, commands out. Delivery, retries and timers are the platform's. */
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
  /** Named for the process, `fulfilment`; its streams are `name-key`. No dash in it. */
  name: string
  subject: string
  from: From
  /** `only(decider, …)`: whom it sends which commands; its tests refuse others. */
  to: To
  key: (event: EventOf<From[number]>) => string | undefined
  /** The fields of its state, texts all of them, that tell who a person is, or are secret. */
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
