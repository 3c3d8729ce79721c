import { execFile, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'
import { copyOf } from './copy-of.ts'
import { messageOf } from '#kernel/error-message'

/**
 * How PostgreSQL, which refuses to be root, is run:
 * - `direct`: as who we are, an ordinary user;
 * - `direct+copy`: so, with a copy of the programs in our data, where they can be mended or may be run;
 * - `userns`: as root, in a user namespace where we look like nobody and yet stay the owner of our files, so that a
 *   checkout which others cannot enter is no obstacle and nothing changes hands;
 * - `drop`: as root, under another user who is given the data;
 * - `drop+copy`: so, with a copy of the programs where that user can reach them.
 */
export type ModeName = 'direct' | 'direct+copy' | 'userns' | 'drop' | 'drop+copy'

export type LaunchMode = {
  readonly name: ModeName
  /** Whom the data has to belong to. */
  readonly owner: Owner
  /** Where PostgreSQL is told that its data is; it is started in that folder. */
  readonly dataArgument: (data: string) => string
  /** Starts a program of PostgreSQL in a folder. It ends when we do, where the system can see to that. */
  readonly start: (
    program: 'initdb' | 'postgres',
    args: readonly string[],
    cwd: string,
  ) => ChildProcess
}

export type Owner = { readonly uid: number; readonly gid: number }

const run = promisify(execFile)

const succeeds = async (command: string, args: readonly string[]): Promise<boolean> => {
  try {
    await run(command, [...args])
    return true
  } catch {
    return false
  }
}

/** unshare(1): what runs behind it looks like nobody, who has a name nearly everywhere (initdb wants one). */
const namespace = ['unshare', '--user', '--map-user=65534', '--map-group=65534']

/** setpriv(1): has the system interrupt PostgreSQL when we die, which makes it shut down fast and cleanly. */
const tied = ['setpriv', '--pdeathsig', 'INT']

/**
 * Picks the first way that works here.
 * @param folder Agora's data
 * @param owner whom the data belongs to already; none when there is no data yet
 * @param only tries nothing but this way
 * @throws Error that tells why each way failed
 */
export const chooseLaunchMode = async (
  binaries: Binaries,
  folder: string,
  owner: Owner | undefined,
  only?: ModeName,
): Promise<LaunchMode> => {
  const tie = (await succeeds(tied[0]!, [...tied.slice(1), 'true'])) ? tied : []
  const failures: string[] = []
  for (const candidate of candidatesFor(binaries, folder, owner, only)) {
    try {
      const mode = await candidate(tie)
      await probe(mode)
      return mode
    } catch (error) {
      failures.push(messageOf(error))
    }
  }
  throw new Error(
    `PostgreSQL cannot be run here; set POSTGRES_URL to use another one.\n${failures.join('\n')}`,
  )
}

type Candidate = (tie: readonly string[]) => LaunchMode | Promise<LaunchMode>

const candidatesFor = (
  binaries: Binaries,
  folder: string,
  dataOwner: Owner | undefined,
  only: ModeName | undefined,
): readonly Candidate[] => {
  const self: Owner = { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 }
  const isRoot = self.uid === 0
  const foreign = dataOwner !== undefined && dataOwner.uid !== 0
  let known: Promise<Owner> | undefined
  // Asked for by the last ways only, and it takes two processes to find out.
  const other = () => (known ??= foreign ? Promise.resolve(dataOwner) : unprivileged())

  const here = binaries.folder
  const copied =
    (name: ModeName, place: string, owner: () => Owner | Promise<Owner>): Candidate =>
    async (tie) =>
      modeOf(name, tie, await copyOf(binaries, place), await owner())
  const ways: Record<ModeName, readonly Candidate[]> = {
    direct: [(tie) => modeOf('direct', tie, here, self)],
    'direct+copy': [copied('direct+copy', folder, () => self)],
    userns: [(tie) => modeOf('userns', [...namespace, ...tie], here, self)],
    drop: [async (tie) => modeOf('drop', tie, here, await other())],
    // Not every place lets programs run.
    'drop+copy': ['/var/cache', '/var/tmp', tmpdir()].map((place) =>
      copied('drop+copy', place, other),
    ),
  }
  if (only) return ways[only]
  if (!isRoot) return [...ways.direct, ...ways['direct+copy']]
  // Data that belongs to someone stays theirs, or they could not start on it again without us.
  return [...(foreign ? [] : ways.userns), ...ways.drop, ...ways['drop+copy']]
}

const modeOf = (
  name: ModeName,
  prefix: readonly string[],
  native: string,
  owner: Owner,
): LaunchMode => {
  const dropped = name === 'drop' || name === 'drop+copy'
  const ordinary = name === 'direct' || name === 'direct+copy'
  return {
    name,
    owner,
    // Whoever cannot enter the folders above the data can still enter the folder they were started in.
    dataArgument: (data) => (ordinary ? data : '/proc/self/cwd'),
    start: (program, args, cwd) => {
      const [command, ...rest] = [...prefix, join(native, 'bin', program), ...args]
      const options: SpawnOptions = {
        cwd,
        ...(dropped && owner),
        // A Ctrl-C on our terminal must not reach it: it stops after us, when everything has been written.
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C' },
      }
      return spawn(command!, rest, options)
    },
  }
}

/** `initdb --show` looks up its user and runs `postgres`: it fails wherever the real thing would, and leaves nothing. */
const probe = (mode: LaunchMode): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = mode.start('initdb', ['--show', '-D', '/nowhere'], '/')
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
    child.once('error', ({ message }) => reject(new Error(`${mode.name}: ${message}`)))
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${mode.name}: ${said.trim() || `exit ${code}`}`)),
    )
  })

/** The user `postgres` where there is one, or else nobody. */
const unprivileged = async (): Promise<Owner> => {
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout)
  try {
    return { uid: await id('-u'), gid: await id('-g') }
  } catch {
    return { uid: 65_534, gid: 65_534 }
  }
}
