import { onStopSignals } from './app/stop-signals.ts'
import { logsHere } from './cli-logs/logs-here.ts'
import { runCli } from './edges/cli/program.ts'

const interrupted = new AbortController()
onStopSignals(
  (name) => interrupted.abort(new Error(name)),
  () => process.exit(130),
)
// A closed output is handled where it is written to (EPIPE).
process.stdout.on('error', () => undefined)

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupted.signal,
  ...logsHere(process.env, (line) => void process.stderr.write(`${line}\n`)),
})
