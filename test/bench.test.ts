import { describe, expect, it } from 'vitest'
import { compared } from '../bench/compare/compared.ts'
import { parts } from '../bench/parts.ts'
import { BadArguments } from './support/bad-arguments.ts'
import { help, readArguments } from '../bench/support/arguments.ts'
import { capacity } from '../bench/support/costs.ts'
import {
  measuredCosts,
  planOf,
  planTable,
  shownPlans,
  times,
  today,
} from '../bench/support/plan.ts'
import { performancePage } from '../bench/support/performance-page.ts'
import type { Result } from '../bench/support/result.ts'
import { textOf } from './support/manifests.ts'
import type { Measure } from '../bench/support/measure.ts'

describe('the arguments of the bench', () => {
  const names = (args: readonly string[]) => readArguments(args)?.parts.map(({ name }) => name)

  it('select every part except those with a flag of their own', () => {
    expect(names([])).toContain('http')
    expect(names([])).not.toContain('peers')
  })

  it('select the peers alone, or in addition to named parts', () => {
    expect(names(['--peers'])).toEqual(['peers'])
    expect(names(['--peers', '--only', 'http'])).toEqual(['http', 'peers'])
  })

  it('are rejected when a part, a log or a flag is unknown or the number of rounds is invalid', () => {
    for (const args of [['--only', 'x'], ['--log', 'x'], ['--x'], ['--rounds', '0']])
      expect(() => readArguments(args), args.join(' ')).toThrow(BadArguments)
  })

  it('have a help text that lists each part with its rows', () => {
    expect(readArguments(['--help'])).toBeUndefined()
    const words = (text: string) => text.replaceAll(/\s+/g, ' ')
    for (const { name, title, rows } of Object.values(parts).flat())
      for (const text of [`${name} ${title}`, ...rows]) expect(words(help())).toContain(words(text))
  })
})

describe('the capacity without the load generator', () => {
  it('is bounded by the thread of the server, or by all cores with PostgreSQL on them', () => {
    expect(capacity({ server: 200, postgres: 100 }, 2)).toBe(5_000)
    expect(capacity({ server: 200, postgres: 400 }, 2)).toBeCloseTo(1e6 / 300)
    expect(capacity({ server: 200, postgres: 400 }, 8)).toBe(5_000)
  })
})

