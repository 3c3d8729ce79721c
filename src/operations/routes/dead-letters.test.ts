import { afterAll, beforeAll, expect, test } from 'vitest'
import { recorded } from '#kernel/testing'
import { httpWorld, noOperations, type HttpWorld } from '../../../test/support/http.ts'
import { accounts } from '../../projections/index.ts'
import type { Operations } from '../../runtime/operations.ts'

const letter = {
  id: 'letter-1',
  kind: 'projection' as const,
  name: 'accounts',
  key: 'a',
  position: 7n,
  type: 'EmailVerified',
  error: 'Error: no',
  attempts: 2,
  at: '2030-01-01T00:00:00.000Z',
}
const event = recorded(
  'account-a',
  { type: 'AccountRegistered', data: { email: 'ada@example.org', more: 1 } },
  { position: 7n },
)
const value = { id: 'a', email: 'ada@example.org', passwordHash: 'secret hash', roles: ['user'] }

const found: Record<string, Awaited<ReturnType<Operations['deadLetter']>>> = {
  'letter-1': { ...letter, event, document: { schema: accounts.document, value } },
  new: { ...letter, document: { schema: accounts.document, value: undefined } },
  'queue~job': { ...letter, kind: 'job' },
}

let world: HttpWorld
let admin: Awaited<ReturnType<HttpWorld['someone']>>
beforeAll(async () => {
  const operations: Operations = {
    ...noOperations,
    deadLetter: async (id: string) => found[id],
    skipDeadLetter: async (id, position) => {
      if (id !== 'letter-1') return undefined
      return position === 7n ? 'requested' : 'moved'
    },
  }
  world = await httpWorld({ contexts: ['platform'], operations })
  admin = await world.someone('root', 'admin')
})
afterAll(() => world[Symbol.asyncDispose]())

test('a dead letter is shown with its event and the document before it, both masked', async () => {
  const { status, body, text } = await admin.call('GET', '/admin/dead-letters/letter-1')
  expect(status).toBe(200)
  expect(body.data).toMatchObject({
    ...letter,
    position: '7',
    event: { type: 'AccountRegistered', stream: 'account-a', position: '7' },
    document: { before: { id: '***', email: '***', passwordHash: '***', roles: ['***'] } },
  })
  expect(text).not.toContain('ada@example.org')
  expect(text).not.toContain('secret hash')
})

test('a document that was not there is null, and letters of jobs have neither', async () => {
  const fresh = await admin.call('GET', '/admin/dead-letters/new')
  expect(fresh.body.data.document).toStrictEqual({ before: null })
  const { body } = await admin.call('GET', '/admin/dead-letters/queue~job')
  expect(body.data).not.toHaveProperty('event')
  expect(body.data).not.toHaveProperty('document')
})

test('an unknown letter is 404, and admins alone may read one', async () => {
  expect((await admin.call('GET', '/admin/dead-letters/nothing')).status).toBe(404)
  const analyst = await world.someone('ann', 'analyst')
  expect((await analyst.call('GET', '/admin/dead-letters/letter-1')).status).toBe(403)
  expect((await world.anyone('GET', '/admin/dead-letters/letter-1')).status).toBe(401)
})

test('a skip is of the event at the position that was seen', async () => {
  const skip = (id: string, body: object, caller = admin) =>
    caller.call('POST', `/admin/dead-letters/${id}/skip`, body)
  const done = await skip('letter-1', { position: '7' })
  expect([done.status, done.body.data]).toEqual([202, { id: 'letter-1', accepted: true }])
  const moved = await skip('letter-1', { position: '6' })
  expect([moved.status, moved.body.code]).toEqual([409, 'refused_event_moved'])
  expect((await skip('nothing', { position: '7' })).status).toBe(404)
  for (const body of [{}, { position: '-7' }, { position: '9'.repeat(19) }]) {
    const { status, text } = await skip('letter-1', body)
    expect([status, text]).toEqual([400, expect.stringContaining('position')])
  }
  const analyst = await world.someone('anton', 'analyst')
  expect((await skip('letter-1', { position: '7' }, analyst)).status).toBe(403)
})
