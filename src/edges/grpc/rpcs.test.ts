import { randomUUID } from 'node:crypto'
import { status as codes } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noOperations, type Call, type Reply } from '../../../test/support/http.ts'
import { ownFile } from '../../../test/support/own-file.ts'
import { publish, remark } from '../../../test/support/posting.ts'
import { modules } from '../../domains/index.ts'
import { accountLinks } from '../../platform/security/account-links.ts'
import { loadContracts } from './contracts.ts'
import { codeOf } from './status.ts'
import { grpcWorld, type GrpcWorld } from './testing/served.ts'

type Someone = Awaited<ReturnType<GrpcWorld['world']['someone']>>

let grpc: GrpcWorld
let people: Readonly<Record<'ada' | 'bob' | 'admin', Someone>>
beforeAll(async () => {
  const done = async () => true
  grpc = await grpcWorld({ operations: { ...noOperations, refold: done, removeDocument: done } })
  const { someone } = grpc.world
  people = {
    admin: await someone('root', 'admin'),
    ada: await someone('ada'),
    bob: await someone('bob'),
  }
})
afterAll(() => grpc[Symbol.asyncDispose]())

/** A request of an RPC, and the same one over HTTP. */
type Twins = {
  readonly by?: Someone
  readonly request: object
  readonly http: readonly [method: Parameters<Call>[0], path: string, body?: object]
}

/** Requests for each RPC, with everything that they are about; and one that is refused, with the name of the problem. */
type Case = readonly [
  rpc: string,
  twins: () => Promise<Twins>,
  refused: () => readonly [Twins, string],
]

const anyone = (request: object, ...http: Twins['http']): Twins => ({ request, http })
const as = (by: Someone, request: object, ...http: Twins['http']): Twins => ({ by, request, http })

const password = 'a long password'
const nobody = randomUUID()
/** Refused without a token. */
const notSignedIn = (request: object, ...http: Twins['http']) =>
  [{ request, http }, 'not_signed_in'] as const
/** Refused for somebody without the role. */
const notAdmin = (request: object, ...http: Twins['http']) =>
  [{ by: people.ada, request, http }, 'forbidden'] as const

const registered = (name: string) => ({ email: `${name}@example.org`, username: name, password })
const signedIn = async (name: string): Promise<Reply['body']> =>
  (await grpc.world.anyone('POST', '/auth/register', registered(name))).body

/** The token of the mail to a new user who has forgotten the password. */
const resetToken = async (name: string): Promise<string> => {
  const { anyone: call, deps, log } = grpc.world
  await signedIn(name)
  await call('POST', '/auth/password/forgot', { email: registered(name).email })
  const { events } = await log.readAll({ types: ['PasswordResetRequested'] })
  const { id, data } = events.at(-1)!
  const { requestId } = data as { requestId: string }
  return accountLinks(deps.keys.secretFor('account-links')).make('reset', id, requestId)
}

