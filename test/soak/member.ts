import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Reply } from '../support/http.ts'
import { callAt } from '../support/shop.ts'
import { uploadTo } from '../support/upload.ts'
import type { Answered, Member, PatientCall } from './world.ts'

/** Where members send requests, and what is noted of the answers. */
export type Doors = {
  /** URLs of the processes that are up, as far as is known. */
  readonly urls: () => readonly string[]
  /** Counts by status; 0 for no answer. */
  readonly statuses: Map<number, number>
  /** Called with an answer that no outage explains: a 500. */
  readonly onFault: (what: string, answer: Reply) => void
}

/** Time without a definite answer after which a request is given up, in ms. */
const patience = 600_000
/** Time for one answer, in ms: longer than Agora's own limits. */
const answerWithin = 60_000

/** Refusals that say nothing about the request: it is sent again under its key. */
const passing = new Set(['conflict', 'request_in_progress', 'too_many_attempts'])

let turn = 0

const within = <T>(work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    pause(answerWithin, undefined, { ref: false }).then(() => {
      throw new Error('No answer in time')
    }),
  ])

/** Sends until there is a definite answer. @param send to one process */
const definite = async (
  { urls, statuses, onFault }: Doors,
  what: string,
  send: (url: string) => Promise<Reply>,
): Promise<Answered> => {
  const since = performance.now()
  for (let tries = 1; performance.now() - since < patience; tries += 1) {
    const all = urls()
    turn += 1
    const url = all[turn % Math.max(1, all.length)]
    const reply = url && (await within(send(url)).catch(() => undefined))
    const status = reply ? reply.status : 0
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (reply && status < 500 && status !== 429 && !passing.has(reply.body?.code))
      return { ...reply, tries }
    if (reply && status === 500) onFault(what, reply)
    await pause(Math.min(1_000, 50 * tries))
  }
  throw new Error(`${what} had no definite answer in ten minutes`)
}

/** Calls without an account. */
export const anybody =
  (doors: Doors): PatientCall =>
  (method, path, body) => {
    const key = { 'idempotency-key': randomUUID() }
    return definite(doors, `${method} ${path}`, (url) => callAt(url)(method, path, body, key))
  }

/** Someone who signs in whenever their token is no longer good. */
export const memberOf = async (
  doors: Doors,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<Member> => {
  const anyone = anybody(doors)
  const signIn = async () => {
    const answer = await anyone('POST', '/auth/login', { email, password })
    if (answer.status !== 200) throw new Error(`${email} cannot sign in: ${answer.text}`)
    const { data, tokens } = answer.body
    return { id: String(data.userId), token: String(tokens.accessToken), at: performance.now() }
  }
  let session = await signIn()
  let signingIn: Promise<void> | undefined
  /** Access tokens are good for fifteen minutes. */
  const token = async (): Promise<string> => {
    if (performance.now() - session.at > 600_000)
      await (signingIn ??= signIn().then((next) => {
        session = next
        signingIn = undefined
      }))
    return session.token
  }
  const call: PatientCall = async (method, path, body) => {
    const key = { ...(method === 'POST' && { 'idempotency-key': randomUUID() }) }
    const good = await token()
    return definite(doors, `${method} ${path}`, (url) => callAt(url, good)(method, path, body, key))
  }
  return {
    id: session.id,
    email,
    call,
    token,
    upload: async (file) => {
      const key = { 'idempotency-key': randomUUID() }
      const good = await token()
      return definite(doors, 'POST /media/upload', async (url) => {
        const { status, body } = await uploadTo(`${url}/api/v1`, good, [file], key)
        return { status, body, text: JSON.stringify(body), headers: {} }
      })
    },
    bytes: async (path) => {
      const good = await token()
      let bytes: Buffer = Buffer.alloc(0)
      const answer = await definite(doors, `GET ${path}`, async (url) => {
        const headers = { authorization: `Bearer ${good}` }
        const got = await fetch(`${url}/api/v1${path}`, { headers })
        bytes = Buffer.from(await got.arrayBuffer())
        return { status: got.status, body: undefined, text: '', headers: {} }
      })
      if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status}`)
      return bytes
    },
  }
}
