import { expect, test } from 'vitest'
import { Environment, roles, type Role } from '../../src/config/environment.ts'
import { settingRoles } from '../../src/config/setting-roles.ts'
import { readConfig } from '../../src/config.ts'
import { composeOf, documentsIn, textOf, type Found } from '../support/manifests.ts'

const fileOf = (role: Role) => `infra/env/${role}.env.example`
const settings = Object.keys(Environment.properties)
const readBy = (role: Role): readonly string[] =>
  Object.entries(settingRoles).flatMap(([name, read]) => (read.includes(role) ? [name] : []))

test('every setting has its roles', () =>
  expect(Object.keys(settingRoles).toSorted()).toEqual(settings.toSorted()))

test.each(roles)(
  'the file of %s has the settings that it reads, each with a description',
  (role) => {
    const text = textOf(fileOf(role))
    const named = [...text.matchAll(/^(?:# )?([A-Z\d_]+)=/gm)].map(([, name = '']) => name)
    expect(new Set(named)).toEqual(new Set(readBy(role)))
    const described = text.match(/^# \S.*\n# [A-Z\d_]+=$/gm) ?? []
    expect(described).toHaveLength(readBy(role).length - 1)
    // As it stands, it starts a process of this role alone.
    const set = text.split('\n').filter((line) => /^[A-Z\d_]+=/.test(line))
    expect(set).toEqual([`AGORA_ROLES=${role}`])
    expect([...readConfig({ AGORA_ROLES: role }).roles]).toEqual([role])
  },
)

/** Roles that a container has, by its variables. */
const rolesIn = (given: string): readonly Role[] =>
  roles.filter((role) => given.split(',').includes(role))

test('what manifests give to the processes of one role alone is read by that role', () => {
  const containers = documentsIn('infra/kubernetes/base/*.yaml')
    .filter((found) => found?.kind === 'Deployment')
    .flatMap((found) => found.spec.template.spec.containers as readonly Found[])
    .map(({ env = [] }) => new Map<string, string>(env.map((one: Found) => [one.name, one.value])))
  const composed: Found = composeOf('docker-compose.roles.yml').services
  const services = Object.values(composed).map(
    ({ environment = {} }: Found) => new Map<string, string>(Object.entries(environment)),
  )
  const common = settings.filter((name) =>
    services.every((one) => !one.has('AGORA_ROLES') || one.has(name)),
  )
  let checked = 0
  for (const given of [...containers, ...services]) {
    const own = rolesIn(given.get('AGORA_ROLES') ?? '')
    if (own.length === 0) continue
    for (const name of given.keys()) {
      if (common.includes(name) || !settings.includes(name)) continue
      checked += 1
      expect(own.flatMap(readBy), `${own.join(',')} reads ${name}`).toContain(name)
    }
  }
  expect(checked).toBeGreaterThan(10)
})
