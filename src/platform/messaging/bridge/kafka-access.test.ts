import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kafkaWith } from '../../../../test/services/kafka.ts'
import { startService, type Service } from '../../../../test/services/service.ts'
import { brokers } from '../../../../test/support/brokers.ts'
import { Unavailable } from '../../unavailable.ts'
import { kafkaBridge, type KafkaAccess } from './kafka.ts'

const [user, password] = ['agora', 'a-password-of-kafka']
const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

describe.skipIf(!brokers.kafka.has)(`a Kafka with sign-in and TLS${brokers.kafka.needs}`, () => {
  let service: Service
  let ca: Buffer
  beforeAll(async () => {
    const extensions = [
      { name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] },
    ]
    const made = await generate([{ name: 'commonName', value: '127.0.0.1' }], { extensions })
    ca = Buffer.from(made.cert)
    service = await startService(kafkaWith({ cert: made.cert, key: made.private, user, password }))
  }, 120_000)
  afterAll(() => service?.[Symbol.asyncDispose]())

  const message = (key: string) => ({
    id: key,
    key,
    topic: 'posts.PostCreated',
    names: [],
    body: Buffer.from('{}'),
  })

  /** Publishes a message, as a process that has just started. */
  const publish = async (access: KafkaAccess): Promise<void> => {
    const bridge = kafkaBridge([service.url], { topic: 'agora.events', ...access })
    try {
      await bridge.publish([message('one')], undefined)
    } finally {
      await bridge.close()
    }
  }

  test.each(mechanisms)(
    'takes events by %s, with its certificate',
    async (mechanism) => {
      const publishing = publish({ sasl: { mechanism, user, password }, tls: { ca } })
      await expect(publishing).resolves.toBeUndefined()
    },
    60_000,
  )

  test('a wrong password, or a certificate that nobody has signed, is an outage without the password in it', async () => {
    const [mechanism] = mechanisms
    const wrong = publish({ sasl: { mechanism, user, password: 'nonsense-word' }, tls: { ca } })
    await expect(wrong).rejects.toThrow(Unavailable)
    await expect(wrong).rejects.not.toThrow(/nonsense-word/)
    await expect(publish({ sasl: { mechanism, user, password }, tls: {} })).rejects.toThrow(
      Unavailable,
    )
  }, 60_000)
})
