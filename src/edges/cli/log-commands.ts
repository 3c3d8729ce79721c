import { InvalidArgumentError, Option, type Command } from 'commander'
import { copyCommand, type CopyCommand, type SwitchLog } from './copy-command.ts'
import { serveLogCommand, type ServeLog, type ServeLogCommand } from './serve-log.ts'
import type { Session } from './session.ts'
import type { OpenWholeLog } from './whole-log.ts'

/** How whole logs are reached from here. */
export type Logs = {
  readonly open: OpenWholeLog
  readonly serve: ServeLog
  readonly switchTo: SwitchLog
}

const port = (text: string): number => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('It is a number up to 65535; 0 picks a free one.')
  return Number(text)
}

/** Adds the commands for whole logs: `copy` and `serve-log`. */
export const addLogCommands = (
  program: Command,
  { session, logs }: { readonly session: () => Session; readonly logs: Logs },
): void => {
  program
    .command('copy')
    .description('copy a whole log to another place, unmasked, and prove that it is the same')
    .requiredOption('--from <log>', 'which one')
    .requiredOption('--to <log>', 'where to: a log that is empty, or was begun to be copied to')
    .option('--verify-only', 'only compare the two')
    .option(
      '--switch',
      'then let the read models, sagas and jobs here (POSTGRES_URL or AGORA_DATA) go on with the copy',
    )
    .addHelpText(
      'after',
      '\nA log is postgres://…, esdb://…, or the data folder of an Agora, such as .agora.\nAfter an interruption, run it again: it goes on from there. Stop Agora first, to leave nothing behind.',
    )
    .action((options: CopyCommand) => copyCommand(session(), options, logs.open, logs.switchTo))
  program
    .command('serve-log')
    .description(
      'serve the log alone (POSTGRES_URL or AGORA_DATA) as EventStoreDB does: read-only, secrets and persons masked',
    )
    .option('--port <port>', 'where; 0 picks a free one', port, 2113)
    .option('--host <address>', 'an address of this machine only', '127.0.0.1')
    .option(
      '--writable',
      'let every program on this machine append any event, and read all unmasked; not beside a running Agora',
    )
    .addOption(new Option('--read-only', 'the default').conflicts('writable').hideHelp())
    .action((options: ServeLogCommand) => serveLogCommand(session(), options, logs.serve))
}
