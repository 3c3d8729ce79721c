import { io } from 'socket.io-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agoraHere, type AgoraHere } from '../support/agora.ts'
import { until } from '../support/until.ts'
import { entries } from '../fixtures/guestbook/entries.ts'
import { guestbook } from '../fixtures/guestbook/index.ts'
import { thanking } from '../fixtures/guestbook/thanking.ts'

// A context in a folder of its own, passed as its module, read model and saga; no other code names it.
let agora: AgoraHere
beforeAll(async () => {
  agora = await agoraHere({}, { modules: [guestbook], projections: [entries], sagas: [thanking] })
})
afterAll(() => agora[Symbol.asyncDispose]())

test('a context that is added as a module is served, guarded, documented, followed and erased', async () => {
  const { shop } = agora
  const ada = await shop.register('ada')
  expect((await shop.anyone('POST', '/guestbook', { words: 'Hello' })).status).toBe(401)
  const refused = await ada.call('POST', '/guestbook', { words: '', more: 1 })
  expect(refused.status).toBe(400)
  expect(refused.body.errors.map(({ field }: { field: string }) => field).toSorted()).toEqual([
    'more',
    'words',
  ])

  const socket = io(`${shop.url}/guestbook`, { auth: { token: ada.token }, forceNew: true })
  const stamped: string[] = []
  socket.on('entry:stamped', ({ entryId }: { entryId: string }) => stamped.push(entryId))
  await until(
    () => socket.connected,
    (connected) => connected,
  )
  const stranger = io(`${shop.url}/guestbook`, { forceNew: true, reconnection: false })
  const turnedAway = new Promise<Error>((resolve) => stranger.once('connect_error', resolve))
  expect((await turnedAway).message).not.toBe('')

  const signed = await ada.call('POST', '/guestbook', { words: 'It was lovely.' })
  expect(signed.status).toBe(201)
  const { id } = signed.body.data
  const read = async () => (await ada.call('GET', '/guestbook')).body.data.entries
  // The job has stamped the entry, the socket has pushed it, the saga has sent its thanks.
  await until(read, (found) => found.length === 1 && found[0].stamped)
  await expect.poll(() => stamped).toEqual([id])
  await until(
    async () => (await ada.call('GET', `/notifications/user/${ada.id}`)).body.data.notifications,
    (found) => found.some(({ type }: { type: string }) => type === 'guestbook_thanks'),
  )
  socket.disconnect()

  const { body: document } = await shop.anyone('GET', '//docs/json')
  expect(document.paths['/api/v1/guestbook'].post).toMatchObject({ tags: ['guestbook'] })
  expect(document.tags).toContainEqual({ name: 'guestbook', description: 'What guests write' })

  const { call: admin } = await shop.admin()
  const left = await admin('POST', `/admin/users/${ada.id}/forget`)
  expect(left.status).toBe(202)
  await until(
    async () => (await admin('GET', `/admin/users/${ada.id}/forget`)).body.data.status,
    (status) => status === 'forgotten',
  )
  const bob = await shop.register('bob')
  expect((await bob.call('GET', '/guestbook')).body.data.entries).toEqual([])
  // The log no longer shows what she wrote.
  const { text } = await admin('GET', '/analytics/events?limit=1000')
  expect(text).toContain('EntrySigned')
  expect(text).not.toContain('lovely')
})
