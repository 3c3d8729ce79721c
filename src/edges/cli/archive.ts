import { InvalidArgumentError, type Command } from 'commander'
import type { Archive, ArchivedCategory } from '../../platform/storage/archives/port.ts'
import { BadUsage, Failed } from './failure.ts'
import { print, type Session } from './session.ts'
import { table } from './table.ts'
import { formatCount, plural } from './wording.ts'

/** Archives of the log of this Agora (POSTGRES_URL or AGORA_DATA). */
export type ArchivesHere = {
  /** Archives closed streams. @throws BadUsage for a category without a rule; Failed */
  readonly archive: (options: {
    /** All that have a rule, when empty. */
    readonly categories: readonly string[]
    readonly isDryRun: boolean
    readonly written: (archive: Archive) => void
    readonly signal: AbortSignal
  }) => Promise<readonly ArchivedCategory[]>
  readonly list: () => Promise<readonly Archive[]>
  /** Puts an archive back. @returns undefined when there is none of this number, or it is back. @throws Failed */
  readonly restore: (number: number) => Promise<Archive | undefined>
  /** Removes the files of the archives that were put back. @returns these */
  readonly removeRestored: () => Promise<readonly Archive[]>
}

/** Opens the archives of this Agora. */
export type OpenArchives = () => Promise<ArchivesHere & AsyncDisposable>

type Listing = { readonly json?: boolean }

const asJson = ({ first, last, ...rest }: Archive) => ({
  ...rest,
  first: String(first),
  last: String(last),
})

const linesOf = (archives: readonly Archive[]): readonly string[] =>
  table(
    [
      { title: 'archive', align: 'right' },
      { title: 'streams', align: 'right' },
      { title: 'events', align: 'right' },
      { title: 'positions' },
      { title: 'bytes', align: 'right' },
      { title: 'restored' },
      { title: 'key' },
    ],
    archives.map(({ number, streams, events, first, last, bytes, restoredAt = '', key }) => [
      String(number),
      formatCount(streams),
      formatCount(events),
      `${formatCount(first)} to ${formatCount(last)}`,
      formatCount(bytes),
      restoredAt,
      key,
    ]),
  )

/** `agora archive`: moves the content of closed streams to the store of files. */
const archiveCommand = async (
  session: Session,
  categories: readonly string[],
  { dryRun = false, json }: Listing & { readonly dryRun?: boolean },
  open: OpenArchives,
): Promise<void> => {
  await using here = await open()
  const archives: Archive[] = []
  const found = await here.archive({
    categories,
    isDryRun: dryRun,
    written: (archive) => {
      archives.push(archive)
      session.info(
        `Archive ${archive.number}: ${plural(archive.events, 'event')} of ${plural(archive.streams, 'stream')}.`,
      )
    },
    signal: session.signal,
  })
  print(session, json, { categories: found, archives: archives.map(asJson) }, () =>
    table(
      [
        { title: 'category' },
        { title: dryRun ? 'closed streams' : 'archived streams', align: 'right' },
        { title: 'events', align: 'right' },
      ],
      found.map(({ category, streams, events }) => [
        category,
        formatCount(streams),
        formatCount(events),
      ]),
    ),
  )
}

/** `agora restore-archive`: puts archives back into the log. */
const restoreCommand = async (
  session: Session,
  number: number | undefined,
  { all = false }: { readonly all?: boolean },
  open: OpenArchives,
): Promise<void> => {
  if ((number === undefined) !== all) throw new BadUsage('Name one archive, or use --all.')
  await using here = await open()
  const archived = async () => (await here.list()).filter(({ restoredAt }) => !restoredAt)
  const numbers = number === undefined ? (await archived()).map((one) => one.number) : [number]
  for (const one of numbers) {
    session.signal.throwIfAborted()
    const restored = await here.restore(one)
    if (!restored && !all)
      throw new Failed(`There is no archive ${one} to put back; "agora archives" lists them.`)
    if (restored)
      session.out(`Archive ${one}: ${plural(restored.events, 'event')} are in the log again.`)
  }
  if (numbers.length === 0) session.out('There are no archives to put back.')
}

type Removing = Listing & { readonly removeRestored?: boolean; readonly yes?: boolean }

/** `agora archives`: lists them, or removes the files of those that were put back. */
const archivesCommand = async (
  session: Session,
  { json, removeRestored = false, yes = false }: Removing,
  open: OpenArchives,
): Promise<void> => {
  const warning =
    'The files of all archives that were put back are removed. Backups of the database from before, and other databases that share these files, cannot be read without them. This cannot be undone.'
  if (removeRestored && !yes && !(await session.confirm(warning)))
    throw new Failed('Nothing was removed.')
  await using here = await open()
  if (!removeRestored) {
    const archives = await here.list()
    return print(session, json, { archives: archives.map(asJson) }, () => linesOf(archives))
  }
  const removed = await here.removeRestored()
  print(session, json, { removed: removed.map(asJson) }, () =>
    removed.length === 0
      ? ['There are no archives that were put back.']
      : removed.map(({ number, key }) => `Archive ${number} was removed: ${key}.`),
  )
}

const numberOf = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1.')
  return Number(text)
}

/** Adds `agora archive`, `archives` and `restore-archive`. */
export const addArchiveCommands = (
  program: Command,
  { session, open }: { readonly session: () => Session; readonly open: OpenArchives },
): void => {
  program
    .command('archive [categories...]')
    .description(
      'move the content of closed streams to the store of files; they are read as before, and can be put back',
    )
    .option('--dry-run', 'count them only')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nReads POSTGRES_URL or AGORA_DATA, and MEDIA_STORE as Agora does: run it where Agora runs. All processes must be of this version.',
    )
    .action((categories: readonly string[], options: Listing & { readonly dryRun?: boolean }) =>
      archiveCommand(session(), categories, options, open),
    )
  program
    .command('archives')
    .description('list the archives')
    .option('--json', 'print JSON')
    .option(
      '--remove-restored',
      'remove the files of those that were put back, once no backup or copy of the database needs them',
    )
    .option('--yes', 'with --remove-restored: do not ask for confirmation')
    .action((options: Removing) => archivesCommand(session(), options, open))
  program
    .command('restore-archive')
    .argument('[number]', 'number of the archive', numberOf)
    .description('put an archive back into the log; its files stay for backups of the database')
    .option('--all', 'put all archives back')
    .action((number: number | undefined, options: { readonly all?: boolean }) =>
      restoreCommand(session(), number, options, open),
    )
}
