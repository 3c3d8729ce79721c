import { createSecureContext } from 'node:tls'
import { messageOf } from '#kernel/error-message'
import { BadConfig, type Config } from '../config.ts'
import type { KafkaAccess } from '../platform/messaging/bridge/kafka.ts'
import { fileOf } from './endpoint-certificate.ts'

type Settings = NonNullable<Config['bridges']['kafka']>

const bad = (fault: string): BadConfig => new BadConfig(`The environment is invalid: ${fault}`)

/** Returns the password of the settings, or of its file, without the line break at its end. @throws BadConfig */
const passwordOf = async ({ password, passwordFile }: Settings): Promise<string> => {
  if ((password === undefined) === (passwordFile === undefined))
    throw bad('KAFKA_SASL requires KAFKA_PASSWORD or KAFKA_PASSWORD_FILE, and not both')
  if (password !== undefined) return password
  const read = (await fileOf('KAFKA_PASSWORD_FILE', passwordFile ?? '')).toString()
  const text = read.replace(/\r?\n$/, '')
  if (text === '') throw bad('KAFKA_PASSWORD_FILE names an empty file')
  return text
}

/** Reads the certificates that sign those of the brokers. @throws BadConfig */
const authoritiesOf = async (path: string): Promise<Buffer> => {
  const ca = await fileOf('KAFKA_CA', path)
  try {
    createSecureContext({ ca })
  } catch (error) {
    throw bad(`KAFKA_CA must be certificates in PEM (${messageOf(error)})`)
  }
  if (!ca.includes('BEGIN CERTIFICATE')) throw bad('KAFKA_CA must be certificates in PEM')
  return ca
}

/**
 * Returns how the brokers of Kafka are connected to: the sign-in and TLS, with what is in files.
 * @throws BadConfig, without the password in it, for settings that do not fit each other, or a file that cannot be read
 */
export const kafkaAccess = async (settings: Settings): Promise<KafkaAccess> => {
  const { mechanism, user, password, passwordFile, tls, ca } = settings
  if (mechanism === undefined && [user, password, passwordFile].some((one) => one !== undefined))
    throw bad('KAFKA_USER and KAFKA_PASSWORD require KAFKA_SASL')
  if (mechanism !== undefined && user === undefined) throw bad('KAFKA_SASL requires KAFKA_USER')
  if (ca !== undefined && !tls) throw bad('KAFKA_CA requires KAFKA_TLS=true')
  return {
    ...(mechanism !== undefined &&
      user !== undefined && { sasl: { mechanism, user, password: await passwordOf(settings) } }),
    ...(tls && { tls: ca === undefined ? {} : { ca: await authoritiesOf(ca) } }),
  }
}
