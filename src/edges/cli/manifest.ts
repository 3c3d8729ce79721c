import { readFile } from 'node:fs/promises'
import { Type, type Static } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { BadUsage, Failed } from './failure.ts'

/** The name of the file that says what an export holds. */
export const manifestName = 'manifest.json'

const Position = Type.String({ pattern: '^\\d{1,20}$' })
const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Bound = Type.Union([
  Type.Object({ position: Position }),
  Type.Object({ at: Type.String({ format: 'date-time' }) }),
])

/** The formats that events are exported in. */
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

/** What was found, whichever format it was written in. */
export const FoundEvents = Type.Object({
  count: Type.Integer(),
  types: Type.Record(Type.String(), Type.Integer()),
  /** The positions of the first and the last event; none, where there are no events. */
  first: Type.Optional(Position),
  last: Type.Optional(Position),
  /** Of the events in order: see `eventsHash`. */
  sha256: Digest,
})
export type FoundEvents = Static<typeof FoundEvents>

/** What an export holds and how it was made: enough to make it again, and to see whether it is the same. */
export const Manifest = Type.Object({
  formatVersion: Type.Literal(1),
  /** The version of Agora that made it. */
  agora: Type.String(),
  exportedAt: Type.String({ format: 'date-time' }),
  /** How the log was read. Never where: that may tell a password. */
  source: Type.Enum(['http', 'direct']),
  filter: Type.Object({
    categories: Type.Optional(Type.Array(Type.String())),
    types: Type.Optional(Type.Array(Type.String())),
  }),
  range: Type.Object({
    /** As it was asked for. */
    from: Type.Optional(Bound),
    to: Type.Optional(Bound),
    /** What it came down to: events behind the one, up to and including the other. */
    after: Position,
    last: Position,
  }),
  /** The last position of the log, when it was read. */
  head: Position,
  events: FoundEvents,
  files: Type.Array(ExportedFile),
})
export type Manifest = Static<typeof Manifest>

/**
 * Reads the manifest of an export.
 * @throws BadUsage when it is none, with the field that is wrong
 * @throws Failed when it cannot be read
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
    `${path} is no manifest of an export: ${where} ${error?.message ?? 'does not fit'}.`,
  )
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** How what was found differs from what a manifest says, a sentence each; none when it does not. */
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
