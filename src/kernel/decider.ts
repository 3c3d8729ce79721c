import type { Static, TSchema } from 'typebox'
import type { Message, MessageOf, Recorded, Schemas } from './message.ts'
import type { FindPersonal } from './personal-part.ts'

/** A decider's expected "no". A refusal is a value that is returned; only unexpected errors are thrown. */
export type Refusal<Reason extends string = string> = { readonly refused: Reason }

/** Returns a refusal with a reason that the decider declares. */
export const refuse = <const Reason extends string>(refused: Reason): Refusal<Reason> => ({
  refused,
})

/** Returns whether an answer is a refusal. */
export const isRefusal = (answer: object): answer is Refusal => 'refused' in answer

/** Kind of a refusal; by default the command conflicts with the current state. */
export type RefusalKind = 'conflict' | 'notFound' | 'invalid' | 'forbidden'

/** Declared reason of a refusal: the sentence that people read, with its kind unless that is a conflict. */
export type RefusalText = string | { readonly kind: RefusalKind; readonly message: string }

const ofKind = (kind: RefusalKind) => (message: string) => ({ kind, message })

/** Declares a reason of a refusal by its kind: `saysNo.notFound('There is no such order.')`. */
export const saysNo = {
  notFound: ofKind('notFound'),
  invalid: ofKind('invalid'),
  forbidden: ofKind('forbidden'),
} as const

/** Result of a command: its events (none when the state already is as requested), or a refusal. */
export type Decision<Event, Reason extends string = string> = readonly Event[] | Refusal<Reason>

/** Input of a decision besides state and command. */
export type Context = {
  /** Time of the decision, ISO 8601 in UTC. */
  readonly now: string
  /** The actor: a user's id, or the name of a part of Agora. */
  readonly by: string
}

/** A decider's declaration as data: enough to validate, document, route and read its messages. */
export type Declaration<
  I extends TSchema = TSchema,
  C extends Schemas = Schemas,
  E extends Schemas = Schemas,
  R extends string = string,
> = {
  /** Category of its streams: the events of one instance are in the stream `name-id`. Contains no dash. */
  readonly name: string
  readonly id: I
  readonly commands: C
  /** Event types are unique over all deciders, so that a type has one meaning everywhere. */
  readonly events: E
  /** All reasons of refusals, each with its kind and the sentence that people read. */
  readonly refusals: Readonly<Record<R, RefusalText>>
  /** Finds the personal values of its events, where the schemas do not mark them. */
  readonly personal?: FindPersonal
  /** Masks its events for analysts, where marks in the schemas do not suffice. */
  readonly veil?: (data: unknown) => unknown
}

/** When a stream is closed: its events may then be archived. It may go on all the same. */
export type Closing<S> = {
  /** Whether no event follows in the usual course. */
  readonly when: (state: S) => boolean
  /** Days since its last event. */
  readonly afterDays: number
}

/** A decider's rules: one pure function for each command and for each event. */
type Rules<C extends Schemas, E extends Schemas, R extends string, S> = {
  readonly initialState: S
  /** Increased when the state's shape or its rules change: snapshots of other versions are ignored. Default 1. */
  readonly stateVersion?: number
  /** Default: its streams are never closed. */
  readonly closed?: Closing<S>
  readonly decide: {
    [T in keyof C]: (data: Static<C[T]>, state: S, context: Context) => Decision<MessageOf<E>, R>
  }
  readonly evolve: { [T in keyof E]: (state: S, data: Static<E[T]>) => S }
}

export type Decider<
  I extends TSchema,
  C extends Schemas,
  E extends Schemas,
  R extends string,
  S,
> = Declaration<I, C, E, R> & {
  readonly initialState: S
  readonly stateVersion: number
  readonly closed?: Closing<S>
  readonly decide: (state: S, command: MessageOf<C>, context: Context) => Decision<MessageOf<E>, R>
  readonly evolve: (state: S, event: MessageOf<E>) => S
}

/** Declares a decider; `rules` adds its behaviour. */
export const decider = <I extends TSchema, C extends Schemas, E extends Schemas, R extends string>(
  declaration: Declaration<I, C, E, R>,
) => ({
  rules: <S>({
    initialState,
    stateVersion = 1,
    closed,
    decide,
    evolve,
  }: Rules<C, E, R, S>): Decider<I, C, E, R, S> => ({
    ...declaration,
    initialState,
    stateVersion,
    ...(closed && { closed }),
    decide: (state, { type, data }, context) => decide[type](data as never, state, context),
    evolve: (state, { type, data }) => evolve[type](state, data as never),
  }),
})

/** A decider without its message types, as the runtime handles it. */
export type AnyDecider = Declaration & {
  readonly initialState: unknown
  readonly stateVersion: number
  readonly closed?: Closing<never>
  readonly decide: (state: never, command: never, context: Context) => Decision<Message>
  readonly evolve: (state: never, event: never) => unknown
}

/**
 * Returns a decider's declaration restricted to some of its commands.
 * @param declaration of the decider
 * @param types of the commands
 */
export const only = <D extends Declaration, const T extends keyof D['commands'] & string>(
  { name, id, commands, events, refusals }: D,
  ...types: readonly T[]
): Declaration<D['id'], Pick<D['commands'], T>, D['events'], keyof D['refusals'] & string> => ({
  name,
  id,
  commands: Object.fromEntries(types.map((type) => [type, commands[type]])) as Pick<
    D['commands'],
    T
  >,
  events,
  refusals,
})

/**
 * Returns the declared kind and sentence of a refusal.
 * @param declaration of the decider
 * @param refused reason of the refusal
 */
export const refusalOf = (
  { refusals }: Pick<Declaration, 'refusals'>,
  refused: string,
): { readonly kind: RefusalKind; readonly message: string } => {
  const text = refusals[refused] ?? 'This cannot be done now.'
  return typeof text === 'string' ? { kind: 'conflict', message: text } : text
}

export type IdOf<D extends Declaration> = Static<D['id']> & string
export type CommandOf<D extends Declaration> = D extends Declaration
  ? MessageOf<D['commands']>
  : never
export type EventOf<D extends Declaration> = D extends Declaration
  ? Recorded<MessageOf<D['events']>, IdOf<D>>
  : never
export type ReasonOf<D extends Declaration> = keyof D['refusals'] & string
export type StateOf<D extends AnyDecider> = D['initialState']

/** Returns the name of an instance's stream. */
export const streamOf = (decider: Pick<Declaration, 'name'>, id: string): string =>
  `${decider.name}-${id}`
