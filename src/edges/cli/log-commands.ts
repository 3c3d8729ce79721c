import { InvalidArgumentError, Option, type Command } from 'commander'
import { addArchiveCommands, type OpenArchives } from './archive.ts'
import { copyCommand, type CopyCommand, type SwitchLog } from './copy-command.ts'
import { serveLogCommand, type ServeLog, type ServeLogCommand } from './serve-log.ts'
import { addCensus, type TakeCensus } from './census.ts'
import type { Session } from './session.ts'
import { addVerifyLog, type VerifyLogHere } from './verify-log.ts'
import type { OpenWholeLog } from './whole-log.ts'

/** Access to whole logs. */
export type Logs = {
  readonly open: OpenWholeLog
  readonly serve: ServeLog
  readonly switchTo: SwitchLog
  readonly verify: VerifyLogHere
  readonly census: TakeCensus
  readonly archives: OpenArchives
}

const port = (text: string): number => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('It must be a number up to 65535; 0 picks a free port.')
  return Number(text)
}

/** Adds the commands for whole logs: `copy`, `verify-log`, `census`, `serve-log`, and those for archives. */
export const addLogCommands = (
  program: Command,
  { session, logs }: { readonly session: () => Session; readonly logs: Logs },
): void => {
  program
    .command('copy')
    .description('copy a whole log, unmasked, and verify that the copy is equal')
    .requiredOption('--from <log>', 'the source')
    .requiredOption('--to <log>', 'the target: an empty log, or one with the beginning of the copy')
    .option('--verify-only', 'only compare the two logs')
    .option(
      '--switch',
      'then switch the read models, sagas and jobs of POSTGRES_URL or AGORA_DATA to the copy',
    )
    .addHelpText(
      'after',
      '\nA log is postgres://…, esdb://…, or the data folder of an Agora, such as .agora.\nAfter an interruption, run the command again: it resumes. Stop Agora first, so that no event is appended meanwhile.',
    )
    .action((options: CopyCommand) => copyCommand(session(), options, logs.open, logs.switchTo))
  addVerifyLog(program, { session, verify: logs.verify })
  addCensus(program, { session, take: logs.census })
  addArchiveCommands(program, { session, open: logs.archives })
  program
    .command('serve-log')
    .description(
      'serve only the log (POSTGRES_URL or AGORA_DATA) over the protocol of EventStoreDB: read-only, secret and personal fields masked',
    )
    .option('--port <port>', 'port to listen on; 0 picks a free one', port, 2113)
    .option('--host <address>', 'loopback address to listen on', '127.0.0.1')
    .option(
      '--writable',
      'let every program on this machine append any event, and read all events unmasked; not beside a running Agora',
    )
    .addOption(new Option('--read-only', 'the default').conflicts('writable').hideHelp())
    .action((options: ServeLogCommand) => serveLogCommand(session(), options, logs.serve))
}