describe('the page of the figures', () => {
  const result = (
    at: string,
    figure: number,
    met: boolean,
    title = 'Commands over HTTP',
  ): Result => ({
    at,
    log: 'postgres',
    quick: false,
    machine: { cores: '2 cores' },
    parts: [
      {
        part: 'http',
        title,
        seconds: 1,
        others: '3 %',
        speed: { memoryNs: 90, jsonPerMs: 1_430 },
        measures: [
          {
            what: 'PUT | GET',
            figure,
            unit: '/s',
            reference: { what: 'bare', figure: 20_000 },
            ratio: figure / 20_000,
            cost: { server: 101.4, load: 3 },
            goal: { text: '≥ 8,000/s', met },
          },
        ],
      },
    ],
  })

  it('has the latest figures of each part, with the goals that are met', () => {
    const page = performancePage([
      result('2026-01-01T00:00:00.000Z', 7_000, false),
      result('2026-01-02T00:00:00.000Z', 9_000, true),
    ])
    expect(page).toContain('1 of 1 goals are met.')
    expect(page).toContain('Machine: 2 cores.')
    expect(page).toContain(
      '2026-01-02; other programs took 3 % of a core; memory 90 ns, JSON 1,430/ms.',
    )
    expect(page.split('\n').filter((line) => line.includes('PUT'))).toEqual([
      '| PUT \\| GET | 9,000/s | 20,000/s, bare | 0.45 | 101 µs |  | ≥ 8,000/s: met |',
    ])
  })

  it('keeps the sections of parts that were not run again, and counts their goals', () => {
    const first = [result('2026-01-01T00:00:00.000Z', 7_000, false)]
    const second = [result('2026-01-02T00:00:00.000Z', 8_000, true, 'Orders')]
    const third = [result('2026-01-03T00:00:00.000Z', 9_000, true)]
    const page = performancePage(second, performancePage(first))
    expect(page).toContain('1 of 2 goals are met.')
    expect(page.match(/^## .*/gm)).toEqual(['## Commands over HTTP', '## Orders'])
    const whole = performancePage(third, page)
    expect(whole).toContain('2 of 2 goals are met.')
    expect(whole.match(/(?<=^\| PUT \S+ GET \| )[0-9,]+/gm)).toEqual(['9,000', '8,000'])
    expect(performancePage(third, whole)).toBe(whole)
    expect(performancePage([], whole)).toBe(whole)
    const less = performancePage([], whole, ['Orders'])
    expect(less.match(/^## .*/gm)).toEqual(['## Orders'])
  })

  it('has no figures of quick runs', () => {
    const quick = { ...result('2026-01-01T00:00:00.000Z', 1, true), quick: true }
    expect(() => performancePage([quick])).toThrow('quick')
  })
})

describe('the plan of a load', () => {
  const none = { ...today, reads: 0, commands: 0, logins: 0 }

  it('has the cores that the costs of its operations take at the peak', () => {
    // 86,400 orders a day are one a second, at the peak ten.
    const plan = planOf({ ...none, ordersPerDay: 86_400, peak: 10 })
    expect(plan.ordersPerSecond).toBeCloseTo(10)
    expect(plan.eventsPerSecond).toBeCloseTo(10 * measuredCosts.order.events)
    const { gateway, postgres, ...ofOrders } = plan.cores
    expect(gateway).toBeCloseTo(10 * 120e-6)
    expect(Object.values(ofOrders).reduce((sum, one) => sum + one)).toBeCloseTo(10 * 2_520e-6)
    expect(postgres).toBeCloseTo(10 * 2_340e-6)
    expect(plan.processes).toEqual({ gateway: 2, api: 2, projections: 2, sagas: 2, jobs: 2 })
    expect(plan.perDay.log).toBeCloseTo(86_400 * 19 * 1_090)
    expect(plan.walPerSecond).toBeCloseTo(10 * 57_000)
  })

  it('grows with the load, and only reads that no cache answers reach the api', () => {
    const [once, hundred] = [planOf(today), planOf(times(today, 100))]
    expect(hundred.cores.api).toBeCloseTo(100 * once.cores.api)
    expect(hundred.processes.api).toBe(Math.ceil(hundred.cores.api / 0.7))
    const uncached = planOf({ ...today, cached: 0 })
    const reads = once.ordersPerSecond * today.reads
    expect(uncached.cores.api - once.cores.api).toBeCloseTo(reads * today.cached * 263e-6)
    expect(uncached.cores.gateway).toBe(once.cores.gateway)
  })

  it('names what is exhausted first', () => {
    const { limits } = planOf(times(none, 10_000))
    expect(limits[0]?.what).toBe('one core of the saga of orders')
    expect(limits.map(({ used }) => used)).toEqual(
      limits.map(({ used }) => used).toSorted((a, b) => b - a),
    )
  })

  it('is the one that docs/scaling.md shows', () => {
    const table = (text: string) => text.replaceAll(/ +/g, ' ')
    expect(table(textOf('docs/scaling.md'))).toContain(table(planTable(shownPlans())))
  })
})

describe('a comparison', () => {
  const row = (what: string, figure: number, more: Partial<Measure> = {}): Measure => ({
    what,
    figure,
    unit: '/s',
    ...more,
  })

  it('computes ratios within each round, and reports their spread', () => {
    const before = [[row('a', 100)], [row('a', 200)], [row('a', 50)]]
    const now = [[row('a', 110)], [row('a', 180)], [row('a', 60)]]
    const [only] = compared(before, now)
    expect(only).toMatchObject({ what: 'a', before: 100, now: 110 })
    expect(only?.figure.median).toBeCloseTo(1.1)
    expect(only?.figure.min).toBeCloseTo(0.9)
    expect(only?.figure.max).toBeCloseTo(1.2)
  })

  it('compares ratios to references and CPU time where both versions have them, and omits rows of one version alone', () => {
    const cost = { server: 100, postgres: 50, load: 10 }
    const rows = compared(
      [[row('a', 1, { ratio: 0.2, cost }), row('removed', 1)]],
      [[row('a', 1, { ratio: 0.3, cost: { ...cost, server: 25 } }), row('new', 1)]],
    )
    expect(rows.map(({ what }) => what)).toEqual(['a'])
    expect(rows[0]?.ratio?.median).toBeCloseTo(1.5)
    expect(rows[0]?.cpu?.median).toBe(0.5)
  })
})
