import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../test/support/http.ts'
import type { Access } from '../../serving/caller.ts'

/** Who may use which route: the contract, said once more. */
const matrix: Readonly<Record<string, Access>> = {
  'GET /health': 'public',
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /metrics': 'public',
  'POST /auth/register': 'public',
  'POST /auth/login': 'public',
  'POST /auth/refresh': 'public',
  'POST /auth/validate': 'public',
  'GET /auth/sessions': 'user',
  'DELETE /auth/sessions/{id}': 'user',
  'POST /auth/password/forgot': 'public',
  'POST /auth/password/reset': 'public',
  'POST /auth/password/change': 'user',
  'POST /auth/email/verify': 'public',
  'POST /auth/email/resend': 'user',
  'POST /auth/email/change': 'user',
  'GET /admin/users': 'admin',
  'GET /admin/users/{id}': 'admin',
  'PATCH /admin/users/{id}': 'admin',
  'GET /auth/.well-known/jwks.json': 'public',
  'GET /auth/oauth': 'public',
  'POST /auth/oauth/{provider}/link': 'user',
  'DELETE /auth/oauth/{provider}': 'user',
  'GET /auth/oauth/{provider}': 'public',
  'GET /auth/oauth/{provider}/callback': 'public',
  'POST /admin/keys/rotate': 'admin',
  'GET /registry/services': 'admin',
  'GET /registry/services/{name}': 'admin',
  'POST /registry/services/{name}/instances': 'internal',
  'PUT /registry/services/{name}/instances/{instanceId}/heartbeat': 'internal',
  'DELETE /registry/services/{name}/instances/{instanceId}': 'internal',
  'GET /admin/circuit-breakers': 'admin',
  'POST /admin/users/{user}/forget': 'admin',
  'GET /admin/users/{user}/forget': 'admin',
  'GET /users/me': 'user',
  'GET /users/me/preferences': 'user',
  'PUT /users/me/preferences': 'user',
  'GET /users/me/settings': 'user',
  'PUT /users/me/settings': 'user',
  'POST /users/me/seller': 'user',
  'GET /users': 'admin',
  'GET /users/search': 'user',
  'GET /users/{id}': 'user',
  'PATCH /users/{id}': 'user',
  'DELETE /users/{id}': 'user',
  'GET /users/{id}/overview': 'user',
  'POST /users/{id}/follow': 'user',
  'DELETE /users/{id}/follow': 'user',
  'GET /users/{id}/followers': 'user',
  'GET /users/{id}/following': 'user',
  'GET /products': 'public',
  'GET /products/categories': 'public',
  'GET /products/{id}': 'public',
  'POST /products': 'admin',
  'PUT /products/{id}': 'admin',
  'DELETE /products/{id}': 'admin',
  'GET /inventory/{productId}': 'public',
  'POST /inventory/check': 'public',
  'PUT /inventory/{productId}': 'admin',
  'POST /orders': 'user',
  'GET /orders': 'user',
  'GET /orders/{id}': 'user',
  'PUT /orders/{id}': 'admin',
  'POST /orders/{id}/cancel': 'user',
  'GET /orders/{id}/history': 'user',
  'GET /orders/{id}/details': 'user',
  'POST /orders/{id}/refund': 'admin',
  'POST /orders/{id}/returns': 'user',
  'POST /orders/{id}/returns/{returnId}/accept': 'admin',
  'POST /orders/{id}/returns/{returnId}/decline': 'admin',
  'POST /orders/{id}/returns/{returnId}/receive': 'admin',
  'POST /payments': 'user',
  'GET /payments': 'user',
  'GET /payments/{id}': 'user',
  'GET /payments/order/{orderId}': 'user',
  'POST /payments/{id}/refund': 'admin',
  'GET /notifications/user/{userId}': 'user',
  'POST /notifications/{id}/read': 'user',
  'GET /analytics/streams': 'analyst',
  'GET /analytics/streams/{streamId}/events': 'analyst',
  'GET /analytics/streams/{streamId}/state': 'analyst',
  'GET /analytics/events': 'analyst',
  'POST /analytics/replays': 'analyst',
  'GET /analytics/replays': 'analyst',
  'GET /analytics/replays/{id}': 'analyst',
  'POST /analytics/replays/{id}/pause': 'analyst',
  'POST /analytics/replays/{id}/resume': 'analyst',
  'DELETE /analytics/replays/{id}': 'analyst',
  'GET /admin/projections': 'admin',
  'POST /admin/projections/{name}/rebuild': 'admin',
  'POST /admin/projections/{name}/pause': 'admin',
  'POST /admin/projections/{name}/resume': 'admin',
  'GET /admin/sagas': 'admin',
  'GET /admin/sagas/{id}': 'admin',
  'POST /admin/sagas/{id}/retry': 'admin',
  'GET /admin/dead-letters': 'admin',
  'POST /admin/dead-letters/{id}/retry': 'admin',
  // Last, for whoever has asked for it is known no longer.
  // The last one, as nobody is signed in after it.
  'POST /auth/logout': 'public',
}

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

