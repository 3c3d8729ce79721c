import { Environment } from './environment.ts'

/** Wraps a text at blanks. @param width in characters */
const wrapped = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

const descriptionOf = (schema: object): string =>
  'description' in schema ? String(schema.description) : ''

/** Help of `npm start -- --help`: the flags, and every variable. */
export const startHelp = (): string =>
  [
    'npm start -- [flags]: starts Agora',
    '',
    '  --roles gateway,api            roles of this process (AGORA_ROLES; default: all)',
    '  --contexts ordering,payments   contexts that an api process serves (AGORA_CONTEXTS; default: all)',
    '  --help, --version              prints this, or the version',
    '',
    'Settings are variables; none is required. They are read from the environment, and from .env in the folder of the project:',
    '',
    ...Object.entries(Environment.properties).flatMap(([name, schema]) => [
      `  ${name}`,
      ...wrapped(descriptionOf(schema), 100).map((line) => `      ${line}`),
    ]),
    '',
  ].join('\n')
