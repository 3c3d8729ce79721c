import { derivedUuid } from '#kernel'
import { Interrupted } from '../../../platform/interrupted.ts'
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

/** What is recorded of an error that its handler did not write for admins: its text may hold anything. */
const unexpected = 'It failed; the logs have the details.'

class TimeLimitOver extends Error {}

/** Time that a handler has to end as its process stops, in ms. */
const grace = 2_000

/** How an error of an attempt is recorded; undefined when its text is not for admins. */
const endedBy = (error: unknown): AttemptOutcome | undefined => {
  const isFinal = error instanceof WorkflowFailed
  if (!isFinal && !(error instanceof TimeLimitOver)) return undefined
  const text = inOneLine(error.message).slice(0, longestError).toWellFormed()
  return { error: text || unexpected, isFinal }
}

/**
 * Makes an attempt at a run: calls the handler of its type, until it returns, fails, or the time limit is over.
 * @throws Interrupted when the process stops first
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
  { workflows, stopping, onFailedRun }: Pick<JobPorts, 'workflows' | 'stopping' | 'onFailedRun'>,
): Promise<AttemptOutcome> => {
  const declared = workflows.find(({ name }) => name === type)
  // During an upgrade, another process may know it.
  if (!declared)
    return { error: `This version of Agora has no jobs of type ${type}.`, isFinal: false }
  const interrupted = new Interrupted('The process stops; another one makes the attempt again.')
  if (stopping.aborted) throw interrupted

  const ending = new AbortController()
  const signal = AbortSignal.any([ending.signal, stopping])
  const limit = setTimeout(
    () => ending.abort(new TimeLimitOver(`The time limit of ${timeLimitMs} ms is over.`)),
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
  const cutOff = Promise.withResolvers<never>()
  let stop: NodeJS.Timeout | undefined
  const onStop = () => (stop = setTimeout(() => cutOff.reject(interrupted), grace))
  stopping.addEventListener('abort', onStop, { once: true })
  ending.signal.addEventListener('abort', () => cutOff.reject(ending.signal.reason), { once: true })
  try {
    const own = { ...origin, commandId: derivedUuid('run', runId) }
    const running = declared.run({ payload, scheduledBy, origin: own, signal, progress })
    return { output: recordable(await Promise.race([running, cutOff.promise])) }
  } catch (error) {
    const ended = endedBy(ending.signal.aborted ? ending.signal.reason : error)
    if (ended) return ended
    if (stopping.aborted) throw interrupted
    onFailedRun({ type, runId, error })
    return { error: unexpected, isFinal: false }
  } finally {
    clearTimeout(limit)
    clearTimeout(stop)
    stopping.removeEventListener('abort', onStop)
    await reporting
  }
}