describe('who may do what', () => {
  let world: HttpWorld
  beforeAll(async () => {
    world = await httpWorld()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  test('the matrix has every route there is', async () => {
    const { body } = await world.anyone('GET', '//docs/openapi.json')
    const documented = Object.entries<object>(body.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map(
        (method) => `${method.toUpperCase()} ${path.replace('/api/v1', '')}`,
      ),
    )
    assert.deepEqual(documented.toSorted(), Object.keys(matrix).toSorted())
  })

  test('without a token, only public routes answer', async () => {
    for (const [route, access] of Object.entries(matrix)) {
      const { status, body, headers } = await call(route, world.anyone)
      if (access === 'public') assert.notEqual(body?.code, 'not_signed_in', route)
      else {
        assert.equal(status, 401, route)
        assert.equal(body.code, 'not_signed_in')
        assert.equal(headers['www-authenticate'], 'Bearer')
      }
    }
  })

  test('a token without the role that a route asks for does not help', async () => {
    const people = {
      user: await world.someone('ada'),
      seller: await world.someone('sam', 'seller'),
      analyst: await world.someone('ann', 'analyst'),
      admin: await world.someone('root', 'admin'),
    }
    for (const [route, access] of Object.entries(matrix))
      for (const [role, { call: send }] of Object.entries(people)) {
        const { status, body } = await call(route, send)
        const mayPass = access === 'public' || access === 'user' || role === access
        const turnedAway =
          status === 403 && /^Only for (people|processes)/.test(String(body.detail))
        assert.equal(
          turnedAway,
          !(mayPass || (role === 'admin' && access !== 'internal')),
          `${route} as ${role}: ${status}`,
        )
      }
  })

  test('what belongs to somebody else is not shown, and not changed', async () => {
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
    assert.equal(paid.status, 202, paid.text)

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
    // Before the read models know of it, and after.
    for (let round = 0; round < 2; round += 1) {
      for (const [method, path, body] of asked) {
        const { status, body: problem } = await other.call(method, path, body)
        assert.equal(status, 403, `${method} ${path}`)
        assert.equal(problem.code, 'forbidden')
      }
      await world.readModels.fold()
    }
    for (const [method, path] of asked.filter(([method]) => method === 'GET')) {
      expect((await owner.call(method, path)).status, path).toBe(200)
      expect((await admin.call(method, path)).status, path).toBe(200)
    }
  })

  test('lists show only what is one’s own, and everything to an admin', async () => {
    const mine = await (await world.someone('nina')).call('GET', '/orders')
    assert.equal(mine.body.data.total, 0)
    const admin = await world.someone('boss', 'admin')
    assert.ok((await admin.call('GET', '/orders?minPosition=1')).body.data.total > 0)
  })
})
