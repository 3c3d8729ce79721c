import { describe, expect, it } from 'vitest'
import { compared } from '../bench/compare/compared.ts'
import { parts } from '../bench/parts.ts'
import { BadArguments, help, readArguments } from '../bench/support/arguments.ts'
import { capacity } from '../bench/support/costs.ts'
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
