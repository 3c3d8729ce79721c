import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { Declaration } from './decider.ts'
import { firstUse } from './first-use.ts'
import { masked } from './masked.ts'
import { categoryOf, type RecordedEvent } from './message.ts'
import { personalIn } from './personal.ts'
import { type FindPersonal, type PersonalPart } from './personal-part.ts'
import { marksOf, upcast, versionOf } from './schema.ts'

/** All event types that can be recorded, with their schemas and versions. */
export type Catalogue = {
  /** The declared event types. */
  readonly types: ReadonlySet<string>
  /** Returns the category whose streams an event type belongs to, if a stream is of the category of another declaration. */
  readonly misplaced: (type: string, stream: string) => string | undefined
  /** Validates an event's data; returns a sentence that names the first wrong field, or `undefined` when they are valid. */
  readonly problemWith: (type: string, data: unknown) => string | undefined
  /** Returns the current schema version of an event type. */
  readonly versionOf: (type: string) => number
  /**
   * Returns why this version of Agora cannot fold an event: its type is not declared, or it was recorded under a newer
   * version of its schema. Returns `undefined` when it can. Does not validate the data.
   */
  readonly unreadable: (event: Pick<RecordedEvent, 'type' | 'metadata'>) => string | undefined
  /** Upcasts an event to the current version of its schema. */
  readonly upToDate: (event: RecordedEvent) => RecordedEvent
  /**
   * Masks secret, personal and guessable fields of an event's data, for analysts. Data that are not declared are masked as
   * well: events of an unknown type or of a newer version, and undeclared fields.
   * @param schemaVersion version under which the event was recorded; default 1
   */
  readonly masked: (type: string, data: unknown, schemaVersion?: number) => unknown
  /** Masks the name of a stream for analysts, where its id is guessable. */
  readonly streamTold: (stream: string) => string
  /** Finds the personal values in an event's data of the current version. @param id the stream's name without its category */
  readonly personal: (type: string, id: string, data: unknown) => PersonalPart | undefined
}

type Entry = {
  category: string
  schema: TSchema
  /** Compiled at its first use: a process validates few of the event types, and none while it starts. */
  validator: () => Validator
  version: number
  veil: Declared['veil']
  personal: FindPersonal | undefined
}

type Declared = Pick<Declaration, 'name' | 'events' | 'personal' | 'veil'> &
  Partial<Pick<Declaration, 'id'>>

/**
 * Builds the catalogue from the declarations of all deciders and sagas.
 * @throws Error when two declare the same event type, or a name is not valid as a category
 */
export const catalogue = (declarations: readonly Declared[]): Catalogue => {
  const entries = new Map<string, Entry>()
  const guessed = new Set<string>()
  const categories = new Set(declarations.map(({ name }) => name))
  for (const declaration of declarations) {
    const { name, events, id, veil } = declaration
    if (!/^[a-z][A-Za-z0-9]*$/.test(name))
      throw new Error(`"${name}" is not a valid stream category`)
    if (id && marksOf(id).guessable) guessed.add(name)
    for (const [type, schema] of Object.entries(events)) {
      if (entries.has(type))
        throw new Error(`The event type ${type} is declared twice, the second time by ${name}`)
      entries.set(type, {
        category: name,
        schema,
        validator: firstUse(() => Compile(schema) as Validator),
        version: versionOf(schema),
        veil,
        personal: declaration.personal ?? personalIn(declaration, schema),
      })
    }
  }

  return {
    misplaced: (type, stream) => {
      const category = entries.get(type)?.category
      const found = categoryOf(stream)
      return category !== found && categories.has(found) ? category : undefined
    },
    types: new Set(entries.keys()),
    problemWith: (type, data) => {
      const entry = entries.get(type)
      if (!entry) return `The event type ${type} is not declared`
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
      // No schema says which fields may be shown: the event is another program's, or of a newer version.
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
