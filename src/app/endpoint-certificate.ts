import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { codeOf } from '../config/error-code.ts'
import { BadConfig } from '../config.ts'
import { messageOf } from '#kernel/error-message'
import { isLoopback } from '../platform/security/loopback.ts'

/** Paths of a certificate and its key, PEM. */
type Paths = { readonly cert: string; readonly key: string }

/** Reads a file that a variable names. @throws BadConfig when it cannot be read */
export const fileOf = async (variable: string, path: string): Promise<Buffer> => {
  try {
    return await readFile(path)
  } catch (error) {
    const reason = codeOf(error) ?? messageOf(error)
    throw new BadConfig(
      `The environment is invalid: ${variable} cannot be read (${reason}): ${path}`,
    )
  }
}

/**
 * Reads a certificate and its key.
 * @param prefix of the variables that name the files: `AGORA_ESDB_TLS`
 * @throws BadConfig when a file is missing or invalid
 */
export const certificateAt = async (
  prefix: 'AGORA_ESDB_TLS' | 'AGORA_GRPC_TLS',
  paths: Paths,
): Promise<{ readonly cert: Buffer; readonly key: Buffer }> => {
  const cert = await fileOf(`${prefix}_CERT`, paths.cert)
  const key = await fileOf(`${prefix}_KEY`, paths.key)
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    throw new BadConfig(
      `The environment is invalid: ${prefix}_CERT and ${prefix}_KEY must be a certificate and its key, in PEM (${messageOf(error)})`,
    )
  }
  return { cert, key }
}

/**
 * Reads the certificate of the EventStoreDB endpoint.
 * @param host address that it listens on
 * @returns undefined without a certificate, which is possible on loopback only
 * @throws BadConfig when a file is missing or invalid, or the address needs a certificate
 */
export const endpointCertificate = async (
  host: string,
  paths: Paths | undefined,
): Promise<{ readonly cert: Buffer; readonly key: Buffer } | undefined> => {
  if (paths) return certificateAt('AGORA_ESDB_TLS', paths)
  if (isLoopback(host)) return undefined
  throw new BadConfig(
    `The environment is invalid: AGORA_ESDB_HOST must be a loopback address such as 127.0.0.1, unless AGORA_ESDB_TLS_CERT and AGORA_ESDB_TLS_KEY are set; not ${host}`,
  )
}
