import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { ReadModel, RebuildReport } from './answers.ts'
import { Failed } from './failure.ts'
import { rebuildProjection, type RebuildOptions } from './rebuild.ts'

const model: ReadModel = {
  name: 'orders',
  version: 1,
  generation: 1,
  store: 'postgres',
  status: 'live',
  position: '9',
  lagEvents: 0,
  lagSeconds: 0,
  parked: 0,
}
const report: RebuildReport = {
  same: 7,
  different: 2,
  onlyOld: 1,
  onlyNew: 0,
  counted: 2,
  fields: [
    {
      path: 'total.amount',
      documents: 2,
      ignored: false,
      samples: [
        {
          key: 'a',
          old: 5,
          new: 6,
          oldEvent: { position: '2', type: 'OrderPlaced' },
          newEvent: { position: '4', type: 'OrderPaid' },
        },
        { key: 'b', new: 'x'.repeat(60) },
      ],
    },
    { path: 'note', documents: 1, ignored: true, samples: [] },
  ],
  furtherFields: 3,
  onlyOldKeys: ['c'],
  onlyNewKeys: [],
}
const rebuild = { progress: 9, total: 9, generation: 2, gate: { maxDifferences: 0 } }

/** Runs the command against answers of `GET /admin/projections`, one after the other. */
const ran = async (
  answers: readonly ReadModel[],
  options: Omit<RebuildOptions, 'wait'> & { readonly wait?: boolean },
) => {
  const requests: unknown[] = []
  const lines: string[] = []
  const left = [...answers]
  const call = async (_: unknown, method: string, path: string, body?: object) => {
    if (method === 'GET') return { projections: [left.length > 1 ? left.shift() : left[0]] }
    requests.push(body ? [method, path, body] : [method, path])
    return { accepted: true }
  }
  const failure = await rebuildProjection(
    {
      client: { call },
      out: (line: string) => void lines.push(stripVTControlCharacters(line)),
      info: () => undefined,
      screen: new PassThrough(),
      signal: new AbortController().signal,
    } as never,
    'orders',
    { wait: true, ...options },
  ).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { requests, lines, failure }
}

const path = '/admin/projections/orders/rebuild'
const waiting: ReadModel = { ...model, rebuild: { ...rebuild, state: 'waiting', report } }

test('a rebuild whose gate stays closed prints the differences by field with their events, and fails', async () => {
  const comparing = { ...model, rebuild: { ...rebuild, state: 'comparing' } }
  const { requests, lines, failure } = await ran([model, comparing, waiting], {
    allowDiff: 0,
    ignoreFields: ['note'],
  })
  expect(requests).toStrictEqual([['POST', path, { allowDiff: 0, ignoreFields: ['note'] }]])
  expect(lines).toStrictEqual([
    'Compared with the one before: 7 the same, 2 different, 1 only before, 0 only now.',
    'FIELD           DOCUMENTS  FOR EXAMPLE  BEFORE  BY                AFTER                                     BY',
    'total.amount            2  a            5       OrderPlaced at 2  6                                         OrderPaid at 4',
    `                           b            –                         "${'x'.repeat(38)}…`,
    'note (ignored)          1',
    '3 differences of further fields are not listed.',
    'Only before, for example: c',
    'orders is still answered from generation 1; generation 2 waits beside it, and is kept up to date.',
    '"agora rebuild orders --switch" switches to it, --compare compares again, --discard drops it.',
  ])
  expect(failure).toStrictEqual(
    new Failed('2 documents differ, and 0 may: orders was not switched.'),
  )
})

test('a rebuild that waits for the operator on purpose is no failure', async () => {
  const asked = { ...waiting, rebuild: { ...waiting.rebuild!, gate: {} } }
  const { requests, failure } = await ran([model, asked], { shadow: true })
  expect([requests, failure]).toStrictEqual([[['POST', path, { shadow: true }]], undefined])
  const lost = { ...report, isOldLost: true as const }
  const alone = { ...asked, rebuild: { ...asked.rebuild, report: lost } }
  const { lines } = await ran([alone], { compare: true })
  expect(lines[0]).toBe('Nothing was compared: the documents of the one before are lost.')
})

test('a rebuild whose gate opens says so, with what it found; one without a gate sends no body', async () => {
  const done = { ...model, generation: 2, report: { ...report, fields: [], furtherFields: 0 } }
  const { lines, failure } = await ran([model, done], { allowDiff: 5 })
  expect([lines.slice(0, 2), failure]).toStrictEqual([
    [
      'orders answers from generation 2 now.',
      'Compared with the one before: 7 the same, 2 different, 1 only before, 0 only now.',
    ],
    undefined,
  ])
  const plain = await ran([model, { ...model, generation: 2 }], {})
  expect([plain.requests, plain.lines[1]]).toStrictEqual([
    [['POST', path]],
    'There was no comparison with the one before.',
  ])
})

test('a generation that waits is switched to, compared again, or discarded; another rebuild is refused', async () => {
  const switched = await ran([waiting, { ...model, generation: 2 }], { switch: true })
  expect(switched.requests).toStrictEqual([['POST', `${path}/switch`]])
  expect(switched.lines[0]).toBe('orders answers from generation 2 now.')
  const compared = await ran([waiting, waiting], { compare: true })
  expect(compared.requests).toStrictEqual([['POST', `${path}/compare`]])
  expect(compared.failure).toBeInstanceOf(Failed)
  const discarded = await ran([waiting], { discard: true })
  expect(discarded.requests).toStrictEqual([['DELETE', path]])
  expect(discarded.lines).toStrictEqual(['The generation that was built for orders is discarded.'])
  const refused = await ran([waiting], {})
  expect(refused.requests).toStrictEqual([])
  expect(String(refused.failure)).toContain('Generation 2 of orders is being built already')
})
