import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate, forgottenAfter, type Concern, type Contradictions } from './evaluate.ts'
import { rules, summaryOf, type Rule } from './rules.ts'

const rule: Rule = {
  name: 'slow',
  severity: 'warning',
  limit: { above: 10 },
  for: 60,
  quiet: 120,
  unmeasured: 'unknown',
  summary: '{subject} takes {value} s',
  decimals: 1,
  prometheus: { expr: 'slow' },
}
const concern = { rule: 'slow', subject: 'a' }

/** Evaluates a series of values, each at a time; undefined is not measured. @returns what happened, with the times */
const evaluated = (
  series: readonly (readonly [at: number, value: number | undefined])[],
  of: Rule = rule,
): readonly (readonly [at: number, 'raised' | 'resolved'])[] => {
  let raised: readonly Concern[] = []
  let contradictions: Contradictions = new Map()
  return series.flatMap(([at, value]) => {
    const measurements = value === undefined ? [] : [{ ...concern, value }]
    const verdict = evaluate([of], measurements, raised, contradictions, at)
    ;({ contradictions } = verdict)
    if (verdict.raises.length > 0) raised = verdict.raises
    if (verdict.resolves.length > 0) raised = []
    return [
      ...verdict.raises.map(() => [at, 'raised'] as const),
      ...verdict.resolves.map(() => [at, 'resolved'] as const),
    ]
  })
}

describe('an alert', () => {
  test('is raised once its value was bad for the time of its rule, and stays raised', () => {
    expect(
      evaluated([
        [0, 11],
        [59, 11],
        [60, 11],
        [75, 99],
        [200, 11],
      ]),
    ).toEqual([[60, 'raised']])
    expect(
      evaluated([
        [0, 10],
        [60, 10],
        [500, 10],
      ]),
    ).toEqual([])
  })

  test('is raised at once by a rule without a time', () => {
    expect(evaluated([[0, 11]], { ...rule, for: 0 })).toEqual([[0, 'raised']])
  })

  test('is resolved once its value was good for the quiet time', () => {
    const bad = [
      [0, 11],
      [60, 11],
    ] as const
    expect(evaluated([...bad, [70, 1], [189, 1], [190, 1]]).at(-1)).toEqual([190, 'resolved'])
    const all: Rule = { ...rule, unmeasured: 'good' }
    const unmeasured = [...bad, [70, undefined], [190, undefined]] as const
    expect(evaluated(unmeasured, all).at(-1)).toEqual([190, 'resolved'])
  })

  test('is not resolved because the process that measured it has vanished, until it is forgotten', () => {
    const vanished = [
      [0, 11],
      [60, 11],
      [70, undefined],
      [70 + forgottenAfter - 1, undefined],
    ] as const
    expect(evaluated(vanished)).toEqual([[60, 'raised']])
    // A process that measures again says whether it is over.
    const again = [100, 1_000].map((more) => [70 + forgottenAfter + more, 1] as const)
    expect(evaluated([...vanished, [70 + forgottenAfter, 11], ...again])).toEqual([
      [60, 'raised'],
      [again[1]![0], 'resolved'],
    ])
    const later = [...vanished, [70 + forgottenAfter, undefined]] as const
    expect(evaluated(later).at(-1)).toEqual([70 + forgottenAfter, 'resolved'])
  })

  test('that flaps is raised and resolved once', () => {
    const flapping = Array.from({ length: 40 }, (_, nth) => [nth * 30, nth % 2 ? 11 : 1] as const)
    expect(evaluated(flapping)).toEqual([])
    const raised = [
      [0, 11],
      [60, 11],
    ] as const
    const later = flapping.map(([at, value]) => [at + 90, value] as const)
    expect(evaluated([...raised, ...later])).toEqual([[60, 'raised']])
    expect(evaluated([...raised, ...later, [1_400, 1], [1_520, 1]])).toEqual([
      [60, 'raised'],
      [1_520, 'resolved'],
    ])
  })

  test('of a rule with a lower limit is raised below it', () => {
    const below: Rule = { ...rule, limit: { below: 10 }, for: 0 }
    expect(
      evaluated(
        [
          [0, 10],
          [1, 9],
        ],
        below,
      ),
    ).toEqual([[1, 'raised']])
  })

  test('of a rule that is no longer declared is resolved', () => {
    const verdict = evaluate([rule], [], [{ rule: 'former', subject: 'a' }], new Map(), 0)
    expect(verdict.resolves).toEqual([{ rule: 'former', subject: 'a' }])
  })

  test('of one subject does not concern another', () => {
    const measurements = ['a', 'b'].map((subject) => ({ rule: 'slow', subject, value: 11 }))
    const verdict = evaluate([rule], measurements, [concern], new Map([['slow b', 0]]), 60)
    expect(verdict.raises).toEqual([{ rule: 'slow', subject: 'b', value: 11 }])
  })

  test('alternates, with the times of its rule between, whatever the values', () => {
    const values = fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.boolean()), {
      minLength: 1,
      maxLength: 60,
    })
    fc.assert(
      fc.property(values, (steps) => {
        let at = 0
        const series = steps.map(([pause, isBad]) => [(at += pause), isBad ? 11 : 1] as const)
        const happened = evaluated(series)
        for (const [nth, [time, what]] of happened.entries()) {
          expect(what).toBe(nth % 2 ? 'resolved' : 'raised')
          const before = happened[nth - 1]?.[0] ?? 0
          expect(time - before).toBeGreaterThanOrEqual(nth % 2 ? rule.quiet : nth ? rule.for : 0)
        }
      }),
    )
  })
})

test('the rules have names of their own, and sentences that name their subjects', () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length)
  for (const one of rules) expect(summaryOf(one, 'this', 1)).not.toMatch(/[{}]|\.$/)
  expect(summaryOf(rule, '$& thing', 1.25)).toBe('$& thing takes 1.3 s')
})
