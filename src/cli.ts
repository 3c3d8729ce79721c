import { onStopSignals } from './app/stop-signals.ts'
import { localSettings, UnreadableEnvFile, type LocalSettings } from './config/local-settings.ts'
import { misspeltVariables } from './config/misspelt.ts'
import { logsHere } from './cli-logs/logs-here.ts'
import { runCli } from './edges/cli/program.ts'

const interrupted = new AbortController()
onStopSignals(
  (name) => interrupted.abort(new Error(name)),
  () => process.exit(130),
)
// A closed output is handled where it is written to (EPIPE).
process.stdout.on('error', () => undefined)

const info = (line: string) => void process.stderr.write(`${line}\n`)

const run = ({ env }: LocalSettings): Promise<number> => {
  misspeltVariables(env).forEach(info)
  return runCli(process.argv.slice(2), {
    env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interrupted.signal,
    ...logsHere(env, info),
  })
}

try {
  process.exitCode = await run(localSettings(process.cwd()))
} catch (error) {
  if (!(error instanceof UnreadableEnvFile)) throw error
  info(error.message)
  process.exitCode = 1
}
