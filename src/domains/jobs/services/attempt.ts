import { Check } from 'typebox/value'
import { derivedUuid } from '#kernel'
import type { Origin } from '../../../runtime/execution.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { WorkflowFailed, type WorkflowOutput } from '../../../serving/workflow-attempt.ts'
import { inOneLine, type UserId } from '../../shared/index.ts'
import type { JobRunId } from '../language.ts'

/** How an attempt ended. */
export type AttemptOutcome =
  | { readonly output: WorkflowOutput }
  | { readonly error: string; readonly isFinal: boolean }

/** Length of a recorded output, in characters of its JSON. */
const longestOutput = 1_000
/** Length of a recorded error, in characters. */
const longestError = 300

/** The output as it is recorded: JSON of a bounded length. */
const recordable = (output: WorkflowOutput): WorkflowOutput => {
  const json = JSON.stringify(output)
  return json.length > longestOutput
    ? { omitted: `${json.length} characters of output` }
    : JSON.parse(json)
}

/** Describes an error in one line. */
export const errorText = (error: unknown): string => {
  const text =
    error instanceof Error ? inOneLine(error.message) || error.name : inOneLine(String(error))
  return text.slice(0, longestError).toWellFormed() || 'It failed without a message.'
}

/**
 * Makes an attempt at a run: calls the handler of its type, until it returns, fails, or the time limit is over.
 * @param attempt.report records the progress, in per cent; returns whether the job goes on
 */
export const attemptWorkflow = async (
  {
    runId,
    type,
    payload,
    timeLimitMs,
    scheduledBy,
    origin,
    report,
  }: {
    readonly runId: JobRunId
    readonly type: string
    readonly payload: Readonly<Record<string, unknown>>
    /** In ms. */
    readonly timeLimitMs: number
    readonly scheduledBy: UserId
    readonly origin: Origin
    readonly report: (percent: number) => Promise<boolean>
  },
  { workflows }: Pick<JobPorts, 'workflows'>,
): Promise<AttemptOutcome> => {
  const declared = workflows.find(({ name }) => name === type)
  // During an upgrade, another process may know it.
  if (!declared)
    return { error: `This version of Agora has no jobs of type ${type}.`, isFinal: false }
  if (!Check(declared.payload, payload))
    return { error: 'The payload is no longer valid for this type.', isFinal: true }

  const ending = new AbortController()
  const { signal } = ending
  const limit = setTimeout(
    () => ending.abort(new Error(`The time limit of ${timeLimitMs} ms is over.`)),
    timeLimitMs,
  )
  let reporting: Promise<void> | undefined
  const progress = (share: number): void => {
    // The next report says more than one that would wait.
    if (reporting || signal.aborted) return
    const percent = Math.max(0, Math.min(99, Math.round(share * 100)))
    reporting = report(percent)
      .then((goesOn) => {
        if (!goesOn) ending.abort(new WorkflowFailed('The job was cancelled.'))
      })
      .catch(() => undefined)
      .finally(() => (reporting = undefined))
  }
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )
  try {
    const own = { ...origin, commandId: derivedUuid('run', runId) }
    const attempt = { payload: payload as never, scheduledBy, origin: own, signal, progress }
    const output = await Promise.race([declared.run(attempt), aborted])
    return { output: recordable(output) }
  } catch (error) {
    return { error: errorText(error), isFinal: error instanceof WorkflowFailed }
  } finally {
    clearTimeout(limit)
    await reporting
  }
}
