/**
 * `npm run soak -- --hours N`: mixed traffic of all contexts against an Agora of several processes, with kills and
 * outages; then the books are checked: what was acknowledged is there, each exactly once. `--help` lists the flags.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onStopSignals } from '../../src/app/stop-signals.ts'
import { BadArguments } from '../support/bad-arguments.ts'
import { help, readArguments } from './arguments.ts'
import { inWords, isGood } from './report.ts'
import { soak } from './soak.ts'

const stop = new AbortController()
onStopSignals(
  () => stop.abort(),
  () => process.exit(130),
)
try {
  const options = readArguments(process.argv.slice(2), Date.now() % 1_000_000)
  if (options) {
    const folder = await mkdtemp(join(tmpdir(), 'agora-soak-'))
    const time = new Date().toISOString().replaceAll(':', '-').slice(0, 19)
    const base = options.report ?? join(tmpdir(), `soak-${time}`)
    let isWell = false
    try {
      const report = await soak(options, folder, stop.signal, (line) => console.log(line))
      isWell = isGood(report)
      await writeFile(`${base}.json`, `${JSON.stringify(report, null, 2)}\n`)
      await writeFile(`${base}.txt`, `${inWords(report)}\n`)
      console.log(`\n${inWords(report)}\n\nWritten to ${base}.json and ${base}.txt`)
    } finally {
      // The logs of a run that found something are left for a look.
      if (isWell)
        await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
      else console.log(`The logs of the processes are in ${folder}`)
    }
    process.exitCode = isWell ? 0 : 1
  } else console.log(help)
} catch (error) {
  if (!(error instanceof BadArguments)) throw error
  console.error(error.message)
  process.exitCode = 2
}
