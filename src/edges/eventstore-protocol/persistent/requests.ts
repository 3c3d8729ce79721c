import type {
  CreateReq,
  GetInfoReq,
  ReadReq,
  UpdateReq,
} from '@eventstore/db-client/generated/persistent_pb.js'
import type { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb.js'
import {
  strategies,
  wholeLog,
  type GroupDefinition,
  type GroupFilter,
  type GroupKey,
  type GroupSettings,
  type Strategy,
} from '../../../platform/messaging/consumer-groups/port.ts'
import { badArgument } from '../call-refused.ts'
import { nameFilter } from '../name-filter.ts'
import { isStreamName } from '../stream-names.ts'

/** Options that name a group. */
type Named = Pick<
  GetInfoReq.Options | ReadReq.Options,
  'hasAll' | 'getStreamIdentifier' | 'getGroupName'
>

/** Returns the name that an identifier has. */
export const nameIn = (identifier: StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8')

const groupNamed = (source: string, name: string): GroupKey => {
  if (source !== wholeLog && !isStreamName(source))
    throw badArgument(
      'stream: must be named <category>-<id>, with at most 500 characters; for a category, subscribe to all streams with a filter by prefix',
    )
  if (name === '' || name.length > 500 || name.includes('\0') || !name.isWellFormed())
    throw badArgument('groupName: must have 1 to 500 characters, and no NUL')
  return { source, name }
}

/** Returns the group that options name. @throws CallRefused when a name is invalid */
export const keyOf = (options: Named | undefined): GroupKey => {
  if (!options) throw badArgument('options: missing')
  return groupNamed(
    options.hasAll() ? wholeLog : nameIn(options.getStreamIdentifier()),
    options.getGroupName(),
  )
}

type Options = CreateReq.Options | UpdateReq.Options
type Settings = CreateReq.Settings | UpdateReq.Settings

/** Returns the group that is created or updated; older clients name a stream elsewhere. */
export const definedKeyOf = (options: Options | undefined): GroupKey => {
  if (!options) throw badArgument('options: missing')
  const stream = options.getStream()?.getStreamIdentifier() ?? options.getStreamIdentifier()
  return groupNamed(options.hasAll() ? wholeLog : nameIn(stream), options.getGroupName())
}

/** Number that stands for the end on the wire. */
const end = 2n ** 64n - 1n

const placeOf = (digits: string): string => (BigInt(digits) >= end ? 'end' : digits)

const startOf = (options: Options, settings: Settings): string => {
  const place = options.getAll() ?? options.getStream()
  // Older clients have the start of a stream among the settings.
  if (!place) return placeOf(settings.getRevision())
  if (place.hasStart()) return 'start'
  if (place.hasEnd()) return 'end'
  const position = options.getAll()?.getPosition()
  if (position) return placeOf(position.getCommitPosition())
  const stream = options.getStream()
  if (stream?.hasRevision()) return placeOf(stream.getRevision())
  throw badArgument('options: a start is missing: start, end, a revision or a position')
}

const strategyOf = (settings: Settings): Strategy => {
  const named = 'getConsumerStrategy' in settings ? settings.getConsumerStrategy() : ''
  // Numbers of the older enumeration, in its order.
  const older = (['DispatchToSingle', 'RoundRobin', 'Pinned'] as const)[
    settings.getNamedConsumerStrategy()
  ]
  const strategy = named === '' ? older : strategies.find((one) => one === named)
  if (!strategy) throw badArgument(`settings.consumerStrategy: must be ${strategies.join(', ')}`)
  return strategy
}

/** Most messages that wait in memory for the consumers of one group. */
const largestBuffer = 10_000

const ticksPerMs = 10_000

const settingsOf = (settings: Settings): GroupSettings => {
  const within = (field: string, value: number, least: number, most: number): number => {
    if (value < least || value > most)
      throw badArgument(`settings.${field}: must be from ${least} to ${most}, not ${value}`)
    return value
  }
  const count = (field: string, value: number) => within(field, value, 0, 2 ** 31 - 1)
  const historyBufferSize = within(
    'historyBufferSize',
    settings.getHistoryBufferSize(),
    1,
    largestBuffer,
  )
  const readBatchSize = within('readBatchSize', settings.getReadBatchSize(), 1, largestBuffer)
  // As EventStoreDB has it.
  if (readBatchSize >= historyBufferSize)
    throw badArgument(
      `settings.readBatchSize: must be less than settings.historyBufferSize, ${historyBufferSize}, not ${readBatchSize}`,
    )
  return {
    resolveLinks: settings.getResolveLinks(),
    extraStatistics: settings.getExtraStatistics(),
    messageTimeoutMs: count(
      'messageTimeout',
      settings.hasMessageTimeoutTicks()
        ? Math.round(Number(settings.getMessageTimeoutTicks()) / ticksPerMs)
        : settings.getMessageTimeoutMs(),
    ),
    maxRetryCount: count('maxRetryCount', settings.getMaxRetryCount()),
    checkpointAfterMs: count(
      'checkpointAfter',
      settings.hasCheckpointAfterTicks()
        ? Math.round(Number(settings.getCheckpointAfterTicks()) / ticksPerMs)
        : settings.getCheckpointAfterMs(),
    ),
    minCheckpointCount: count('minCheckpointCount', settings.getMinCheckpointCount()),
    maxCheckpointCount: count('maxCheckpointCount', settings.getMaxCheckpointCount()),
    maxSubscriberCount: count('maxSubscriberCount', settings.getMaxSubscriberCount()),
    liveBufferSize: within('liveBufferSize', settings.getLiveBufferSize(), 1, largestBuffer),
    readBatchSize,
    historyBufferSize,
    strategy: strategyOf(settings),
  }
}

/** Returns start and settings of a group. @throws CallRefused naming the field that is invalid */
export const definitionOf = (
  options: Options | undefined,
): Pick<GroupDefinition, 'startFrom' | 'settings'> => {
  const settings = options?.getSettings()
  if (!options || !settings) throw badArgument('settings: missing')
  return { startFrom: startOf(options, settings), settings: settingsOf(settings) }
}

/** Returns the filter of a group that is created. @throws CallRefused when it is invalid */
export const filterOf = (options: CreateReq.Options | undefined): GroupFilter | undefined => {
  const filter = options?.getAll()?.getFilter()
  if (!filter) return undefined
  const of = filter.hasStreamIdentifier() ? 'stream' : 'type'
  const expression = filter.getStreamIdentifier() ?? filter.getEventType()
  if (!expression) throw badArgument('filter: must name streams or event types')
  const found = { of, prefixes: expression.getPrefixList(), regex: expression.getRegex() } as const
  // Throws for one that is invalid or too long.
  nameFilter(found, 1)
  return found
}