const cases: readonly Case[] = [
  [
    'agora.auth.v1.AuthService/Register',
    async () =>
      anyone({ ...registered('eva'), name: 'Eva' }, 'POST', '/auth/register', {
        ...registered('eva'),
        name: 'Eva',
      }),
    () => [anyone(registered('ada'), 'POST', '/auth/register', registered('ada')), 'email_taken'],
  ],
  [
    'agora.auth.v1.AuthService/Login',
    async () => {
      const body = { email: 'ada@example.org', password }
      return anyone(body, 'POST', '/auth/login', body)
    },
    () => {
      const body = { email: 'ada@example.org', password: 'another password' }
      return [anyone(body, 'POST', '/auth/login', body), 'invalid_credentials']
    },
  ],
  [
    'agora.auth.v1.AuthService/ValidateToken',
    async () => {
      const body = { token: people.ada.token }
      return anyone(body, 'POST', '/auth/validate', body)
    },
    () => [
      anyone({ token: 'a.b.c' }, 'POST', '/auth/validate', { token: 'a.b.c' }),
      'invalid_token',
    ],
  ],
  [
    'agora.auth.v1.AuthService/RefreshToken',
    async () => {
      const { refreshToken } = (await signedIn('refresher')).tokens
      return anyone({ refreshToken }, 'POST', '/auth/refresh', { refreshToken })
    },
    () => [anyone({}, 'POST', '/auth/refresh', {}), 'no_refresh_token'],
  ],
  [
    'agora.auth.v1.AuthService/Logout',
    async () => {
      const { refreshToken } = (await signedIn('leaver')).tokens
      return anyone({ refreshToken }, 'POST', '/auth/logout', { refreshToken })
    },
    () => [anyone({}, 'POST', '/auth/logout', {}), 'no_refresh_token'],
  ],
  [
    'agora.auth.v1.AuthService/ResetPassword',
    async () => {
      const token = await resetToken('forgetful')
      return anyone({ token, password }, 'POST', '/auth/password/reset', { token, password })
    },
    () => {
      const body = { token: 'reset.of.nobody.x', password }
      return [anyone(body, 'POST', '/auth/password/reset', body), 'invalid_request']
    },
  ],
  [
    'agora.user.v1.UserService/GetUserById',
    async () => as(people.ada, { id: people.bob.id }, 'GET', `/users/${people.bob.id}`),
    () => notSignedIn({ id: nobody }, 'GET', `/users/${nobody}`),
  ],
  [
    'agora.user.v1.UserService/GetUserByEmail',
    async () =>
      as(people.admin, { email: 'ada@example.org' }, 'GET', '/users?email=ada%40example.org'),
    () => notAdmin({ email: 'bob@example.org' }, 'GET', '/users?email=bob%40example.org'),
  ],
  [
    'agora.user.v1.UserService/UpdateProfile',
    async () => {
      const { id } = people.ada
      const request = { id, clear: ['bio'], name: 'Ada L.' }
      return as(people.ada, request, 'PATCH', `/users/${id}`, { bio: null, name: 'Ada L.' })
    },
    () => {
      const [{ id }, by] = [people.bob, people.ada]
      return [as(by, { id, name: 'B' }, 'PATCH', `/users/${id}`, { name: 'B' }), 'forbidden']
    },
  ],
  [
    'agora.user.v1.UserService/FollowUser',
    async () => as(people.ada, { id: people.bob.id }, 'POST', `/users/${people.bob.id}/follow`),
    () => notSignedIn({ id: nobody }, 'POST', `/users/${nobody}/follow`),
  ],
  [
    'agora.user.v1.UserService/UnfollowUser',
    async () => as(people.bob, { id: people.ada.id }, 'DELETE', `/users/${people.ada.id}/follow`),
    () => notSignedIn({ id: nobody }, 'DELETE', `/users/${nobody}/follow`),
  ],
  ...(['Followers', 'Following'] as const).map((list): Case => [
    `agora.user.v1.UserService/Get${list}`,
    async () => {
      const { ada, bob } = people
      await ada.call('POST', `/users/${bob.id}/follow`)
      await bob.call('POST', `/users/${ada.id}/follow`)
      const path = `/users/${ada.id}/${list.toLowerCase()}?limit=5&sort=at`
      return as(bob, { id: ada.id, limit: 5, sort: 'at' }, 'GET', path)
    },
    () => notSignedIn({ id: nobody }, 'GET', `/users/${nobody}/${list.toLowerCase()}`),
  ]),
  [
    'agora.post.v1.PostService/CreatePost',
    async () => {
      const mediaIds = [await ownFile(grpc.world, people.ada.id, 'document')]
      const body = { content: 'Hello @bob, #over gRPC', mediaIds }
      return as(people.ada, body, 'POST', '/posts', body)
    },
    () => notSignedIn({ content: 'x' }, 'POST', '/posts', { content: 'x' }),
  ],
  [
    'agora.post.v1.PostService/GetPostById',
    async () => {
      const id = await publish(people.bob.call, { content: 'For @ada #read' })
      return as(people.ada, { id }, 'GET', `/posts/${id}`)
    },
    () => notSignedIn({ id: nobody }, 'GET', `/posts/${nobody}`),
  ],
  [
    'agora.post.v1.PostService/UpdatePost',
    async () => {
      const mediaIds = [await ownFile(grpc.world, people.ada.id, 'document')]
      const id = await publish(people.ada.call, { content: 'With a file', mediaIds })
      const body = { mediaIds: [], content: 'Without' }
      return as(
        people.ada,
        { id, content: 'Without', clear: ['mediaIds'] },
        'PATCH',
        `/posts/${id}`,
        body,
      )
    },
    () => notSignedIn({ id: nobody, content: 'x' }, 'PATCH', `/posts/${nobody}`, { content: 'x' }),
  ],
  [
    'agora.post.v1.PostService/DeletePost',
    async () => {
      const id = await publish(people.ada.call)
      return as(people.ada, { id }, 'DELETE', `/posts/${id}`)
    },
    () => notSignedIn({ id: nobody }, 'DELETE', `/posts/${nobody}`),
  ],
  [
    'agora.post.v1.PostService/GetUserPosts',
    async () => {
      await publish(people.bob.call, { content: 'One of #several' })
      return as(
        people.ada,
        { id: people.bob.id, page: 1 },
        'GET',
        `/users/${people.bob.id}/posts?page=1`,
      )
    },
    () => notSignedIn({ id: nobody }, 'GET', `/users/${nobody}/posts`),
  ],
  [
    'agora.post.v1.PostService/GetFeed',
    async () => {
      await people.ada.call('POST', `/users/${people.bob.id}/follow`)
      await publish(people.bob.call, { content: 'In a #feed' })
      return as(people.ada, { limit: 3 }, 'GET', '/posts/feed?limit=3')
    },
    () => notSignedIn({}, 'GET', '/posts/feed'),
  ],
  [
    'agora.post.v1.PostService/LikePost',
    async () => {
      const id = await publish(people.bob.call)
      return as(people.ada, { id }, 'POST', `/posts/${id}/like`)
    },
    () => notSignedIn({ id: nobody }, 'POST', `/posts/${nobody}/like`),
  ],
  [
    'agora.post.v1.PostService/UnlikePost',
    async () => {
      const id = await publish(people.bob.call)
      await people.ada.call('POST', `/posts/${id}/like`)
      return as(people.ada, { id }, 'DELETE', `/posts/${id}/like`)
    },
    () => notSignedIn({ id: nobody }, 'DELETE', `/posts/${nobody}/like`),
  ],
  [
    'agora.post.v1.PostService/CreateComment',
    async () => {
      const id = await publish(people.bob.call)
      const parentId = await remark(people.bob.call, id)
      const body = { content: 'I agree, @bob', parentId }
      return as(people.ada, { id, ...body }, 'POST', `/posts/${id}/comments`, body)
    },
    () => {
      const body = { content: 'x' }
      return notSignedIn({ id: nobody, ...body }, 'POST', `/posts/${nobody}/comments`, body)
    },
  ],
  [
    'agora.post.v1.PostService/GetComments',
    async () => {
      const id = await publish(people.bob.call)
      await remark(people.ada.call, id)
      await remark(people.ada.call, id, { parentId: await remark(people.bob.call, id) })
      return as(people.ada, { id, limit: 10 }, 'GET', `/posts/${id}/comments?limit=10`)
    },
    () => notSignedIn({ id: nobody }, 'GET', `/posts/${nobody}/comments`),
  ],
  [
    'agora.post.v1.PostService/DeleteComment',
    async () => {
      const id = await remark(people.ada.call, await publish(people.bob.call))
      return as(people.ada, { id }, 'DELETE', `/comments/${id}`)
    },
    () => notSignedIn({ id: nobody }, 'DELETE', `/comments/${nobody}`),
  ],
  [
    'agora.media.v1.MediaService/GetMedia',
    async () => {
      const id = await ownFile(grpc.world, people.ada.id)
      return as(people.ada, { id }, 'GET', `/media/${id}`)
    },
    () => notSignedIn({ id: nobody }, 'GET', `/media/${nobody}`),
  ],
  [
    'agora.media.v1.MediaService/DeleteMedia',
    async () => {
      const id = await ownFile(grpc.world, people.ada.id)
      return as(people.ada, { id }, 'DELETE', `/media/${id}`)
    },
    () => notSignedIn({ id: nobody }, 'DELETE', `/media/${nobody}`),
  ],
  [
    'agora.media.v1.MediaService/GetUserMedia',
    async () => {
      const { id: userId } = people.ada
      await ownFile(grpc.world, userId)
      const path = `/users/${userId}/media?kind=image&sort=-size`
      return as(people.ada, { userId, kind: 'image', sort: '-size' }, 'GET', path)
    },
    () => notSignedIn({ userId: nobody }, 'GET', `/users/${nobody}/media`),
  ],
  [
    'agora.search.v1.SearchService/SearchUsers',
    async () => as(people.ada, { q: 'bob', limit: 2 }, 'GET', '/search/users?q=bob&limit=2'),
    () => notSignedIn({ q: 'bob' }, 'GET', '/search/users?q=bob'),
  ],
  [
    'agora.search.v1.SearchService/SearchPosts',
    async () => {
      await publish(people.bob.call, { content: 'A rare pangolin, and one more pangolin #seen' })
      return as(people.ada, { q: 'pangolin' }, 'GET', '/search/posts?q=pangolin')
    },
    () => notSignedIn({ q: 'x' }, 'GET', '/search/posts?q=x'),
  ],
  [
    'agora.search.v1.SearchService/SearchAll',
    async () => {
      await publish(people.bob.call, { content: 'An echidna' })
      const request = { q: 'echidna', types: 'posts,users,products' }
      return as(people.ada, request, 'GET', '/search?q=echidna&types=posts,users,products')
    },
    () => notSignedIn({ q: 'x' }, 'GET', '/search?q=x'),
  ],
  ...(['User', 'Post'] as const).flatMap((type): Case[] => {
    const path = `/search/index/${type.toLowerCase()}s/${nobody}`
    return [
      [
        `agora.search.v1.SearchService/Index${type}`,
        async () => as(people.admin, { id: nobody }, 'PUT', path),
        () => notAdmin({ id: nobody }, 'PUT', path),
      ],
      [
        `agora.search.v1.SearchService/Remove${type}Index`,
        async () => as(people.admin, { id: nobody }, 'DELETE', path),
        () => notAdmin({ id: nobody }, 'DELETE', path),
      ],
    ]
  }),
]

