import { Compile } from 'typebox/compile'
import type { Static } from 'typebox'
import { momentMessage, canonicalMoment } from '../../../serving/moments.ts'
import { invalid, Problem } from '../../../serving/problem.ts'
import { fieldErrors } from '../../../serving/schema-faults.ts'
import type { DeclaredWorkflow } from '../../../serving/workflow.ts'
import type { Payload, Timing } from '../language.ts'
import { firstDue, timingIn, type TimingFields } from './timing.ts'

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
    // Answered as any expression that cannot be read.
  }
  throw invalid('cron', 'must be a cron expression of five fields, or six with seconds first')
}
