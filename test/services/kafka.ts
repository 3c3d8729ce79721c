import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { accepts } from './accepts.ts'
import { cached, fetchJars, run } from './maven.ts'
import { freePort, type Program } from './service.ts'

const version = '4.4.0'

const jars = () =>
  cached(`kafka-${version}`, (folder) =>
    fetchJars(folder, [
      `org.apache.kafka:kafka_2.13:${version}`,
      `org.apache.kafka:kafka-tools:${version}`,
      'org.apache.logging.log4j:log4j-slf4j-impl:2.25.1',
    ]),
  )

const java = (home: string, ...args: string[]): readonly string[] => [
  '-Xmx384m',
  '-XX:TieredStopAtLevel=1',
  '-Dlog4j2.level=WARN',
  '-cp',
  `${home}/*`,
  ...args,
]

/** What a Kafka asks its clients for: TLS with this certificate, and a sign-in as this user. */
type Asks = {
  readonly cert: string
  readonly key: string
  readonly user: string
  readonly password: string
}

/** A PEM as a value of settings: on one line, each line break escaped. */
const inOneLine = (pem: string): string => pem.trim().replaceAll(/\r?\n/g, '\\n')

const loginModules = 'org.apache.kafka.common.security'

/** Settings of the listener for clients. */
const listenerOf = (asks: Asks | undefined): Readonly<Record<string, string>> => {
  if (!asks) return {}
  const { cert, key, user, password } = asks
  const jaas = `listener.name.sasl_ssl`
  return {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    [`${jaas}.plain.sasl.jaas.config`]: `${loginModules}.plain.PlainLoginModule required user_${user}="${password}";`,
    [`${jaas}.scram-sha-256.sasl.jaas.config`]: `${loginModules}.scram.ScramLoginModule required;`,
    [`${jaas}.scram-sha-512.sasl.jaas.config`]: `${loginModules}.scram.ScramLoginModule required;`,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.certificate.chain': inOneLine(cert),
    'ssl.keystore.key': inOneLine(key),
  }
}

/**
 * Apache Kafka itself: one node, broker and controller. Topics must be created.
 * @param asks what it asks its clients for; default: nothing
 */
export const kafkaWith = (asks?: Asks): Program => ({
  name: 'kafka',
  fetch: async () => void (await jars()),
  command: async (port, folder) => {
    const home = await jars()
    const data = join(folder, 'data')
    const properties = join(folder, 'server.properties')
    // A second start finds the settings of the first: the port of the controller is part of its identity.
    if (!existsSync(properties)) {
      const [controller, between] = [await freePort(), await freePort()]
      const clients = asks ? 'SASL_SSL' : 'PLAINTEXT'
      // Brokers connect to each other without all that; there is one.
      const others = asks ? `,PLAINTEXT://127.0.0.1:${between}` : ''
      const settings = {
        'process.roles': 'broker,controller',
        'node.id': 1,
        listeners: `${clients}://127.0.0.1:${port}${others},CONTROLLER://127.0.0.1:${controller}`,
        'advertised.listeners': `${clients}://127.0.0.1:${port}${others}`,
        'listener.security.protocol.map':
          'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
        'inter.broker.listener.name': 'PLAINTEXT',
        'controller.listener.names': 'CONTROLLER',
        ...listenerOf(asks),
        'controller.quorum.voters': `1@127.0.0.1:${controller}`,
        'log.dirs': data,
        'message.max.bytes': 1_048_588,
        'offsets.topic.replication.factor': 1,
        'offsets.topic.num.partitions': 1,
        'transaction.state.log.replication.factor': 1,
        'transaction.state.log.min.isr': 1,
        'share.coordinator.state.topic.replication.factor': 1,
        'share.coordinator.state.topic.min.isr': 1,
        'group.initial.rebalance.delay.ms': 0,
        'auto.create.topics.enable': false,
      }
      const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
      await writeFile(properties, lines.join(''))
      const format = ['kafka.tools.StorageTool', 'format', '-t', 'AAAAAAAAQACAAAAAAAAAAQ']
      const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) =>
        asks ? ['-S', `${mechanism}=[name=${asks.user},password=${asks.password}]`] : [],
      )
      await run('java', java(home, ...format, '-c', properties, ...users), folder)
    }
    return ['java', ...java(home, 'kafka.Kafka', properties)]
  },
  isReady: accepts,
  urlOf: (port) => `127.0.0.1:${port}`,
})

/** A Kafka that asks its clients for nothing. */
export const kafka: Program = kafkaWith()
