import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MaskedEvent } from './answers.ts'
import { eventsHash } from './manifest-hash.ts'
import { differences, readManifest, type FoundEvents, type Manifest } from './manifest.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agora-manifest-'))
})
afterAll(() => rm(folder, { recursive: true }))

const digest = 'ab'.repeat(32)
const manifest: Manifest = {
  formatVersion: 1,
  agora: '1.0.0',
  exportedAt: '2030-01-01T00:00:00.000Z',
  source: 'direct',
  filter: { types: ['OrderPlaced'] },
  range: { from: { position: '3' }, to: { at: '2030-01-01T00:00:00.000Z' }, after: '2', last: '9' },
  head: '12',
  events: { count: 2, types: { OrderPlaced: 2 }, first: '3', last: '8', sha256: digest },
  files: [{ name: 'events.ndjson', format: 'ndjson', bytes: 12, sha256: digest }],
}

const fileOf = async (content: string): Promise<string> => {
  const path = join(folder, 'manifest.json')
  await writeFile(path, content)
  return path
}

test('a manifest is read as it was written', async () =>
  expect(await readManifest(await fileOf(JSON.stringify(manifest)))).toEqual(manifest))

test.each([
  ['no JSON at all', 'it must be object'],
  [JSON.stringify({ ...manifest, formatVersion: 2 }), 'formatVersion must'],
  [JSON.stringify({ ...manifest, range: { after: '2', last: 'nine' } }), 'range.last must'],
])('an invalid manifest is rejected, naming the field: %s', async (content, message) => {
  const path = await fileOf(content)
  await expect(readManifest(path)).rejects.toThrow(
    `${path} is not a manifest of an export: ${message}`,
  )
})

test('a missing manifest is reported', async () => {
  const path = join(folder, 'none.json')
  await expect(readManifest(path)).rejects.toThrow(`${path} cannot be read`)
})

describe('a repeated export', () => {
  const before = manifest.events
  const now = (changes: Partial<FoundEvents>): FoundEvents => ({
    ...before,
    sha256: 'cd'.repeat(32),
    ...changes,
  })

  test('does not differ when its events have the same hash', () =>
    expect(differences(before, { ...before })).toEqual([]))

  test('differs by counts and by positions', () =>
    expect(
      differences(before, now({ types: { OrderPaid: 1, OrderPlaced: 1 }, last: '9' })),
    ).toEqual([
      'OrderPaid: 0 before, 1 now.',
      'OrderPlaced: 2 before, 1 now.',
      'The last event: at 8 before, 9 now.',
    ]))

  test('differs also by its hash alone', () =>
    expect(differences(before, now({}))).toEqual([expect.stringContaining('not with the same')]))
})

describe('the hash of events', () => {
  const event: MaskedEvent = {
    eventId: '1',
    stream: 'order-a',
    type: 'OrderPlaced',
    revision: 0,
    position: '1',
    at: '2030-01-01T00:00:00.000Z',
    data: { a: 1, b: [{ c: 2, d: null }] },
    metadata: { actorId: 'ada' },
  }
  const hashOf = (...events: readonly MaskedEvent[]): string => {
    const hash = eventsHash()
    events.forEach(hash.add)
    return hash.digest()
  }

  test('does not depend on the order of fields in a store', () => {
    const { metadata, data: _, ...rest } = event
    const reordered = { metadata, data: { b: [{ d: null, c: 2 }], a: 1 }, ...rest }
    expect(hashOf(reordered)).toBe(hashOf(event))
  })

  test('depends on every field of an event, and on the order of events', () => {
    const other = { ...event, eventId: '2' }
    const hashes = [
      hashOf(),
      hashOf(event),
      hashOf(event, other),
      hashOf(other, event),
      hashOf({ ...event, data: { a: 1, b: [{ c: 2 }] } }),
      hashOf({ ...event, position: '2' }),
      hashOf({ ...event, stream: 'order-b' }),
      hashOf({ ...event, metadata: {} }),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})
