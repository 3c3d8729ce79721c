import fc, { type Arbitrary } from 'fast-check'
import type { TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { shapeOf } from './shape.ts'
import { Ref } from './values.ts'

/** Texts that some schema accepts; each is tried on each schema. */
const texts = [
  'Lamp',
  'a',
  'a-b',
  'lamp',
  'ada',
  'Crème brûlée 👩‍👩‍👧‍👦',
  'مُحَمَّد',
  'A line\nand another',
  'fuzz@example.org',
  'a long password',
  'https://example.org/a?b=c#d',
  'https://example.org',
  'http://10.0.0.7:3000',
  'DE',
  'EUR',
  'JPY',
  'de',
  'de-CH',
  'Europe/Berlin',
  'UTC',
  '08:00',
  '22:30',
  '0',
  '1',
  '12',
  '123456',
  '+4915112345678',
  '2026-01-01',
  '2030-01-31',
  '2026-01-01T00:00:00.000Z',
  '2030-06-01T12:00:00+02:00',
  '1970-01-01T00:00:00Z',
  'tok_ok',
  'tok_declined',
  'createdAt',
  '-createdAt',
  'name',
  'agora.ordering.OrderPlaced.v1',
  '30 2 * * *',
  'order',
  'OrderPlaced',
  'orders',
  'products',
  'order,payment',
  'buyer',
  'products,posts',
  'catalog',
  '4bf92f3577b34da6a3ce929d0e0e4736',
  'a'.repeat(43),
  'A'.repeat(44),
  '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11',
] as const

/** Parameters whose schemas say less than handlers expect of them: texts, and kinds of ids with what is before them. */
const known: Readonly<Record<string, readonly string[]>> = {
  provider: ['github', 'google', 'simulator', 'stripe', 'bank'],
  carrier: ['dhl', 'ups', 'simulator', 'table'],
  model: ['orders', 'products', 'accounts', 'profiles', 'gigs', 'posts', 'payments'],
  name: ['orders', 'products', 'catalog', 'ordering', 'payments'],
  instanceId: ['ordering-1'],
  type: ['products', 'gigs', 'users', 'posts', 'orders', 'media'],
}

const knownIds: Readonly<Record<string, readonly (readonly [prefix: string, kind: string])[]>> = {
  streamId: [
    ['order-', 'OrderId'],
    ['account-', 'UserId'],
    ['payment-', 'PaymentId'],
    ['conversation-', 'ConversationId'],
    ['post-', 'PostId'],
  ],
  stream: [['order-', 'OrderId']],
  key: [
    ['', 'OrderId'],
    ['', 'UserId'],
    ['', 'ProductId'],
  ],
  user: [['', 'UserId']],
  id: [
    ['fulfilment-', 'OrderId'],
    ['', 'ProductId'],
    ['', 'PostId'],
    ['', 'UserId'],
  ],
}

/** How valid values are made. */
type Context = {
  /** Name of the field, for those in `known`. */
  readonly field?: string
}

const sized = (min: number, max: number): readonly string[] =>
  [min, max].filter((size) => size > 0 && size <= 20_000).map((size) => 'x'.repeat(size))

const patternText = (pattern: string): Arbitrary<string> | undefined => {
  // Classes of Unicode's properties take the library minutes.
  if (/\\[pPu]|\(\?/.test(pattern)) return undefined
  try {
    return fc.stringMatching(new RegExp(pattern, 'u'), { size: '-1' })
  } catch {
    // The library does not know every kind of assertion and class.
    return undefined
  }
}

const textFor = (schema: TSchema, { field = '' }: Context): Arbitrary<unknown> => {
  const { pattern, format, minLength = 0, maxLength = 255, examples = [] } = shapeOf(schema)
  if (format === 'uuid')
    return fc.oneof(
      { weight: 3, arbitrary: refOf('ProductId') },
      { weight: 1, arbitrary: refOf('GigId') },
      { weight: 1, arbitrary: refOf('OrderId') },
    )
  const ids = knownIds[field]
  if (ids && pattern !== undefined)
    return fc.oneof(...ids.map(([prefix, kind]) => refOf(kind, prefix)), fc.constant('a-b'))
  const all = [...examples, ...(known[field] ?? []), ...texts, ...sized(minLength, maxLength)]
  const valid = all.filter((text) => Check(schema, text))
  const named = valid.filter((text) => known[field]?.includes(String(text)))
  const matching = pattern === undefined ? undefined : patternText(pattern)
  const options = [
    ...(named.length > 0 ? [{ weight: 20, arbitrary: fc.constantFrom(...named) }] : []),
    ...(valid.length > 0 ? [{ weight: 4, arbitrary: fc.constantFrom(...valid) }] : []),
    ...(matching ? [{ weight: 1, arbitrary: matching }] : []),
  ]
  return options.length > 0 ? fc.oneof(...options) : fc.constant('x')
}

/** A reference to an id of a kind. */
const refOf = (kind: string, prefix = ''): Arbitrary<unknown> =>
  fc
    .tuple(fc.nat({ max: 30 }), fc.constantFrom(true, true, true, false))
    .map(([at, isOwn]) => new Ref(kind, at, isOwn, prefix))

const idOf = (kind: string): Arbitrary<unknown> => {
  const options = [{ weight: 24, arbitrary: refOf(kind) }]
  // The subject of a review is a product or a gig.
  const others = kind === 'SubjectId' ? ['ProductId', 'GigId'] : []
  for (const other of others) options.push({ weight: 40, arbitrary: refOf(other) })
  return fc.oneof(
    ...options,
    { weight: 1, arbitrary: refOf('UserId') },
    { weight: 1, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: fc.uuid().map((id) => id.toUpperCase()) },
  )
}

const numberFor = (schema: TSchema, isInteger: boolean): Arbitrary<number> => {
  const { minimum = 0, maximum = 1_000_000 } = shapeOf(schema)
  const [min, max] = [Math.max(minimum, -1e12), Math.min(maximum, 1e12)]
  const middle = fc.constantFrom(...[min, min + 1, 2, 10, max].filter((n) => n >= min && n <= max))
  return fc.oneof(
    { weight: 3, arbitrary: middle },
    {
      weight: 1,
      arbitrary: isInteger
        ? fc.integer({ min: Math.ceil(min), max: Math.floor(max) })
        : fc.double({ min, max, noNaN: true }),
    },
  )
}

const objectFor = (schema: TSchema): Arbitrary<unknown> => {
  const { properties = {}, required = [] } = shapeOf(schema)
  const fields = Object.entries(properties).map(([name, property]) => {
    const value = valid(property, { field: name })
    const isNeeded = required.includes(name)
    return isNeeded ? value : fc.option(value, { nil: undefined, freq: 1 })
  })
  const names = Object.keys(properties)
  return fc
    .tuple(...fields)
    .map((values) =>
      Object.fromEntries(
        names.flatMap((name, at) => (values[at] === undefined ? [] : [[name, values[at]]])),
      ),
    )
}

/**
 * Returns values that a schema accepts, nearly always: refinements are not known here. Ids are references to things that
 * are there.
 */
export const valid = (schema: TSchema, context: Context = {}): Arbitrary<unknown> => {
  const shape = shapeOf(schema)
  const { title, anyOf, items, minItems = 0, maxItems = 5, patternProperties } = shape
  if (shape.const !== undefined) return fc.constant(shape.const)
  if (shape.enum) return fc.constantFrom(...shape.enum)
  if (anyOf) return fc.oneof(...anyOf.map((option) => valid(option, context)))
  if (title?.endsWith('Id')) return idOf(title)
  if (shape.properties) return objectFor(schema)
  if (items)
    return fc.array(valid(items, context), {
      minLength: minItems,
      maxLength: Math.min(maxItems, 4),
    })
  if (patternProperties) return fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('c', 1))
  switch (shape.type) {
    case 'string':
      return textFor(schema, context)
    case 'integer':
      return numberFor(schema, true)
    case 'number':
      return numberFor(schema, false)
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'object':
      return fc.constant({})
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

/** Returns an example with references in place of the ids that its schema names. */
export const withRefs = (schema: TSchema, example: unknown): Arbitrary<unknown> => {
  const { title, items, properties, anyOf } = shapeOf(schema)
  if (typeof example === 'string' && title?.endsWith('Id')) return idOf(title)
  if (typeof example === 'string' && shapeOf(schema).format === 'uuid')
    return fc.oneof(refOf('ProductId'), refOf('GigId'))
  if (Array.isArray(example) && items)
    return fc.tuple(...example.map((one) => withRefs(items, one)))
  if (typeof example === 'object' && example !== null) {
    const among =
      properties ?? anyOf?.map((option) => shapeOf(option).properties).find((one) => one)
    const names = Object.keys(example)
    return fc
      .tuple(
        ...names.map((name) => {
          const property = among?.[name]
          const value: unknown = Reflect.get(example, name)
          return property ? withRefs(property, value) : fc.constant(value)
        }),
      )
      .map((values) => Object.fromEntries(names.map((name, at) => [name, values[at]])))
  }
  return fc.constant(example)
}
