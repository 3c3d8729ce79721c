import type { TSchema } from 'typebox'
import {
  declarationOf,
  versionOf,
  type AnyProjection,
  type AnySaga,
  type Declaration,
} from '#kernel'
import type { Messages } from '../serving/message.ts'

/** Everything that the pages are written from. */
export type Declared = {
  /** The deciders of each context. */
  readonly contexts: Readonly<Record<string, readonly Declaration[]>>
  readonly sagas: readonly AnySaga[]
  readonly projections: readonly AnyProjection[]
  readonly jobs: readonly { readonly name: string; readonly reads: readonly string[] }[]
  /** What passes in each namespace of the sockets. */
  readonly sockets: Readonly<Record<string, Messages>>
}

/** Who is told of an event, by name. */
export type Consumers = {
  readonly readModels: readonly string[]
  readonly sagas: readonly string[]
  readonly jobs: readonly string[]
  /** `/orders order:status` */
  readonly sockets: readonly string[]
}

/** An event, who records it and who is told of it. */
export type DeclaredEvent = {
  readonly type: string
  readonly schema: TSchema
  /** The version that it is recorded under now. */
  readonly version: number
  readonly consumers: Consumers
}

/** A command, and who sends it besides people. */
export type DeclaredCommand = {
  readonly type: string
  /** What it is for, as a sentence; empty when it does not say. */
  readonly about: string
  /** The sagas that send it. */
  readonly sagas: readonly string[]
}

/** A category of streams: a decider's or a saga's. */
export type Category = {
  /** Its streams are `<name>-<id>`. */
  readonly name: string
  /** The context that its decider lives in; `undefined` when its streams are a saga's. */
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

/** Every category of streams with its events: those of the contexts first, then those of the sagas. */
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

/** Which context a decider lives in, by the decider's name. */
export const contextByDecider = ({ contexts }: Declared): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(contexts).flatMap(([context, deciders]) =>
      deciders.map(({ name }): [string, string] => [name, context]),
    ),
  )
