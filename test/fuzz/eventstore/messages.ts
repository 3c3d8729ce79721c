import fc, { type Arbitrary } from 'fast-check'
import { hostileTexts } from '../support/hostile.ts'
import { Repeated } from '../support/values.ts'
import type { Field, Shape } from './message-shape.ts'

/** What messages refer to: streams and events of the log that is served. */
export type Known = {
  readonly streams: readonly string[]
  readonly eventIds: readonly string[]
  /** Type of events that may be appended. */
  readonly type: string
}

/** Names of the groups of persistent subscriptions; few, so that messages meet groups that are there. */
export const groupNames = ['fuzz-1', 'fuzz-2', 'grüße', 'fuzz \u202e'] as const

/** Streams that are appended to; no read model has their category. */
const ownStreams = ['threshold-fuzz-1', 'threshold-fuzz-2', 'threshold-fuzz-3'] as const

const patterns = [
  '^order-',
  '^[^$].*',
  'Placed$',
  '^(?:account|email)-',
  '(?i)^ACCOUNT',
  '(a+)+$',
  '(?<x>.)\\k<x>',
  '[',
  '(?=',
  '(\ud800',
  '^(.*)*$',
  'x'.repeat(3_000),
  '\\p{L}',
  '.'.repeat(1_000),
  '(?:(?:(?:a|b)*)*)*c',
]

const extremes = [
  '0',
  '1',
  '2',
  '-1',
  '2147483647',
  '2147483648',
  '4294967295',
  '4294967296',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '18446744073709551615',
]

const numbers: Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(...extremes) },
)

const texts: Arbitrary<unknown> = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom(...hostileTexts),
)

const streamsOf = ({ streams }: Known): Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...ownStreams) },
    { weight: 3, arbitrary: fc.constantFrom('order-1', ...streams) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '$all',
        '$streams',
        '$$order-1',
        'nodash',
        '-',
        'a-',
        `a-${'b'.repeat(600)}`,
        `$${'x'.repeat(100_000)}`,
        ...hostileTexts,
      ),
    },
  )

const contents: Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('{}') },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      'null',
      '[]',
      'not JSON',
      '"\\u0000"',
      '{"__proto__":{"a":1}}',
      '{"$correlationId":1,"$causationId":{}}',
      '{"schemaVersion":99,"actor":[]}',
      new Repeated('[', 5_000),
      '1e999',
      '\u0000\u00ff',
      new Repeated('x', 70_000),
      new Repeated('x', 1_100_000),
    ),
  },
  { weight: 1, arbitrary: fc.json() },
)

/** Values of fields whose names say what they are, where only few values are of use. */
const hinted = (known: Known): Readonly<Record<string, Arbitrary<unknown>>> => {
  const ids = fc.oneof(fc.uuid(), fc.constantFrom('', ...known.eventIds))
  return {
    streamName: streamsOf(known),
    groupName: fc.oneof(
      { weight: 9, arbitrary: fc.constant<unknown>(groupNames[0]) },
      { weight: 3, arbitrary: fc.constantFrom<unknown>(...groupNames) },
      { weight: 1, arbitrary: texts },
    ),
    string: ids,
    regex: fc.constantFrom(...patterns),
    prefixList: fc.array(fc.constantFrom('order-', 'acc', '', 'E', '\u0000'), { maxLength: 4 }),
    map: fc.record(
      {
        type: fc.oneof(
          { weight: 5, arbitrary: fc.constant<unknown>(known.type) },
          {
            weight: 1,
            arbitrary: fc.constantFrom<unknown>('OrderPlaced', 'Theirs', '$x', ...hostileTexts),
          },
        ),
        'content-type': fc.oneof(
          { weight: 5, arbitrary: fc.constant<unknown>('application/json') },
          {
            weight: 1,
            arbitrary: fc.constantFrom<unknown>(
              'application/octet-stream',
              '',
              'text/plain',
              new Repeated('x', 50_000),
            ),
          },
        ),
      },
      { requiredKeys: ['type'] },
    ),
    data: contents,
    customMetadata: fc.oneof({ weight: 3, arbitrary: fc.constant<unknown>('') }, contents),
    bufferSize: fc.constantFrom<unknown>(1, 2, 10, 100, 10_000, 0, -1, 2 ** 31 - 1),
    action: fc.nat({ max: 6 }),
    readDirection: fc.nat({ max: 2 }),
    historyBufferSize: fc.constantFrom(10, 20, 500, 0),
    readBatchSize: fc.constantFrom(1, 5, 20),
    liveBufferSize: fc.constantFrom(1, 10, 500),
    namedConsumerStrategy: fc.nat({ max: 3 }),
    consumerStrategy: fc.constantFrom(
      '',
      'RoundRobin',
      'Pinned',
      'DispatchToSingle',
      'PinnedByCorrelation',
      'x',
    ),
    maxSubscriberCount: fc.constantFrom(0, 0, 0, 1, 2),
    messageTimeoutMs: fc.constantFrom(0, 1, 100, 30_000, -1),
    messageTimeoutTicks: fc.constantFrom('0', '10000', '300000000', '9223372036854775807', '-1'),
    isFinal: fc.constantFrom(true, true, true, false),
    count: fc.oneof(
      { weight: 5, arbitrary: fc.nat({ max: 50 }) },
      { weight: 1, arbitrary: numbers },
    ),
    seconds: fc.constantFrom<unknown>(
      '0',
      '4000000000',
      '253402300799',
      '9223372036854775807',
      '-62135596801',
      '-1',
    ),
    nanos: fc.constantFrom<unknown>(0, -1, 999_999_999, 2 ** 31 - 1),
  }
}

