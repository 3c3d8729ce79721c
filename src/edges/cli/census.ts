import { type Command } from 'commander'
import { Failed } from './failure.ts'
import { showProgress, type Advance } from './progress.ts'
import { print, type Session } from './session.ts'
import { table } from './table.ts'
import { formatCount, plural } from './wording.ts'

/** The events of a type and version in a log. */
type CensusRow = {
  readonly type: string
  readonly version: number
  readonly count: number
  /** How many of them concern people who were forgotten. */
  readonly forgotten: number
  readonly category: string
  readonly context?: string
  readonly declared?: number
  readonly upcasters: readonly string[]
  readonly readBy: {
    readonly readModels: readonly string[]
    readonly sagas: readonly string[]
    readonly jobs: readonly string[]
    readonly sockets: readonly string[]
  }
  readonly fault?: { readonly kind: string; readonly count: number; readonly detail: string }
}

/** A census of a log. */
export type Census = {
  /** What was counted: a log, or a file. */
  readonly label: string
  readonly rows: readonly CensusRow[]
  /** What to write for each fault, sentences. */
  readonly faults: readonly string[]
  /** Number of events with sealed fields that were not opened, as the secret is not here. */
  readonly closed: number
}

/** Takes a census of the log of this Agora, or of a sample in a file. */
export type TakeCensus = (options: {
  readonly sample: string | undefined
  readonly show: (advance: Advance) => void
  readonly signal: AbortSignal
}) => Promise<Census>

const columns = [
  { title: 'event' },
  { title: 'version', align: 'right' },
  { title: 'events', align: 'right' },
  { title: 'of the forgotten', align: 'right' },
  { title: 'upcast' },
  { title: 'decider' },
  { title: 'read models' },
  { title: 'sagas' },
  { title: 'jobs' },
  { title: 'fails' },
] as const

const cellsOf = (row: CensusRow): readonly string[] => [
  row.type,
  String(row.version),
  formatCount(row.count),
  row.forgotten === 0 ? '' : formatCount(row.forgotten),
  row.upcasters.join(', '),
  row.declared === undefined ? '' : row.category,
  row.readBy.readModels.join(', '),
  row.readBy.sagas.join(', '),
  row.readBy.jobs.join(', '),
  row.fault ? `${formatCount(row.fault.count)}: ${row.fault.detail}` : '',
]

/**
 * `agora census`: counts the events by type and version, with what brings them up, what reads them, and which schema they fail.
 * @throws Failed when there are events that this version cannot fold
 */
const censusCommand = async (
  session: Session,
  { sample, json }: { readonly sample?: string; readonly json?: true },
  take: TakeCensus,
): Promise<void> => {
  const progress = showProgress(session.screen, 'Counting')
  const { label, rows, faults, closed } = await take({
    sample,
    show: progress.show,
    signal: session.signal,
  }).finally(progress.end)
  const total = rows.reduce((sum, { count }) => sum + count, 0)
  print(session, json, { events: rows, faults }, () => table(columns, rows.map(cellsOf)))
  session.info(
    `${plural(total, 'event')} in ${label}, of ${plural(rows.length, 'type and version', 'types and versions')}.`,
  )
  if (closed > 0)
    session.info(
      `The sealed fields of ${plural(closed, 'event')} were not judged, as the secret of this Agora is not here (AGORA_SECRET, or the file "secret" in AGORA_DATA).`,
    )
  if (faults.length > 0) throw new Failed(faults.join('\n'))
}

/** Adds `agora census`. */
export const addCensus = (
  program: Command,
  { session, take }: { readonly session: () => Session; readonly take: TakeCensus },
): void => {
  program
    .command('census')
    .description(
      'count the events of the log by type and version: what upcasts and reads them, and which schema they fail; exits with 1 if some cannot be folded',
    )
    .option('--sample <file>', 'a file with an event in each line, instead of the log')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nReads the log of POSTGRES_URL, EVENTSTORE_URL or AGORA_DATA from its beginning. Events of people who were forgotten are counted, not judged.',
    )
    .action((options: { readonly sample?: string; readonly json?: true }) =>
      censusCommand(session(), options, take),
    )
}
