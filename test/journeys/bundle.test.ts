import { execFile, type ExecFileException } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { temporaryData } from '../support/agora.ts'
import { bundleOf } from '../support/bundle.ts'

const root = join(import.meta.dirname, '../..')
const launcher = pathToFileURL(join(root, 'scripts/bundle.mjs')).href
const maker = join(root, 'scripts/make-bundle.mjs')

/** Runs Node. @returns its exit code and output */
const node = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  new Promise<{ readonly code: unknown; readonly printed: string; readonly stderr: string }>(
    (done) =>
      execFile(
        process.execPath,
        [...args],
        { env: { PATH: process.env.PATH, ...env }, timeout: 60_000 },
        (error: ExecFileException | null, printed, stderr) =>
          done({ code: error?.code ?? 0, printed, stderr }),
      ),
  )

/** A program of two modules that says where it lies, and the word that the other module exports. */
const smallProgram = async (folder: string) => {
  await mkdir(folder, { recursive: true })
  const program = join(folder, 'program.ts')
  const other = join(folder, 'word.ts')
  await writeFile(
    program,
    `import { channel } from 'node:diagnostics_channel'
     import { fail, word } from './word.ts'
     const from: string = import.meta.url === undefined ? 'nowhere' : import.meta.dirname
     console.log(JSON.stringify({ word, from }))
     if (process.env.FAIL) fail()
     channel('agora:served').publish(undefined)
     if (process.env.UNTIL) {
       const { existsSync } = await import('node:fs')
       while (!existsSync(process.env.UNTIL)) await new Promise((again) => setTimeout(again, 20))
     }`,
  )
  const say = (word: string) =>
    writeFile(
      other,
      `export const word = '${word}'\nexport const fail = (): never => { throw new Error('no') }\n`,
    )
  await say('first')
  return { program, other, say, bundles: join(folder, 'bundles') }
}

type Small = Awaited<ReturnType<typeof smallProgram>>

const make = async ({ program, bundles }: Small) => {
  const { code, stderr } = await node([maker, program, bundles])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}

/** Starts the program as the launcher does. @returns its output, and whether it was started from a bundle */
const start = async (
  { program, bundles }: Pick<Small, 'program' | 'bundles'>,
  { env = {}, flags = [] }: { env?: NodeJS.ProcessEnv; flags?: readonly string[] } = {},
) => {
  const script = `
    const { withBundle } = await import(${JSON.stringify(launcher)})
    const [program, folder] = ${JSON.stringify([program, bundles])}
    const file = withBundle(program, { folder, program })
    console.log(JSON.stringify({ bundled: file !== program }))
    await import(file)`
  const ended = await node([...flags, '--input-type=module', '--eval', script], env)
  const lines = ended.printed.split('\n').filter(Boolean)
  const printed: Record<string, unknown> = Object.assign(
    {},
    ...lines.map((line) => JSON.parse(line)),
  )
  return { ...printed, code: ended.code, stderr: ended.stderr }
}

