import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const page = readFileSync(join(root, 'docs/security.md'), 'utf8')

test('the page about threats names existing tests', () => {
  const named = [...page.matchAll(/`((?:src|test)\/[\w./-]+\.test\.ts)`/g)].map(([, file]) => file)
  expect(named.length).toBeGreaterThan(50)
  expect(named.filter((file) => !existsSync(join(root, file ?? '')))).toEqual([])
})

test('every threat has a test, or is marked as a gap', () => {
  const threats = page
    .split('\n## ')
    .filter((part) => part.startsWith('OWASP'))
    .flatMap((part) => part.split('\n').filter((line) => line.startsWith('| ')))
    .filter((line) => !/^\| (Threat|Chapter) /.test(line))
  expect(threats.length).toBeGreaterThan(25)
  const untried = threats.filter((line) => !/\.test\.ts`|\*\*gap\*\*|Not used|yet/.test(line))
  expect(untried).toEqual([])
})
