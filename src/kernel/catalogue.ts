import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { Declaration } from './decider.ts'
import { firstUse } from './first-use.ts'
import { categoryOf, type RecordedEvent } from './message.ts'
import { personalIn } from './personal.ts'
import { type FindPersonal, type PersonalPart } from './personal-part.ts'
import { marksOf, upcast, versionOf } from './schema.ts'

/** Every event that may ever be recorded, by type. */
export type Catalogue = {
  /** The declared event types. */
  readonly types: ReadonlySet<string>
  /** What is wrong with an event's data, in a sentence that names the field; `undefined` when nothing is. */
  readonly problemWith: (type: string, data: unknown) => string | undefined
  /** The version that events of this type are recorded under now. */
  readonly versionOf: (type: string) => number
  /**
   * Why this version of Agora cannot fold an event: its type is not declared, or it was recorded under a newer version of
   * its schema. `undefined` when it can. Does not check the data.
   */
  readonly unreadable: (event: Pick<RecordedEvent, 'type' | 'metadata'>) => string | undefined
  /** The event in today's shape, whatever version it was recorded under. */
  readonly upToDate: (event: RecordedEvent) => RecordedEvent
  /**
   * An event's data with secrets left out and personal fields masked, for people who may read the log. What is not
   * declared here may be anything, and is masked: events of an unknown type, of a newer version, and unknown fields.
   * @param schemaVersion the version the event was recorded under; default: one that is known
   */
  readonly masked: (type: string, data: unknown, schemaVersion?: number) => unknown
  /** The name of a stream, for the same people: masked, where it can be guessed. */
  readonly streamTold: (stream: string) => string
  /** What the data of an event, in today's shape, say of one person. @param id the stream's name without its category */
  readonly personal: (type: string, id: string, data: unknown) => PersonalPart | undefined
}

/** The field of an event's data that holds, in the log, what they say of a person; nobody else declares it. */
export const sealField = '$sealed'

type Entry = {
  schema: TSchema
  /** Compiled when it is first needed: a process checks few of the events that there are, and a start none. */
  validator: () => Validator
  version: number
  veil: Declared['veil']
  personal: FindPersonal | undefined
}

type Shape = {
  properties?: Record<string, TSchema>
  patternProperties?: Record<string, TSchema>
  additionalProperties?: unknown
  items?: TSchema
  anyOf?: TSchema[]
}

/** Whether a schema names its fields, and says that there are no others. */
const isClosed = ({ properties, patternProperties, additionalProperties, anyOf }: Shape): boolean =>
  anyOf
    ? anyOf.every((one) => isClosed(one as Shape))
    : properties !== undefined && patternProperties === undefined && additionalProperties === false

const masked = (schema: TSchema, data: unknown): unknown => {
  const { secret, personal, guessable } = marksOf(schema)
  if (secret || personal || guessable) return '***'
  const { properties, items, anyOf } = schema as Shape
  if (Array.isArray(data)) return items ? data.map((item) => masked(items, item)) : data
  if (typeof data !== 'object' || data === null) return data
  const unknown = isClosed(schema as Shape) ? '***' : undefined
  const fields =
    properties ?? Object.assign({}, ...(anyOf ?? []).map((s) => (s as Shape).properties))
  return Object.fromEntries(
    Object.entries(data).flatMap(([name, value]) => {
      const field = fields[name]
      return name === sealField ? [] : [[name, field ? masked(field, value) : (unknown ?? value)]]
    }),
  )
}

type Declared = Pick<Declaration, 'name' | 'events' | 'personal' | 'veil'> &
  Partial<Pick<Declaration, 'id'>>

/**
 * Collects the events of every decider and saga.
 * @throws Error when two of them declare the same event type, or a name that cannot be a category
 */
export const catalogue = (declarations: readonly Declared[]): Catalogue => {
  const entries = new Map<string, Entry>()
  const guessed = new Set<string>()
  for (const declaration of declarations) {
    const { name, events, id, veil } = declaration
    if (!/^[a-z][A-Za-z0-9]*$/.test(name))
      throw new Error(`"${name}" cannot name a stream category`)
    if (id && marksOf(id).guessable) guessed.add(name)
    for (const [type, schema] of Object.entries(events)) {
      if (entries.has(type)) throw new Error(`The event ${type} is declared twice, once by ${name}`)
      entries.set(type, {
        schema,
        validator: firstUse(() => Compile(schema) as Validator),
        version: versionOf(schema),
        veil,
        personal: declaration.personal ?? personalIn(declaration, schema),
      })
    }
  }

  return {
    types: new Set(entries.keys()),
    problemWith: (type, data) => {
      const entry = entries.get(type)
      if (!entry) return `No event ${type} is declared`
      const validator = entry.validator()
      if (validator.Check(data)) return undefined
      const [error] = validator.Errors(data)
      const field = error?.instancePath.slice(1).replaceAll('/', '.') || 'data'
      return `${type}: ${field} ${error?.message ?? 'does not match the schema'}`
    },
    versionOf: (type) => entries.get(type)?.version ?? 1,
    unreadable: ({ type, metadata: { schemaVersion } }) => {
      const entry = entries.get(type)
      if (!entry) return `The event ${type} is not known to this version of Agora`
      if (schemaVersion > entry.version)
        return `The event ${type} was recorded under version ${schemaVersion} of its schema; this version of Agora knows ${entry.version}`
      return undefined
    },
    upToDate: (event) => {
      const entry = entries.get(event.type)
      if (!entry || event.metadata.schemaVersion >= entry.version) return event
      return { ...event, data: upcast(entry.schema, event.metadata.schemaVersion, event.data) }
    },
    masked: (type, data, schemaVersion = 1) => {
      const entry = entries.get(type)
      // Nobody has said what of it may be seen: an event of another program, or of a later version of ours.
      if (!entry || schemaVersion > entry.version) return '***'
      const shown = masked(entry.schema, data)
      return entry.veil ? entry.veil(shown) : shown
    },
    streamTold: (stream) => {
      const category = categoryOf(stream)
      return guessed.has(category) ? `${category}-***` : stream
    },
    personal: (type, id, data) => entries.get(type)?.personal?.(id, data),
  }
}
