import { setTimeout as pause } from 'node:timers/promises'
import { Accepted, type ReadModel } from './answers.ts'
import { Failed } from './failure.ts'
import { showProgress } from './progress.ts'
import { readModelsOf } from './projections.ts'
import type { Session } from './session.ts'
import { formatCount, plural } from './wording.ts'

/** First and greatest poll interval of the progress, in ms; short at first, for small logs. */
const pollMs = { first: 100, max: 1_000 }

/** After this time without a generation in progress, and without a switch, the rebuild has failed; in ms. */
const failedAfterMs = 10_000

const comparisonOf = ({ comparison }: ReadModel): string => {
  if (!comparison) return 'There was no generation to compare with.'
  const { same, different, onlyOld, onlyNew } = comparison
  const all = same + different + onlyOld + onlyNew
  if (all === same) return `Compared with the one before: all ${plural(all, 'document')} the same.`
  return `Compared with the one before: ${formatCount(same)} the same, ${formatCount(different)} different, ${formatCount(onlyOld)} only before, ${formatCount(onlyNew)} only now.`
}

/**
 * `agora rebuild`: starts a new generation of a read model beside the live one, and waits for the switch.
 * @param options.wait whether to wait
 * @throws Failed when there is no such read model, or the rebuild failed
 */
export const rebuildProjection = async (
  session: Session,
  name: string,
  { wait }: { readonly wait: boolean },
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
  await client.call(Accepted, 'POST', `/admin/projections/${name}/rebuild`)
  if (before.status === 'paused')
    info(`${name} is paused; the rebuild starts after "agora resume ${name}".`)
  if (!wait) {
    out(`${name} is being rebuilt; "agora projections" shows the progress.`)
    return
  }

  const progress = showProgress(screen, `Rebuilding ${name}`)
  try {
    let latest = await find()
    let seen = performance.now()
    for (let intervalMs = pollMs.first; latest.generation === before.generation;) {
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
    out(`${name} answers from generation ${latest.generation} now.`)
    out(comparisonOf(latest))
  } catch (error) {
    progress.end()
    if (signal.aborted) info(`\nThe rebuild continues; "agora projections" shows the progress.`)
    throw error
  }
}
