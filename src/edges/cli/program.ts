import type { Readable, Writable } from 'node:stream'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { Unavailable } from '../../platform/unavailable.ts'
import { auditReadModels } from './audit.ts'
import { listGroups, replayGroup } from './groups.ts'
import { listBridges, retryParkedStream, skipRefusedEvent } from './bridges.ts'
import { client } from './client.ts'
import { confirm } from './confirm.ts'
import { dataFolder, findCredentials, urlHere, type CredentialOptions } from './credentials.ts'
import { listDeadLetters, retryDeadLetter } from './dead-letters.ts'
import { BadUsage, Failed } from './failure.ts'
import { forgetUser } from './forget.ts'
import { sweepMedia } from './media.ts'
import { addLogCommands, type Logs } from './log-commands.ts'
import { listProjections, steerProjection } from './projections.ts'
import { rebuildProjection, type RebuildOptions } from './rebuild.ts'
import { addReplayCommands } from './replay-commands.ts'
import type { LogAccess } from './replay-open.ts'
import { rotateKeys } from './rotate-keys.ts'
import { listSagas, retrySaga, showSaga } from './sagas.ts'
import type { Session } from './session.ts'
import { storedToken } from './stored-token.ts'
import { listCategories, listStreams } from './streams.ts'

/** Environment of the CLI: variables, streams and access to logs. */
export type CliEnvironment = LogAccess & {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Writable
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  /** Source of answers to questions, if any. */
  readonly stdin?: Readable & { readonly isTTY?: boolean }
  /** Aborts a command. */
  readonly signal: AbortSignal
  readonly logs: Logs
}

type Global = CredentialOptions & { readonly url?: string }

/** Options of rebuilds that begin; they have no meaning for one that is under way. */
const ofNewBuilds = ['shadow', 'allowDiff', 'ignoreFields']

const wholeFromZero = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a number from 0.')
  return Number(text)
}

const whole = (text: string): number => {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1.')
  return Number(text)
}

const urlOf = (text: string): string => {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new BadUsage(`"${text}" is not the URL of an Agora, such as http://127.0.0.1:3000.`)
  return text.replace(/\/+$/, '')
}

/** Whether the reader of the output has closed it, as with `| head`. */
const isBrokenPipe = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED')

const isExpected = (error: unknown): error is Error =>
  error instanceof Failed || error instanceof BadUsage || error instanceof Unavailable

type Listing = { readonly json?: boolean }

/**
 * Runs one command of the CLI.
 * @param args the arguments after `agora`
 * @returns the exit code: 0 done, 1 failed, 2 invalid use, 130 interrupted
 */
export const runCli = async (
  args: readonly string[],
  environment: CliEnvironment,
): Promise<number> => {
  const { stderr, signal } = environment
  try {
    await programOf(environment).parseAsync([...args], { from: 'user' })
    return 0
  } catch (error) {
    // Commander has printed the error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (signal.aborted) return 130
    if (isBrokenPipe(error)) return 0
    if (!isExpected(error)) throw error
    stderr.write(`${error.message}\n`)
    return error instanceof BadUsage ? 2 : 1
  }
}

