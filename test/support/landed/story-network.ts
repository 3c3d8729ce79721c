import { png } from '../files.ts'
import { publish, remark } from '../posting.ts'
import { successOf, type Person, type Shop } from '../shop.ts'
import { until } from '../until.ts'
import { uploadTo, type Sent } from '../upload.ts'
import type { Cast, StoryPart } from './cast.ts'

/** Has people post, like, comment, write to each other, upload files, and keep others out. */
export const tellNetwork = async (shop: Shop, { ada, ben, cleo }: Cast): Promise<StoryPart> => {
  const upload = async ({ token, call }: Person, file: Sent): Promise<string> => {
    const { status, body } = await uploadTo(`${shop.url}/api/v1`, token, [file])
    if (status !== 201) throw new Error(`${status} instead of 201: ${JSON.stringify(body)}`)
    const { id } = body.data.media[0]
    await until(
      async () => (await call('GET', `/media/${id}`)).body.data.status,
      (found) => found !== 'PROCESSING',
    )
    return id
  }
  const picture = await upload(ben, { name: 'cup.png', bytes: png(32, 32), type: 'image/png' })
  const avatar = await upload(ben, { name: 'ben.png', bytes: png(16, 16), type: 'image/png' })
  const sketch = await upload(ben, { name: 'sketch.txt', bytes: 'A heron', type: 'text/plain' })
  successOf(await ben.call('PATCH', `/users/${ben.id}`, { avatarMediaId: avatar }), 200)

  const content = 'A cup for @ada #clay'
  const post = await publish(ben.call, { content, mediaIds: [picture] })
  successOf(await ben.call('PATCH', `/posts/${post}`, { content: `${content} #blue` }), 200)
  const comment = await remark(ada.call, post, { content: 'Like a heron' })
  await remark(ben.call, post, { content: 'Thank you', parentId: comment })
  const regretted = await remark(ada.call, post, { content: 'Or a goose' })
  successOf(await ada.call('DELETE', `/comments/${regretted}`), 200)
  for (const { call } of [ada, ben]) successOf(await call('POST', `/posts/${post}/like`), 200)
  successOf(await ben.call('DELETE', `/posts/${post}/like`), 200)
  const gone = await publish(ada.call, { content: 'Said too quickly' })
  successOf(await ada.call('DELETE', `/posts/${gone}`), 200)

  const settings = { theme: 'dark', timeZone: 'Europe/Berlin', privacy: 'private' }
  successOf(await cleo.call('PUT', '/users/me/settings', settings), 200)
  // Privacy is read from the read model as well.
  await until(
    async () => (await ada.call('GET', `/users/${cleo.id}`)).body.data.private,
    (isPrivate) => isPrivate === true,
  )
  successOf(await ada.call('POST', `/users/${cleo.id}/follow`), 200)
  successOf(await ben.call('POST', `/users/${cleo.id}/block`), 200)

  const { gigs } = successOf(await ada.call('GET', `/users/${ben.id}/gigs`), 200).body.data
  const about = { participantId: ben.id, gigId: gigs[0].id }
  const started = await ada.call('POST', '/chat/conversations', about)
  const conversation: string = successOf(started, 201).body.data.id
  const messages = `/chat/conversations/${conversation}/messages`
  const write = async ({ call }: Person, body: object): Promise<string> =>
    successOf(await call('POST', messages, body), 201).body.data.id
  const question = await write(ada, { text: 'Is the cup blue' })
  successOf(await ada.call('PATCH', `/chat/messages/${question}`, { text: 'Is it blue?' }), 200)
  await write(ben, { text: 'Bluer than this', mediaIds: [sketch] })
  const withdrawn = await write(ben, { text: 'For another person' })
  successOf(await ben.call('DELETE', `/chat/messages/${withdrawn}`), 200)
  for (const { call } of [ada, ben])
    successOf(await call('POST', `/chat/conversations/${conversation}/read`), 200)

  return {
    readings: [
      ['ada', `/posts/${post}`],
      ['cleo', `/posts/${post}`],
      ['ada', `/posts/${post}/comments`],
      ['ada', `/posts/${gone}`],
      ['ada', '/posts/feed'],
      ['ada', '/search/posts?q=clay'],
      ['ada', `/users/${ben.id}/posts`],
      ['ada', `/users/${ben.id}/followers`],
      ['ada', `/users/${ada.id}/following`],
      ['ada', `/users/${cleo.id}`],
      ['cleo', '/users/me/settings'],
      ['cleo', '/users/me/follow-requests'],
      ['ben', '/users/me/blocks'],
      ['ada', '/chat/conversations'],
      ['ben', messages],
      ['ada', messages],
      ['ada', `/media/${picture}/content`],
      ['ada', `/media/${picture}/thumbnail`],
      ['ada', `/media/${sketch}/content`],
      ['cleo', `/media/${sketch}/content`],
    ],
    next: [
      {
        by: 'ben',
        method: 'POST',
        path: messages,
        body: { text: 'After the upgrade' },
        status: 201,
        leadsTo: {
          by: 'ada',
          path: `/chat/conversations/${conversation}`,
          data: { unread: 1, lastMessage: { text: 'After the upgrade' } },
        },
      },
      {
        by: 'ada',
        method: 'POST',
        path: `/posts/${post}/comments`,
        body: { content: 'After the upgrade' },
        status: 201,
        leadsTo: { by: 'ben', path: `/posts/${post}`, data: { commentCount: 3, likeCount: 1 } },
      },
      {
        by: 'ben',
        method: 'POST',
        path: '/posts',
        body: { content: 'A newer cup' },
        status: 201,
        leadsTo: {
          by: 'ada',
          path: '/posts/feed?limit=1',
          data: { posts: [{ content: 'A newer cup' }] },
        },
      },
      {
        by: 'cleo',
        method: 'POST',
        path: `/users/me/follow-requests/${ada.id}/accept`,
        status: 200,
        leadsTo: { by: 'ada', path: `/users/${cleo.id}/followers`, data: { total: 1 } },
      },
    ],
  }
}
