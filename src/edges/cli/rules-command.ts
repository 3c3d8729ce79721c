import { basename } from 'node:path'
import { messageOf } from '#kernel/error-message'
import type { Ends } from '../../platform/storage/event-log/range-search.ts'
import { atomicFile } from './atomic-file.ts'
import { Failed } from './failure.ts'
import { showProgress } from './progress.ts'
import { rangeOf, type Selection } from './replay-command.ts'
import type { Bound } from './replay-range.ts'
import { loadRules } from './rules-file.ts'
import { rulesPage } from './rules-page.ts'
import { rulesSummary } from './rules-summary.ts'
import type { Session } from './session.ts'
import type { TryRules } from './try-rules.ts'
import { lineIn } from './what-if-file.ts'
import { formatDuration, plural } from './wording.ts'

/** Options of `agora what-if --rules`. */
export type RulesCommand = Omit<Selection, 'type'> & {
  /** Path of the module that exports the rules. */
  readonly rules: string
  /** A file for the report as JSON; without a name, it is printed. */
  readonly json?: string | true
  /** A file for the report as a page. */
  readonly page?: string
  readonly force?: boolean
}

const endOf = (
  bound: Bound | undefined,
  position: 'fromPosition' | 'untilPosition',
  time: 'fromTime' | 'untilTime',
): Ends =>
  bound === undefined
    ? {}
    : 'position' in bound
      ? { [position]: bound.position }
      : { [time]: bound.at }

/** `agora what-if --rules`: reports what changed rules would have made of the log; writes only the report. */
export const rulesCommand = async (
  session: Session,
  { rules: file, json, page, force = false, category, ...selection }: RulesCommand,
  tryRules: TryRules,
): Promise<void> => {
  const { from, to } = rangeOf(selection)
  const rules = await loadRules(file)
  const options = { replace: force }
  await using files = new AsyncDisposableStack()
  const jsonFile = typeof json === 'string' ? files.use(await atomicFile(json, options)) : undefined
  const pageFile = page === undefined ? undefined : files.use(await atomicFile(page, options))

  const started = performance.now()
  const progress = showProgress(session.screen, 'Deciding')
  const report = await tryRules({
    rules,
    ends: {
      ...endOf(from, 'fromPosition', 'fromTime'),
      ...endOf(to, 'untilPosition', 'untilTime'),
    },
    categories: category,
    explain: (error) => `${messageOf(error)}${lineIn(file, error)}`,
    show: progress.show,
    signal: session.signal,
  }).finally(() => progress.end())

  const text = JSON.stringify(report, null, 2)
  if (jsonFile) {
    await jsonFile.write(`${text}\n`)
    await jsonFile.finish()
  }
  if (pageFile) {
    await pageFile.write(rulesPage(report, basename(file)))
    await pageFile.finish()
  }
  if (json === true) session.out(text)
  else rulesSummary(report).forEach(session.out)
  for (const problem of report.problems) session.info(`${file}: ${problem}`)
  session.info(
    `${plural(report.events, 'event')}, after ${formatDuration((performance.now() - started) / 1_000)}. Nothing was written${jsonFile || pageFile ? ' but the report' : ''}.`,
  )
  if (report.problemCount > 0)
    throw new Failed(
      `${plural(report.problemCount, 'failure')} of the rules. Where a decider fails, what was recorded stands; where a saga fails, it sends nothing.`,
    )
}
