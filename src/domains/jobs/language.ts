// Exports of this context for other parts of Agora: its decider, ids and types.

export {
  JobId,
  JobRunId,
  limits,
  Missed,
  Overlap,
  Payload,
  RunCause,
  SkipReason,
  timings,
  WorkflowType,
  type Timing,
} from './schedule-messages.ts'
export { attemptIn } from './schedule-state.ts'
export { schedule } from './schedule.ts'
