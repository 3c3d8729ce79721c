import { hasNats } from '../services/nats.ts'
import { hasRabbitmq } from '../services/rabbitmq.ts'

const lacking = (has: boolean, why: string) => ({ has, needs: has ? '' : ` (skipped: ${why})` })

/** The brokers that tests can start, and what is added to the name of what is skipped without one. */
export const brokers = {
  rabbitmq: lacking(hasRabbitmq, 'there is no RabbitMQ on this machine'),
  nats: lacking(hasNats, 'there is no nats-server on the PATH'),
  kafka: lacking(
    (process.env.TEST_KAFKA ?? '') !== '',
    'npm run services -- kafka has not fetched Kafka, or TEST_KAFKA is not set',
  ),
}
