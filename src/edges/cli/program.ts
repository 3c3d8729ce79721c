import type { Readable, Writable } from 'node:stream'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { Unavailable } from '../../platform/unavailable.ts'
import { client } from './client.ts'
import { confirm } from './confirm.ts'
import { findCredentials, urlHere, type Said } from './credentials.ts'
import { listDeadLetters, retryDeadLetter } from './dead-letters.ts'
import { BadUsage, Failed } from './failure.ts'
import { forgetUser } from './forget.ts'
import { addLogCommands, type Logs } from './log-commands.ts'
import { listProjections, steerProjection } from './projections.ts'
import { rebuildProjection } from './rebuild.ts'
import { addReplayCommands } from './replay-commands.ts'
import type { OpenLog } from './replay-open.ts'
import { rotateKeys } from './rotate-keys.ts'
import { listSagas, retrySaga, showSaga } from './sagas.ts'
import type { Session } from './session.ts'
import { listCategories, listStreams } from './streams.ts'

/** What the CLI finds around it. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Writable
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  /** Where answers of a person come from, if one may be there. */
  readonly stdin?: Readable & { readonly isTTY?: boolean }
  /** Ends a command early. */
  readonly signal: AbortSignal
  readonly openLog: OpenLog
  readonly logs: Logs
}

type Global = Said & { readonly url?: string }

const whole = (text: string): number => {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It is a number from 1 on.')
  return Number(text)
}

const urlOf = (text: string): string => {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new BadUsage(`"${text}" is no URL of an Agora; they look like http://127.0.0.1:3000.`)
  return text.replace(/\/+$/, '')
}

/** Whether whoever read what we write is gone, as with `| head`. */
const isGone = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED')

const isExpected = (error: unknown): error is Error =>
  error instanceof Failed || error instanceof BadUsage || error instanceof Unavailable

type Listing = { readonly json?: boolean }

/**
 * Runs one command of the CLI.
 * @param args what was typed behind `agora`
 * @returns the exit code: 0 done, 1 failed, 2 cannot be meant, 130 interrupted
 */
export const runCli = async (
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> => {
  const { stderr, signal } = surroundings
  try {
    await programOf(surroundings).parseAsync([...args], { from: 'user' })
    return 0
  } catch (error) {
    // Commander has said what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (signal.aborted) return 130
    if (isGone(error)) return 0
    if (!isExpected(error)) throw error
    stderr.write(`${error.message}\n`)
    return error instanceof BadUsage ? 2 : 1
  }
}

const programOf = (surroundings: Surroundings): Command => {
  const { env, stdin, stdout, stderr, signal, openLog, logs } = surroundings
  const program = new Command('agora')
    .description('Operates a running Agora, replays its log, and moves it.')
    .option('--url <url>', 'the Agora to speak to (AGORA_URL; default: the one on this machine)')
    .option('--email <email>', 'whom to sign in as (ADMIN_EMAIL; default: the first admin)')
    .option('--password <password>', 'by which password (ADMIN_PASSWORD)')
    .option('--token <token>', 'an access token instead (AGORA_TOKEN)')
    .exitOverride()
    .showHelpAfterError('See "agora --help".')
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
    })

  const named = (): string | undefined => program.opts<Global>().url ?? (env.AGORA_URL || undefined)
  const session = (): Session => {
    const said = program.opts<Global>()
    const url = urlOf(named() ?? urlHere(env))
    return {
      client: client({ url, signal, credentials: () => findCredentials(said, env, url) }),
      out: (line) => void stdout.write(`${line}\n`),
      say: (line) => void stderr.write(`${line}\n`),
      stdout,
      confirm: (question) => confirm(question, { stdin, stderr, signal }),
      screen: stderr,
      signal,
    }
  }
  const json = () => new Option('--json', 'for programs')

  program
    .command('projections')
    .description('how the read models are doing')
    .addOption(json())
    .action((options: Listing) => listProjections(session(), options))
  program
    .command('rebuild <name>')
    .description('build a read model anew beside the live one, then switch')
    .option('--no-wait', 'do not watch until it is done')
    .action((name: string, options: { readonly wait: boolean }) =>
      rebuildProjection(session(), name, options),
    )
  for (const [verb, description] of [
    ['pause', 'let a read model rest'],
    ['resume', 'let a read model go on'],
  ] as const)
    program
      .command(`${verb} <name>`)
      .description(description)
      .action((name: string) => steerProjection(session(), verb, name))

  program
    .command('sagas')
    .description('runs of sagas, the latest change first')
    .addOption(new Option('--state <state>', 'only these').choices(['running', 'ended', 'parked']))
    .option('--limit <count>', 'at most so many', whole, 50)
    .addOption(json())
    .action((options: Listing & { readonly state?: string; readonly limit: number }) =>
      listSagas(session(), options),
    )
  program
    .command('saga <id>')
    .description('the saga about one thing, such as an order, move by move')
    .option('--retry', 'let it go on, if it is parked')
    .addOption(json())
    .action((id: string, options: Listing & { readonly retry?: true }) =>
      options.retry ? retrySaga(session(), id) : showSaga(session(), id, options),
    )

  const letters = program
    .command('dead-letters')
    .description('what failed and waits for a person')
    .addOption(json())
    .action((options: Listing) => listDeadLetters(session(), options))
  letters
    .command('retry <id>')
    .description('try it again')
    .action((id: string) => retryDeadLetter(session(), id))

  program
    .command('forget <user>')
    .description('forget somebody for good (by id, e-mail address or username), with a receipt')
    .option('--yes', 'do not ask whether it is meant')
    .addOption(json())
    .action((user: string, options: Listing & { readonly yes?: true }) =>
      forgetUser(session(), user, options),
    )

  program
    .command('rotate-keys')
    .description('replace the key that access tokens are signed with')
    .option('--revoke', 'for an emergency: access tokens of earlier keys end at once')
    .option('--yes', 'with --revoke: do not ask whether it is meant')
    .action((options: { readonly revoke?: true; readonly yes?: true }) =>
      rotateKeys(session(), options),
    )

  program
    .command('categories')
    .description('the categories of streams')
    .addOption(json())
    .action((options: Listing) => listCategories(session(), options))
  program
    .command('streams')
    .description('the streams of the log, oldest first')
    .option('--category <name>', 'only of this category')
    .option('--limit <count>', 'at most so many', whole, 50)
    .addOption(json())
    .action((options: Listing & { readonly category?: string; readonly limit: number }) =>
      listStreams(session(), options),
    )

  addReplayCommands(program, { session, named: () => named() !== undefined, openLog })
  addLogCommands(program, { session, logs })
  return program
}
