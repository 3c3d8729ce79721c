import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'

test('without a broker there is no bridge', () =>
  expect(readConfig({}).bridges).toEqual({ personal: [], from: 'start' }))

test('brokers are named by their variables', () =>
  expect(
    readConfig({
      AMQP_URL: 'amqp://agora:secret@rabbit:5672/shop',
      AMQP_QUEUES: 'user_queue,search_queue',
      AMQP_COMMANDS: 'false',
      KAFKA_BROKERS: 'one:9092,two:9093',
      NATS_URL: 'nats://one:4222,tls://two:4222',
      BRIDGE_PERSONAL: 'PostCreated.content,OrderPlaced.shippingAddress.city',
      BRIDGE_FROM: 'now',
    }).bridges,
  ).toEqual({
    amqp: {
      url: 'amqp://agora:secret@rabbit:5672/shop',
      queues: ['user_queue', 'search_queue'],
      commands: false,
    },
    kafka: { brokers: ['one:9092', 'two:9093'], tls: false },
    nats: { url: 'nats://one:4222,tls://two:4222' },
    personal: ['PostCreated.content', 'OrderPlaced.shippingAddress.city'],
    from: 'now',
  }))

test('a Kafka may ask for a sign-in and TLS', () =>
  expect(
    readConfig({
      KAFKA_BROKERS: 'one:9093',
      KAFKA_SASL: 'scram-sha-256',
      KAFKA_USER: 'agora',
      KAFKA_PASSWORD_FILE: '/run/secrets/kafka',
      KAFKA_TLS: 'true',
      KAFKA_CA: '/etc/kafka/ca.pem',
    }).bridges.kafka,
  ).toEqual({
    brokers: ['one:9093'],
    mechanism: 'scram-sha-256',
    user: 'agora',
    passwordFile: '/run/secrets/kafka',
    tls: true,
    ca: '/etc/kafka/ca.pem',
  }))

test('no queue of the sources is declared with off, all without the variable', () => {
  const AMQP_URL = 'amqp://rabbit'
  expect(readConfig({ AMQP_URL, AMQP_QUEUES: 'off' }).bridges.amqp?.queues).toEqual([])
  expect(readConfig({ AMQP_URL }).bridges.amqp).toEqual({ url: AMQP_URL, commands: true })
})

test.each([
  ['AMQP_URL', 'http://rabbit:5672'],
  ['AMQP_URL', 'amqp://a:secret@[rabbit:5672'],
  ['AMQP_QUEUES', 'user queue'],
  ['AMQP_COMMANDS', 'yes'],
  ['KAFKA_BROKERS', 'kafka://one:9092'],
  ['KAFKA_BROKERS', 'one'],
  ['KAFKA_SASL', 'gssapi'],
  ['KAFKA_TLS', 'yes'],
  ['NATS_URL', 'one:4222'],
  ['BRIDGE_PERSONAL', 'content'],
  ['BRIDGE_FROM', 'head'],
])('%s must not be %s', (name, value) => {
  const read = () => readConfig({ [name]: value })
  expect(read).toThrow(name)
  expect(read).not.toThrow('secret')
})
