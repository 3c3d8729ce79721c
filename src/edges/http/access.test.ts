import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../test/support/http.ts'
import { modules } from '../../domains/index.ts'
import { operationModules } from '../../operations/index.ts'
import type { Access } from '../../serving/caller.ts'

const roles = ['user', 'seller', 'analyst', 'admin'] as const

/** A route with the access that it declares. */
type Declared = {
  /** `GET /orders/{id}` */
  readonly name: string
  readonly access: Access
  /** Whether its answer is the same for all callers. */
  readonly isShared: boolean
}

const ofModules: readonly Declared[] = [...modules, ...operationModules].flatMap(({ routes }) =>
  routes.map(({ method, url, access, shared }) => ({
    name: `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`,
    access,
    isShared: shared !== undefined,
  })),
)

/** Signing out comes last: the caller has no session after it. */
const declared: readonly Declared[] = [
  ...ofModules,
  { name: 'GET /metrics', access: 'public' as const, isShared: false },
].toSorted((a, b) => Number(a.name.endsWith('/logout')) - Number(b.name.endsWith('/logout')))

/** The access that a route is expected to declare by its path, or a stricter one. */
const expectedOf = ({ name, isShared }: Declared): Access => {
  const [method = '', path = ''] = name.split(' ')
  if (path.startsWith('/admin/')) return 'admin'
  if (path.startsWith('/analytics/')) return 'analyst'
  if (path.startsWith('/registry/')) return method === 'GET' ? 'admin' : 'internal'
  return isShared ? 'public' : 'user'
}

/**
 * The second opinion on what routes declare: the access of those that admit more callers than expected by their path, and
 * of those that must never admit as many.
 */
const exceptions: Readonly<Record<string, Access>> = {
  'GET /health': 'public',
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  // By network or token instead.
  'GET /metrics': 'public',
  'POST /auth/register': 'public',
  'POST /auth/login': 'public',
  'POST /auth/refresh': 'public',
  // By the secret of a service account.
  'POST /auth/service-token': 'public',
  'POST /auth/validate': 'public',
  'POST /auth/logout': 'public',
  'POST /auth/password/forgot': 'public',
  'POST /auth/password/reset': 'public',
  'POST /auth/email/verify': 'public',
  'POST /auth/links/check': 'public',
  'GET /auth/.well-known/jwks.json': 'public',
  'GET /auth/oauth': 'public',
  'GET /auth/oauth/{provider}': 'public',
  'GET /auth/oauth/{provider}/callback': 'public',
  'POST /inventory/check': 'public',
  // Not shared: a store may find what was written a moment ago a little later.
  'GET /search/products': 'public',
  'GET /search/gigs': 'public',
  // Not shared: answers have the names of sellers.
  'GET /gigs': 'public',
  'GET /gigs/{id}': 'public',
  'GET /users/{id}/gigs': 'public',
  // Not shared: answers have the names of authors.
  'GET /reviews/product/{productId}': 'public',
  'GET /reviews/gig/{gigId}': 'public',
  'GET /reviews/{id}': 'public',
  'GET /users/{id}/reviews': 'public',
  'GET /search/suggest': 'public',
  // By token or by the signature of the URL.
  'GET /media/{id}/content': 'public',
  'GET /media/{id}/thumbnail': 'public',
  // By the role, or by the signature of the link in a mail.
  'GET /analytics/reports/{id}/file': 'public',
  // By the token of a link in a mail.
  'POST /notifications/unsubscribe': 'public',
  'POST /notifications': 'admin',
  'GET /notifications/promotions': 'admin',
  'GET /notifications/promotions/{id}': 'admin',
  'POST /notifications/promotions': 'admin',
  'POST /notifications/promotions/{id}/pause': 'admin',
  'POST /notifications/promotions/{id}/resume': 'admin',
  'POST /analytics/event': 'user',
  // Its handler admits the user and analysts.
  'GET /analytics/user/{userId}': 'user',
  'GET /users': 'admin',
  'POST /products': 'admin',
  'PUT /products/{id}': 'admin',
  'DELETE /products/{id}': 'admin',
  'PUT /inventory/{productId}': 'admin',
  'POST /gigs': 'seller',
  'POST /gigs/{id}/publish': 'seller',
  'PUT /search/index/{type}/{id}': 'admin',
  'DELETE /search/index/{type}/{id}': 'admin',
  'POST /search/index/rebuild': 'admin',
  'PUT /orders/{id}': 'admin',
  'POST /orders/{id}/refund': 'admin',
  'POST /orders/{id}/returns/{returnId}/accept': 'admin',
  'POST /orders/{id}/returns/{returnId}/decline': 'admin',
  'POST /orders/{id}/returns/{returnId}/receive': 'admin',
  'POST /payments/{id}/refund': 'admin',
  // By a signature instead.
  'POST /shipping/webhooks/{carrier}': 'public',
  'POST /payments/webhooks/{provider}': 'public',
  'POST /shipping/shipments': 'admin',
  'PUT /shipping/shipments/{id}/status': 'admin',
}

/** Whether a route with this access admits a caller. */
const admits = (access: Access, caller: 'nobody' | 'process' | (typeof roles)[number]): boolean => {
  if (access === 'public') return true
  if (caller === 'process' || access === 'internal')
    return caller === access.replace('internal', 'process')
  return caller !== 'nobody' && (access === 'user' || caller === access || caller === 'admin')
}

