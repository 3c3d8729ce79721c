import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { codeOf } from './error-code.ts'
import { projectFolder } from './project-folder.ts'

/** E-mail address of the first admin. */
export const firstAdminEmail = 'admin@agora.localhost'

/** The settings of a process. */
export type LocalSettings = {
  /** The environment; AGORA_DATA is an absolute path, and ADMIN_EMAIL is set if ADMIN_PASSWORD is. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The `.env` that was read, if there is one, and the names of the variables that it set. */
  readonly envFile?: { readonly path: string; readonly names: readonly string[] }
}

/** A `.env` cannot be read. */
export class UnreadableEnvFile extends Error {
  override name = 'UnreadableEnvFile'
}

/**
 * Names of the variables in a `.env`; undefined when there is none.
 * @throws UnreadableEnvFile
 */
const namesIn = (path: string): readonly string[] | undefined => {
  try {
    return Object.keys(parseEnv(readFileSync(path, 'utf8')))
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return undefined
    throw new UnreadableEnvFile(
      `${path} cannot be read (${code ?? 'invalid'}); make it a readable file, or remove it`,
      { cause: error },
    )
  }
}

/**
 * Reads the `.env` of the project by Node's loader, unless AGORA_ENV_FILE is `off`: variables of the process precede. The
 * data folder is the project's, wherever in it the process was started; a path in `.env` is relative to that file.
 * @param cwd folder that the process was started in
 * @param of the process whose environment is extended
 * @throws UnreadableEnvFile
 */
export const localSettings = (
  cwd: string,
  of: Pick<NodeJS.Process, 'env' | 'loadEnvFile'> = process,
): LocalSettings => {
  const folder = projectFolder(cwd)
  const given = { ...of.env }
  const path = join(folder, '.env')
  const named = given.AGORA_ENV_FILE === 'off' ? undefined : namesIn(path)
  if (named) of.loadEnvFile(path)
  const base = given.AGORA_DATA ? cwd : folder
  return {
    env: {
      ...of.env,
      AGORA_DATA: resolve(base, of.env.AGORA_DATA || '.agora'),
      // Docker Compose reads the same file, and needs the password alone.
      ...(of.env.ADMIN_PASSWORD && { ADMIN_EMAIL: of.env.ADMIN_EMAIL || firstAdminEmail }),
    },
    ...(named && {
      envFile: { path, names: named.filter((name) => given[name] === undefined) },
    }),
  }
}
