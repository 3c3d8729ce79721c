/**
 * `npm run fuzz`: sends a running Agora valid and hostile requests, messages and calls, and prints what it must never answer;
 * `--help` lists the flags. Starts Agora on a PostgreSQL of its own.
 */
import { randomInt } from 'node:crypto'
import { onStopSignals } from '../../src/app/stop-signals.ts'
import { BadArguments } from '../support/bad-arguments.ts'
import { help, readArguments, type Arguments } from './arguments.ts'
import { reportOf } from './report.ts'
import { run } from './run.ts'
import { startServed } from './support/served.ts'

/** Runs the requested parts. @returns whether nothing was found */
const fuzz = async ({ parts: names, seed, requests }: Arguments): Promise<boolean> => {
  const started = performance.now()
  const progress = (line: string) =>
    console.error(`${((performance.now() - started) / 1_000).toFixed(0).padStart(5)} s  ${line}`)
  console.log(
    `Seed ${seed}: npm run fuzz -- --seed ${seed} --requests ${requests} --only ${names.join(',')}`,
  )
  await using served = await startServed()
  stopping.push(async () => served[Symbol.asyncDispose]())
  const result = await run(served, { names, seed, requests, progress })
  console.log(reportOf(result))
  return result.findings.length === 0
}

const stopping: (() => Promise<void>)[] = []
onStopSignals(
  () => void Promise.all(stopping.map((stop) => stop())).then(() => process.exit(130)),
  () => process.exit(130),
)
try {
  const options = readArguments(process.argv.slice(2), randomInt(2 ** 31 - 1))
  if (options) process.exitCode = (await fuzz(options)) ? 0 : 1
  else console.log(help)
} catch (error) {
  if (!(error instanceof BadArguments)) throw error
  console.error(error.message)
  process.exitCode = 2
}
