import { setTimeout as pause } from 'node:timers/promises'
import { styleText } from 'node:util'
import { AuditList, AuditsRequested, type Audit } from './answers.ts'
import { Failed } from './failure.ts'
import { showProgress } from './progress.ts'
import { print, type Session } from './session.ts'
import { table } from './table.ts'
import { formatCount, plural } from './wording.ts'

/** First and greatest poll interval of the progress, in ms. */
const pollMs = { first: 100, max: 1_000 }

/** After this time without an audit in progress, the reason is shown, in ms. */
const notBegunMs = 15_000

/** Most differences of a read model that are printed; `--json` prints all. */
const mostShown = 10

const columns = [
  { title: 'name' },
  { title: 'store' },
  { title: 'looked at', align: 'right' },
  { title: 'same', align: 'right' },
  { title: 'different', align: 'right' },
  { title: 'missing', align: 'right' },
  { title: 'orphans', align: 'right' },
  { title: 'sums', align: 'right' },
  { title: 'inconclusive', align: 'right' },
  { title: 'parked', align: 'right' },
] as const

const isEnded = ({ state }: Audit): boolean => state !== 'requested' && state !== 'running'

const alarming = (count: number): string =>
  count === 0 ? '0' : styleText('red', formatCount(count))

const rowOf = ({ name, state, findings }: Audit): readonly string[] =>
  findings
    ? [
        name,
        findings.store,
        `${formatCount(findings.looked)}${findings.isWhole ? '' : ' (a sample)'}`,
        formatCount(findings.same),
        alarming(findings.different),
        alarming(findings.missing),
        findings.orphansSought ? alarming(findings.orphans) : 'not sought',
        alarming(findings.sumsOnly),
        formatCount(findings.inconclusive),
        formatCount(findings.parked),
      ]
    : [name, styleText('yellow', state)]

const amountsOf = (amounts: Readonly<Record<string, number>>): string =>
  Object.entries(amounts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, amount]) => `${name} ${formatCount(amount)}`)
    .join(', ') || 'none'

/** A line for each sum; where it differs, with both amounts. */
const sumsOf = ({ name, findings }: Audit): readonly string[] =>
  (findings?.sums ?? []).map(({ name: sum, ledger, documents }) => {
    const names = [...new Set([...Object.keys(ledger), ...Object.keys(documents)])]
    const isSame = names.every((each) => (ledger[each] ?? 0) === (documents[each] ?? 0))
    return isSame
      ? `${name}: ${sum} as in the log: ${amountsOf(ledger)}.`
      : `${name}: ${sum} ${styleText('red', 'differ')}: ${amountsOf(ledger)} in the log, ${amountsOf(documents)} in the documents.`
  })

const differencesOf = ({ name, open }: Audit): readonly string[] => [
  ...open
    .slice(0, mostShown)
    .map(({ key, kind, fields }) =>
      [name, key, kind, fields.join(', ')].filter((part) => part !== '').join('  '),
    ),
  ...(open.length > mostShown
    ? [`${name}: ${formatCount(open.length - mostShown)} more; --json prints up to 100.`]
    : []),
  ...(open.length > 0 ? [`"agora rebuild ${name}" folds it anew and mends it.`] : []),
]

const linesOf = (audits: readonly Audit[]): readonly string[] => [
  ...table(columns, audits.map(rowOf)),
  ...audits.flatMap(({ name, state, detail, findings }) =>
    findings || detail === undefined ? [] : [`${name} was not audited (${state}): ${detail}`],
  ),
  ...audits.flatMap(sumsOf),
  ...audits.flatMap(differencesOf),
]

/** Work done, where that of each read model is 1. */
const doneOf = (audit: Audit): number => {
  if (isEnded(audit)) return 1
  if (!audit.progress) return 0
  const { position, head, share } = audit.progress
  return Math.min(0.99, share + (1 - share) * (Number(position) / Math.max(1, Number(head))) * 0.9)
}

/** Positions of the log that were passed. */
const passedOf = (audit: Audit): number =>
  Number((isEnded(audit) ? audit.findings?.position : audit.progress?.position) ?? 0)

/**
 * `agora audit`: audits read models and waits for the findings.
 * @param names all read models, when empty
 * @throws Failed when documents differ, when a read model could not be audited, and when there is none of a name
 */
export const auditReadModels = async (
  session: Session,
  names: readonly string[],
  { all = false, json }: { readonly all?: boolean; readonly json?: boolean },
): Promise<void> => {
  const { client, info, screen, signal } = session
  const known = (await client.call(AuditList, 'GET', '/admin/audits')).audits.map(
    ({ name }) => name,
  )
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new Failed(`There is no read model ${unknown}; the read models are: ${known.join(', ')}.`)
  const { names: asked } = await client.call(AuditsRequested, 'POST', '/admin/audits', {
    ...(names.length > 0 && { names: [...names] }),
    all,
  })
  const ended = new Map<string, Audit>()
  const progress = showProgress(screen, `Auditing ${plural(asked.length, 'read model')}`)
  const begun = performance.now()
  let isExplained = false
  try {
    for (let intervalMs = pollMs.first; ;) {
      const { audits } = await client.call(AuditList, 'GET', '/admin/audits')
      const mine = audits.filter(({ name }) => asked.includes(name))
      for (const audit of mine) if (isEnded(audit)) ended.set(audit.name, audit)
      progress.show({
        done: mine.reduce((done, audit) => done + (ended.has(audit.name) ? 1 : doneOf(audit)), 0),
        total: asked.length,
        events: mine.reduce((passed, audit) => passed + passedOf(audit), 0),
      })
      if (ended.size >= asked.length) break
      const isWaiting = mine.every(({ state }) => state === 'requested')
      if (isWaiting && !isExplained && performance.now() - begun > notBegunMs) {
        isExplained = true
        info('\nNo audit has begun: a process with the role "jobs" does them.')
      }
      await pause(intervalMs, undefined, { signal })
      intervalMs = Math.min(intervalMs * 1.5, pollMs.max)
    }
  } finally {
    progress.end()
  }
  const audits = asked.flatMap((name) => ended.get(name) ?? [])
  print(session, json, { audits }, () => linesOf(audits))
  const differing = audits.filter(({ open }) => open.length > 0)
  if (differing.length > 0)
    throw new Failed(
      `Documents differ from the log in ${differing.map(({ name }) => name).join(', ')}.`,
    )
  const failed = audits.filter(({ findings }) => !findings)
  if (failed.length > 0)
    throw new Failed(`Not audited: ${failed.map(({ name }) => name).join(', ')}.`)
}
