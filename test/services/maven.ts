import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Folder of the programs that services run, fetched once. */
const cacheFolder = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'agora',
  'services',
)

/**
 * Runs a program to its end.
 * @throws Error with what it printed last when it fails
 */
export const run = async (command: string, args: readonly string[], cwd: string): Promise<void> => {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => (printed = `${printed}${String(text)}`.slice(-2_000)))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${printed}`)
}

/**
 * A folder that is filled once: other processes see it whole or not at all.
 * @param name of the folder in the cache
 * @param fill fills an empty folder
 */
export const cached = async (
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> => {
  const folder = join(cacheFolder, name)
  if (existsSync(folder)) return folder
  const making = `${folder}.${process.pid}`
  await rm(making, { recursive: true, force: true })
  await mkdir(making, { recursive: true })
  try {
    await fill(making)
    // Another process may have been first; its folder is as good.
    await rename(making, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(making, { recursive: true, force: true })
  }
  return folder
}

const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1'

/** Fetches artifacts (`group:artifact:version`) with all that they need at run time into a folder. */
export const fetchJars = async (folder: string, artifacts: readonly string[]): Promise<void> => {
  const dependencies = artifacts.map((one) => {
    const [group, artifact, version] = one.split(':')
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`
  })
  const project = `<project><modelVersion>4.0.0</modelVersion><groupId>services</groupId><artifactId>services</artifactId>
    <version>1</version><dependencies>${dependencies.join('')}</dependencies></project>`
  await writeFile(join(folder, 'pom.xml'), project)
  const options = ['-DincludeScope=runtime', '-DoutputDirectory=.']
  await run('mvn', ['-q', '-B', `${plugin}:copy-dependencies`, ...options], folder)
}

/** Fetches one file (`group:artifact:version:packaging`) into a folder. */
export const fetchArtifact = (folder: string, artifact: string): Promise<void> =>
  run(
    'mvn',
    ['-q', '-B', `${plugin}:copy`, `-Dartifact=${artifact}`, '-DoutputDirectory=.'],
    folder,
  )
