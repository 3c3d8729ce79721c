import { expect, test } from 'vitest'
import { Fields } from '#kernel'
import { media } from '../projections/index.ts'
import {
  ask,
  channel,
  refusal,
  request,
  subscription,
  tell,
  topic,
  unsubscription,
} from './channel.ts'
import { joinedChannels } from './joined-channels.ts'

const Payload = Fields({})
const asked = ask('Enter.', Payload)
const about = 'Bells.'

/** A part of `/bells`, in which messages follow an event. */
const part = (event: string, payload = Payload) => {
  const rung = topic({
    projection: media,
    server: { rung: tell('A bell was rung.', payload, [event]) },
    concerns: () => undefined,
    tells: () => [],
  })
  return channel({
    namespace: '/bells',
    about,
    topics: [rung],
    client: {
      enter: subscription(asked, {
        topic: rung,
        room: () => 'all',
        read: async () => ({ position: 0n }),
        answer: () => refusal('no', 'No.'),
      }),
      leave: unsubscription(asked, () => 'all'),
    },
  })
}

test('parts of a channel are joined: their topics, the causes of their messages, and their subscriptions', () => {
  const [one, other] = [part('BellRung'), part('GongRung')]
  const [both, ...more] = joinedChannels([one, other])
  expect(more).toEqual([])
  expect(both?.topics).toEqual([...one.topics, ...other.topics])
  expect(both?.server['rung']?.after).toEqual(['BellRung', 'GongRung'])
  expect(both?.client?.['enter']).toMatchObject({ enters: {}, orEnters: [{}] })
  expect(both?.client?.['leave']).toBe(one.client?.['leave'])
})

test('channels of other namespaces stay as they are', () => {
  const one = part('BellRung')
  const other = { ...part('GongRung'), namespace: '/gongs' as const }
  expect(joinedChannels([one, other])).toEqual([one, other])
})

test('parts that disagree are refused', () => {
  const one = part('BellRung')
  const other = part('GongRung')
  const ring = channel({
    namespace: '/bells',
    about,
    topics: [],
    client: { enter: request(asked, async () => ({ ok: true })) },
  })
  expect(() => joinedChannels([one, part('GongRung', Fields({}))])).toThrow('payloads')
  expect(() => joinedChannels([one, ring])).toThrow('handler of enter')
  expect(() => joinedChannels([one, { ...other, access: 'admin' }])).toThrow('cannot be joined')
  expect(() => joinedChannels([one, { ...other, presence: 'x' }])).toThrow('presence')
})
