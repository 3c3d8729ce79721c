import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { asId } from '#kernel'
import { offer } from '../../../test/support/gig-stall.ts'
import { httpWorld } from '../../../test/support/http.ts'
import { gigs, searchGigs } from '../../projections/index.ts'
import { UserId } from '../shared/index.ts'
import { erase } from './erase.ts'

test('gigs of a person who leaves are deleted, whatever their status, and no others', async () => {
  await using world = await httpWorld()
  const { executor, readModels, blobs } = world.deps
  const [gone, friend] = [
    await world.someone('gone', 'seller'),
    await world.someone('friend', 'seller'),
  ]
  const paused = await offer(gone.call)
  await gone.call('POST', `/gigs/${paused}/pause`)
  const ids = [await offer(gone.call, {}, { isDraft: true }), await offer(gone.call), paused]
  const kept = await offer(friend.call)

  const commandId = randomUUID()
  const origin = { commandId, actorId: 'test', correlationId: commandId }
  const erasing = { userId: asId(UserId, gone.id), hastened: false, origin }
  expect(await erase(erasing, { executor, readModels, blobs })).toEqual({
    awaited: 0,
    counts: { gigs: 3 },
  })
  expect(await erase(erasing, { executor, readModels, blobs })).toEqual({
    awaited: 0,
    counts: { gigs: 0 },
  })
  await world.readModels.fold()
  for (const id of ids) {
    expect((await world.anyone('GET', `/gigs/${id}`)).status).toBe(404)
    expect((await readModels.get(gigs, id)).document).toBeUndefined()
    expect((await readModels.get(searchGigs, id)).document).toBeUndefined()
  }
  expect((await world.anyone('GET', `/gigs/${kept}`)).status).toBe(200)
})
