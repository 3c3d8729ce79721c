import { setTimeout as pause } from 'node:timers/promises'
import { Type, type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { connectionReasons } from '#kernel/connection-reasons'
import type { Credentials } from './credentials.ts'
import { Failed } from './failure.ts'
import type { TokenStore } from './stored-token.ts'

/** Client of a running Agora's public HTTP API. */
export type Client = {
  readonly url: string
  /** Whether an Agora answers at the URL. */
  readonly answers: () => Promise<boolean>
  /**
   * Sends an authenticated request; signs in first where that is needed.
   * @param schema of the answer's `data`
   * @param path below `/api/v1`
   * @throws Failed with an explanation, when the answer is not a success
   */
  readonly call: <S extends TSchema>(
    schema: S,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
  ) => Promise<Static<S>>
  /** Signs in anew and returns an access token. @throws Failed when the credentials are rejected */
  readonly signIn: () => Promise<string>
}

/** Options of a client. */
export type ClientOptions = {
  readonly url: string
  /** Finds the credentials; called only when they are needed. */
  readonly credentials: () => Promise<Credentials | undefined>
  /** Access token of an earlier client, reused until it is rejected. Default: each client signs in. */
  readonly tokens?: TokenStore
  /** Aborts pending requests. */
  readonly signal?: AbortSignal
}

/** Maximum time to wait for an answer, in ms. */
const timeoutMs = 60_000

const Envelope = Type.Object({ success: Type.Literal(true), data: Type.Unknown() })
const SignedIn = Type.Object({ tokens: Type.Object({ accessToken: Type.String() }) })
const ProblemBody = Type.Object({
  title: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
})
/** Answer of a process that accepts requests from the gateway only. */
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

/** Creates a client. It connects with its first request. */
export const client = ({ url, credentials, tokens, signal }: ClientOptions): Client => {
  let token: string | undefined

  const request = async (method: string, path: string, body?: object): Promise<Response> => {
    const timeout = AbortSignal.timeout(timeoutMs)
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
        throw new Failed(`Agora at ${url} did not answer within ${timeoutMs / 1_000} s.`)
      const reasons = connectionReasons(error).join('; ')
      throw new Failed(
        `No Agora answers at ${url}${reasons && ` (${reasons})`}. Start one with "npm start", or set the URL of another one with --url.`,
        { cause: error },
      )
    }
  }

  /** Sends a request, and repeats it after `Retry-After` while it is rate-limited. */
  const send = async (method: string, path: string, body?: object): Promise<Response> => {
    for (;;) {
      const response = await request(method, path, body)
      if (response.status !== 429) return response
      await response.body?.cancel()
      const seconds = Number(response.headers.get('retry-after')) || 1
      await pause(seconds * 1_000, undefined, signal && { signal })
    }
  }

  const signIn = async (): Promise<string> => {
    const found = await credentials()
    if (!found) {
      // An unreachable server is reported before missing credentials.
      await (await request('GET', '/health/live')).body?.cancel()
      throw new Failed(`Agora at ${url} requires you to sign in. ${howToSignIn}`)
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
          ? `Agora at ${url} rejected the password of ${found.email}. ${howToSignIn}`
          : problemOf(response, body, url),
      )
    token = body.tokens.accessToken
    await tokens?.save(found, token)
    return token
  }

  /** Reuses the session of an earlier command, or signs in. */
  const enter = async (): Promise<void> => {
    const found = tokens && (await credentials())
    if (found && 'email' in found) token = await tokens.load(found)
    if (token === undefined) await signIn()
  }

  return {
    url,
    signIn,

    answers: async () => {
      try {
        const response = await request('GET', '/health/live')
        return Check(Envelope, await json(response))
      } catch (error) {
        if (signal?.aborted) throw error
        return false
      }
    },

    call: async (schema, method, path, body) => {
      if (token === undefined) await enter()
      let response = await send(method, path, body)
      // The access token may have expired or be revoked: one more try after signing in again.
      if (response.status === 401) {
        await response.body?.cancel()
        await signIn()
        response = await send(method, path, body)
      }
      const answer = await json(response)
      if (!response.ok) throw new Failed(problemOf(response, answer, url))
      if (!Check(Envelope, answer) || !Check(schema, answer.data))
        throw new Failed(`The server at ${url} is not an Agora of this version; see --url.`)
      return answer.data
    },
  }
}

const problemOf = ({ status }: Response, body: unknown, url: string): string => {
  if (status === 401) return `Agora at ${url} rejected the credentials. ${howToSignIn}`
  if (Check(InternalOnly, body))
    return `${body.detail} Set the gateway's URL with --url (or AGORA_URL); ${url} is not a gateway.`
  if (status === 403)
    return 'This is not allowed: sign in as an admin (an analyst may read the log).'
  if (!Check(ProblemBody, body)) return `The server at ${url} is not an Agora (status ${status}).`
  return body.detail ?? body.title ?? `Agora answered ${status}.`
}
