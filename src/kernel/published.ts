import type { Static, TSchema } from 'typebox'
import type { Declaration, IdOf } from './decider.ts'
import type { RecordedEvent } from './message.ts'
import { marksOf } from './schema.ts'

/**
 * An event as other systems receive it: the published language of a context. Its shape has a version of its own, so that
 * the recorded event can change without them.
 */
export type Published = {
  /** Type of the recorded event. */
  readonly event: string
  /** Category of the streams that it is recorded in. */
  readonly category: string
  /** Version of the published shape; increased by an incompatible change of `data`. */
  readonly version: number
  /** Further names by which subscribers know it, such as `POST_CREATED`. */
  readonly names: readonly string[]
  /** Schema of the published data. Personal fields are left out of what is sent, unless a setting names them. */
  readonly data: TSchema
  /** Converts a recorded event of the current version; undefined when this one is not published. */
  readonly of: (event: Pick<RecordedEvent, 'id' | 'data'>) => unknown
}

type Shape = {
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly items?: TSchema
  readonly anyOf?: readonly TSchema[]
}

/** Paths of the fields of a schema that have a mark: `address.city`, also for those of the items of a list. */
const markedPaths = (
  schema: TSchema,
  mark: 'personal' | 'secret',
  path = '',
): readonly string[] => {
  if (marksOf(schema)[mark]) return [path]
  const { properties = {}, items, anyOf = [] } = schema as Shape
  return [
    ...Object.entries(properties).flatMap(([name, field]) =>
      markedPaths(field, mark, path === '' ? name : `${path}.${name}`),
    ),
    ...(items ? markedPaths(items, mark, path) : []),
    ...anyOf.flatMap((one) => markedPaths(one, mark, path)),
  ]
}

/** Paths of the personal fields of a published shape. */
export const personalPaths = ({ data }: Pick<Published, 'data'>): readonly string[] => [
  ...new Set(markedPaths(data, 'personal')),
]

/**
 * Declares how events of a decider are published.
 * @param declaration of the decider
 * @returns a function that declares one event by its type: `names` are further names, `data` is the published schema, `of`
 *   converts the recorded data; it throws an Error for a schema with a secret field
 */
export const publishing =
  <D extends Declaration>(declaration: D) =>
  <const T extends keyof D['events'] & string, S extends TSchema>(
    event: T,
    {
      version = 1,
      names = [],
      data,
      of,
    }: {
      readonly version?: number
      readonly names?: readonly string[]
      readonly data: S
      readonly of: (data: Static<D['events'][T]>, id: IdOf<D>) => Static<S> | undefined
    },
  ): Published => {
    const [leak] = markedPaths(data, 'secret')
    if (leak !== undefined) throw new Error(`${event} publishes the secret field ${leak}`)
    return {
      event,
      category: declaration.name,
      version,
      names,
      data,
      // The log has validated the data by the schema of the event's type.
      of: (recorded) => of(recorded.data as Static<D['events'][T]>, recorded.id as IdOf<D>),
    }
  }

type Cut = (data: unknown) => unknown

/**
 * Returns a function that removes the personal fields of published data. The schema is read once, as each event that is
 * published passes through the function.
 * @param isNamed whether a field is published all the same, by its path
 */
export const withoutPersonal = (
  schema: TSchema,
  isNamed: (path: string) => boolean,
  path = '',
): Cut => {
  const { properties, items, anyOf = [] } = schema as Shape
  const ofItem = items && withoutPersonal(items, isNamed, path)
  const declared: Readonly<Record<string, TSchema>> = Object.assign(
    {},
    ...anyOf.map((one) => (one as Shape).properties),
    properties,
  )
  // What the schema does not declare may be personal: only these are passed on.
  const cuts = new Map<string, Cut>()
  for (const [name, field] of Object.entries(declared)) {
    const at = path === '' ? name : `${path}.${name}`
    if (!isPersonal(field) || isNamed(at)) cuts.set(name, withoutPersonal(field, isNamed, at))
  }
  return (data) => {
    if (typeof data !== 'object' || data === null) return data
    if (Array.isArray(data)) return ofItem ? data.map((item) => ofItem(item)) : data
    const left: Record<string, unknown> = {}
    // Data are plain objects of JSON. Without lists of their entries: a bridge passes every event through here.
    for (const name in data) {
      const cut = cuts.get(name)
      if (cut) left[name] = cut((data as Record<string, unknown>)[name])
    }
    return left
  }
}

/** Whether a field, or each item of a list, is personal itself. */
const isPersonal = (field: TSchema): boolean => {
  const { items, anyOf = [] } = field as Shape
  return (
    marksOf(field).personal === true ||
    (items !== undefined && isPersonal(items)) ||
    anyOf.some(isPersonal)
  )
}
