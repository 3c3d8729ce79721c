import { Compile } from 'typebox/compile'
import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'
import { momentMessage, canonicalMoment } from '../../../serving/moments.ts'
import { invalid, Problem } from '../../../serving/problem.ts'
import { fieldErrors } from '../../../serving/schema-faults.ts'
import type { DeclaredWorkflow } from '../../../serving/workflow.ts'
import {
  limits,
  Missed,
  Overlap,
  Payload,
  timings,
  WorkflowType,
  type Timing,
} from '../language.ts'
import { firstDue, timingIn, type TimingFields } from './timing.ts'

/** Body of the request of a job: its type and payload, one of three timings, and settings. */
export const RequestedJob = Fields({
  type: WorkflowType,
  payload: Type.Optional(Payload),
  runAt: Type.Optional(
    Type.String({ maxLength: 50, description: 'Once, at this moment; at once when it has passed' }),
  ),
  cron: Type.Optional({
    ...timings.cron,
    description:
      'Five fields, or six with seconds first: `30 2 * * *`. With numbers for the hours, a time of day that the zone skips is due at the change of the clocks, one that occurs twice the first time',
  }),
  timeZone: Type.Optional({ ...timings.timeZone, description: 'Of `cron`. Default: UTC' }),
  everyMs: Type.Optional({
    ...timings.everyMs,
    description: 'In intervals from now, in ms. The scheduler looks once a second',
  }),
  overlap: Type.Optional({
    ...Overlap,
    description: 'When it is due while an earlier run is not over. Default: skip',
  }),
  missed: Type.Optional({
    ...Missed,
    description:
      'When it was due while no process was running: one run for all these times, or none. Default: once',
  }),
  attempts: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limits.attempts,
      description: 'Attempts at each run, with growing pauses from 5 s. Default: 3',
    }),
  ),
  timeLimitMs: Type.Optional(
    Type.Integer({
      minimum: 1_000,
      maximum: limits.timeLimit,
      description: 'Of an attempt, in ms. Default: an hour',
    }),
  ),
})

/**
 * Finds the type of a requested job, and validates its payload.
 * @throws Problem 400 that names `type`, or the fields of `payload`
 */
export const mustBeKnown = (
  workflows: readonly DeclaredWorkflow[],
  type: string,
  payload: Static<typeof Payload>,
): void => {
  const declared = workflows.find(({ name }) => name === type)
  if (!declared)
    throw invalid('type', `must be one of ${workflows.map(({ name }) => name).join(', ')}`)
  const faults = Compile(declared.payload).Errors(payload)
  if (faults.length === 0) return
  const errors = fieldErrors(faults, '').map(({ field, message }) => ({
    field: field ? `payload.${field}` : 'payload',
    message,
  }))
  const detail = errors.map(({ field, message }) => `${field} ${message}.`).join(' ')
  throw new Problem(400, 'invalid_request', detail, errors)
}

const isTimeZone = (timeZone: string): boolean => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone }))
  } catch {
    return false
  }
}

/** Five or six fields, or a nickname such as `@daily`; no dates, and no years. */
const cronShape = /^(@[a-z]+|\S+( +\S+){4,5})$/

/**
 * Reads the timing of a requested job.
 * @param now ISO 8601 in UTC
 * @returns the timing, and when it is due for the first time
 * @throws Problem 400 that names the field
 */
export const requestedTiming = (
  { timeZone, ...fields }: TimingFields,
  now: string,
): { readonly timing: Timing; readonly nextRunAt: string } => {
  const given = (['runAt', 'cron', 'everyMs'] as const).filter((name) => fields[name] !== undefined)
  const [kind, second] = given
  if (kind === undefined) throw invalid('runAt', 'is required, or else cron or everyMs')
  if (second !== undefined) throw invalid(second, `must be left out beside ${kind}`)
  if (timeZone !== undefined && kind !== 'cron')
    throw invalid('timeZone', 'is of use with cron only')
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw invalid('timeZone', 'must be the name of a time zone, such as Europe/Berlin')

  const runAt = fields.runAt === undefined ? undefined : canonicalMoment(fields.runAt)
  if (kind === 'runAt' && runAt === undefined) throw invalid('runAt', momentMessage)
  const timing = timingIn({
    ...fields,
    ...(runAt !== undefined && { runAt }),
    ...(timeZone !== undefined && { timeZone }),
  })
  const nextRunAt = kind === 'cron' ? dueByCron(timing, fields.cron, now) : firstDue(timing, now)
  if (nextRunAt === undefined) throw invalid(kind, 'never fires')
  return { timing, nextRunAt }
}

const dueByCron = (timing: Timing, cron: string | undefined, now: string): string | undefined => {
  try {
    if (cronShape.test(cron ?? '')) return firstDue(timing, now)
  } catch {
    // The parser rejects it: the answer is the same as for a wrong shape.
  }
  throw invalid('cron', 'must be a cron expression of five fields, or six with seconds first')
}
