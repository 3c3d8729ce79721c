import { InvalidArgumentError, Option, type Command } from 'commander'
import type { ExportCommand } from './export-command.ts'
import { formats } from './manifest.ts'
import { replayCommand, type ReplayCommand } from './replay-command.ts'
import type { OpenLog } from './replay-open.ts'
import type { Session } from './session.ts'
import type { WhatIfCommand } from './what-if-command.ts'

/** What the commands that read the log are handed. */
export type ReplaySurroundings = {
  readonly session: () => Session
  /** Whether a certain Agora was named. */
  readonly named: () => boolean
  readonly openLog: OpenLog
}

const names = (text: string): readonly string[] => {
  if (!/^[A-Za-z0-9]+(,[A-Za-z0-9]+)*$/.test(text))
    throw new InvalidArgumentError('It is a name, or several with commas between.')
  return text.split(',')
}

const factor = (text: string): number => {
  if (!/^\d{1,6}(\.\d{1,6})?$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError('It is a number above 0, such as 1, 60 or 0.5.')
  return Number(text)
}

const howItReads =
  '\nReads the log where it lies if it can, which is much faster; over HTTP otherwise, or with --url.'

/** Options of every command that reads the log: which part of it, and by which way. */
const reading = (command: Command): Command =>
  command
    .option('--category <names>', 'only of these categories, with commas between', names)
    .option('--type <names>', 'only events of these types, with commas between', names)
    .option('--from <bound>', 'the first position, or an ISO 8601 time')
    .option('--to <bound>', 'the last position, or an ISO 8601 time; default: the end as it is now')
    .addOption(
      new Option(
        '--direct',
        'read the log where it lies (EVENTSTORE_URL, POSTGRES_URL or AGORA_DATA)',
      ).conflicts('http'),
    )
    .addOption(new Option('--http', 'read over HTTP'))
    .addHelpText('after', howItReads)

/** Adds the commands that read the log: `replay`, `export` and `what-if`. What the last two need is loaded with them. */
export const addReplayCommands = (
  program: Command,
  { session, named, openLog }: ReplaySurroundings,
): void => {
  reading(program.command('replay'))
    .description('write the log as NDJSON, one event a line; secrets and persons are masked')
    .addOption(new Option('--stream <name>', 'only of this stream').conflicts('category'))
    .option(
      '--speed <factor>',
      'as it happened (1), or so many times as quick; silences are cut to 5 s',
      factor,
    )
    .addOption(new Option('--follow', 'go on with what comes, until Ctrl-C').conflicts('to'))
    .option('--out <file>', 'where to; - is standard output', '-')
    .option('--force', 'replace the file if it is there')
    .action((options: Omit<ReplayCommand, 'named'>) =>
      replayCommand(session(), { ...options, named: named() }, openLog),
    )

  reading(program.command('export'))
    .description('write a part of the log to a folder, with a manifest by which to do so again')
    .requiredOption('--out <folder>', 'where to; made if it is not there')
    .addOption(
      new Option('--format <format>', 'of the events (default: ndjson)').choices([...formats]),
    )
    .addOption(
      new Option(
        '--repeat <manifest>',
        'make the export of this manifest.json again, and see whether it is the same',
      ).conflicts(['category', 'type', 'from', 'to']),
    )
    .option('--force', 'replace files that are there')
    .action(async (options: Omit<ExportCommand, 'named'>) => {
      const { exportCommand } = await import('./export-command.ts')
      await exportCommand(session(), { ...options, named: named() }, openLog)
    })

  reading(program.command('what-if'))
    .description('run a projection that is not installed over the log, and print its documents')
    .requiredOption('--projection <file>', 'a module that exports a projection')
    .option('--document <key>', 'only this document')
    .addOption(new Option('--json', 'a document a line (default)').conflicts('table'))
    .addOption(new Option('--table', 'for people'))
    .addHelpText(
      'after',
      '\nThe file may lie anywhere; it imports "agora/kernel", "agora/domains/<context>" and "typebox".\nIt sees events as analysts do: secrets and persons are masked. Nothing is written.',
    )
    .action(async (options: Omit<WhatIfCommand, 'named'>) => {
      const { whatIfCommand } = await import('./what-if-command.ts')
      await whatIfCommand(session(), { ...options, named: named() }, openLog)
    })
}
