import { documentOf, streamOf, type DocumentOf, type RecordedEvent } from '#kernel'
import { orders } from '../../../projections/index.ts'
import type { ChannelPorts } from '../../../serving/channel-ports.ts'
import type { MissedRange } from '../../../serving/questions.ts'
import { gigOrder, order } from '../language.ts'
import type { OrderId } from '../../shared/index.ts'

/** Streams of an order: its own, and those of its sagas, whose runs have its id as key. */
const ofProducts = [order, { name: 'fulfilment' }, { name: 'refunding' }, { name: 'delivery' }]
const ofGigs = [gigOrder, { name: 'gigFulfilment' }, { name: 'refunding' }]

/** Number of events per read. */
const pageSize = 1_000

/** An event of an order or its sagas, with the order as it was after it. */
export type Progress = {
  readonly event: RecordedEvent
  readonly document: DocumentOf<typeof orders> | undefined
}

const readStream = async (
  log: Pick<ChannelPorts['log'], 'read'>,
  stream: string,
): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = []
  for (;;) {
    const page = await log.read(stream, { from: events.length, limit: pageSize })
    events.push(...page)
    if (page.length < pageSize) return events
  }
}

/**
 * Reads what happened to an order between two positions, oldest first, from the log: the streams of an order and its sagas
 * are short.
 */
export const progressAfter = async (
  log: Pick<ChannelPorts['log'], 'read'>,
  orderId: OrderId,
  { after, minPosition }: Pick<MissedRange, 'after' | 'minPosition'>,
): Promise<readonly Progress[]> => {
  const [first] = await log.read(streamOf(order, orderId), { limit: 1 })
  const streams = await Promise.all(
    (first ? ofProducts : ofGigs).map((of) => readStream(log, streamOf(of, orderId))),
  )
  const events = streams
    .flat()
    .filter(({ position }) => position <= minPosition)
    .toSorted((one, other) => (one.position < other.position ? -1 : 1))
  return events.flatMap((event, index) =>
    event.position > after
      ? [{ event, document: documentOf(orders, events.slice(0, index + 1), orderId) }]
      : [],
  )
}
