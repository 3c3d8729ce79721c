import { describe, expect, test } from 'vitest'
import { recorded } from '#kernel/testing'
import { nameFilter } from './name-filter.ts'
import { patternTest } from './pattern-test.ts'

const of = (what: 'stream' | 'type', given: string | readonly string[]) =>
  nameFilter(
    typeof given === 'string'
      ? { of: what, regex: given, prefixes: [] }
      : { of: what, regex: '', prefixes: given },
    32,
  )

describe('the log evaluates', () => {
  test.each([
    [['order-'], ['order']],
    [
      ['order-', 'payment-'],
      ['order', 'payment'],
    ],
    ['^order-', ['order']],
    ['^order-.*', ['order']],
    ['^order-.*$', ['order']],
    ['^(order|payment)-', ['order', 'payment']],
    ['^(?:order|payment)-', ['order', 'payment']],
  ])('streams named %j', (given, categories) => {
    const { inLog, pick } = of('stream', given)
    expect(inLog).toEqual({ categories })
    expect(pick).toBeUndefined()
  })

  test.each([
    ['^OrderPlaced$', ['OrderPlaced']],
    ['^(OrderPlaced|OrderPaid)$', ['OrderPlaced', 'OrderPaid']],
    ['^(?:OrderPlaced|OrderPaid)$', ['OrderPlaced', 'OrderPaid']],
  ])('types that match %s', (given, types) => {
    const { inLog, pick } = of('type', given)
    expect(inLog).toEqual({ types })
    expect(pick).toBeUndefined()
  })

  test.each([
    ['type', String.raw`^[^\$].*`],
    ['type', '^[^$].*'],
    ['stream', String.raw`^[^\$].*`],
    ['type', []],
  ] as const)('every %s for %j', (what, given) =>
    expect(of(what, given)).toEqual({ inLog: {}, checkpointInterval: 32 }),
  )
})

describe('the endpoint evaluates what the log cannot:', () => {
  const events = ['order-1', 'orders-2', 'payment-1', 'order-10'].map((stream) =>
    recorded(stream, { type: stream.replace('-', ''), data: {} }),
  )
  test.each([
    ['stream', ['order'], ['order-1', 'orders-2', 'order-10']],
    ['stream', ['order-1'], ['order-1', 'order-10']],
    ['stream', ['order-', 'orders'], ['order-1', 'orders-2', 'order-10']],
    ['stream', '^order-|^payment-', ['order-1', 'payment-1', 'order-10']],
    ['stream', '^(order|)-', ['order-1', 'order-10']],
    ['stream', '-1$', ['order-1', 'payment-1']],
    ['stream', '(?i)^ORDER-1$', ['order-1']],
    ['stream', 'ORDER', []],
    ['type', ['order1'], ['order-1', 'order-10']],
    ['type', '^order1', ['order-1', 'order-10']],
    ['type', '^order.?1$', ['order-1']],
  ] as const)('%s %j', (what, given, found) => {
    const { inLog, pick } = of(what, given)
    expect(inLog).toEqual({})
    expect(pick?.(events).map(({ stream }) => stream)).toEqual(found)
  })
})

test('prefixes together with a pattern are rejected', () =>
  expect(() => nameFilter({ of: 'type', prefixes: ['A'], regex: 'B' }, 32)).toThrow(/^filter: /))

describe('an untrusted pattern', () => {
  /** An ordinary pattern takes long only on a busy machine. */
  const longTimeout = { timeoutMs: 60_000 }

  test.each(['(', '[', '(?<=a', 'x'.repeat(2_001)])('is rejected when it is invalid', (pattern) =>
    expect(() => patternTest(pattern)).toThrow(/^filter\.regex: /),
  )

  test('is aborted when it takes too long', () => {
    const slowPattern = '^(a+)+$'
    expect(patternTest(slowPattern, longTimeout)(['aaa', 'b'])).toEqual([true, false])
    const test = patternTest(slowPattern)
    expect(() => test([`${'a'.repeat(60)}!`])).toThrow(/takes too long/)
  })

  test('is not aborted while other processes have the CPU', () => {
    let measured = 0
    const slow = patternTest('^(a+)+$', { timeoutMs: 20, cpuTimeMs: () => (measured += 1) })
    expect(slow(['aaa'])).toEqual([true])
    measured = 0
    expect(() => slow([`${'a'.repeat(60)}!`])).toThrow(/takes too long/)
    // Two measurements an attempt.
    expect(measured).toBe(40)
  })

  test('is tested against many names, repeatedly', () => {
    const test = patternTest('7$', longTimeout)
    const names = (from: number) =>
      Array.from({ length: 500 }, (_, index) => `order-${from + index}`)
    for (let from = 0; from < 25_000; from += 500)
      expect(test(names(from)).filter(Boolean).length).toBe(50)
    expect(test(['order-7', 'order-8', 'order-7'])).toEqual([true, false, true])
  })

  test('has no access to the process', () => {
    expect(patternTest('passed', longTimeout)(['passed'])).toEqual([true])
    expect(() => patternTest("'); process.exit(1); ('")).toThrow(/^filter\.regex: /)
  })
})

test('a filter with too many characters is rejected, also where they are prefixes', () => {
  const prefixes = Array<string>(5_000).fill('ab')
  expect(
    of('type', prefixes).pick?.([recorded('order-1', { type: 'OrderPlaced', data: {} })]),
  ).toEqual([])
  for (const more of ['c', ''])
    expect(() => of('type', [...prefixes, more])).toThrow(/at most 10000 characters/)
})