/** RPCs that stream: streams.test.ts. */
const streams = [
  'agora.media.v1.MediaService/UploadMedia',
  'agora.media.v1.MediaService/DownloadMedia',
]

/** A message or data without what a message cannot tell from its absence: `null` and empty lists; pairs are named. */
const comparable = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    const isPair = value.length === 2 && value.every((one) => typeof one === 'number')
    return isPair ? { start: value[0], end: value[1] } : value.map(comparable)
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null && !(Array.isArray(one) && one.length === 0))
      .map(([name, one]) => [name, comparable(one)]),
  )
}

const overHttp = ({ by, http: [method, path, body] }: Twins, key: string): Promise<Reply> =>
  (by?.call ?? grpc.world.anyone)(method, path, body, { 'idempotency-key': key })

const overGrpc = (rpc: string, { by, request }: Twins, key: string) =>
  grpc.rpc(rpc, request, {
    ...(by && { token: by.token }),
    metadata: { 'idempotency-key': key },
  })

test('every RPC of the contracts is declared by one route, and every one that is declared has a case here', () => {
  const inContracts = [...loadContracts().services].flatMap(([service, methods]) =>
    Object.keys(methods).map((method) => `${service}/${method}`),
  )
  const declared = modules.flatMap(({ routes }) =>
    routes.flatMap(({ rpcs = [] }) => rpcs.map(({ name }) => name)),
  )
  expect(declared.toSorted()).toEqual(inContracts.toSorted())
  expect([...cases.map(([name]) => name), ...streams].toSorted()).toEqual(inContracts.toSorted())
})

