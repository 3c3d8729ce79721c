import { Unavailable } from '../../platform/unavailable.ts'
import { BadUsage, Failed } from './failure.ts'
import { copyLog } from './copy.ts'
import { type Phase } from './copy-options.ts'
import { showProgress, type Progress } from './progress.ts'
import type { Session } from './session.ts'
import { translate } from './translate.ts'
import type { OpenWholeLog, WholeLog } from './whole-log.ts'
import { lasting, plural } from './wording.ts'

/**
 * Lets the read models, sagas and jobs of this Agora, which have followed one log, go on with another that holds the same.
 * @param translated finds, for positions of `from`, where the same place is in `to`
 * @throws Failed when it was another log that they have followed, or Agora runs
 */
export type SwitchLog = (
  from: WholeLog,
  to: WholeLog,
  translated: (positions: readonly bigint[]) => Promise<ReadonlyMap<bigint, bigint>>,
) => Promise<void>

/** What `agora copy` was told. */
export type CopyCommand = {
  readonly from: string
  readonly to: string
  readonly verifyOnly?: boolean
  readonly switch?: boolean
}

const labels: Readonly<Record<Phase, string>> = {
  checking: 'Checking what is there',
  copying: 'Copying',
  verifying: 'Verifying',
}

/** Shows each phase in a line of its own. */
const phasesOn = (screen: Session['screen']) => {
  let current: { readonly phase: Phase; readonly progress: Progress } | undefined
  const end = () => current?.progress.end()
  return {
    show: (phase: Phase, advance: Parameters<Progress['show']>[0]): void => {
      if (current?.phase !== phase) {
        end()
        current = { phase, progress: showProgress(screen, labels[phase]) }
      }
      current.progress.show(advance)
    },
    end,
  }
}

/** `agora copy`: copies a whole log to another place, as it was recorded, and proves that it is the same. */
export const copyCommand = async (
  { out, say, screen, signal }: Session,
  { from: source, to: target, verifyOnly = false, switch: switches = false }: CopyCommand,
  openLog: OpenWholeLog,
  switchLog: SwitchLog,
): Promise<void> => {
  if (source === target) throw new BadUsage('--from and --to name the same log.')
  await using from = await openLog(source, { writes: false })
  await using to = await openLog(target, { writes: !verifyOnly })
  const started = performance.now()
  const phases = phasesOn(screen)
  const { events, copied, sha256, later } = await copyLog({
    from,
    to,
    verifyOnly,
    show: phases.show,
    signal,
  })
    .catch((error: unknown) => {
      if (!verifyOnly && (signal.aborted || error instanceof Unavailable))
        say('Stopped; run it again, and it goes on from there.')
      throw error
    })
    .finally(phases.end)

  const took = lasting((performance.now() - started) / 1_000)
  say(
    verifyOnly
      ? `${from.named} and ${to.named} are the same, seen after ${took}.`
      : `${plural(copied, 'event')} copied from ${from.named} to ${to.named} and read back, after ${took}.`,
  )
  if (later > 0) {
    const since = `${plural(later, 'event')} came to ${from.named} since: stop Agora, and run this again.`
    if (switches) throw new Failed(`Nothing was switched. ${since}`)
    say(since)
  }
  if (switches) {
    await switchLog(from, to, (positions) => translate(from.log, to.log, positions))
    say(`Read models, sagas and jobs go on with ${to.named}.`)
  }
  out(`${plural(events, 'event')}, sha256 ${sha256}`)
}
