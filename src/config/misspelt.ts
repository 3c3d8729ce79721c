import { nearestName } from '#kernel/nearest-name'
import { Environment } from './environment.ts'

/** Variables of the launcher and the command line, which are no settings of a process. */
const further = ['AGORA_BUNDLE', 'AGORA_ENV_FILE', 'AGORA_LAUNCHER_PID', 'AGORA_TOKEN']

/** Names of all variables that Agora reads. */
const known: ReadonlySet<string> = new Set([...Object.keys(Environment.properties), ...further])

/** Environment that Kubernetes adds for a Service with a name like ours: `AGORA_DB_SERVICE_HOST`, `AGORA_DB_PORT=tcp://…`. */
const isOfKubernetes = (name: string, value = ''): boolean =>
  /_SERVICE_(HOST|PORT)|_PORT_\d+_/.test(name) || value.startsWith('tcp://')

/**
 * Finds variables whose names are typing errors of ours. They have no effect, so that a start with them would silently use
 * a default.
 * @returns a sentence for each
 */
export const misspeltVariables = (
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] =>
  Object.entries(env)
    .filter(([name, value]) => !known.has(name) && !isOfKubernetes(name, value))
    .flatMap(([name]) => {
      const meant = nearestName(name, known)
      return meant === undefined
        ? []
        : `${name} is no variable that Agora reads: did you mean ${meant}?`
    })
