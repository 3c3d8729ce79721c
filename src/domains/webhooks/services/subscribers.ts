import type { DocumentOf } from '#kernel'
import { coalesce } from '../../../platform/coalesce.ts'
import { webhooks } from '../../../projections/index.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { oncePerPorts } from '../../../serving/ports.ts'
import { allEvents, limits } from '../language.ts'

type Webhook = DocumentOf<typeof webhooks>
type Ports = Pick<JobPorts, 'readModels'>

/** Reads of all webhooks: events that are looked at together share one, which includes all of them. */
const reads = oncePerPorts(({ readModels }: Ports) =>
  coalesce<bigint, readonly Webhook[]>(
    async (positions) => {
      const newest = positions.reduce((a, b) => (a > b ? a : b))
      // Two that are subscribed at the same time may exceed the limit.
      const query = { limit: 2 * limits.webhooks, counted: false }
      const { documents } = await readModels.find(webhooks, query, newest)
      return positions.map(() => documents)
    },
    { most: 1_000 },
  ),
)

/**
 * Returns the webhooks that an event is to be delivered to: those that were subscribed to it before it was recorded, and
 * whose endpoint is not gone. To paused ones it is delivered once they are resumed.
 * @param event its name outside of Agora
 */
export const subscribersOf = async (
  ports: Ports,
  event: string,
  position: bigint,
): Promise<readonly Webhook[]> =>
  (await reads(ports)(position)).filter(
    ({ events, since, status }) =>
      status !== 'DISABLED' &&
      BigInt(since) < position &&
      (events.includes(event) || events.includes(allEvents)),
  )
