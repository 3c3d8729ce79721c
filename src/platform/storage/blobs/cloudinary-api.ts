import { hash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { createAvailability } from '../../availability.ts'
import { policies } from '../../outbound/policies.ts'
import type { OutboundClient } from '../../outbound/port.ts'
import { Unavailable } from '../../unavailable.ts'

/** An account of Cloudinary. */
export type CloudinarySettings = {
  readonly cloud: string
  readonly apiKey: string
  readonly apiSecret: string
  /** Base URL of its API, `https://api.cloudinary.com`. */
  readonly api: string
  /** Base URL of its files, `https://res.cloudinary.com`. */
  readonly delivery: string
}

/** Signs the parameters of a call (Cloudinary, "Generating authentication signatures"). */
export const signatureOf = (
  parameters: Readonly<Record<string, string>>,
  secret: string,
): string => {
  const signed = Object.keys(parameters)
    .toSorted()
    .map((name) => `${name}=${parameters[name]}`)
    .join('&')
  return hash('sha1', `${signed}${secret}`, 'hex')
}

/** Signs the path of a file that only signed URLs deliver. */
const pathSignatureOf = (path: string, secret: string): string =>
  `s--${hash('sha1', `${path}${secret}`, 'base64url').slice(0, 8)}--`

const policy = policies.cloudinary
const { attempts } = policy

/** Pause before the second attempt, in ms. */
const firstPause = 100

/** Time for the answer to an upload to begin, in ms. */
const uploadLimit = 30_000

/** A call that is refused for good. */
const isFinal = (status: number): boolean => status < 500 && status !== 420 && status !== 429

/** Calls to Cloudinary. All throw Unavailable when it fails, refuses, or does not answer in time. */
export type CloudinaryApi = {
  readonly client: OutboundClient
  /**
   * Calls a method for files of the type `raw`, signed.
   * @param bytes a part of a file, with the headers that tell which
   */
  readonly call: (
    method: 'upload' | 'rename' | 'destroy',
    parameters: Readonly<Record<string, string>>,
    bytes?: { readonly part: Buffer; readonly headers?: Readonly<Record<string, string>> },
  ) => Promise<Response>
  /** Reads from the API of administrators. @param path such as `/resources/raw` */
  readonly ask: (path: string) => Promise<Response>
  /** Requests a file by a signed URL. @returns undefined when there is none */
  readonly fetchFile: (
    id: string,
    init: { readonly method: 'GET' | 'HEAD'; readonly headers?: Readonly<Record<string, string>> },
  ) => Promise<Response | undefined>
}

/**
 * Opens the API of an account.
 * @param options.clock default: that of the machine
 * @param options.answerMs time for an answer to begin, in ms; default 5,000
 * @param options.onChange called when Cloudinary stops answering, and when it answers again
 */
export const cloudinaryApi = (
  { cloud, apiKey, apiSecret, api, delivery }: CloudinarySettings,
  {
    clock = () => new Date(),
    answerMs = policy.answerMs,
    onChange,
  }: {
    readonly clock?: () => Date
    readonly answerMs?: number
    readonly onChange?: (isUp: boolean, error?: unknown) => void
  } = {},
): CloudinaryApi => {
  const availability = createAvailability('Cloudinary', { policy, onChange })

  /** One attempt. The limit is for the beginning of the answer, whose body may take longer. */
  const once = async (url: string, init: () => RequestInit, limit: number): Promise<Response> => {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(new Error(`No answer within ${limit} ms`)), limit)
    try {
      return await fetch(url, { ...init(), signal: late.signal })
    } finally {
      clearTimeout(timer)
    }
  }
  const request = (url: string, init: () => RequestInit, limit = answerMs): Promise<Response> =>
    availability.attempt(async () => {
      for (let nth = 1; ; nth += 1) {
        let cause: unknown
        try {
          const response = await once(url, init, limit)
          if (response.ok || response.status === 404 || response.status === 416) return response
          const text = (await response.text()).slice(0, 500)
          cause = new Error(`Cloudinary answered with ${response.status}: ${text}`)
          if (isFinal(response.status))
            throw new Unavailable('Cloudinary refuses a call', { cause })
        } catch (error) {
          if (error instanceof Unavailable) throw error
          cause = error
        }
        if (nth === attempts)
          throw new Unavailable('Cloudinary cannot be reached or has failed', { cause })
        await pause(firstPause * 2 ** (nth - 1))
      }
    })

  const base = `${api}/v1_1/${cloud}`
  return {
    client: { name: 'cloudinary', policy, status: availability.status },
    call: async (method, parameters, bytes) => {
      const timestamp = String(Math.floor(clock().getTime() / 1_000))
      const signed = { ...parameters, timestamp }
      const response = await request(
        `${base}/raw/${method}`,
        () => {
          const form = new FormData()
          for (const [name, value] of Object.entries(signed)) form.set(name, value)
          form.set('api_key', apiKey)
          form.set('signature', signatureOf(signed, apiSecret))
          // A copy, as its memory may be shared.
          if (bytes) form.set('file', new Blob([Uint8Array.from(bytes.part)]), 'blob')
          return { method: 'POST', body: form, ...(bytes?.headers && { headers: bytes.headers }) }
        },
        bytes ? Math.max(answerMs, uploadLimit) : answerMs,
      )
      // Nothing may be missing that is yet to be stored.
      if (method !== 'upload' || response.ok) return response
      await response.body?.cancel()
      throw new Unavailable('Cloudinary has not stored a file', {
        cause: new Error(`Cloudinary answered with ${response.status}`),
      })
    },
    ask: (path) => {
      const authorization = `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString('base64')}`
      return request(`${base}${path}`, () => ({ headers: { authorization } }))
    },
    fetchFile: async (id, init) => {
      const signature = pathSignatureOf(id, apiSecret)
      const url = `${delivery}/${cloud}/raw/authenticated/${signature}/v1/${id}`
      const response = await request(url, () => init)
      return response.status === 404 ? undefined : response
    },
  }
}
