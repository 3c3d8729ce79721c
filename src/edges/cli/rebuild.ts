import { setTimeout as pause } from 'node:timers/promises'
import { Accepted, type ReadModel } from './answers.ts'
import { Failed } from './failure.ts'
import { showProgress } from './progress.ts'
import { readModelsOf } from './projections.ts'
import type { Session } from './session.ts'
import { counted, plural } from './wording.ts'

/** How often progress is asked for: soon at first, for small logs; in ms. */
const asking = { first: 100, most: 1_000 }

/** A generation that is gone for so long, in ms, without having been switched to will not come any more. */
const givenUpAfter = 10_000

const comparisonOf = ({ comparison }: ReadModel): string => {
  if (!comparison) return 'There was nothing to compare it with.'
  const { same, different, onlyOld, onlyNew } = comparison
  const all = same + different + onlyOld + onlyNew
  if (all === same) return `Compared with the one before: all ${plural(all, 'document')} the same.`
  return `Compared with the one before: ${counted(same)} the same, ${counted(different)} different, ${counted(onlyOld)} only before, ${counted(onlyNew)} only now.`
}

/**
 * `agora rebuild`: has a read model built anew beside the live one, and watches until it has been switched to.
 * @param options.wait whether to watch
 * @throws Failed when there is no such read model, or the building was given up
 */
export const rebuildProjection = async (
  session: Session,
  name: string,
  { wait }: { readonly wait: boolean },
): Promise<void> => {
  const { client, out, say, screen, signal } = session
  const find = async (): Promise<ReadModel> => {
    const all = await readModelsOf(session)
    const model = all.find((each) => each.name === name)
    if (model) return model
    const names = all.map((each) => each.name).join(', ')
    throw new Failed(`There is no read model ${name}; there are: ${names}.`)
  }

  const before = await find()
  await client.ask(Accepted, 'POST', `/admin/projections/${name}/rebuild`)
  if (before.status === 'paused')
    say(`${name} is paused; it is rebuilt after "agora resume ${name}".`)
  if (!wait) {
    out(`${name} is being rebuilt; "agora projections" shows how far it is.`)
    return
  }

  const progress = showProgress(screen, `Rebuilding ${name}`)
  try {
    let latest = await find()
    let seen = performance.now()
    for (let every = asking.first; latest.generation === before.generation;) {
      if (latest.rebuild) {
        const { progress: done, total, etaSeconds } = latest.rebuild
        seen = performance.now()
        progress.show({ done, total, ...(etaSeconds !== undefined && { secondsLeft: etaSeconds }) })
      } else if (performance.now() - seen > givenUpAfter)
        throw new Failed(
          `The rebuild of ${name} was given up; see the log of Agora for the reason.`,
        )
      await pause(every, undefined, { signal })
      every = Math.min(every * 1.5, asking.most)
      latest = await find()
    }
    const events = Number(latest.position)
    progress.show({ done: events, total: events })
    progress.end()
    out(`${name} answers from generation ${latest.generation} now.`)
    out(comparisonOf(latest))
  } catch (error) {
    progress.end()
    if (signal.aborted) say(`\nThe rebuild goes on; "agora projections" shows how far it is.`)
    throw error
  }
}
