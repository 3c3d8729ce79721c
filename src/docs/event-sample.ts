import { type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { census, remedyFor, type CensusRow } from './census.ts'
import { categoriesOf, type Declared } from './declared.ts'

/** A line of the sample: an event as a version of Agora may have recorded it. */
export type SampledEvent = {
  readonly type: string
  readonly version: number
  /** Context of its decider; missing for sagas. */
  readonly context?: string
  readonly stream: string
  readonly data: unknown
}

/** Most variants of one event. */
const mostVariants = 24

/** Longest text of a sample, in characters: limits beyond are not sampled. */
const longest = 120

const sampleId = '00000000-0000-4000-8000-000000000001'

/** Texts of which one matches the pattern or format of a text; they name nobody. */
const candidates = [
  sampleId,
  '2030-01-01T00:00:00.000Z',
  'sample@example.org',
  'Sample',
  'sample',
  'SAMPLE',
  'sample_1',
  'sample-1',
  '12:30',
  '42',
  '#0a0b0c',
  'DE',
  'EUR',
  'de',
  'image/png',
  'https://example.org/sample',
  '+4930123456',
  'Europe/Berlin',
  `sample-${sampleId}`,
  '0123456789abcdef'.repeat(4),
  '10115',
  '2030-01-01',
  '127.0.0.1',
  'a'.repeat(43),
]

type Node = TSchema & Readonly<Record<string, unknown>>

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined

const alternativesOf = (schema: Node): readonly unknown[] | undefined => {
  for (const key of ['anyOf', 'oneOf', 'enum']) {
    const found = schema[key]
    if (Array.isArray(found)) return found
  }
  return undefined
}

const lengthened = (text: string, length: number): string =>
  text + (text.at(-1) ?? 'x').repeat(Math.max(0, length - text.length))

const textOf = (schema: Node, variant: number): string => {
  const [least, most] = [numberOf(schema.minLength) ?? 0, numberOf(schema.maxLength)]
  const length = variant === 0 ? least : Math.min(most ?? 0, longest)
  const fitting = candidates
    .flatMap((text) => [
      ...(variant === 0 || most !== undefined ? [lengthened(text.slice(0, length), length)] : []),
      text,
      lengthened(text, least),
    ])
    .find((text) => Check(schema, text))
  if (fitting === undefined)
    throw new Error(
      `No text of the sample fits ${JSON.stringify(schema)}: add one to src/docs/event-sample.ts`,
    )
  return fitting
}

const numberIn = (schema: Node, variant: number): number => {
  const least = numberOf(schema.minimum) ?? (numberOf(schema.exclusiveMinimum) ?? -1) + 1
  const most = numberOf(schema.maximum) ?? Number.MAX_SAFE_INTEGER
  return [least, most][variant] ?? Math.min(most, Math.max(least, 42))
}

const objectOf = (schema: Node, variant: number): object => {
  const required = Array.isArray(schema.required) ? schema.required : []
  const isLeast = variant === 0
  const own = Object.entries(isNode(schema.properties) ? schema.properties : {}).flatMap(
    ([name, value]) =>
      isNode(value) && (!isLeast || required.includes(name))
        ? [[name, valueOf(value, variant)] as const]
        : [],
  )
  const further = Object.entries(
    isNode(schema.patternProperties) ? schema.patternProperties : {},
  ).flatMap(([pattern, value]) => {
    const name = candidates.find((text) => new RegExp(pattern, 'u').test(text))
    return isNode(value) && !isLeast && name !== undefined
      ? [[name, valueOf(value, variant)] as const]
      : []
  })
  return Object.fromEntries([...own, ...further])
}

/** The sample id is another one in each place, as items may have to differ. */
const distinct = (value: unknown, nth: number): unknown =>
  value === sampleId ? `${sampleId.slice(0, -1)}${nth + 1}` : value

const itemsOf = (schema: Node, variant: number): readonly unknown[] => {
  const { items } = schema
  // A tuple.
  if (Array.isArray(items)) return items.filter(isNode).map((one) => valueOf(one, variant))
  if (!isNode(items)) return []
  const least = numberOf(schema.minItems) ?? 0
  const most = Math.min(numberOf(schema.maxItems) ?? 2, 2)
  const count = variant === 0 ? least : Math.max(least, schema.uniqueItems ? 1 : most)
  return Array.from({ length: count }, (_, nth) =>
    distinct(valueOf(items, schema.uniqueItems ? variant + nth : variant), nth),
  )
}

/** A value of a schema: variant 0 is the least, 1 the greatest; each alternative has its turn. */
const valueOf = (schema: Node, variant: number): unknown => {
  if ('const' in schema) return schema.const
  const alternatives = alternativesOf(schema)
  if (alternatives) {
    const one = alternatives[variant % alternatives.length]
    return isNode(one) ? valueOf(one, variant) : one
  }
  switch (schema.type) {
    case 'object':
      return objectOf(schema, variant)
    case 'array':
      return itemsOf(schema, variant)
    case 'string':
      return textOf(schema, variant)
    case 'integer':
    case 'number':
      return numberIn(schema, variant)
    case 'boolean':
      return variant % 2 === 1
    case 'null':
      return null
    default:
      return {}
  }
}

/** The number of variants in which each alternative has its turn. */
const variantsOf = (schema: unknown): number => {
  if (Array.isArray(schema)) return Math.max(2, ...schema.map(variantsOf))
  if (!isNode(schema)) return 2
  const own = alternativesOf(schema)?.length ?? 2
  return Math.min(mostVariants, Math.max(own, ...Object.values(schema).map(variantsOf)))
}

/** Events of all declared types: with the least and the greatest values of their schemas, and each alternative. */
const declaredEvents = (declared: Declared): readonly SampledEvent[] =>
  categoriesOf(declared).flatMap(({ name, context, events }) =>
    events.flatMap(({ type, schema, version }) =>
      Array.from({ length: variantsOf(schema) }, (_, variant) => ({
        type,
        version,
        ...(context !== undefined && { context }),
        stream: `${name}-${sampleId}`,
        data: valueOf(schema as Node, variant),
      })),
    ),
  )

const eventsOf = (sample: string): readonly SampledEvent[] =>
  sample
    .split('\n')
    .filter(Boolean)
    .map((line): SampledEvent => JSON.parse(line))

/** The folder of an event that is no longer declared is known to its line. */
const withContext = (row: CensusRow, events: readonly SampledEvent[]): CensusRow => {
  const context = row.context ?? events.find(({ type }) => type === row.type)?.context
  return { ...row, ...(context !== undefined && { context }) }
}

/**
 * Counts a sample of events, and judges it.
 * @param sample a text with an event in each line
 * @param name of the sample
 * @returns a sentence for each type and version that cannot be folded any more: what to write
 */
export const judgedSample = (
  declared: Declared,
  sample: string,
  name: string,
): { readonly rows: readonly CensusRow[]; readonly faults: readonly string[] } => {
  const events = eventsOf(sample)
  const counts = census(declared, { allOurs: true })
  for (const event of events) counts.take(event)
  const rows = counts.rows().map((row) => withContext(row, events))
  const found = new Set(rows.map(({ type, version }) => `${type}@${version}`))
  const missing = rows.flatMap(({ type, declared: newest = 0, version }) =>
    version === newest
      ? Array.from({ length: newest }, (_, nth) => `${type}@${nth + 1}`)
          .filter((one) => !found.has(one))
          .map((one) => `${one} has no event in ${name}: add one, as it was recorded.`)
      : [],
  )
  return { rows, faults: [...rows.flatMap((row) => remedyFor(row, name) ?? []), ...missing] }
}

/**
 * Returns the sample with events of what is declared and was not in it. What is in it stays: logs have such events. Types with
 * a fault get no further events before that is mended.
 */
export const grownSample = (declared: Declared, sample: string): string => {
  const counts = census(declared, { allOurs: true })
  const before = eventsOf(sample)
  const faulty = new Set(
    before.flatMap((event) => (counts.take(event) === undefined ? [] : [event.type])),
  )
  const lines = new Set(before.map((event) => JSON.stringify(event)))
  const grown = [
    ...before,
    ...declaredEvents(declared).filter((event) => {
      const line = JSON.stringify(event)
      if (faulty.has(event.type) || lines.has(line)) return false
      lines.add(line)
      return true
    }),
  ]
  return grown
    .toSorted((a, b) => (a.type === b.type ? a.version - b.version : a.type < b.type ? -1 : 1))
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('')
}
