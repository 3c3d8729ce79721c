import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { accepts } from './accepts.ts'
import { run } from './maven.ts'
import { freePort, type Program } from './service.ts'

/** Folder of the programs of Debian's package: the ones on the PATH change to the user of the system's service. */
const programs = '/usr/lib/rabbitmq/bin'

/** Whether the program is on this machine. */
export const hasRabbitmq =
  existsSync(join(programs, 'rabbitmq-server')) && spawnSync('erl', ['-version']).status === 0

const nodeOf = (port: number): string => `agora-${port}@localhost`

const environmentOf = (port: number, folder: string): readonly string[] =>
  Object.entries({
    HOME: folder,
    RABBITMQ_NODENAME: nodeOf(port),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: port,
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'logs'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `-setcookie ${cookie}`,
  }).map(([name, value]) => `${name}=${value}`)

/** Lets a test's own programs control its servers. */
const cookie = 'agora'

/** Runs `rabbitmqctl` against the server at a URL. */
export const rabbitmqctl = (url: string, ...args: readonly string[]): Promise<void> => {
  const node = nodeOf(Number(new URL(url).port))
  return run(join(programs, 'rabbitmqctl'), ['--erlang-cookie', cookie, '-n', node, ...args], '/')
}

/**
 * RabbitMQ itself, with guest/guest.
 * @param settings further lines of `rabbitmq.conf`
 */
export const rabbitmqWith = (settings: readonly string[]): Program => {
  let own: { readonly port: number; readonly dist: number } | undefined
  return {
    name: 'rabbitmq',
    fetch: async () => {
      if (!hasRabbitmq) throw new Error('There is no RabbitMQ on this machine')
    },
    command: async (port, folder) => {
      own ??= { port, dist: await freePort() }
      await writeFile(join(folder, 'rabbitmq.conf'), settings.map((line) => `${line}\n`).join(''))
      await writeFile(join(folder, 'enabled_plugins'), '[].')
      const environment = [...environmentOf(port, folder), `RABBITMQ_DIST_PORT=${own.dist}`]
      return ['env', ...environment, join(programs, 'rabbitmq-server')]
    },
    isReady: accepts,
    urlOf: (port) => `amqp://guest:guest@127.0.0.1:${port}`,
  }
}

export const rabbitmq: Program = rabbitmqWith([])
