import { expect, test } from 'vitest'
import { shortLease, startAgora, temporaryData } from '../support/agora.ts'
import { publish, remark } from '../support/posting.ts'
import type { Person } from '../support/shop.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

/** Notifications of a user about posts, as type and post. */
const newsOf = async ({ id, call }: Person): Promise<readonly string[]> => {
  const { body } = await call('GET', `/notifications/user/${id}`)
  return body.data.notifications
    .filter(({ postId }: { postId?: string }) => postId !== undefined)
    .map(({ type, postId }: { type: string; postId: string }) => `${type} ${postId}`)
    .toSorted()
}

test('after kill -9 amid likes and comments, the numbers of a post are exact, everybody is notified once, and a deleted post takes its comments along', async () => {
  await using database = await startedDatabase()
  await using data = await temporaryData()
  const env = { POSTGRES_URL: database.url, ...shortLease }
  await using doomed = await startAgora(data.path, env)
  await using other = await startAgora(data.path, env)
  const { shop } = other
  const [author, reader] = [await shop.register(), await shop.register()]
  const me = (await reader.call('GET', '/users/me')).body.data
  expect((await reader.call('POST', `/users/${author.id}/follow`)).status).toBe(200)
  const postId = await publish(author.call, { content: `For @${me.username} and @nobody #light` })
  const fans = await Promise.all(Array.from({ length: 12 }, () => shop.register()))

  const path = `/api/v1/posts/${postId}`
  /** Sends a request to the process that dies, and again to the other one unless it was answered. */
  const send = async ({ token, call }: Person, part: string, body: object, key: string) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    const first = await fetch(`${doomed.url}${path}${part}`, init).catch(() => undefined)
    if (first?.ok) return
    const { status } = await until(
      () => call('POST', `/posts/${postId}${part}`, body, { 'idempotency-key': key }),
      (answer) => answer.status < 400,
    )
    expect(status).toBeLessThan(300)
  }
  let answered = 0
  const busy = fans.map(async (fan, nth) => {
    await send(fan, '/like', {}, `like-${nth}-of-${postId}`)
    answered += 1
    await send(fan, '/comments', { content: `Comment ${nth}` }, `comment-${nth}-of-${postId}`)
  })
  await until(
    () => answered,
    (count) => count > 2,
  )
  await doomed.kill()
  await Promise.all(busy)

  const { meta } = (await author.call('POST', `/posts/${postId}/like`)).body
  const exact = { likeCount: fans.length + 1, commentCount: fans.length }
  const shown = await reader.call('GET', `/posts/${postId}?minPosition=${meta.position}`)
  expect(shown.body.data).toMatchObject({ ...exact, tags: ['light'] })
  const comments = await reader.call(
    'GET',
    `/posts/${postId}/comments?minPosition=${meta.position}`,
  )
  expect(comments.body.data.total).toBe(fans.length)

  expect(
    await until(
      () => newsOf(author),
      ({ length }) => length >= fans.length,
    ),
  ).toEqual(Array(fans.length).fill(`post_commented ${postId}`))
  expect(
    await until(
      () => newsOf(reader),
      ({ length }) => length > 0,
    ),
  ).toEqual([`mentioned ${postId}`])

  const left = await publish(author.call)
  const feed = async () =>
    (await reader.call('GET', '/posts/feed')).body.data.posts.map(({ id }: { id: string }) => id)
  expect(await until(feed, ({ length }) => length === 2)).toEqual([left, postId])
  await remark(reader.call, left)
  expect((await author.call('DELETE', `/posts/${postId}`)).status).toBe(200)
  expect((await reader.call('GET', `/posts/${postId}`)).status).toBe(404)
  expect(await until(feed, ({ length }) => length === 1)).toEqual([left])
  await until(
    () =>
      database.database.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM read.comments',
      ),
    ([row]) => row?.count === 1,
  )
})