describe.for(cases)('%s', ([rpc, twins, refused]) => {
  // The second request is a repetition of the first one: a key is refused for any other request.
  test('answers as its twin of HTTP does, which repeats it under its key', async () => {
    const [both, key] = [await twins(), randomUUID()]
    await grpc.world.readModels.fold()
    const { message, failure, metadata } = await overGrpc(rpc, both, key)
    expect(failure).toBeUndefined()
    const { status, body, text, headers } = await overHttp(both, key)
    expect(status, text).toBeLessThan(300)
    const { data, tokens, meta } = body
    expect(comparable(message)).toEqual(comparable({ ...data, ...(tokens && { tokens }) }))
    expect(metadata.get('x-agora-position')).toEqual(meta.position ? [meta.position] : [])
    expect(metadata.get('etag')).toEqual(headers['etag'] ? [headers['etag']] : [])
    const isRead = both.http[0] === 'GET'
    expect(headers['idempotency-replayed']).toBe(isRead ? undefined : 'true')
  })

  test('refuses as its twin does', async () => {
    const [both, code] = refused()
    const { failure } = await overGrpc(rpc, both, randomUUID())
    const { body } = await overHttp(both, randomUUID())
    expect(body.code).toBe(code)
    expect(failure).toMatchObject({
      code: codes[codeOf(body)],
      reason: code,
      details: body.detail,
      fields: (body.errors ?? []).map(({ field }: { field: string }) => field),
    })
  })

  test('refuses calls that no process of this Agora has signed', async () => {
    const { failure } = await grpc.rpc(rpc, {}, { token: people.admin.token, signature: '' })
    expect(failure).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'internal_only' })
  })
})
