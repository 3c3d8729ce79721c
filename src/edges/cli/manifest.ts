import { readFile } from 'node:fs/promises'
import { Type, type Static } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { BadUsage, Failed } from './failure.ts'

/** File name of the manifest of an export. */
export const manifestName = 'manifest.json'

const Position = Type.String({ pattern: '^\\d{1,20}$' })
const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Bound = Type.Union([
  Type.Object({ position: Position }),
  Type.Object({ at: Type.String({ format: 'date-time' }) }),
])

/** Formats of exported events. */
export const formats = ['ndjson', 'parquet'] as const
export type Format = (typeof formats)[number]

/** A file of an export. */
export const ExportedFile = Type.Object({
  name: Type.String(),
  format: Type.Enum(formats),
  bytes: Type.Integer(),
  sha256: Digest,
})
export type ExportedFile = Static<typeof ExportedFile>

/** Summary of exported events, the same for every format. */
export const FoundEvents = Type.Object({
  count: Type.Integer(),
  types: Type.Record(Type.String(), Type.Integer()),
  /** Positions of the first and the last event; absent where there are no events. */
  first: Type.Optional(Position),
  last: Type.Optional(Position),
  /** Of the events in order: see `eventsHash`. */
  sha256: Digest,
})
export type FoundEvents = Static<typeof FoundEvents>

/** Contents and origin of an export: enough to repeat it and to compare the result. */
export const Manifest = Type.Object({
  formatVersion: Type.Literal(1),
  /** Version of Agora that made the export. */
  agora: Type.String(),
  exportedAt: Type.String({ format: 'date-time' }),
  /** How the log was read. Never its URL, which may contain a password. */
  source: Type.Enum(['http', 'direct']),
  filter: Type.Object({
    categories: Type.Optional(Type.Array(Type.String())),
    types: Type.Optional(Type.Array(Type.String())),
  }),
  range: Type.Object({
    /** The bounds as requested. */
    from: Type.Optional(Bound),
    to: Type.Optional(Bound),
    /** The resolved positions: events after `after`, up to and including `last`. */
    after: Position,
    last: Position,
  }),
  /** Head of the log when it was read. */
  head: Position,
  events: FoundEvents,
  files: Type.Array(ExportedFile),
})
export type Manifest = Static<typeof Manifest>

/**
 * Reads the manifest of an export.
 * @throws BadUsage naming the invalid field, when the file is not a manifest
 * @throws Failed when the file cannot be read
 */
export const readManifest = async (path: string): Promise<Manifest> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Failed(`${path} cannot be read; name the ${manifestName} of an export.`, {
      cause: error,
    })
  })
  const found = parsed(text)
  if (Check(Manifest, found)) return found
  const [error] = Errors(Manifest, found)
  const where = error?.instancePath.slice(1).replaceAll('/', '.') || 'it'
  throw new BadUsage(
    `${path} is not a manifest of an export: ${where} ${error?.message ?? 'is invalid'}.`,
  )
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Describes how an export differs from its manifest, one sentence per difference; empty when they are equal. */
export const differences = (before: FoundEvents, now: FoundEvents): readonly string[] => {
  if (before.sha256 === now.sha256) return []
  const types = [...new Set([...Object.keys(before.types), ...Object.keys(now.types)])].toSorted()
  const counts = types
    .map((type) => ({ type, was: before.types[type] ?? 0, is: now.types[type] ?? 0 }))
    .filter(({ was, is }) => was !== is)
    .map(({ type, was, is }) => `${type}: ${was} before, ${is} now.`)
  const ends = (['first', 'last'] as const)
    .filter((end) => before[end] !== now[end])
    .map(
      (end) => `The ${end} event: at ${before[end] ?? 'none'} before, ${now[end] ?? 'none'} now.`,
    )
  const found = [...counts, ...ends]
  return found.length > 0
    ? found
    : ['The same events by count and type, but not with the same content or order.']
}
