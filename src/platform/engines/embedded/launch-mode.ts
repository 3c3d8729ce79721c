import { execFile, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'
import { copyOf } from './copy-of.ts'
import { messageOf } from '#kernel/error-message'

/**
 * Launch modes of PostgreSQL, which refuses to run as root:
 * - `direct`: as the user of this process, an ordinary one;
 * - `direct+copy`: the same, with a copy of the programs in Agora's data, where links can be created and programs may be run;
 * - `userns`: by root, in a user namespace that maps root to `nobody`. Files stay owned by root, so that a checkout without
 *   access for other users works, and no file changes its owner;
 * - `drop`: by root, as another user, who becomes the owner of the data;
 * - `drop+copy`: the same, with a copy of the programs where that user has access.
 */
export type ModeName = 'direct' | 'direct+copy' | 'userns' | 'drop' | 'drop+copy'

/** A launch mode that works here. */
export type LaunchMode = {
  readonly name: ModeName
  /** The required owner of the data. */
  readonly owner: Owner
  /** Returns the path of the data for PostgreSQL's arguments; PostgreSQL is started in that folder. */
  readonly dataArgument: (data: string) => string
  /** Starts a program of PostgreSQL in a folder. It ends with this process, if the system supports that. */
  readonly start: (
    program: 'initdb' | 'postgres',
    args: readonly string[],
    cwd: string,
  ) => ChildProcess
}

/** User and group of a file. */
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

/** unshare(1): runs a program as `nobody`, which has a name on nearly every system (initdb requires one). */
const namespace = ['unshare', '--user', '--map-user=65534', '--map-group=65534']

/** setpriv(1): the kernel interrupts PostgreSQL when this process dies, so that it shuts down fast and cleanly. */
const tied = ['setpriv', '--pdeathsig', 'INT']

/**
 * Chooses the first launch mode that works here.
 * @param folder Agora's data folder
 * @param owner owner of the existing data; undefined without data
 * @param only the only mode to try
 * @throws Error with the reason of each mode that failed
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
  // Computed for the last modes only, as it takes two processes.
  const other = () => (known ??= foreign ? Promise.resolve(dataOwner) : unprivileged())

  const here = binaries.folder
  const copied =
    (name: ModeName, place: string, owner: () => Owner | Promise<Owner>): Candidate =>
    async (tie) =>
      modeOf(name, tie, await copyOf(binaries, place), await owner())
  const modes: Record<ModeName, readonly Candidate[]> = {
    direct: [(tie) => modeOf('direct', tie, here, self)],
    'direct+copy': [copied('direct+copy', folder, () => self)],
    userns: [(tie) => modeOf('userns', [...namespace, ...tie], here, self)],
    drop: [async (tie) => modeOf('drop', tie, here, await other())],
    // Some file systems are mounted without the permission to run programs.
    'drop+copy': ['/var/cache', '/var/tmp', tmpdir()].map((place) =>
      copied('drop+copy', place, other),
    ),
  }
  if (only) return modes[only]
  if (!isRoot) return [...modes.direct, ...modes['direct+copy']]
  // Data of another user keeps its owner; otherwise that user could not start Agora on it any more.
  return [...(foreign ? [] : modes.userns), ...modes.drop, ...modes['drop+copy']]
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
    // A user without access to the folders above the data still has access to the working directory.
    dataArgument: (data) => (ordinary ? data : '/proc/self/cwd'),
    start: (program, args, cwd) => {
      const [command, ...rest] = [...prefix, join(native, 'bin', program), ...args]
      const options: SpawnOptions = {
        cwd,
        ...(dropped && owner),
        // A process group of its own: Ctrl-C on the terminal must not reach PostgreSQL, which stops after all writes of Agora.
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C' },
      }
      return spawn(command!, rest, options)
    },
  }
}

/** Tries a mode with `initdb --show`, which looks up its user and runs `postgres`: it fails where a start would, and writes nothing. */
const probe = (mode: LaunchMode): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = mode.start('initdb', ['--show', '-D', '/nowhere'], '/')
    let output = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.once('error', ({ message }) => reject(new Error(`${mode.name}: ${message}`)))
    child.once('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`${mode.name}: ${output.trim() || `exit ${code}`}`)),
    )
  })

/** The user `postgres` if it exists, else `nobody`. */
const unprivileged = async (): Promise<Owner> => {
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout)
  try {
    return { uid: await id('-u'), gid: await id('-g') }
  } catch {
    return { uid: 65_534, gid: 65_534 }
  }
}
