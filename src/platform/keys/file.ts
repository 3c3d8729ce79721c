import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  randomUUID,
} from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SigningKeys } from './port.ts'

const codeOf = (error: unknown) => (error as { code?: unknown }).code

/** Writes a new key, unless somebody else was quicker; whichever file is there first stays. */
const make = async (folder: string, file: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { privateKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const draft = join(folder, `.${randomUUID()}`)
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(privateKey)
    // A key that is lost after tokens were signed with it would sign everybody out.
    await handle.sync()
    await handle.close()
    // Other than a rename, a link never replaces the key of a process that started at the same time.
    await link(draft, file).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
  } finally {
    await rm(draft, { force: true })
  }
}

/** Turns a private key into all that is needed of it. */
const keysOf = (pem: string): SigningKeys => {
  const privateKey = createPrivateKey(pem)
  const publicKey = createPublicKey(privateKey)
  const { kty = '', crv = '', x = '' } = publicKey.export({ format: 'jwk' })
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url')
  const seed = privateKey.export({ type: 'pkcs8', format: 'der' })
  return {
    kid,
    privateKey: pem,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    jwks: { keys: [{ kty, crv, x, kid, use: 'sig', alg: 'EdDSA' }] },
    secretFor: (purpose) => Buffer.from(hkdfSync('sha256', seed, '', `agora ${purpose}`, 32)),
  }
}

/**
 * The signing key (Ed25519) kept in a folder; made at the first start, readable by its owner only.
 * @param folder of its own, made when it is not there
 */
export const fileKeys = async (folder: string): Promise<SigningKeys> => {
  const file = join(folder, 'signing-key.pem')
  const read = () => readFile(file, 'utf8')
  const pem = await read().catch(async (error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error
    await make(folder, file)
    return read()
  })
  return keysOf(pem)
}