/** Depth from which optional messages are left out: some shapes contain themselves. */
const deepest = 8

const always = new Set([
  'options',
  'streamIdentifier',
  'settings',
  'id',
  'correlationId',
  'uuidOption',
  'map',
  'string',
  'groupName',
  'historyBufferSize',
  'readBatchSize',
  'liveBufferSize',
  'bufferSize',
  'proposedMessagesList',
  'isFinal',
  'idsList',
])

/** Generates the messages of shapes, nearly valid ones: what they refer to is mostly there, and numbers are mostly small. */
export const messagesOf = (known: Known) => {
  const hints = hinted(known)
  const done = new Map<object, Arbitrary<object>>()

  const valueOf = (field: Field, depth: number): Arbitrary<unknown> => {
    const { kind, name, shape } = field
    // A message may have the name of a number elsewhere.
    if (shape && kind === 'message') return messageOf(shape(), depth + 1)
    return hints[name] ?? (kind === 'text' || kind === 'bytes' || kind === 'map' ? texts : numbers)
  }

  const listed = (field: Field, depth: number): Arbitrary<unknown> => {
    const one = valueOf(field, depth)
    return field.isRepeated && field.kind === 'message'
      ? fc.array(one, { minLength: 0, maxLength: 3 })
      : one
  }

  const messageOf = (shape: Shape, depth = 0): Arbitrary<object> => {
    if (depth > deepest) return fc.constant({})
    const found = done.get(shape.id)
    if (found) return found
    const chosen = new Set(shape.choices.flat())
    const plain = shape.fields.filter(({ name }) => !chosen.has(name))
    const optional = (field: Field) =>
      fc.oneof(
        { weight: always.has(field.name) ? 19 : 2, arbitrary: listed(field, depth) },
        { weight: 1, arbitrary: fc.constant(undefined) },
      )
    const choices = shape.choices.map((names) =>
      fc.oneof(
        ...names.flatMap((name) => {
          const field = shape.fields.find((one) => one.name === name)
          return field
            ? [
                {
                  weight: always.has(name) ? 6 : 4,
                  arbitrary: listed(field, depth).map((value) => ({ [name]: value })),
                },
              ]
            : []
        }),
        { weight: 1, arbitrary: fc.constant({}) },
      ),
    )
    const made = fc
      .tuple(
        fc.record(Object.fromEntries(plain.map((field) => [field.name, optional(field)]))),
        ...choices,
      )
      .map((parts) => Object.assign({}, ...parts) as object)
    done.set(shape.id, made)
    return made
  }
  return messageOf
}
