import { setTimeout as pause } from 'node:timers/promises'
import { Type, type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import type { Credentials } from './credentials.ts'
import { Failed } from './failure.ts'

/** Speaks to a running Agora over its public HTTP API. */
export type Client = {
  readonly url: string
  /** Whether an Agora answers at all. */
  readonly answers: () => Promise<boolean>
  /**
   * Sends a request as who we are, signing in where that is needed.
   * @param schema what the answer's `data` looks like
   * @param path below `/api/v1`
   * @throws Failed that says what is wrong, when it is not a success
   */
  readonly ask: <S extends TSchema>(
    schema: S,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
  ) => Promise<Static<S>>
  /** An access token of who we are. @throws Failed when we are not let in */
  readonly signIn: () => Promise<string>
}

/** A client that is to be somebody. */
export type ClientOptions = {
  readonly url: string
  /** Looked for only when they are needed. */
  readonly credentials: () => Promise<Credentials | undefined>
  /** Ends what is under way. */
  readonly signal?: AbortSignal
}

/** An answer is waited for so long, in ms. */
const patience = 60_000

const Envelope = Type.Object({ success: Type.Literal(true), data: Type.Unknown() })
const SignedIn = Type.Object({ tokens: Type.Object({ accessToken: Type.String() }) })
const ProblemBody = Type.Object({
  title: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
})
/** From a process that only the gateway may ask. */
const InternalOnly = Type.Object({ code: Type.Literal('internal_only'), detail: Type.String() })

const json = async (response: Response): Promise<unknown> => {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}

const howToSignIn =
  'Give --email and --password (or ADMIN_EMAIL and ADMIN_PASSWORD, or --token), or set AGORA_DATA to the folder of the Agora.'

/** Makes a client. It connects when it is first asked something. */
export const client = ({ url, credentials, signal }: ClientOptions): Client => {
  let token: string | undefined

  const reach = async (method: string, path: string, body?: object): Promise<Response> => {
    const timeout = AbortSignal.timeout(patience)
    try {
      return await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      })
    } catch (error) {
      if (signal?.aborted) throw error
      if (timeout.aborted)
        throw new Failed(`Agora at ${url} did not answer within ${patience / 1_000} s.`)
      throw new Failed(
        `No Agora answers at ${url}. Start one with "npm start", or name another one with --url.`,
        { cause: error },
      )
    }
  }

  /** Sends it until it is not put off for having been too much. */
  const send = async (method: string, path: string, body?: object): Promise<Response> => {
    for (;;) {
      const response = await reach(method, path, body)
      if (response.status !== 429) return response
      await response.body?.cancel()
      const seconds = Number(response.headers.get('retry-after')) || 1
      await pause(seconds * 1_000, undefined, signal && { signal })
    }
  }

  const signIn = async (): Promise<string> => {
    const found = await credentials()
    if (!found) {
      // Where nobody answers, it is no use to say who one is.
      await (await reach('GET', '/health/live')).body?.cancel()
      throw new Failed(`Agora at ${url} wants to know who you are. ${howToSignIn}`)
    }
    if ('token' in found) {
      token = found.token
      return token
    }
    token = undefined
    const response = await send('POST', '/auth/login', found)
    const body = await json(response)
    if (!Check(SignedIn, body))
      throw new Failed(
        response.status === 401
          ? `Agora at ${url} does not know ${found.email} by that password. ${howToSignIn}`
          : problemOf(response, body, url),
      )
    token = body.tokens.accessToken
    return token
  }

  return {
    url,
    signIn,

    answers: async () => {
      try {
        const response = await reach('GET', '/health/live')
        return Check(Envelope, await json(response))
      } catch (error) {
        if (signal?.aborted) throw error
        return false
      }
    },

    ask: async (schema, method, path, body) => {
      if (token === undefined) await signIn()
      let response = await send(method, path, body)
      // A token does not last for ever; what it was got with does.
      if (response.status === 401) {
        await response.body?.cancel()
        await signIn()
        response = await send(method, path, body)
      }
      const answer = await json(response)
      if (!response.ok) throw new Failed(problemOf(response, answer, url))
      if (!Check(Envelope, answer) || !Check(schema, answer.data))
        throw new Failed(`What answers at ${url} is no Agora of this version; see --url.`)
      return answer.data
    },
  }
}

const problemOf = ({ status }: Response, body: unknown, url: string): string => {
  if (status === 401) return `Agora at ${url} does not accept who you are. ${howToSignIn}`
  if (Check(InternalOnly, body))
    return `${body.detail} Name it with --url (or AGORA_URL); ${url} is not it.`
  if (status === 403)
    return 'You may not do this: sign in as an admin (an analyst may read the log).'
  if (!Check(ProblemBody, body)) return `What answers at ${url} is no Agora (status ${status}).`
  return body.detail ?? body.title ?? `Agora answered ${status}.`
}
