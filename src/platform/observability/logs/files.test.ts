import {
  appendFile,
  mkdir,
  mkdtempDisposable,
  readdir,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import { logFiles } from './files.ts'
import type { LogEntry } from './port.ts'

const temporaryData = () => mkdtempDisposable(join(tmpdir(), 'agora-logs-'))

const day = 24 * 60 * 60_000
let nth = 0
const line = (more: Partial<LogEntry> = {}): LogEntry => {
  nth += 1
  const id = `line-${String(nth).padStart(5, '0')}`
  const time = new Date(Date.now() - 100_000 + nth).toISOString()
  return { id, time, level: 'info', service: 'agora', process: 'a:1', message: 'x', ...more }
}
const messages = (entries: readonly LogEntry[]) => entries.map(({ message }) => message)

test('files rotate by size, and the oldest are deleted beyond the total', async () => {
  await using data = await temporaryData()
  const limits = { file: 1_000, total: 4_000, age: day }
  const store = logFiles(data.path, { process: 'a:1', limits })
  const before = messages(await store.find({ limit: 10 }))
  expect(before).toEqual([])
  for (let n = 0; n < 60; n += 1) await store.write([line({ message: `message ${n}` })])
  const files = await readdir(data.path)
  const sizes = await Promise.all(
    files.map(async (name) => (await stat(join(data.path, name))).size),
  )
  expect(files.length).toBeGreaterThan(2)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(limits.file)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(limits.total)
  const found = messages(await store.find({ limit: 100 }))
  expect(found[0]).toBe('message 59')
  expect(found).not.toContain('message 0')
})

test('files rotate by day, and are deleted when they are too old', async () => {
  await using data = await temporaryData()
  const limits = { file: 1_000_000, total: 10_000_000, age: 3 * day }
  let now = Date.now()
  const store = logFiles(data.path, { process: 'a:1', limits, now: () => now })
  await store.write([line({ message: 'first' })])
  const [first = ''] = await readdir(data.path)
  now += day
  await store.write([line({ message: 'second' })])
  expect(await readdir(data.path)).toHaveLength(2)
  const old = new Date(now - 3 * day)
  await utimes(join(data.path, first), old, old)
  now += day
  await store.write([line({ message: 'third' })])
  expect(await readdir(data.path)).not.toContain(first)
  expect(messages(await store.find({ limit: 10 }))).toEqual(['third', 'second'])
})

test('processes write files of their own, and read those of all', async () => {
  await using data = await temporaryData()
  const [a, b] = [logFiles(data.path, { process: 'a:1' }), logFiles(data.path, { process: 'b/2' })]
  await Promise.all([
    a.write([line({ message: 'of a' })]),
    b.write([line({ message: 'of b' })]),
    a.write([line({ message: 'of a again' })]),
  ])
  expect(await readdir(data.path)).toHaveLength(2)
  const found = messages(await b.find({ limit: 10 }))
  expect(found.toSorted()).toEqual(['of a', 'of a again', 'of b'])
})

test('a line that was cut off, and other files, are passed over', async () => {
  await using data = await temporaryData()
  const store = logFiles(data.path, { process: 'a:1' })
  await store.write([line({ message: 'whole' })])
  const [name = ''] = await readdir(data.path)
  await appendFile(join(data.path, name), '{"id":"cut')
  await writeFile(join(data.path, 'notes.txt'), 'no log')
  expect(messages(await store.find({ limit: 10 }))).toEqual(['whole'])
})

test('a folder that cannot be used is unavailable', async () => {
  await using data = await temporaryData()
  const path = join(data.path, 'logs')
  await mkdir(data.path, { recursive: true })
  await writeFile(path, 'a file')
  const store = logFiles(path, { process: 'a:1' })
  await expect(store.write([line()])).rejects.toThrow(Unavailable)
  await expect(store.find({ limit: 1 })).rejects.toThrow(Unavailable)
})
