import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Code without comments. */
const codeOf = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')

/** Path of an imported file; undefined for packages. */
const targetOf = (file: string, from: string): string | undefined => {
  if (from.startsWith('.')) return join(dirname(file), from)
  return from.startsWith('#')
    ? `src/${from.slice(1).replace(/^kernel$/, 'kernel/index')}.ts`
    : undefined
}

/** Names of a list in braces, inside and outside of the file: `a, type B as C`. */
const namesIn = (list: string) =>
  list
    .split(',')
    .map((part) => part.trim().replace(/^type /, ''))
    .filter(Boolean)
    .map((part) => {
      const [inside = '', outside = inside] = part.split(' as ')
      return { inside, outside }
    })

/**
 * Exports that no other file imports, as `file: name`. Types that a file declares are not checked: they name parts of
 * its signatures.
 * @param files the text of each, by path from the root
 */
const unused = (files: ReadonlyMap<string, string>): string[] => {
  const used = new Set<string>()
  const exported: string[] = []
  for (const [file, text] of files) {
    const code = codeOf(text)
    const use = (from: string, name: string) => used.add(`${targetOf(file, from)}: ${name}`)
    for (const [, , list = '', from = ''] of code.matchAll(
      /\b(import|export)\s+(?:type\s+)?(?:\w+\s*,\s*)?\{([^}]*)\}\s*from\s*'([^']+)'/g,
    ))
      for (const { inside } of namesIn(list)) use(from, inside)
    // Imports of a whole file, and dynamic imports.
    for (const [, from = ''] of code.matchAll(
      /(?:\*(?:\s+as\s+\w+)?\s+from\s*|\bimport\s*\(\s*)'([^']+)'/g,
    ))
      use(from, '*')
    if (file.endsWith('.test.ts')) continue
    for (const [, name = ''] of code.matchAll(
      /^export (?:async )?(?:abstract )?(?:const|function|class)\*? (\w+)/gm,
    ))
      exported.push(`${file}: ${name}`)
    for (const [, list = ''] of code.matchAll(/^export (?:type )?\{([^}]*)\}/gm))
      for (const { outside } of namesIn(list)) exported.push(`${file}: ${outside}`)
  }
  return exported.filter((one) => !used.has(one) && !used.has(one.replace(/: .*$/, ': *')))
}

test('every export is imported by another file', () => {
  // Packages that are installed for the bench or for mutants are excluded.
  const files = globSync('{src,test,bench,web}/**/*.{ts,tsx}', {
    cwd: root,
    exclude: ['**/node_modules/**', 'web/dist/**'],
  })
  expect(files.length).toBeGreaterThan(100)
  expect(
    unused(new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]))),
  ).toEqual([])
})

test('an export that is imported by name, re-exported or imported with its file is used; others are not', () => {
  const files = {
    'src/a.ts': `export const one = 1, two = 2
      export type Own = string`,
    'src/b.ts': `export const three = 3
export function four() {}
export class Five {}
export async function six() {}`,
    'src/c.ts': `import { one as uno } from './a.ts'
import five, { type Five } from './b.ts'
/** import { four } from './b.ts' */
// import { four } from './b.ts'
export { three as tres, type Own } from './b.ts'
const seven = 7
export { seven }`,
    'src/d/e.ts': `export const eight = 8`,
    'src/d/f.ts': `export const nine = 9`,
    'src/kernel/index.ts': `export * from '../d/e.ts'
export const ten = 10, eleven = 11`,
    'test/g.ts': `import { ten } from '#kernel'
const { nine } = await import('../src/d/f.ts')`,
  }
  expect(unused(new Map(Object.entries(files)))).toEqual([
    'src/b.ts: four',
    'src/b.ts: six',
    'src/c.ts: tres',
    'src/c.ts: Own',
    'src/c.ts: seven',
  ])
})
