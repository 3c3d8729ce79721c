import { Check } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { catalogue, declarationOf } from '#kernel'
import { letIn, someUser, socketWorld } from '../../test/support/sockets.ts'
import { channels, deciders } from './index.ts'
import { sagas } from '../sagas/index.ts'
import type { AnyChannel } from '../serving/channel.ts'
import { Refused } from '../serving/message.ts'

const byNamespace = new Map<string, AnyChannel>(channels.map((one) => [one.namespace, one]))
const channelOf = (namespace: string): AnyChannel => {
  const found = byNamespace.get(namespace)
  if (!found) throw new Error(`No channel is declared for ${namespace}`)
  return found
}
const patient = { timeout: 120_000 }

describe('the declared channels', () => {
  test('have a namespace of their own each', () => expect(byNamespace.size).toBe(channels.length))

  test('have valid names of namespaces and messages, and a sentence for each', () => {
    for (const { namespace, about, client, server } of channels) {
      expect(namespace).toMatch(/^\/[a-z]+$/)
      for (const name of Object.keys({ ...client, ...server }))
        expect(name).toMatch(/^[a-z]+(:[a-z]+(-[a-z]+)*)?$/)
      for (const text of [about, ...Object.values({ ...client, ...server }).map((it) => it.about)])
        expect(text).toMatch(/^[A-Z].+\.$/)
    }
  })

  test('name only declared events as causes of messages', () => {
    const { problemWith } = catalogue([
      ...deciders,
      ...sagas({ orderTimeout: 1 }).map(declarationOf),
    ])
    const types = channels.flatMap(({ server }) =>
      Object.values(server).flatMap(({ after }) => after),
    )
    expect(types.filter((type) => problemWith(type, {})?.endsWith('is not declared'))).toEqual([])
  })

  test('declare the messages that clients receive', async () => {
    await using world = await socketWorld()
    const user = someUser()
    const told: { readonly name: string; readonly valid: boolean }[] = []
    const listen = async (namespace: string) => {
      const { server } = channelOf(namespace)
      const auth = { token: world.tokenOf(user), afterPosition: '0' }
      const socket = world.connect(namespace, undefined, { auth })
      socket.onAny((name: string, payload: unknown) => {
        const message = server[name]
        told.push({ name, valid: message !== undefined && Check(message.payload, payload) })
      })
      await letIn(socket)
      return socket
    }
    await listen('/orders')
    await listen('/notifications')
    const shop = await listen('/inventory')
    const productId = await world.sell(2)
    await expect
      .poll(() => shop.emitWithAck('product:subscribe', { productId }), patient)
      .toMatchObject({ ok: true })
    await world.pay(await world.buy(user, productId))
    const names = ['/orders', '/notifications', '/inventory'] as const
    const expected = names.flatMap((namespace) => Object.keys(channelOf(namespace).server))
    await expect
      .poll(() => [...new Set(told.map(({ name }) => name))].toSorted(), patient)
      .toEqual(expected.toSorted())
    expect(told.filter(({ valid }) => !valid)).toEqual([])
  })

  test('declare the answers that clients receive', async () => {
    await using world = await socketWorld()
    const socket = world.connect('/inventory', world.tokenOf(someUser()))
    const productId = await world.sell(2)
    await letIn(socket)
    const { ok, ...details } = await socket.emitWithAck('product:subscribe', { productId })
    expect(ok).toBe(true)
    const { 'product:subscribe': asked } = channelOf('/inventory').client
    expect(Check(asked?.details ?? false, details)).toBe(true)
    const refused: unknown = await socket.emitWithAck('product:subscribe', {})
    expect(refused).toMatchObject({ ok: false })
    expect(Check(Refused, refused)).toBe(true)
  })
})
