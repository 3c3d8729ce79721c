import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { holds, symbolLinksIn, withLines } from './symbol-links.ts'

const top = join(import.meta.dirname, '../..')
const page = readFileSync(join(top, 'docs/patterns.md'), 'utf8')
const links = symbolLinksIn(page, 'docs')

test('docs/patterns.md links to lines that hold the symbols it names', () => {
  const wrong = links.filter(({ symbol, path, line }) => {
    if (!existsSync(join(top, path))) return true
    const text = readFileSync(join(top, path), 'utf8').split('\n')[line - 1] ?? ''
    return !holds(text, symbol)
  })
  expect(links.length).toBeGreaterThan(40)
  expect(wrong).toEqual([])
})

test('every pattern has a link, and no other links lead nowhere', () => {
  const rows = page.split('\n## ').slice(1)
  expect(rows.filter((row) => symbolLinksIn(row, 'docs').length === 0)).toEqual([])
  const targets = [...page.matchAll(/\]\(([^)#\s:]+)[^)]*\)/g)].map(([, target = '']) => target)
  expect(targets.filter((target) => !existsSync(join(top, 'docs', target)))).toEqual([])
})

test('lines follow the declarations', () => {
  const text = '// a uses b\nexport const b = 1\nexport const ab = 2\n'
  const written = 'See [`b`](../x.ts#L9), [`ab`](../x.ts#L1) and [`gone`](../x.ts#L5).'
  expect(withLines(written, 'docs', () => text)).toBe(
    'See [`b`](../x.ts#L2), [`ab`](../x.ts#L3) and [`gone`](../x.ts#L5).',
  )
  expect([holds('const ab = 1', 'b'), holds('b()', 'b')]).toEqual([false, true])
})
