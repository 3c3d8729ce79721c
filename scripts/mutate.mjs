// Mutation testing by Stryker: `npm run mutate [-- rules|services|runtime|<file>.ts …]`. Prints the mutants that survive their
// tests, and the score by folder; by file, where files are named. Installs Stryker at the first run.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, matchesGlob } from 'node:path'
import { parts } from '../test/mutation/parts.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'test/mutation')
const packages = join(folder, 'node_modules/@stryker-mutator')

const run = (command, args, cwd, env = {}) => {
  const options = { cwd, stdio: 'inherit', env: { ...process.env, ...env } }
  const { status } = spawnSync(command, args, options)
  if (status !== 0) process.exit(status ?? 1)
}

const matches = (file, globs) => globs.some((glob) => matchesGlob(file, glob))

/** The named parts, and the parts of the named files with these files; all parts if there are no names. */
const chosenFrom = (names) =>
  Object.entries(parts).flatMap(([part, { mutate, spared }]) => {
    if (names.length === 0 || names.includes(part)) return [[part, []]]
    const files = names.filter((file) => matches(file, mutate) && !matches(file, spared))
    return files.length > 0 ? [[part, files]] : []
  })

/** A mutant with which a test file cannot even be imported is a `RuntimeError`. */
const killed = new Set(['Killed', 'Timeout', 'RuntimeError'])
const alive = new Set(['Survived', 'NoCoverage'])

/** Files with mutants that are counted as survivors, although Stryker ran none of the tests that cover them. */
const untested = new Set()

/** Adds the mutants of a part's last run to the counts of their folders, or of their files. */
const addCounts = (counts, part, nameOf) => {
  const report = JSON.parse(readFileSync(join(root, `.stryker-tmp/${part}.json`), 'utf8'))
  for (const [file, { mutants }] of Object.entries(report.files)) {
    const count = (counts[nameOf(file)] ??= { killed: 0, all: 0 })
    for (const { status, testsCompleted } of mutants) {
      if (status === 'Survived' && !testsCompleted) untested.add(file)
      if (killed.has(status)) count.killed++
      if (killed.has(status) || alive.has(status)) count.all++
    }
  }
}

const print = (name, { killed, all }) => {
  const score = all === 0 ? '–' : ((100 * killed) / all).toFixed(1)
  console.log(`${score.padStart(6)} % ${`${killed} of ${all}`.padStart(14)}  ${name}`)
}

const chosen = chosenFrom(process.argv.slice(2))
if (chosen.length === 0) {
  console.error(`Name one of ${Object.keys(parts).join(', ')}, or files of them.`)
  process.exit(2)
}
if (!existsSync(join(packages, 'vitest-runner'))) {
  // Stryker's runner takes our Vitest, and needs none of its own.
  run('npm', ['ci', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'], folder)
}

const counts = {}
for (const [part, files] of chosen) {
  const config = join(folder, 'stryker.config.mjs')
  const only = files.length > 0 ? ['--mutate', files.join(',')] : []
  const args = [join(packages, 'core/bin/stryker.js'), 'run', config, ...only]
  run(process.execPath, args, root, { MUTATED_PART: part })
  addCounts(counts, part, files.length > 0 ? (file) => file : dirname)
}

console.log('\nMutants killed:')
for (const name of Object.keys(counts).toSorted()) print(name, counts[name])
const sum = (key) => Object.values(counts).reduce((total, count) => total + count[key], 0)
print('in total', { killed: sum('killed'), all: sum('all') })
for (const file of untested) console.log(`Not measured, as no test was run: ${file}. Run it alone.`)
