import { InvalidArgumentError, Option, type Command } from 'commander'
import type { ExportCommand } from './export-command.ts'
import { BadUsage } from './failure.ts'
import { formats } from './manifest.ts'
import { replayCommand, type ReplayCommand } from './replay-command.ts'
import type { LogAccess } from './replay-open.ts'
import type { Session } from './session.ts'
import type { RulesCommand } from './rules-command.ts'
import type { WhatIfCommand } from './what-if-command.ts'

/** Dependencies of the commands that read the log. */
export type ReplayCommandDeps = {
  readonly session: () => Session
  /** Whether the URL of an Agora was given. */
  readonly hasUrl: () => boolean
  readonly access: LogAccess
}

/** Options of `agora what-if`. */
type WhatIfOptions = Omit<WhatIfCommand, 'hasUrl' | 'projection'> &
  Omit<RulesCommand, 'rules'> & { readonly projection?: string; readonly rules?: string }

const names = (text: string): readonly string[] => {
  if (!/^[A-Za-z0-9]+(,[A-Za-z0-9]+)*$/.test(text))
    throw new InvalidArgumentError('It must be a name, or several separated by commas.')
  return text.split(',')
}

const factor = (text: string): number => {
  if (!/^\d{1,6}(\.\d{1,6})?$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError('It must be a number above 0, such as 1, 60 or 0.5.')
  return Number(text)
}

const sourceHelp =
  '\nReads the log directly where it can, which is much faster; over HTTP otherwise, or with --url.'

/** Adds the options of every command that reads the log: the part to read, and directly or over HTTP. */
const reading = (command: Command): Command =>
  command
    .option('--category <names>', 'only these categories, separated by commas', names)
    .option('--type <names>', 'only events of these types, separated by commas', names)
    .option('--from <bound>', 'the first position, or an ISO 8601 time')
    .option('--to <bound>', 'the last position, or an ISO 8601 time; default: the current end')
    .addOption(
      new Option(
        '--direct',
        'read the log directly (EVENTSTORE_URL, POSTGRES_URL or AGORA_DATA)',
      ).conflicts('http'),
    )
    .addOption(new Option('--http', 'read over HTTP'))
    .addHelpText('after', sourceHelp)

/** Adds the commands that read the log: `replay`, `export` and `what-if`. The last two are imported when they run. */
export const addReplayCommands = (
  program: Command,
  { session, hasUrl, access }: ReplayCommandDeps,
): void => {
  reading(program.command('replay'))
    .description(
      'write the log as NDJSON, one event per line; secret and personal fields are masked',
    )
    .addOption(new Option('--stream <name>', 'only events of this stream').conflicts('category'))
    .option(
      '--speed <factor>',
      'recorded pace (1), or this factor of it; pauses are cut to 5 s',
      factor,
    )
    .addOption(new Option('--follow', 'continue with new events, until Ctrl-C').conflicts('to'))
    .option('--out <file>', 'file to write; - is standard output', '-')
    .option('--force', 'replace the file if it exists')
    .action((options: Omit<ReplayCommand, 'hasUrl'>) =>
      replayCommand(session(), { ...options, hasUrl: hasUrl() }, access),
    )

  reading(program.command('export'))
    .description('write a part of the log to a folder, with a manifest to repeat the export')
    .requiredOption('--out <folder>', 'folder to write to; created if it does not exist')
    .addOption(
      new Option('--format <format>', 'format of the events (default: ndjson)').choices([
        ...formats,
      ]),
    )
    .addOption(
      new Option(
        '--repeat <manifest>',
        'repeat the export of this manifest.json, and compare the result',
      ).conflicts(['category', 'type', 'from', 'to']),
    )
    .option('--force', 'replace existing files')
    .action(async (options: Omit<ExportCommand, 'hasUrl'>) => {
      const { exportCommand } = await import('./export-command.ts')
      await exportCommand(session(), { ...options, hasUrl: hasUrl() }, access)
    })

  reading(program.command('what-if'))
    .description(
      'run a read model, or rules of deciders and sagas, that are not installed over the log; writes nothing',
    )
    .option('--projection <file>', 'a module that exports a projection: prints its documents')
    .addOption(
      new Option(
        '--rules <file>',
        'a module that exports changed deciders or sagas: reports which commands, ends, money and stock would differ',
      ).conflicts(['projection', 'document', 'table', 'type', 'http']),
    )
    .option('--document <key>', 'with --projection: only the document with this key')
    .addOption(
      new Option(
        '--json [file]',
        'print one document per line (default); with --rules: print the report as JSON, or write it to a file',
      ).conflicts('table'),
    )
    .addOption(new Option('--table', 'with --projection: print a table'))
    .addOption(
      new Option('--page <file>', 'with --rules: write the report as an HTML page').conflicts(
        'projection',
      ),
    )
    .option('--force', 'with --rules: replace existing files')
    .addHelpText(
      'after',
      '\nThe file may be in any folder; it imports "agora/kernel", "agora/domains/<context>", "agora/sagas/<saga>" and "typebox".\nA projection reads events as analysts do: secret and personal fields are masked. Rules read the log directly, and decrypt them; the report has none.\nNothing is written to the log or any store.',
    )
    .action(async (options: WhatIfOptions) => {
      const { projection, rules } = options
      if (rules !== undefined) {
        const { rulesCommand } = await import('./rules-command.ts')
        return rulesCommand(session(), { ...options, rules }, access.tryRules)
      }
      if (projection === undefined)
        throw new BadUsage('Name a module by --projection or by --rules.')
      if (typeof options.json === 'string')
        throw new BadUsage('--json takes a file with --rules only.')
      const { whatIfCommand } = await import('./what-if-command.ts')
      await whatIfCommand(session(), { ...options, projection, hasUrl: hasUrl() }, access)
    })
}
