import { describe } from 'vitest'
import { brokers } from '../../../../test/support/brokers.ts'
import { bridgeConformance } from './conformance.ts'
import { inKafka, inMemory, inNats, inRabbitmq } from './testing/fixtures.ts'

const { rabbitmq, nats, kafka } = brokers

bridgeConformance('memory', inMemory)

describe.skipIf(!rabbitmq.has)(`with RabbitMQ${rabbitmq.needs}`, () => {
  bridgeConformance('RabbitMQ', inRabbitmq)
})

describe.skipIf(!nats.has)(`with NATS${nats.needs}`, () => {
  bridgeConformance('NATS', inNats)
})

describe.skipIf(!kafka.has)(`with Kafka${kafka.needs}`, () => {
  bridgeConformance('Kafka', inKafka)
})
