import { spawnSync } from 'node:child_process'
import { cp, mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, fetchArtifact, run } from './maven.ts'
import type { Program } from './service.ts'

const version = '8.19.5'

const home = async (): Promise<string> => {
  const folder = await cached(`elasticsearch-${version}`, async (making) => {
    const artifact = 'org.elasticsearch.distribution.integ-test-zip:elasticsearch'
    await fetchArtifact(making, `${artifact}:${version}:zip`)
    await run('unzip', ['-q', `elasticsearch-${version}.zip`], making)
    await rm(join(making, `elasticsearch-${version}.zip`))
    await rename(join(making, `elasticsearch-${version}`), join(making, 'home'))
  })
  return join(folder, 'home')
}

/** Elasticsearch refuses to run as root: in a user namespace its files stay where they are. */
const unprivileged = (): readonly string[] => {
  if (process.getuid?.() !== 0) return []
  const namespace = ['unshare', '--user', '--map-user=65534', '--map-group=65534'] as const
  const [command, ...args] = namespace
  if (spawnSync(command, [...args, 'true']).status !== 0)
    throw new Error('Elasticsearch needs a user namespace or a user other than root')
  return namespace
}

const javaHome = async (): Promise<string> => {
  const { stdout } = spawnSync('sh', ['-c', 'command -v java'], { encoding: 'utf8' })
  return (await realpath(stdout.trim())).replace(/\/bin\/java$/, '')
}

/**
 * The core of Elasticsearch itself: one node without security and without its optional modules (no language analysers,
 * no scripts, no reindex).
 */
export const elasticsearch: Program = {
  name: 'elasticsearch',
  fetch: async () => void (await home()),
  command: async (port, folder) => {
    const program = await home()
    const config = join(folder, 'config')
    await mkdir(join(config, 'jvm.options.d'), { recursive: true })
    await mkdir(join(folder, 'tmp'), { recursive: true })
    await cp(join(program, 'config'), config, { recursive: true })
    const settings = {
      'cluster.name': `agora-${port}`,
      'network.host': '127.0.0.1',
      'http.port': port,
      'transport.port': 0,
      'discovery.type': 'single-node',
      'xpack.security.enabled': false,
      'cluster.routing.allocation.disk.threshold_enabled': false,
      'action.destructive_requires_name': true,
      'path.data': join(folder, 'data'),
      'path.logs': join(folder, 'logs'),
    }
    const lines = Object.entries(settings).map(([name, value]) => `${name}: ${value}\n`)
    await writeFile(join(config, 'elasticsearch.yml'), lines.join(''))
    const environment = {
      HOME: folder,
      ES_JAVA_HOME: await javaHome(),
      ES_PATH_CONF: config,
      ES_TMPDIR: join(folder, 'tmp'),
      ES_JAVA_OPTS: '-Xms512m -Xmx512m -XX:TieredStopAtLevel=1',
    }
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
    const command = ['env', ...variables, join(program, 'bin', 'elasticsearch')]
    const [first = '', ...rest] = [...unprivileged(), ...command]
    return [first, ...rest]
  },
  isReady: async (port) => {
    const health = `http://127.0.0.1:${port}/_cluster/health?wait_for_status=yellow&timeout=2s`
    return (await fetch(health, { signal: AbortSignal.timeout(3_000) })).ok
  },
  urlOf: (port) => `http://127.0.0.1:${port}`,
}
