import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { promisify, stripVTControlCharacters } from 'node:util'
import { childEnv } from './child-env.ts'
import { logsHere } from '../../src/cli-logs/logs-here.ts'
import { runCli } from '../../src/edges/cli/program.ts'

/** The program behind `npx agora`. */
export const program = join(import.meta.dirname, '../../scripts/agora.mjs')

/** The outcome of a command. */
export type Outcome = {
  /** null when a signal ended it. */
  readonly code: number | null
  /** On standard output. */
  readonly out: string
  /** On standard error. */
  readonly stderr: string
}

/** Runs a command in a process of its own. @param cwd its working directory; this process's by default */
export const typed = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<Outcome> =>
  new Promise((resolve) => {
    const options = { ...(cwd !== undefined && { cwd }), env: { ...childEnv, ...env } }
    const child = execFile(process.execPath, [program, ...args], options, (_, out, stderr) =>
      resolve({ code: child.exitCode, out, stderr }),
    )
  })

/**
 * Runs commands one after the other in one process of its own: for those that load modules of users, which a worker of the tests
 * cannot. Without colours.
 */
export const typedTogether = async (
  commands: readonly (readonly string[])[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<readonly Outcome[]> => {
  const own = pathToFileURL(join(import.meta.dirname, 'cli.ts')).href
  const text = `
    import { ranHere } from ${JSON.stringify(own)}
    const outcomes = []
    for (const args of ${JSON.stringify(commands)}) outcomes.push(await ranHere(args, ${JSON.stringify(env)}))
    process.stdout.write(JSON.stringify(outcomes))`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', text],
    { cwd, env: { ...childEnv, NO_COLOR: '1' }, maxBuffer: 64 * 1024 * 1024 },
  )
  return JSON.parse(stdout)
}

/**
 * Runs a command in this process, which costs a hundredth of a process of its own, without colours. Commands that end by
 * a signal, or whose process matters otherwise, are `typed`.
 */
export const ranHere = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Outcome> => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const written = Promise.all([text(stdout), text(stderr)])
  const code = await runCli(args, {
    env,
    stdout,
    stderr,
    signal: new AbortController().signal,
    ...logsHere(env, (line) => void stderr.write(`${line}\n`)),
  })
  stdout.end()
  stderr.end()
  const [out, logged] = await written
  // Colours follow the terminal that the tests run in.
  return { code, out: stripVTControlCharacters(out), stderr: stripVTControlCharacters(logged) }
}
