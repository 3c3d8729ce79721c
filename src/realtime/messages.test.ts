import { Check } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { catalogue, declarationOf } from '#kernel'
import { letIn, someUser, socketWorld } from '../../test/support/sockets.ts'
import { deciders } from '../domains/index.ts'
import { sagas } from '../sagas/index.ts'
import { Refused, type Messages } from './message.ts'
import { messages } from './messages.ts'

const all: readonly (readonly [string, Messages])[] = Object.entries(messages)
const patient = { timeout: 120_000 }

describe('the table of messages', () => {
  test('names namespaces and messages as clients type them, and says what each is for', () => {
    for (const [namespace, { about, client, server }] of all) {
      expect(namespace).toMatch(/^\/[a-z]+$/)
      for (const name of Object.keys({ ...client, ...server }))
        expect(name).toMatch(/^[a-z]+:[a-z]+(-[a-z]+)*$/)
      for (const text of [about, ...Object.values({ ...client, ...server }).map((it) => it.about)])
        expect(text).toMatch(/^[A-Z].+\.$/)
    }
  })

  test('has messages follow events that there are', () => {
    const { problemWith } = catalogue([
      ...deciders,
      ...sagas({ orderTimeout: 1 }).map(declarationOf),
    ])
    const types = all.flatMap(([, { server }]) =>
      Object.values(server).flatMap(({ after }) => after),
    )
    expect(types.filter((type) => problemWith(type, {})?.startsWith('No event'))).toEqual([])
  })

  test('is what clients are told', async () => {
    await using world = await socketWorld()
    const user = someUser()
    const told: { readonly name: string; readonly valid: boolean }[] = []
    const listen = async <M extends Messages>(namespace: string, { server }: M) => {
      const socket = world.connect(namespace, world.tokenOf(user))
      socket.onAny((name: string, payload: unknown) => {
        const message = server[name]
        told.push({ name, valid: message !== undefined && Check(message.payload, payload) })
      })
      await letIn(socket)
      return socket
    }
    await listen('/orders', messages['/orders'])
    await listen('/notifications', messages['/notifications'])
    const shop = await listen('/inventory', messages['/inventory'])
    const productId = await world.sell(2)
    await expect
      .poll(() => shop.emitWithAck('product:subscribe', { productId }), patient)
      .toMatchObject({ ok: true })
    await world.pay(await world.buy(user, productId))
    const names = ['/orders', '/notifications', '/inventory'] as const
    const expected = names.flatMap((namespace) => Object.keys(messages[namespace].server))
    await expect
      .poll(() => [...new Set(told.map(({ name }) => name))].toSorted(), patient)
      .toEqual(expected.toSorted())
    expect(told.filter(({ valid }) => !valid)).toEqual([])
  })

  test('is what clients are answered', async () => {
    await using world = await socketWorld()
    const socket = world.connect('/inventory', world.tokenOf(someUser()))
    const productId = await world.sell(2)
    await letIn(socket)
    const { ok, ...details } = await socket.emitWithAck('product:subscribe', { productId })
    expect(ok).toBe(true)
    expect(Check(messages['/inventory'].client['product:subscribe'].details, details)).toBe(true)
    const refused: unknown = await socket.emitWithAck('product:subscribe', {})
    expect(refused).toMatchObject({ ok: false })
    expect(Check(Refused, refused)).toBe(true)
  })
})
