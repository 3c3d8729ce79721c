// Exports of this context for other parts of Agora: its deciders, ids and types.

export {
  activity,
  Activity,
  activityAge,
  ActivityId,
  EventType,
  Metadata,
  mostActivities,
} from './activity.ts'
export { activityKind, activityName } from './activity-kind.ts'
export { metricNames, MetricName, metricOf, type Count, type Dimensions } from './metric.ts'
export { replay, ReplayFilter, ReplayId, ReplaySpeed, ReplayStatus } from './replay.ts'
export { report, ReportFormat, ReportId, ReportKind, ReportPeriod } from './report.ts'
export { slotOf, slotStart } from './slot.ts'
export { mostThresholds, Side, threshold, ThresholdBucket, ThresholdId } from './threshold.ts'
export { Bucket, TimeZoneName, zoneOf, type Zone } from './time-zone.ts'
