import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const { version, scripts }: { version: string; scripts: Record<string, string> } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
)
const { answerOf }: { answerOf: (file: string, args: readonly string[]) => string | undefined } =
  await import(pathToFileURL(join(root, 'scripts/launcher.mjs')).href)

const answer = (program: string, ...args: readonly string[]) => answerOf(join(root, program), args)

/** Programs that print their own help. */
const ownHelp = [
  'src/main.ts',
  'src/cli.ts',
  'bench/main.ts',
  'test/soak/main.ts',
  'test/fuzz/main.ts',
]

/** The programs of the npm scripts, without those of others. */
const programs = [
  'src/cli.ts',
  ...Object.values(scripts).flatMap((script) => {
    const [, program = ''] =
      /^exec node scripts\/run\.mjs ((?:src|bench|test|scripts)\S+)/.exec(script) ?? []
    return program ? [program] : []
  }),
]

test.each(programs)('%s answers --version and --help', (program) => {
  expect(answer(program, '--version')).toBe(version)
  expect(answer(program, 'replay', '--version')).toBe(version)
  const help = ownHelp.includes(program) ? /^$/ : /^npm run [a-z-]+.*: /
  for (const flag of ['--help', '-h']) expect(answer(program, flag) ?? '').toMatch(help)
})

test('every other command line is left to the program', () => {
  expect(programs.length).toBeGreaterThan(6)
  expect(answer('src/main.ts', '--roles', 'api')).toBeUndefined()
  expect(answer('src/cli.ts', 'forget', '--', '--version')).toBeUndefined()
  expect(answer('node_modules/vitest/vitest.mjs', '--version')).toBeUndefined()
})