/** Whether one access admits callers that another does not. */
const isMoreOpen = (access: Access, than: Access): boolean =>
  (['nobody', ...roles, 'process'] as const).some(
    (caller) => admits(access, caller) && !admits(than, caller),
  )

test('a route is as open as its path and the second opinion say, or stricter than the former', () => {
  const tooOpen = declared.filter((route) => {
    const listed = exceptions[route.name]
    return listed === undefined
      ? isMoreOpen(route.access, expectedOf(route))
      : route.access !== listed
  })
  expect(tooOpen.map(({ name, access }) => `${name}: ${access}`)).toEqual([])
})

test('the second opinion is about routes that there are, and only where it differs from their path', () => {
  const differing = declared.filter((route) => exceptions[route.name] !== expectedOf(route))
  expect(differing.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(exceptions)))
})

test('answers that are the same for all callers hold neither secrets nor personal data nor ids of users', () => {
  const shared = modules
    .flatMap(({ routes }) => routes)
    .flatMap(({ shared: readModels = [], data, url }) =>
      readModels.map(({ document, name }) => ({ url, name, schemas: [document, data] })),
    )
  expect(shared.length).toBeGreaterThan(3)
  const marked = shared.filter(({ schemas }) =>
    /"(?:secret|personal)":true|"title":"UserId"/.test(JSON.stringify(schemas)),
  )
  expect(marked.map(({ url, name }) => `${url}: ${name}`)).toEqual([])
})

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

const call = (route: string, send: Call) => {
  const [name = '', path = ''] = route.split(' ')
  const method = methods.find((each) => each === name) ?? 'GET'
  const url = path
    .replace('{streamId}', `order-${randomUUID()}`)
    .replace('{name}', 'orders')
    .replaceAll(/\{\w+\}/g, randomUUID())
  return send(method, url, method === 'GET' || method === 'DELETE' ? undefined : {})
}

describe('access to routes', () => {
  let world: HttpWorld
  beforeAll(async () => {
    world = await httpWorld()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  test('every declared route is described and served, and no other is described', async () => {
    const { body } = await world.anyone('GET', '//docs/openapi.json')
    const described = Object.entries<object>(body.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map(
        (method) => `${method.toUpperCase()} ${path.replace('/api/v1', '')}`,
      ),
    )
    expect(described.toSorted()).toEqual(declared.map(({ name }) => name).toSorted())
  })

  test('without a token, only public routes answer', async () => {
    for (const { name, access } of declared) {
      const { status, body, headers } = await call(name, world.anyone)
      expect(body?.code, name).not.toBe('no_such_route')
      const isRefused =
        status === 401 && body?.code === 'not_signed_in' && headers['www-authenticate'] === 'Bearer'
      expect(isRefused, `${name}: ${status}`).toBe(access !== 'public')
    }
  })

  test('a token without the role that a route requires is refused', async () => {
    const people = {
      user: await world.someone('ada'),
      seller: await world.someone('sam', 'seller'),
      analyst: await world.someone('ann', 'analyst'),
      admin: await world.someone('root', 'admin'),
    }
    for (const { name, access } of declared)
      for (const role of roles) {
        const { status, body } = await call(name, people[role].call)
        const isRefused = status === 403 && /^Only for (people|processes)/.test(String(body.detail))
        expect(isRefused, `${name} as ${role}: ${status}`).toBe(!admits(access, role))
      }
  })

  test('resources of other users can neither be read nor changed', async () => {
    const admin = await world.someone('shop', 'admin')
    const owner = await world.someone('olga')
    const other = await world.someone('otto')
    const price = { amount: 1999, currency: 'EUR' }
    const product = await admin.call('POST', '/products', { name: 'Lamp', category: 'x', price })
    const order = await owner.call('POST', '/orders', {
      items: [{ kind: 'product', refId: product.body.data.id, quantity: 1 }],
      paymentMethod: { token: 'tok_ok' },
    })
    const { id } = order.body.data
    const pay = { orderId: id, method: { token: 'tok_ok' }, amount: price }
    const paid = await owner.call('POST', '/payments', pay)
    expect(paid.status, paid.text).toBe(202)

    const asked: readonly (readonly ['GET' | 'POST', string, object?])[] = [
      ['GET', `/orders/${id}`],
      ['GET', `/orders/${id}/history`],
      ['GET', `/orders/${id}/details`],
      ['POST', `/orders/${id}/cancel`, {}],
      ['POST', `/orders/${id}/returns`, {}],
      ['POST', '/payments', pay],
      ['GET', `/payments/${paid.body.data.id}`],
      ['GET', `/payments/order/${id}`],
      ['GET', `/notifications/user/${owner.id}`],
    ]
    // Before and after the read models have caught up.
    for (let round = 0; round < 2; round += 1) {
      for (const [method, path, body] of asked) {
        const { status, body: problem } = await other.call(method, path, body)
        expect(status, `${method} ${path}`).toBe(403)
        expect(problem.code).toBe('forbidden')
      }
      await world.readModels.fold()
    }
    for (const [method, path] of asked.filter(([method]) => method === 'GET')) {
      expect((await owner.call(method, path)).status, path).toBe(200)
      expect((await admin.call(method, path)).status, path).toBe(200)
    }
  })

  test('lists show a user their own entries, and an admin all', async () => {
    const mine = await (await world.someone('nina')).call('GET', '/orders')
    expect(mine.body.data.total).toBe(0)
    const admin = await world.someone('boss', 'admin')
    expect.assert((await admin.call('GET', '/orders?minPosition=1')).body.data.total > 0)
  })
})
