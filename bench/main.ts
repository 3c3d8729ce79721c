/**
 * `npm run bench`: measures Agora relative to references on the same machine; `--help` lists parts and flags. Runs every
 * part on a PostgreSQL of its own with the product's durable settings, prints a table and writes
 * `bench/results/<time>.json`. A missed goal is reported, but is no failure, as the machine may be busy.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { onStopSignals } from '../src/app/stop-signals.ts'
import { startEmbeddedPostgres } from '../src/platform/engines/embedded/embedded-postgres.ts'
import { compare } from './compare/compare.ts'
import { BadArguments } from '../test/support/bad-arguments.ts'
import { help, readArguments, type Arguments } from './support/arguments.ts'
import type { Setting } from './support/bench.ts'
import { cpuOf, cpuOfMachine, share } from './support/cpu.ts'
import { machine } from './support/machine.ts'
import { table } from './support/measure.ts'
import { hottest } from './support/profile.ts'
import type { Measured, Result } from './support/result.ts'
import { runPart } from './support/run-part.ts'
import { speedOf } from './support/speed.ts'

const result = join(
  import.meta.dirname,
  'results',
  new Date().toISOString().replaceAll(':', '-').slice(0, 19),
)

/** Prints the functions that took most time in each profile. */
const printProfiles = async (): Promise<void> => {
  const files = (await readdir(dirname(result))).filter(
    (file) => file.startsWith(basename(result)) && file.endsWith('.cpuprofile'),
  )
  for (const file of files.toSorted()) {
    console.log(`\n${file}`)
    const profile = JSON.parse(await readFile(join(dirname(result), file), 'utf8'))
    for (const line of hottest(profile)) console.log(line)
  }
}

const save = async (content: object): Promise<void> => {
  await writeFile(`${result}.json`, `${JSON.stringify(content, null, 2)}\n`)
  console.log(`Written to ${join('bench/results', `${basename(result)}.json`)}`)
}

/** Runs the parts one after the other and prints each. */
const measure = async (
  { log, parts, quick }: Arguments,
  setting: Setting,
  signal: AbortSignal,
): Promise<void> => {
  const started = performance.now()
  const measured: Measured[] = []
  for (const part of parts) {
    const speed = speedOf()
    const since = performance.now()
    const ours = cpuOf(process.pid)
    const all = cpuOfMachine()
    const measures = await runPart(part, log, setting, signal)
    const seconds = (performance.now() - since) / 1_000
    const others = share(Math.max(0, cpuOfMachine() - all - (cpuOf(process.pid) - ours)), seconds)
    measured.push({ part: part.name, title: part.title, seconds, others, speed, measures })
    console.log(
      `\n${part.title} (took ${seconds.toFixed(0)} s; other programs meanwhile: ${others} of a core)\n`,
    )
    console.log(table(measures))
  }

  const about = await machine(setting.postgresUrl)
  const goals = measured.flatMap(({ measures }) => measures.flatMap(({ goal }) => goal ?? []))
  const missed = goals.filter(({ met }) => !met).length
  const took = (performance.now() - started) / 1_000
  console.log(
    `\n${goals.length - missed} of ${goals.length} goals met, in ${took.toFixed(0)} s${quick ? ' (quick: not to be relied on)' : ''}`,
  )
  console.log(Object.values(about).join(', '))
  const content: Result = {
    at: new Date().toISOString(),
    log,
    quick,
    machine: about,
    parts: measured,
  }
  await save(content)
}

/** Runs the requested parts on a temporary PostgreSQL. */
const run = async (options: Arguments, signal: AbortSignal): Promise<void> => {
  await mkdir(dirname(result), { recursive: true })
  const folder = await mkdtemp(join(tmpdir(), 'agora-bench-'))
  try {
    await using postgres = await startEmbeddedPostgres({ folder: join(folder, 'run') })
    const setting: Setting = {
      postgresUrl: postgres.url,
      postgresPid: postgres.pid,
      folder,
      quick: options.quick,
      ...(options.profile && { profiles: result }),
    }
    if (options.compare === undefined) await measure(options, setting, signal)
    else await save(await compare({ ...options, compare: options.compare }, setting, signal))
    if (options.profile) await printProfiles()
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}

const stop = new AbortController()
onStopSignals(
  () => stop.abort(),
  () => process.exit(130),
)
try {
  const options = readArguments(process.argv.slice(2))
  if (options) await run(options, stop.signal)
  else console.log(help())
} catch (error) {
  if (error instanceof BadArguments) {
    console.error(error.message)
    process.exitCode = 2
  } else if (stop.signal.aborted) process.exitCode = 130
  else throw error
}
