import { expect, test } from 'vitest'
import { withContexts, withUpstreams } from './manifests.ts'

const compose = `
services:
  api-shop:
    environment:
      AGORA_CONTEXTS: catalog,inventory
  api-operations:
    environment:
      AGORA_ROLES: api
      AGORA_CONTEXTS: analytics,platform
`
const deployment = (name: string, contexts: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
            - { name: AGORA_CONTEXTS, value: '${contexts}' }
---
kind: HorizontalPodAutoscaler
metadata:
  name: ${name}
`
const deployments = (...groups: readonly (readonly [string, string])[]) =>
  groups.map(([name, contexts]) => deployment(name, contexts)).join('---\n')

test('a manifest that has every context in a group stays as it is', () =>
  expect(withContexts(compose, ['platform', 'analytics', 'inventory', 'catalog'])).toBe(compose))

test('a new context goes to the last group, in Compose and on Kubernetes', () => {
  const contexts = ['catalog', 'reviews', 'inventory', 'analytics', 'guest-book', 'platform']
  expect(withContexts(compose, contexts)).toBe(
    compose.replace('analytics,platform', 'analytics,platform,reviews,guest-book'),
  )
  expect(
    withContexts(deployments(['a', 'catalog,inventory'], ['b', 'analytics,platform']), contexts),
  ).toBe(deployments(['a', 'catalog,inventory'], ['b', 'analytics,platform,reviews,guest-book']))
})

test('a removed context leaves its group; a group without contexts is an error', () => {
  expect(withContexts(compose, ['inventory', 'analytics', 'platform'])).toBe(
    compose.replace('catalog,inventory', 'inventory'),
  )
  expect(() => withContexts(compose, ['analytics', 'platform'])).toThrow('group catalog,inventory')
})

test('upstreams of a gateway follow the groups, but for the one that serves all others', () => {
  const patch = (shop: string) =>
    `${shop}=dns://api-shop.agora.svc.cluster.local:3000;\n*=dns://api-rest.agora.svc.cluster.local:3000`
  const groups = deployments(['api-shop', 'catalog,guest-book'], ['api-rest', 'analytics,platform'])
  expect(withUpstreams(patch('catalog,inventory'), groups)).toBe(patch('catalog,guest-book'))
})
