/** Longest line of a comment, in characters. */
const width = 120

/** A setting, as a file of a role lists it. */
export type ListedSetting = {
  readonly name: string
  readonly about: string
  /** Whether the processes of all roles read it. */
  readonly isCommon: boolean
}

const comment = (text: string): string => {
  const lines: string[] = []
  let line = '#'
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > width) {
      lines.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  return [...lines, line].join('\n')
}

const part = (title: string, settings: readonly ListedSetting[]): string =>
  settings.length === 0
    ? ''
    : [
        `\n# --- ${title} ---\n`,
        ...settings.map(({ name, about }) => `${comment(about)}\n# ${name}=\n`),
      ].join('\n')

/**
 * Returns the file with the settings that processes of a role read, all commented out but the role itself. An empty setting
 * counts as not set.
 * @param settings of this role, in the order of `.env.example`
 */
export const roleEnvironment = (role: string, settings: readonly ListedSetting[]): string => {
  const shown = settings.filter(({ name }) => name !== 'AGORA_ROLES')
  return [
    `# Settings of processes with the role ${role}. Made by \`npm run docs\`; the settings of all roles are in ../../.env.example.\n`,
    `AGORA_ROLES=${role}\n`,
    part(
      `Of this role`,
      shown.filter(({ isCommon }) => !isCommon),
    ),
    part(
      'Of every role: the same for all processes, except addresses',
      shown.filter(({ isCommon }) => isCommon),
    ),
  ].join('')
}
