import persistent from '@eventstore/db-client/generated/persistent_pb.js'
import type { SubscriptionInfo } from '@eventstore/db-client/generated/persistent_pb.js'
import type { ConsumerReport } from './group-run.ts'
import type { GroupReport } from './group-operations.ts'
import { isWholeLog } from './groups.ts'

const { SubscriptionInfo: Info } = persistent

const perSecond = (count: number, seconds: number): number => Math.round(count / seconds)

const connectionOf = (consumer: ConsumerReport) => {
  const { from, user, connection, slots, inFlight, done, doneSince, seconds } = consumer
  const info = new Info.ConnectionInfo()
  info.setFrom(from)
  info.setUsername(user)
  info.setConnectionName(connection)
  info.setAvailableSlots(slots - inFlight)
  info.setInFlightMessages(inFlight)
  info.setTotalItems(String(done))
  info.setCountSinceLastMeasurement(String(doneSince))
  info.setAverageItemsPerSecond(perSecond(done, seconds))
  info.setObservedMeasurementsList(
    consumer.responseTimes.map(([key, ms]) => {
      const measured = new Info.Measurement()
      measured.setKey(key)
      measured.setValue(String(ms))
      return measured
    }),
  )
  return info
}

/** Encodes what is reported of a group, in the texts of EventStoreDB: places of the log are `C:7/P:7`. */
export const infoMessage = (report: GroupReport): SubscriptionInfo => {
  const { settings, progress, run, startFrom, last } = report
  const ofLog = isWholeLog(report)
  const textOf = (place: bigint | string): string => (ofLog ? `C:${place}/P:${place}` : `${place}`)
  // Before the first event there is no place.
  const placeOf = (place: bigint): string => (place < (ofLog ? 1n : 0n) ? '' : textOf(place))
  const starts: Readonly<Record<string, string>> = { start: '0', end: '-1' }

  const info = new Info()
  info.setEventSource(report.source)
  info.setGroupName(report.name)
  info.setStatus(progress.checkpoint >= last || run?.waiting === 0 ? 'Live' : 'Behind')
  info.setConnectionsList(run?.consumers.map(connectionOf) ?? [])
  info.setAveragePerSecond(run ? perSecond(run.done, run.seconds) : 0)
  info.setTotalItems(String(run?.done ?? 0))
  info.setCountSinceLastMeasurement(String(run?.doneSince ?? 0))
  info.setLastCheckpointedEventPosition(placeOf(progress.checkpoint))
  info.setLastKnownEventPosition(placeOf(last))
  info.setStartFrom(textOf(starts[startFrom] ?? startFrom))
  info.setResolveLinkTos(settings.resolveLinks)
  info.setExtraStatistics(settings.extraStatistics)
  info.setMessageTimeoutMilliseconds(settings.messageTimeoutMs)
  info.setMaxRetryCount(settings.maxRetryCount)
  info.setLiveBufferSize(settings.liveBufferSize)
  info.setBufferSize(settings.historyBufferSize)
  info.setReadBatchSize(settings.readBatchSize)
  info.setCheckPointAfterMilliseconds(settings.checkpointAfterMs)
  info.setMinCheckPointCount(settings.minCheckpointCount)
  info.setMaxCheckPointCount(settings.maxCheckpointCount)
  info.setReadBufferCount(run?.waiting ?? 0)
  info.setLiveBufferCount(String(run?.waiting ?? 0))
  info.setRetryBufferCount(run?.toRetry ?? 0)
  info.setTotalInFlightMessages(run?.inFlight ?? 0)
  info.setOutstandingMessagesCount(run?.inFlight ?? 0)
  info.setNamedConsumerStrategy(settings.strategy)
  info.setMaxSubscriberCount(settings.maxSubscriberCount)
  info.setParkedMessageCount(String(report.parked))
  return info
}
