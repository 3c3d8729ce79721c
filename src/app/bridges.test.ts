import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { modules } from '../domains/index.ts'
import { brokersOf, checkBridges, publishedBy } from './bridges.ts'

const published = publishedBy(modules)

const check = (env: Readonly<Record<string, string>>) => () =>
  checkBridges(readConfig(env), published)

test('personal fields and queues that are declared may be named', () => {
  expect(check({})).not.toThrow()
  const personal = 'PostCreated.content,OrderPlaced.shippingAddress.city'
  expect(check({ BRIDGE_PERSONAL: personal })).not.toThrow()
  expect(check({ AMQP_URL: 'amqp://rabbit', AMQP_QUEUES: 'search_queue' })).not.toThrow()
})

test.each([
  ['PostCreated.text', 'PostCreated.text'],
  // It is published anyway: a typing error would be unnoticed otherwise.
  ['PostCreated.userId', 'PostCreated.userId'],
  ['PostCreated.content,PasswordSet.passwordHash', 'PasswordSet.passwordHash'],
])('a field that is not a personal one of a published event is refused: %s', (named, refused) =>
  expect(check({ BRIDGE_PERSONAL: named })).toThrow(`BRIDGE_PERSONAL names ${refused};`),
)

test('a queue that is not one of the sources is refused', () =>
  expect(check({ AMQP_URL: 'amqp://rabbit', AMQP_QUEUES: 'chat_queue' })).toThrow(
    'AMQP_QUEUES names chat_queue;',
  ))

test('brokers are those that are configured', () => {
  expect(brokersOf(readConfig({}))).toEqual([])
  const env = { AMQP_URL: 'amqp://a', KAFKA_BROKERS: 'a:1', NATS_URL: 'nats://a' }
  expect(brokersOf(readConfig(env))).toEqual(['rabbitmq', 'kafka', 'nats'])
})
