import { expect, test } from 'vitest'
import { Environment } from './environment.ts'
import { startHelp } from './help.ts'

test('the help has the flags, and each variable with its description', () => {
  const help = startHelp()
  for (const flag of ['--roles', '--contexts', '--help', '--version']) expect(help).toContain(flag)
  for (const [name, schema] of Object.entries(Environment.properties)) {
    expect(help).toContain(`\n  ${name}\n`)
    expect(schema).toHaveProperty('description', expect.any(String))
    expect(help.replaceAll(/\s+/g, ' ')).toContain('description' in schema && schema.description)
  }
  expect(Math.max(...help.split('\n').map(({ length }) => length))).toBeLessThan(130)
})
