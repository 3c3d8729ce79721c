import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { client, type Client } from '../edges/cli/client.ts'
import { findCredentials } from '../edges/cli/credentials.ts'
import { Failed } from '../edges/cli/failure.ts'

/** An Agora for the demo, with a client of an admin. */
export type Stage = AsyncDisposable & {
  readonly admin: Client
  /** Whether it was started for the demo, and stops with it. */
  readonly own: boolean
}

type Env = Readonly<Record<string, string | undefined>>

const root = join(import.meta.dirname, '../..')

/** Maximum times of starting and stopping, in ms. */
const timeouts = { start: 60_000, stop: 10_000 }

/** Returns the URL of a log line that reports readiness; undefined for other lines. */
const readyAt = (line: string): string | undefined =>
  line.includes('Agora is ready') ? /"url":"([^"]+)"/.exec(line)?.[1] : undefined

/** Starts an Agora with its own folder and port. It ends with this process, however that ends. */
const startOwn = async (env: Env, signal: AbortSignal): Promise<Stage> => {
  await using parts = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'agora-demo-'))
  parts.defer(() => rm(folder, { recursive: true, force: true }))
  const credentials = { email: 'admin@agora.example', password: 'only for this demo' }
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
        AGORA_ENV_FILE: 'off',
        AGORA_DATA: folder,
        PORT: '0',
        RATE_LIMIT: 'off',
        ADMIN_EMAIL: credentials.email,
        ADMIN_PASSWORD: credentials.password,
      },
    },
  )
  const exited = once(child, 'exit')
  parts.defer(async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), timeouts.stop)
    await exited
    clearTimeout(timer)
  })

  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const ready = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = readyAt(line)
      if (url) resolve(url)
    })
    const fail = (why: string) => reject(new Failed(`Agora could not be started: ${why}`))
    child.once('exit', (code) => fail(errors.trim() || `it ended with ${code}.`))
    setTimeout(() => fail('it was not ready within a minute.'), timeouts.start).unref()
    signal.addEventListener('abort', () => fail('interrupted.'))
  })
  const url = await ready
  const everything = parts.move()
  return {
    admin: client({ url, signal, credentials: async () => credentials }),
    own: true,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

/**
 * Connects to the Agora of AGORA_URL, or to one on this machine that accepts the credentials; else starts one.
 * @param signal aborts the start
 * @throws Failed when the Agora of AGORA_URL does not answer or rejects the credentials
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