describe('a bundle', () => {
  it('is what a start imports, and does what its sources do', async () => {
    await using data = await temporaryData()
    const small = await smallProgram(data.path)
    const fromSources = await start(small)
    expect(fromSources).toMatchObject({ bundled: false, word: 'first', from: data.path, code: 0 })
    await make(small)
    expect(await start(small)).toEqual({ ...fromSources, bundled: true })
  })

  it('is made once the program serves, for the next start', async () => {
    await using data = await temporaryData()
    const small = await smallProgram(data.path)
    const until = join(small.bundles, 'manifest.json')
    expect(await start(small, { env: { UNTIL: until } })).toMatchObject({ bundled: false, code: 0 })
    expect(await start(small)).toMatchObject({ bundled: true, word: 'first' })
  })

  it('is skipped once a source has changed, whatever its size and time', async () => {
    await using data = await temporaryData()
    const small = await smallProgram(data.path)
    const asIf = () => utimes(small.other, 1_700_000_000, 1_700_000_000)
    await asIf()
    await make(small)
    await small.say('other')
    await asIf()
    expect(await start(small)).toMatchObject({ bundled: false, word: 'other' })
    await make(small)
    expect(await start(small)).toMatchObject({ bundled: true, word: 'other' })
    await rm(small.other)
    expect(await start(small)).toMatchObject({ bundled: false, code: 1 })
  })

  it('is skipped by the same program of another checkout that shares the folder', async () => {
    await using data = await temporaryData()
    const small = await smallProgram(join(data.path, 'one'))
    await make(small)
    const copy = join(data.path, 'two')
    await cp(join(data.path, 'one'), copy, { recursive: true })
    await writeFile(
      join(copy, 'word.ts'),
      `export const word = 'two'\nexport const fail = () => {}\n`,
    )
    const there = { ...small, program: join(copy, 'program.ts') }
    expect(await start(there)).toMatchObject({ bundled: false, word: 'two', from: copy })
  })

  it.each<[string, (bundles: string, made: string) => Promise<void>]>([
    ['cut short', (_, made) => truncate(join(made, 'main.mjs'), 10)],
    ['overwritten', async (_, made) => writeFile(join(made, 'main.mjs'), 'throw new Error()')],
    ['incomplete', (_, made) => rm(join(made, 'main.mjs'))],
    ['described by rubbish', (bundles) => writeFile(join(bundles, 'manifest.json'), '{"format":1')],
  ])('that is %s is skipped, and made again', async (_, breakIt) => {
    await using data = await temporaryData()
    const small = await smallProgram(data.path)
    await make(small)
    const [made = ''] = (await readdir(small.bundles)).filter((name) => name.startsWith('made-'))
    await breakIt(small.bundles, join(small.bundles, made))
    expect(await start(small)).toMatchObject({ bundled: false, word: 'first', code: 0 })
    await make(small)
    expect(await start(small)).toMatchObject({ bundled: true, word: 'first', code: 0 })
  })

  it('may be made and used by several processes at once', async () => {
    await using data = await temporaryData()
    const small = await smallProgram(data.path)
    const makers = Promise.all([1, 2, 3].map(() => make(small)))
    const starts = await Promise.all([1, 2, 3, 4].map(() => start(small)))
    await makers
    for (const one of [...starts, await start(small)])
      expect(one).toMatchObject({ word: 'first', code: 0, stderr: '' })
    expect(await start(small)).toMatchObject({ bundled: true })
  })

  it('is skipped where its folder cannot be written', async () => {
    await using data = await temporaryData()
    const small = await smallProgram(data.path)
    await writeFile(join(data.path, 'file'), '')
    const bundles = join(data.path, 'file', 'bundles')
    expect(await start({ ...small, bundles })).toMatchObject({
      bundled: false,
      code: 0,
      stderr: '',
    })
  })

  it('is skipped where a flag observes loaded modules, or AGORA_BUNDLE is off', async () => {
    await using data = await temporaryData()
    const small = await smallProgram(data.path)
    await make(small)
    const watched = ['--import', 'data:text/javascript,']
    expect(await start(small, { flags: watched })).toMatchObject({ bundled: false })
    expect(
      await start(small, { env: { NODE_OPTIONS: '--import data:text/javascript,' } }),
    ).toMatchObject({ bundled: false })
    expect(await start(small, { env: { AGORA_BUNDLE: 'off' } })).toMatchObject({ bundled: false })
  })

  it('names the lines of its sources in stacks', async () => {
    await using data = await temporaryData()
    const small = await smallProgram(data.path)
    await make(small)
    const failed = await start(small, { env: { FAIL: '1' } })
    expect(failed).toMatchObject({ bundled: true, code: 1 })
    expect(failed.stderr).toContain('Error: no\n')
    expect(failed.stderr).toMatch(/at fail \(file:\/\/.*\/word\.ts:2:\d+\)/)
    expect(failed.stderr).toMatch(/at .*\/program\.ts:5:\d+/)
  })
})

it.runIf(process.platform === 'linux')(
  'where memory runs out, the maker ends before the Agora that it makes a bundle for',
  async () => {
    await using data = await temporaryData()
    const { program, bundles } = await smallProgram(join(data.path, 'scarce'))
    const hook = `import { readFileSync } from 'node:fs'
      process.on('exit', () => console.log(readFileSync('/proc/self/oom_score_adj', 'utf8')))`
    const look = `data:text/javascript,${encodeURIComponent(hook)}`
    const { code, printed } = await node(['--import', look, maker, program, bundles])
    expect({ code, adjusted: printed.trim() }).toEqual({ code: 0, adjusted: '1000' })
  },
)

it('Agora starts and serves from a bundle as from its sources, in few files', async () => {
  await using agora = await bundleOf()
  const { shop, url } = agora
  const piece = await shop.sell(5)
  const buyer = await shop.register()
  const order = await buyer.buy({ [piece]: 2 })
  expect((await buyer.settled(order)).status).toBe('CONFIRMED')
  // What is read from files beside the code.
  for (const [path, holds] of [
    ['/docs/', 'swagger-ui'],
    ['/docs/static/swagger-ui.css', '.swagger-ui'],
    ['/docs/json', '"openapi":"3.1.0"'],
    ['/docs/yaml', 'openapi: 3.1.0'],
    ['/metrics', 'agora_'],
  ] as const) {
    const answer = await fetch(`${url}${path}`)
    expect({ path, status: answer.status }).toEqual({ path, status: 200 })
    expect(await answer.text()).toContain(holds)
  }
  expect((await agora.stop()).code).toBe(0)
  const loaded = (await readFile(agora.loaded, 'utf8')).split('\n')
  const files = loaded.filter((url) => !url.startsWith('node:'))
  expect(files.some((url) => url.includes('/agora-bundle'))).toBe(true)
  // Sources besides would be second copies of what the bundle holds.
  expect(files.filter((url) => url.includes('/src/'))).toEqual([])
  expect(files.length, files.join('\n')).toBeLessThanOrEqual(60)
})
