import { Unavailable } from '../../platform/unavailable.ts'
import { BadUsage, Failed } from './failure.ts'
import { copyLog } from './copy.ts'
import { type Phase } from './copy-options.ts'
import { showProgress, type Progress } from './progress.ts'
import type { Session } from './session.ts'
import { translate } from './translate.ts'
import type { OpenWholeLog, WholeLog } from './whole-log.ts'
import { formatDuration, plural } from './wording.ts'

/**
 * Switches the read models, sagas and jobs of this Agora from one log to another with the same events.
 * @param translated maps positions of `from` to those of `to`
 * @returns names of the read models that are rebuilt at the next start, as their documents hold positions of `from`
 * @throws Failed when they have followed another log than `from`, or an Agora is running
 */
export type SwitchLog = (
  from: WholeLog,
  to: WholeLog,
  translated: (positions: readonly bigint[]) => Promise<ReadonlyMap<bigint, bigint>>,
) => Promise<readonly string[]>

/** Options of `agora copy`. */
export type CopyCommand = {
  readonly from: string
  readonly to: string
  readonly verifyOnly?: boolean
  readonly switch?: boolean
}

/** Joins names as `a, b and c`. */
const names = new Intl.ListFormat('en-GB')

const labels: Readonly<Record<Phase, string>> = {
  checking: 'Checking the target',
  copying: 'Copying',
  verifying: 'Verifying',
}

/** Shows the progress of each phase on its own line. */
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

/** `agora copy`: copies a whole log, unmasked, and verifies that the copy is equal. */
export const copyCommand = async (
  { out, info, screen, signal }: Session,
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
        info('Stopped; run the command again to resume.')
      throw error
    })
    .finally(phases.end)

  const took = formatDuration((performance.now() - started) / 1_000)
  info(
    verifyOnly
      ? `${from.label} and ${to.label} are equal, compared in ${took}.`
      : `${plural(copied, 'event')} copied from ${from.label} to ${to.label} and verified, in ${took}.`,
  )
  if (later > 0) {
    const since = `${plural(later, 'event')} were appended to ${from.label} meanwhile: stop Agora, and run the command again.`
    if (switches) throw new Failed(`Nothing was switched. ${since}`)
    info(since)
  }
  if (switches) {
    const rebuilt = await switchLog(from, to, (positions) => translate(from.log, to.log, positions))
    info(`Read models, sagas and jobs continue with ${to.label}.`)
    if (rebuilt.length > 0)
      info(
        `At the next start, ${names.format(rebuilt)} will be rebuilt, as their documents hold positions of the former log; until then they answer as of now.`,
      )
  }
  out(`${plural(events, 'event')}, sha256 ${sha256}`)
}