const programOf = (environment: CliEnvironment): Command => {
  const { env, stdin, stdout, stderr, signal, openLog, eventTypes, tryRules, logs } = environment
  const program = new Command('agora')
    .description('Operates a running Agora, replays its log, and moves it.')
    .option('--url <url>', 'URL of the Agora (AGORA_URL; default: the one on this machine)')
    .option('--email <email>', 'account to sign in with (ADMIN_EMAIL; default: the first admin)')
    .option('--password <password>', 'password of the account (ADMIN_PASSWORD)')
    .option('--token <token>', 'access token, instead of signing in (AGORA_TOKEN)')
    .addHelpText('after', '\n--version prints the version of Agora.')
    .exitOverride()
    .showHelpAfterError('See "agora --help".')
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
    })

  const urlOption = (): string | undefined =>
    program.opts<Global>().url ?? (env.AGORA_URL || undefined)
  const session = (): Session => {
    const options = program.opts<Global>()
    const url = urlOf(urlOption() ?? urlHere(env))
    return {
      client: client({
        url,
        signal,
        credentials: () => findCredentials(options, env, url),
        tokens: storedToken(dataFolder(env), url),
      }),
      out: (line) => void stdout.write(`${line}\n`),
      info: (line) => void stderr.write(`${line}\n`),
      stdout,
      confirm: (question) => confirm(question, { stdin, stderr, signal }),
      screen: stderr,
      signal,
    }
  }
  const json = () => new Option('--json', 'print JSON')

  program
    .command('projections')
    .description('list the read models with their state')
    .addOption(json())
    .action((options: Listing) => listProjections(session(), options))
  program
    .command('rebuild <name>')
    .description('build a new generation of a read model beside the live one, then switch')
    .option('--no-wait', 'do not wait until the rebuild is complete')
    .option('--shadow', 'compare both field by field, and wait for --switch')
    .option(
      '--allow-diff <number>',
      'compare both field by field, and switch if at most so many documents differ',
      wholeFromZero,
    )
    .option(
      '--ignore-fields <fields>',
      'with --shadow or --allow-diff: fields that may differ, as in total,items[].price',
      (text: string) => text.split(','),
    )
    .addOption(
      new Option('--switch', 'switch to the generation that is being built').conflicts(ofNewBuilds),
    )
    .addOption(
      new Option('--compare', 'compare a generation that waits again').conflicts([
        ...ofNewBuilds,
        'switch',
      ]),
    )
    .addOption(
      new Option('--discard', 'drop the generation that is being built').conflicts([
        ...ofNewBuilds,
        'switch',
        'compare',
      ]),
    )
    .action((name: string, options: RebuildOptions) => rebuildProjection(session(), name, options))
  program
    .command('audit [names...]')
    .description(
      'fold documents of read models again from the log, and compare them with the stored ones; exits with 1 on a difference',
    )
    .option('--all', 'audit all documents, not a sample of large read models')
    .addOption(json())
    .action((names: readonly string[], options: Listing & { readonly all?: true }) =>
      auditReadModels(session(), names, options),
    )
  for (const [verb, description] of [
    ['pause', 'pause a read model'],
    ['resume', 'resume a read model'],
  ] as const)
    program
      .command(`${verb} <name>`)
      .description(description)
      .action((name: string) => steerProjection(session(), verb, name))

  program
    .command('sagas')
    .description('list runs of sagas, latest change first')
    .addOption(
      new Option('--state <state>', 'only runs in this state').choices([
        'running',
        'ended',
        'parked',
      ]),
    )
    .option('--limit <count>', 'maximum number of runs', whole, 50)
    .addOption(json())
    .action((options: Listing & { readonly state?: string; readonly limit: number }) =>
      listSagas(session(), options),
    )
  program
    .command('saga <id>')
    .description('show the saga runs of one id, such as an order, move by move')
    .option('--retry', 'retry the runs, if they are parked')
    .addOption(json())
    .action((id: string, options: Listing & { readonly retry?: true }) =>
      options.retry ? retrySaga(session(), id) : showSaga(session(), id, options),
    )

  const letters = program
    .command('dead-letters')
    .description('list dead letters: what failed for good and waits for an operator')
    .addOption(json())
    .action((options: Listing) => listDeadLetters(session(), options))
  letters
    .command('retry <id>')
    .description('retry a dead letter')
    .action((id: string) => retryDeadLetter(session(), id))

  const bridges = program
    .command('bridges')
    .description('list the bridges to brokers, and the streams that they have parked')
    .addOption(json())
    .action((options: Listing) => listBridges(session(), options))
  bridges
    .command('retry <id>')
    .description('publish a parked stream again, from the refused event on')
    .action((id: string) => retryParkedStream(session(), id))
  bridges
    .command('skip <id> <position>')
    .description(
      'publish a parked stream without the refused event at a position, which receivers never get',
    )
    .option('--yes', 'do not ask for confirmation')
    .action((id: string, position: string, options: { readonly yes?: true }) =>
      skipRefusedEvent(session(), id, position, options),
    )

  const groups = program
    .command('groups')
    .description('list the persistent subscriptions of the EventStoreDB endpoint')
    .addOption(json())
    .action((options: Listing) => listGroups(session(), options))
  groups
    .command('replay <stream> <group>')
    .description('deliver the parked messages of a group on a stream, or on $all, again')
    .option('--limit <count>', 'maximum number of messages', whole)
    .action((stream: string, group: string, options: { readonly limit?: number }) =>
      replayGroup(session(), stream, group, options),
    )

  program
    .command('forget <user>')
    .description('erase a user (id, e-mail address or username) for good, with a receipt')
    .option('--yes', 'do not ask for confirmation')
    .addOption(json())
    .action((user: string, options: Listing & { readonly yes?: true }) =>
      forgetUser(session(), user, options),
    )

  program
    .command('rotate-keys')
    .description('replace the key that signs access tokens')
    .option('--revoke', 'for an emergency: access tokens of earlier keys become invalid at once')
    .option('--yes', 'with --revoke: do not ask for confirmation')
    .action((options: { readonly revoke?: true; readonly yes?: true }) =>
      rotateKeys(session(), options),
    )

  program
    .command('media')
    .description('maintain the files of users')
    .command('sweep')
    .description('remove bytes that no file has, as a crash within an upload leaves them')
    .option('--dry-run', 'count them only')
    .action((options: { readonly dryRun?: true }) => sweepMedia(session(), options))

  program
    .command('categories')
    .description('list the categories of streams')
    .addOption(json())
    .action((options: Listing) => listCategories(session(), options))
  program
    .command('streams')
    .description('list the streams of the log, oldest first')
    .option('--category <name>', 'only streams of this category')
    .option('--limit <count>', 'maximum number of streams', whole, 50)
    .addOption(json())
    .action((options: Listing & { readonly category?: string; readonly limit: number }) =>
      listStreams(session(), options),
    )

  addReplayCommands(program, {
    session,
    hasUrl: () => urlOption() !== undefined,
    access: { openLog, eventTypes, tryRules },
  })
  addLogCommands(program, { session, logs })
  return program
}
