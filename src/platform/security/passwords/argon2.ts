import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { Unavailable } from '../../unavailable.ts'
import type { Passwords } from './port.ts'

const derive = promisify(argon2)

/** 19 MiB, two passes, one lane: the OWASP Password Storage Cheat Sheet's setting for argon2id. */
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const

const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')

/** The PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`, base64 without padding. */
const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** Normalises a password, so that different encodings of the same letters are equal (NFKC, RFC 8265 §4). */
const normal = (password: string) => password.normalize('NFKC')

/** Limits concurrent work and the waiting work behind it; further work is refused as Unavailable. */
const bounded = (concurrency: number, most: number) => {
  const waiting: (() => void)[] = []
  let working = 0
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (working === concurrency) {
      if (waiting.length >= most) throw new Unavailable('Too many sign-ins at once')
      // Finished work passes its slot on, so `working` does not change.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else working += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else working -= 1
    }
  }
}

/**
 * Passwords by argon2id (RFC 9106), which is slow on purpose: about 40 ms a hash.
 * @param options.concurrency limit of hashes at once, so that work on files and network finds a thread; default 2 (of libuv's 4)
 * @param options.waiting limit of waiting hashes; default 256
 */
export const argon2Passwords = ({
  concurrency = 2,
  waiting = 256,
}: { readonly concurrency?: number; readonly waiting?: number } = {}): Passwords => {
  const inTurn = bounded(concurrency, waiting)

  const hash = (password: string) =>
    inTurn(async () => {
      const nonce = randomBytes(16)
      const tag = await derive('argon2id', { message: normal(password), nonce, ...cost })
      const { memory, passes, parallelism } = cost
      return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(tag)}`
    })

  /** Hash of no password, verified in place of a missing one so that the work is the same. */
  const noPassword = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(randomBytes(16))}$${base64(randomBytes(32))}`

  const verify = (password: string, recorded: string | undefined) =>
    inTurn(async () => {
      const [, memory, passes, parallelism, salt = '', expected = ''] =
        phc.exec(recorded ?? noPassword) ?? phc.exec(noPassword) ?? []
      const tag = Buffer.from(expected, 'base64')
      const given = await derive('argon2id', {
        message: normal(password),
        nonce: Buffer.from(salt, 'base64'),
        memory: Number(memory),
        passes: Number(passes),
        parallelism: Number(parallelism),
        tagLength: tag.length,
      })
      return timingSafeEqual(given, tag) && recorded !== undefined
    })

  return { hash, verify }
}
