import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { ranHere } from '../../test/support/cli.ts'
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'

const [id, other] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']

let fresh: TestDatabase
let folder: string
beforeAll(async () => {
  fresh = await freshDatabase()
  folder = await mkdtemp(join(tmpdir(), 'agora-archives-'))
  const log = await postgresEventLog(fresh.database)
  const event = (type: string, data: object) => ({
    eventId: crypto.randomUUID(),
    type,
    data: { userId: id, ...data },
    metadata: someMetadata,
    at: '2020-01-01T00:00:00.000Z',
  })
  const opened = event('UserLoggedIn', { refreshHash: 'h', expiresAt: '2020-01-02T00:00:00.000Z' })
  await log.append(`session-${id}`, 'none', [opened, event('UserLoggedOut', {})])
  await log.append(`session-${other}`, 'none', [{ ...opened, eventId: crypto.randomUUID() }])
  await log.close()
})
afterAll(async () => {
  await fresh?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const agora = (...args: readonly string[]) =>
  ranHere(args, { POSTGRES_URL: fresh.url, AGORA_DATA: folder })

test('closed streams are archived on request, read as before, and put back', async () => {
  const events = async () => (await agora('replay', '--direct')).out
  const before = await events()
  expect(before.split('\n').filter(Boolean)).toHaveLength(3)
  expect(await agora('archives', '--json')).toMatchObject({
    code: 0,
    out: '{\n  "archives": []\n}\n',
  })
  const dry = await agora('archive', '--dry-run')
  expect(dry.code).toBe(0)
  expect(dry.out).toMatch(/^session +1 +2$/m)
  const archived = await agora('archive', 'session')
  expect(archived).toMatchObject({ code: 0, stderr: 'Archive 1: 2 events of 1 stream.\n' })
  expect((await agora('archives')).out).toMatch(/^ +1 +1 +2 +1 to 2 +\d+ +archive-1-\S+$/m)
  const files = async () => (await readdir(join(folder, 'blobs'), { recursive: true })).join(' ')
  expect(await files()).toContain('archive-1-')
  expect(await events()).toBe(before)
  expect(await agora('verify-log')).toMatchObject({ code: 0 })

  const copied = await agora('copy', '--from', fresh.url, '--to', join(folder, 'copy'))
  expect(copied.code).toBe(1)
  expect(copied.stderr).toContain('restore-archive --all')

  expect(await agora('restore-archive', '--all')).toMatchObject({
    code: 0,
    out: 'Archive 1: 2 events are in the log again.\n',
  })
  expect(await events()).toBe(before)
  expect(await agora('restore-archive', '--all')).toMatchObject({
    code: 0,
    out: 'There are no archives to put back.\n',
  })
  expect((await agora('archives')).out).toMatch(/ to 2 +\d+ +20\S+Z +archive-1-\S+$/m)
  await using target = await freshDatabase()
  expect((await agora('copy', '--from', fresh.url, '--to', target.url)).code).toBe(0)

  expect((await agora('archives', '--remove-restored')).stderr).toContain('add --yes')
  expect(await files()).toContain('archive-1-')
  expect(await agora('archives', '--remove-restored', '--yes')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Archive 1 was removed: archive-1-\S+\.\n$/),
  })
  expect(await files()).not.toContain('archive-1-')
  expect((await agora('archives', '--json')).out).toBe('{\n  "archives": []\n}\n')
  expect(await events()).toBe(before)
})

test('nonsense is refused by name', async () => {
  expect(await agora('archive', 'cart')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('those with a rule are:'),
  })
  expect((await agora('restore-archive')).code).toBe(2)
  expect((await agora('restore-archive', 'x')).code).toBe(2)
  expect(await agora('restore-archive', '9')).toMatchObject({
    code: 1,
    stderr: 'There is no archive 9 to put back; "agora archives" lists them.\n',
  })
})
