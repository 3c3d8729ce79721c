import type { Static } from 'typebox'
import type { Environment } from './environment.ts'

/** Brokers that the events are published to, and how. */
export type BridgeSettings = {
  readonly amqp?: {
    readonly url: string
    /** Names of the queues of the sources that are declared; undefined for all. */
    readonly queues?: readonly string[]
    /** Whether commands are taken from the queue `agora.commands`. */
    readonly commands: boolean
  }
  readonly kafka?: {
    readonly brokers: readonly string[]
    /** How Agora signs in; undefined for brokers that ask for nothing. */
    readonly mechanism?: 'plain' | 'scram-sha-256' | 'scram-sha-512'
    readonly user?: string
    readonly password?: string
    /** Path of a file with the password instead. */
    readonly passwordFile?: string
    readonly tls: boolean
    /** Path of certificates, PEM, that sign those of the brokers; undefined for those that the system trusts. */
    readonly ca?: string
  }
  readonly nats?: { readonly url: string }
  /** Names of the personal fields that are published all the same: `PostCreated.content`. */
  readonly personal: readonly string[]
  /** Where a broker that is new begins: with the first event of the log, or with the next one. */
  readonly from: 'start' | 'now'
}

const listOf = (text: string): string[] => text.split(',').filter(Boolean)

/** Returns the settings of the bridges. */
export const bridgesOf = ({
  AMQP_URL: amqp,
  AMQP_QUEUES: queues,
  AMQP_COMMANDS: commands = 'true',
  KAFKA_BROKERS: kafka,
  KAFKA_SASL: mechanism,
  KAFKA_USER: user,
  KAFKA_PASSWORD: password,
  KAFKA_PASSWORD_FILE: passwordFile,
  KAFKA_TLS: tls = 'false',
  KAFKA_CA: ca,
  NATS_URL: nats,
  BRIDGE_PERSONAL: personal = '',
  BRIDGE_FROM: from = 'start',
}: Static<typeof Environment>): BridgeSettings => ({
  ...(amqp && {
    amqp: {
      url: amqp,
      commands: commands === 'true',
      ...(queues && { queues: queues === 'off' ? [] : listOf(queues) }),
    },
  }),
  ...(kafka && {
    kafka: {
      brokers: listOf(kafka),
      ...(mechanism && { mechanism }),
      ...(user && { user }),
      ...(password && { password }),
      ...(passwordFile && { passwordFile }),
      tls: tls === 'true',
      ...(ca && { ca }),
    },
  }),
  ...(nats && { nats: { url: nats } }),
  personal: listOf(personal),
  from,
})
