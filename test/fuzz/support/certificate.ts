import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** A certificate and its key, in PEM. */
export type Certificate = { readonly cert: Buffer; readonly key: Buffer }

/**
 * Creates a certificate for this machine, and writes it to files.
 * @returns it, and the variables that name the files for an EventStoreDB endpoint
 */
export const certificateIn = async (folder: string) => {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  const tls: Certificate = { cert: Buffer.from(made.cert), key: Buffer.from(made.private) }
  const env = {
    AGORA_ESDB_TLS_CERT: join(folder, 'cert.pem'),
    AGORA_ESDB_TLS_KEY: join(folder, 'key.pem'),
  }
  await writeFile(env.AGORA_ESDB_TLS_CERT, tls.cert)
  await writeFile(env.AGORA_ESDB_TLS_KEY, tls.key)
  return { tls, env }
}
