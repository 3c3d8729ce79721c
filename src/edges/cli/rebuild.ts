import { setTimeout as pause } from 'node:timers/promises'
import { Accepted, type ReadModel } from './answers.ts'
import { Failed } from './failure.ts'
import { showProgress } from './progress.ts'
import { readModelsOf } from './projections.ts'
import { comparedLine, reportLines } from './rebuild-report.ts'
import type { Session } from './session.ts'
import { plural } from './wording.ts'

/** First and greatest poll interval of the progress, in ms; short at first, for small logs. */
const pollMs = { first: 100, max: 1_000 }

/** After this time without a generation in progress, and without a switch, the rebuild has failed; in ms. */
const failedAfterMs = 10_000

/** Options of `agora rebuild`. */
export type RebuildOptions = {
  /** Whether to wait. */
  readonly wait: boolean
  /** Compares field by field, and switches only if the gate opens. */
  readonly shadow?: boolean
  /** Most documents that may differ; implies `shadow`. */
  readonly allowDiff?: number
  /** Paths of fields that may differ; implies `shadow`. */
  readonly ignoreFields?: readonly string[]
  /** What to do with the generation that is being built, instead of beginning one. */
  readonly switch?: boolean
  readonly compare?: boolean
  readonly discard?: boolean
}

const resultOf = ({ comparison, report }: ReadModel): readonly string[] => {
  if (report) return reportLines(report)
  return [comparison ? comparedLine(comparison) : 'There was no comparison with the one before.']
}

/** Lines about a generation that waits for an operator. */
const waitingLines = ({ name, generation, rebuild }: ReadModel): readonly string[] => [
  ...(rebuild?.report ? reportLines(rebuild.report) : []),
  `${name} is still answered from generation ${generation}; generation ${rebuild?.generation} waits beside it, and is kept up to date.`,
  `"agora rebuild ${name} --switch" switches to it, --compare compares again, --discard drops it.`,
]

/** The requests about a generation that is being built. */
const requests = {
  switch: ['POST', '/switch'],
  compare: ['POST', '/compare'],
  discard: ['DELETE', ''],
} as const

/**
 * `agora rebuild`: starts a new generation of a read model beside the live one, or decides about the one that is built; and
 * waits for the switch, or until the new one waits for an operator.
 * @throws Failed when there is no such read model, when the rebuild failed, or when more documents differ than are allowed
 */
export const rebuildProjection = async (
  session: Session,
  name: string,
  { wait, shadow, allowDiff, ignoreFields, ...decided }: RebuildOptions,
): Promise<void> => {
  const { client, out, info, screen, signal } = session
  const find = async (): Promise<ReadModel> => {
    const all = await readModelsOf(session)
    const model = all.find((each) => each.name === name)
    if (model) return model
    const names = all.map((each) => each.name).join(', ')
    throw new Failed(`There is no read model ${name}; the read models are: ${names}.`)
  }

  const before = await find()
  const path = `/admin/projections/${name}/rebuild`
  const verb = (['switch', 'compare', 'discard'] as const).find((one) => decided[one])
  if (verb) {
    const [method, suffix] = requests[verb]
    await client.call(Accepted, method, `${path}${suffix}`)
    if (verb === 'discard') return out(`The generation that was built for ${name} is discarded.`)
  } else {
    if (before.rebuild?.gate)
      throw new Failed(
        `Generation ${before.rebuild.generation} of ${name} is being built already; --switch switches to it, --compare compares it again, --discard drops it.`,
      )
    const gate = {
      ...(shadow && { shadow }),
      ...(allowDiff !== undefined && { allowDiff }),
      ...(ignoreFields && { ignoreFields: [...ignoreFields] }),
    }
    await client.call(Accepted, 'POST', path, Object.keys(gate).length > 0 ? gate : undefined)
  }
  if (before.status === 'paused')
    info(`${name} is paused; the rebuild continues after "agora resume ${name}".`)
  if (!wait) {
    out(`${name} is being rebuilt; "agora projections" shows the progress.`)
    return
  }

  const progress = showProgress(screen, `Rebuilding ${name}`)
  const isWaiting = ({ rebuild }: ReadModel): boolean => rebuild?.state === 'waiting'
  let latest = before
  try {
    latest = await find()
    let seen = performance.now()
    for (let intervalMs = pollMs.first; latest.generation === before.generation;) {
      if (isWaiting(latest)) break
      if (latest.rebuild) {
        const { progress: done, total, etaSeconds } = latest.rebuild
        seen = performance.now()
        progress.show({ done, total, ...(etaSeconds !== undefined && { secondsLeft: etaSeconds }) })
      } else if (performance.now() - seen > failedAfterMs)
        throw new Failed(`The rebuild of ${name} failed; see the log of Agora for the reason.`)
      await pause(intervalMs, undefined, { signal })
      intervalMs = Math.min(intervalMs * 1.5, pollMs.max)
      latest = await find()
    }
    const events = Number(latest.position)
    progress.show({ done: events, total: events })
    progress.end()
  } catch (error) {
    progress.end()
    if (signal.aborted) info(`\nThe rebuild continues; "agora projections" shows the progress.`)
    throw error
  }
  if (!isWaiting(latest)) {
    out(`${name} answers from generation ${latest.generation} now.`)
    resultOf(latest).forEach(out)
    return
  }
  waitingLines(latest).forEach(out)
  const { gate, report } = latest.rebuild ?? {}
  if (gate?.maxDifferences !== undefined && report)
    throw new Failed(
      `${plural(report.counted, 'document differs', 'documents differ')}, and ${gate.maxDifferences} may: ${name} was not switched.`,
    )
}
