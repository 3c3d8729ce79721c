import type { Static, TSchema } from 'typebox'
import type { Message, MessageOf, Recorded, Schemas } from './message.ts'
import type { FindPersonal } from './personal-part.ts'

/** "No", said by the domain. A refusal is an answer and is returned; only surprises are thrown. */
export type Refusal<Reason extends string = string> = { readonly refused: Reason }

/** Says no, for a reason that the decider declared. */
export const refuse = <const Reason extends string>(refused: Reason): Refusal<Reason> => ({
  refused,
})

/** Whether an answer is a refusal. */
export const isRefusal = (answer: object): answer is Refusal => 'refused' in answer

/** What kind of "no" a refusal is: by default it conflicts with how things stand. */
export type RefusalKind = 'conflict' | 'notFound' | 'invalid' | 'forbidden'

/** A reason for saying no, as a decider declares it: the sentence that people read, alone where it is a conflict. */
export type RefusalText = string | { readonly kind: RefusalKind; readonly message: string }

const ofKind = (kind: RefusalKind) => (message: string) => ({ kind, message })

/** Declares a reason for saying no by its kind: `saysNo.notFound('There is no such order.')`. */
export const saysNo = {
  notFound: ofKind('notFound'),
  invalid: ofKind('invalid'),
  forbidden: ofKind('forbidden'),
} as const

/** The events that follow from a command (none, when it asks for what is already so), or a refusal. */
export type Decision<Event, Reason extends string = string> = readonly Event[] | Refusal<Reason>

/** What a decision may know of the world beyond its own history. */
export type Context = {
  /** The moment of the decision, ISO 8601 in UTC. */
  readonly now: string
  /** The actor: a user's id, or the name of a part of Agora. */
  readonly by: string
}

/** What a decider is, as data: enough to validate, document, route and read its messages. */
export type Declaration<
  I extends TSchema = TSchema,
  C extends Schemas = Schemas,
  E extends Schemas = Schemas,
  R extends string = string,
> = {
  /** Names the stream category: the events of one instance live in `name-id`. No dash in it. */
  readonly name: string
  readonly id: I
  readonly commands: C
  /** Event types are unique over all deciders: a type says what happened, wherever it is read. */
  readonly events: E
  /** Every reason for saying no, with its kind and the sentence that people read. */
  readonly refusals: Readonly<Record<R, RefusalText>>
  /** Finds what its events say of a person, where their schemas do not tell. */
  readonly personal?: FindPersonal
  /** Masks what people who may read the log must not see of its events, where their schemas do not tell. */
  readonly veil?: (data: unknown) => unknown
}

/** How a decider behaves: one pure rule for each command and for each event. */
type Rules<C extends Schemas, E extends Schemas, R extends string, S> = {
  readonly initialState: S
  /** Raise it when the state's shape or its rules change: snapshots of other versions are dropped. Default 1. */
  readonly stateVersion?: number
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
  readonly decide: (state: S, command: MessageOf<C>, context: Context) => Decision<MessageOf<E>, R>
  readonly evolve: (state: S, event: MessageOf<E>) => S
}

/** Declares a decider; `rules` then brings it to life. */
export const decider = <I extends TSchema, C extends Schemas, E extends Schemas, R extends string>(
  declaration: Declaration<I, C, E, R>,
) => ({
  rules: <S>({
    initialState,
    stateVersion = 1,
    decide,
    evolve,
  }: Rules<C, E, R, S>): Decider<I, C, E, R, S> => ({
    ...declaration,
    initialState,
    stateVersion,
    decide: (state, { type, data }, context) => decide[type](data as never, state, context),
    evolve: (state, { type, data }) => evolve[type](state, data as never),
  }),
})

/** Some decider, its types forgotten: what the platform handles. */
export type AnyDecider = Declaration & {
  readonly initialState: unknown
  readonly stateVersion: number
  readonly decide: (state: never, command: never, context: Context) => Decision<Message>
  readonly evolve: (state: never, event: never) => unknown
}

/**
 * A decider as somebody sees it who sends it these commands and no others.
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
 * The kind and the sentence of a refusal, as its decider declared them.
 * @param declaration of the decider
 * @param refused the reason
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

/** The stream that one instance's events live in. */
export const streamOf = (decider: Pick<Declaration, 'name'>, id: string): string =>
  `${decider.name}-${id}`
