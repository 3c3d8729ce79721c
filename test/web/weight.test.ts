import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const folder = resolve(import.meta.dirname, '../../web/dist')

type Chunk = {
  readonly file: string
  readonly src?: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
}

const manifest: Readonly<Record<string, Chunk>> = JSON.parse(
  readFileSync(join(folder, '.vite/manifest.json'), 'utf8'),
)

/** A chunk and everything that it imports at once, by the manifest's keys. */
const withImports = (key: string, found = new Set<string>()): ReadonlySet<string> => {
  if (found.has(key)) return found
  found.add(key)
  for (const one of manifest[key]?.imports ?? []) withImports(one, found)
  return found
}

/** Size of scripts as browsers load them, in bytes: compressed by Brotli, small ones as they are. */
const sizeOf = (keys: Iterable<string>): number =>
  [...keys].reduce((sum, key) => {
    const path = join(folder, manifest[key]!.file)
    return sum + (statSync(`${path}.br`, { throwIfNoEntry: false }) ?? statSync(path)).size
  }, 0)

const [entry = ''] = Object.keys(manifest).filter((key) => manifest[key]?.isEntry)
const first = withImports(entry)

test('the first load has at most 130 kB of scripts', () => {
  expect(sizeOf(first)).toBeGreaterThan(50_000)
  expect(sizeOf(first)).toBeLessThanOrEqual(130_000)
})

test('each page adds at most 60 kB', () => {
  const pages = Object.keys(manifest).filter((key) => key.endsWith('-page.tsx'))
  expect(pages.length).toBeGreaterThan(40)
  const sizes = pages.map((key) => {
    const further = [...withImports(key)].filter((one) => !first.has(one))
    return [key, sizeOf(further)] as const
  })
  expect(sizes.filter(([, size]) => size > 60_000)).toEqual([])
})

test('the shop has no more than its first load and 20 kB', () => {
  const further = [...withImports('src/shop/shop-page.tsx')].filter((one) => !first.has(one))
  expect(sizeOf(further)).toBeLessThanOrEqual(20_000)
})
