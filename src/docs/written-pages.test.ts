import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { modules } from '../domains/index.ts'
import { operationModules } from '../operations/index.ts'

const docs = join(import.meta.dirname, '../../docs')
const pageOf = (name: string) => readFileSync(join(docs, name), 'utf8')
const operations = new Set(
  [...modules, ...operationModules].flatMap(({ routes }) =>
    routes.map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`),
  ),
)

test('each call that the migration to HTTP names is an operation', () => {
  const named = [
    ...pageOf('migration-to-http.md').matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^`]+)`/g),
  ].map(([, call = '']) => call)
  expect(named.length).toBeGreaterThanOrEqual(35)
  expect(named.filter((call) => !operations.has(call))).toEqual([])
})

test('every context runs alone by commands of its own', () => {
  const shown = [...pageOf('running-alone.md').matchAll(/^```sh ([a-z]+)$/gm)].map(
    ([, name]) => name,
  )
  const contexts = modules.map(({ name }) => name)
  expect(contexts.filter((name) => !shown.includes(name))).toEqual([])
})

test.each(['migration-to-http.md', 'running-alone.md', 'webhooks.md', 'what-if.md'])(
  'the links of %s lead somewhere',
  (name) => {
    const targets = [...pageOf(name).matchAll(/\]\(([^)#\s:]+)[^):]*\)/g)].map(
      ([, target = '']) => target,
    )
    expect(targets.length).toBeGreaterThan(0)
    expect(targets.filter((target) => !existsSync(join(docs, target)))).toEqual([])
  },
)
