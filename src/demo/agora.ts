import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { client, type Client } from '../edges/cli/client.ts'
import { findCredentials } from '../edges/cli/credentials.ts'
import { Failed } from '../edges/cli/failure.ts'

/** An Agora to tell stories about, with somebody who may set the stage. */
export type Stage = AsyncDisposable & {
  readonly admin: Client
  /** Whether it was started for the demo, and ends with it. */
  readonly own: boolean
}

type Env = Readonly<Record<string, string | undefined>>

const root = join(import.meta.dirname, '../..')

/** How long it may take to start and to stop, in ms. */
const patience = { start: 60_000, stop: 10_000 }

/** Where a program says that it is ready, among what it logs. */
const readyAt = (line: string): string | undefined =>
  line.includes('Agora is ready') ? /"url":"([^"]+)"/.exec(line)?.[1] : undefined

/** Starts an Agora on a folder and a port of its own, on nothing else. It dies with this process, however that ends. */
const startOwn = async (env: Env, signal: AbortSignal): Promise<Stage> => {
  await using parts = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'agora-demo-'))
  parts.defer(() => rm(folder, { recursive: true, force: true }))
  const who = { email: 'admin@agora.example', password: 'only for this demo' }
  const child = spawn(
    process.execPath,
    [join(root, 'scripts/run.mjs'), join(root, 'src/main.ts')],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: env.PATH,
        HOME: env.HOME,
        AGORA_LAUNCHER_PID: String(process.pid),
        AGORA_DATA: folder,
        PORT: '0',
        RATE_LIMIT: 'off',
        ADMIN_EMAIL: who.email,
        ADMIN_PASSWORD: who.password,
      },
    },
  )
  const exited = once(child, 'exit')
  parts.defer(async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), patience.stop)
    await exited
    clearTimeout(timer)
  })

  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ready = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = readyAt(line)
      if (url) resolve(url)
    })
    const giveUp = (why: string) => reject(new Failed(`Agora could not be started: ${why}`))
    child.once('exit', (code) => giveUp(said.trim() || `it ended with ${code}.`))
    setTimeout(() => giveUp('it was not ready within a minute.'), patience.start).unref()
    signal.addEventListener('abort', () => giveUp('interrupted.'))
  })
  const url = await ready
  const everything = parts.move()
  return {
    admin: client({ url, signal, credentials: async () => who }),
    own: true,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

/**
 * Finds the Agora that AGORA_URL names, or the one that runs on this machine and lets us in; else starts one.
 * @param signal ends it early
 * @throws Failed when the one that was named is not there or does not let us in
 */
export const openStage = async (env: Env, signal: AbortSignal): Promise<Stage> => {
  const url = env.AGORA_URL || `http://127.0.0.1:${env.PORT || 3000}`
  const admin = client({ url, signal, credentials: () => findCredentials({}, env, url) })
  const stage: Stage = { admin, own: false, [Symbol.asyncDispose]: async () => undefined }
  if (env.AGORA_URL) {
    await admin.signIn()
    return stage
  }
  const isOpen =
    (await admin.answers()) &&
    (await admin.signIn().then(
      () => true,
      () => false,
    ))
  return isOpen ? stage : startOwn(env, signal)
}
