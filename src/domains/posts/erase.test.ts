import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asId } from '#kernel'
import { httpWorld, type HttpWorld } from '../../../test/support/http.ts'
import { jobPorts } from '../../../test/support/job-ports.ts'
import { publish, remark } from '../../../test/support/posting.ts'
import { comments, feed, postsOf } from '../../projections/index.ts'
import { boundJob } from '../../serving/job.ts'
import { UserId } from '../shared/index.ts'
import { erase } from './erase.ts'
import { clearComments } from './jobs/clear-comments.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}
const everyComment = async () => {
  await world.readModels.fold()
  return (await world.readModels.find(comments, {})).documents
}

test('posts, comments and likes of a user are erased, and the numbers of other posts follow', async () => {
  const [gone, friend] = [await world.someone('gone'), await world.someone('friend')]
  await friend.call('POST', `/users/${gone.id}/follow`)
  const own = await publish(gone.call, { content: 'I live in Main Street' })
  const other = await publish(friend.call)
  const first = await remark(gone.call, other, { content: 'Call me' })
  const answer = await remark(friend.call, other, { parentId: first })
  await gone.call('POST', `/posts/${other}/like`)
  await friend.call('POST', `/posts/${other}/like`)

  const erasing = { userId: asId(UserId, gone.id), hastened: false, origin: origin() }
  const { executor, readModels, blobs } = world.deps
  expect(await erase(erasing, { executor, readModels, blobs })).toEqual({
    awaited: 0,
    counts: { posts: 1, comments: 1, likes: 1 },
  })
  await world.readModels.fold()
  expect((await friend.call('GET', `/posts/${own}`)).status).toBe(404)
  const timelines = { anyOf: [{ authorId: gone.id, postId: own }, { timeline: postsOf(gone.id) }] }
  expect((await world.readModels.find(feed, timelines)).total).toBe(0)
  const { posts } = (await friend.call('GET', '/posts/feed')).body.data
  expect(posts.map(({ id }: { id: string }) => id)).toEqual([other])
  const { likeCount, commentCount } = (await friend.call('GET', `/posts/${other}`)).body.data
  expect([likeCount, commentCount]).toEqual([1, 1])
  const list = (await friend.call('GET', `/posts/${other}/comments?sort=createdAt`)).body.data
  expect(JSON.stringify(list)).not.toContain('Call me')
  expect(JSON.stringify(list)).not.toContain(gone.id)
  expect(list.comments).toEqual(
    expect.arrayContaining([expect.objectContaining({ id: answer, parentId: first })]),
  )
  const again = await erase(erasing, { executor, readModels, blobs })
  expect(again.counts).toEqual({ posts: 0, comments: 0, likes: 0 })
})

test('the comments of a deleted post go with it', async () => {
  const author = await world.someone('author')
  const [postId, stays] = [await publish(author.call), await publish(author.call)]
  const first = await remark(author.call, postId)
  await remark(author.call, postId, { parentId: first })
  const kept = await remark(author.call, stays)
  await author.call('DELETE', `/posts/${postId}`)

  const { dataOf, run } = boundJob(clearComments, jobPorts(world))
  const events = await world.log.read(`post-${postId}`, { limit: 10 })
  const data = events.map(dataOf).find((one) => one !== undefined)
  expect(data).toEqual({ postId })
  if (data) await run(data, origin())
  const left = (await everyComment()).filter(({ userId }) => userId === author.id)
  expect(left.map(({ id }) => id)).toEqual([kept])
  expect((await everyComment()).filter((one) => one.postId === postId)).toEqual([])
})
