import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { ranHere } from '../../test/support/cli.ts'
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { secretsFrom } from '../platform/security/keys/secrets.ts'
import { postgresPersonalKeys } from '../platform/security/personal/postgres.ts'
import { encryptingLog } from '../platform/storage/event-log/encrypting-log.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'
import { declaredEvents } from './masked-log.ts'

const secret = 'a secret of thirty-two letters or more'
const sample = join(import.meta.dirname, '../../test/events/sample.ndjson')
const people = [1, 2, 3].map((nth) => `00000000-0000-4000-8000-00000000000${nth}`)

let fresh: TestDatabase
let folder: string
beforeAll(async () => {
  fresh = await freshDatabase()
  folder = await mkdtemp(join(tmpdir(), 'agora-census-'))
  const keys = await postgresPersonalKeys(fresh.database, {
    secret: secretsFrom(secret)('personal-keys'),
  })
  const raw = await postgresEventLog(fresh.database)
  const log = encryptingLog(raw, { catalogue: declaredEvents(), keys })
  const event = (type: string, data: unknown, schemaVersion = 1) => ({
    eventId: crypto.randomUUID(),
    type,
    data: data as never,
    metadata: { ...someMetadata, schemaVersion },
  })
  for (const userId of people) {
    const preferences = {
      locale: 'de',
      channels: { inApp: true, email: true },
      marketing: false,
    }
    await log.append(`profile-${userId}`, 'none', [
      event('UserProfileCreated', { userId, username: `sample${userId.at(-1)}`, name: 'Sample' }),
      event('UserPreferencesChanged', preferences),
    ])
  }
  await keys.destroy(people[0]!)
  await log.append('kitchen-1', 'none', [event('PotBoiled', {})])
  await log.close()
  await keys.close()
})
afterAll(async () => {
  await fresh?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const agora = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  ranHere(['census', ...args], { POSTGRES_URL: fresh.url, AGORA_DATA: folder, ...env })

test('a sealed log is counted with its keys; events of the forgotten are counted apart', async () => {
  const { code, out, stderr } = await agora(['--json'], { AGORA_SECRET: secret })
  expect(stderr).not.toContain('not judged')
  const { events, faults } = JSON.parse(out)
  expect(faults).toEqual([])
  expect(code).toBe(0)
  expect(events).toMatchObject([
    { type: 'PotBoiled', count: 1, forgotten: 0 },
    { type: 'UserPreferencesChanged', version: 1, count: 3, upcasters: ['1 to 2'] },
    { type: 'UserProfileCreated', version: 1, count: 3, forgotten: 1, context: 'profiles' },
  ])
})

test('without the secret, the sealed fields are not judged, and that is said', async () => {
  const { code, out, stderr } = await agora([])
  expect(code).toBe(0)
  expect(out).toMatch(/UserProfileCreated\s+1\s+3\s+profile\s+.*profiles/)
  expect(stderr).toContain('The sealed fields of 3 events were not judged, as the secret')
})

test('with another secret it says so', async () => {
  const { code, stderr } = await agora([], { AGORA_SECRET: 'another secret of thirty-two letters' })
  expect(code).toBe(1)
  expect(stderr).toContain('were encrypted with another secret')
})

test('a sample in a file is judged as a log is, and a fault ends with 1 and what to write', async () => {
  expect(await agora(['--sample', sample])).toMatchObject({ code: 0 })
  const [line = ''] = (await readFile(sample, 'utf8')).split('\n')
  const file = join(folder, 'old.ndjson')
  await writeFile(file, `${line.replace('"type":"', '"type":"Old')}\n`)
  const { code, stderr } = await agora(['--sample', file])
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /^Old\w+@1 is in .*old\.ndjson, but no decider declares it: .* in src\/domains\//m,
  )
})

test('a file that is no sample is named', async () => {
  const file = join(folder, 'none.ndjson')
  expect((await agora(['--sample', file])).stderr).toContain(`${file} cannot be read: `)
  await writeFile(file, 'nothing')
  expect((await agora(['--sample', file])).stderr).toContain(`${file} is no sample: `)
})
