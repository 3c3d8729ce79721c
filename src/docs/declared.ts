import type { TSchema } from 'typebox'
import {
  declarationOf,
  versionOf,
  type AnyProjection,
  type AnySaga,
  type Declaration,
} from '#kernel'
import type { Messages } from '../serving/message.ts'

/** Declarations that the pages are generated from. */
export type Declared = {
  /** The deciders of each context. */
  readonly contexts: Readonly<Record<string, readonly Declaration[]>>
  readonly sagas: readonly AnySaga[]
  readonly projections: readonly AnyProjection[]
  readonly jobs: readonly { readonly name: string; readonly reads: readonly string[] }[]
  /** Types of scheduled jobs, with the context that does each. Default: none. */
  readonly workflows?: readonly {
    readonly context: string
    readonly name: string
    readonly about: string
  }[]
  /** Messages of the sockets, by namespace. */
  readonly sockets: Readonly<Record<string, Messages>>
}

/** Names of the consumers of an event. */
export type Consumers = {
  readonly readModels: readonly string[]
  readonly sagas: readonly string[]
  readonly jobs: readonly string[]
  /** `/orders order:status` */
  readonly sockets: readonly string[]
}

/** An event type with its schema and its consumers. */
export type DeclaredEvent = {
  readonly type: string
  readonly schema: TSchema
  /** Current version of its schema. */
  readonly version: number
  readonly consumers: Consumers
}

/** A command type, and the sagas that send it. */
export type DeclaredCommand = {
  readonly type: string
  /** Its description, a sentence; empty without one. */
  readonly about: string
  /** Names of sagas. */
  readonly sagas: readonly string[]
}

/** A category of streams: a decider's or a saga's. */
export type Category = {
  /** Its streams are `<name>-<id>`. */
  readonly name: string
  /** Context of its decider; `undefined` for the streams of a saga. */
  readonly context: string | undefined
  readonly commands: readonly DeclaredCommand[]
  readonly events: readonly DeclaredEvent[]
}

const consumersOf = ({ projections, sagas, jobs, sockets }: Declared, type: string): Consumers => {
  const reading = (all: readonly { readonly name: string; readonly reads: readonly string[] }[]) =>
    all.filter(({ reads }) => reads.includes(type)).map(({ name }) => name)
  return {
    readModels: reading(projections),
    sagas: reading(sagas),
    jobs: reading(jobs),
    sockets: Object.entries(sockets).flatMap(([namespace, { server }]) =>
      Object.entries(server)
        .filter(([, { after }]) => after.includes(type))
        .map(([name]) => `${namespace} ${name}`),
    ),
  }
}

const sends = (to: readonly Declaration[], type: string): boolean =>
  to.some(({ commands }) => type in commands)

/** Categories of streams with their events: those of the contexts, then those of the sagas. */
export const categoriesOf = (declared: Declared): readonly Category[] => {
  const categoryOf = (
    { name, commands, events }: Declaration,
    context: string | undefined,
  ): Category => ({
    name,
    context,
    commands: Object.entries(commands).map(([type, schema]) => ({
      type,
      about: 'description' in schema ? String(schema.description) : '',
      sagas: declared.sagas.filter(({ to }) => sends(to, type)).map((saga) => saga.name),
    })),
    events: Object.entries(events).map(([type, schema]) => ({
      type,
      schema,
      version: versionOf(schema),
      consumers: consumersOf(declared, type),
    })),
  })
  return [
    ...Object.entries(declared.contexts).flatMap(([context, deciders]) =>
      deciders.map((decider) => categoryOf(decider, context)),
    ),
    ...declared.sagas.map((saga) => categoryOf(declarationOf(saga), undefined)),
  ]
}

/** Contexts by the names of their deciders. */
export const contextByDecider = ({ contexts }: Declared): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(contexts).flatMap(([context, deciders]) =>
      deciders.map(({ name }): [string, string] => [name, context]),
    ),
  )
