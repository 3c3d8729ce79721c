import { describe, expect, test } from 'vitest'
import { connectionLimits } from '../../src/edges/http/protection/connection-limits.ts'
import { contentSecurityPolicy } from '../../src/edges/http/web-app.ts'
import { composeOf, port, textOf } from '../support/manifests.ts'

describe('nginx', () => {
  const text = textOf('infra/nginx/nginx.conf')
  const valuesOf = (directive: string) =>
    [...text.matchAll(new RegExp(`^\\s*${directive}\\s+(.+);$`, 'gm'))].map(([, value]) => value)
  const { services } = composeOf('docker-compose.roles.yml')

  test('has every gateway as an upstream, for requests and for sockets', () => {
    const gateways = Object.keys(services).filter((name) => name.startsWith('gateway-'))
    const lists = textOf('infra/nginx/gateways.conf')
      .split(/^upstream /m)
      .slice(1)
    expect(lists.map((list) => list.split(' ')[0])).toEqual(['gateways', 'sockets'])
    for (const list of lists)
      expect([...list.matchAll(/^\s*server (\S+)/gm)].map(([, server]) => server)).toEqual(
        gateways.map((name) => `${name}:${port}`),
      )
    expect(valuesOf('proxy_pass')).toEqual(['http://gateways', 'http://gateways', 'http://sockets'])
  })

  test('listens on the ports that Compose publishes', () => {
    const inside = services.nginx.ports.map((published: string) => published.split(':').at(-1))
    expect(valuesOf('listen').map((value) => value?.split(' ')[0])).toEqual(inside)
  })

  test('redirects requests without TLS to the public URL of Compose', () => {
    expect(valuesOf('return')).toContain('308 $public_url$request_uri')
    const [, url] =
      /^map \S+ \$public_url \{\s*default (\S+);\s*\}$/m.exec(
        textOf('infra/nginx/gateways.conf'),
      ) ?? []
    expect(`\${PUBLIC_URL:-${url}}`).toBe(services['gateway-1'].environment.PUBLIC_URL)
    const [, , https] = services.nginx.ports[1].match(/:(\$\{HTTPS_PORT:-(\d+)\}):8443$/) ?? []
    expect(url).toBe(`https://localhost:${https}`)
  })

  test('overwrites the headers that name the client', () => {
    const headers = valuesOf('proxy_set_header')
    expect(headers).toContain('X-Forwarded-For $remote_addr')
    for (const name of ['X-Forwarded-Host', 'Forwarded', 'X-Real-IP'])
      expect(headers).toContain(`${name} ''`)
    expect(text.match(/proxy_set_header/g)).toHaveLength(headers.length)
  })

  test('has the timeouts of Agora, and leaves the limit of bodies to Agora', () => {
    expect(valuesOf('client_header_timeout')).toEqual([
      `${connectionLimits.headersTimeout / 1_000}s`,
    ])
    expect(valuesOf('client_body_timeout')).toEqual([`${connectionLimits.requestTimeout / 1_000}s`])
    expect(valuesOf('client_max_body_size')).toEqual(['2m', '0'])
  })
})

describe('nginx of the front end', () => {
  const text = textOf('infra/web/nginx.conf.template')

  test('sends the content security policy that Agora sends with the pages', () => {
    const [, policy] = /add_header Content-Security-Policy "([^"]+)"/.exec(text) ?? []
    expect(policy).toBe(contentSecurityPolicy)
  })

  test('listens on port 80, and Compose gives it the address of a gateway', () => {
    expect(text).toMatch(/listen 80 default_server;/)
    const { frontend, agora } = composeOf('docker-compose.yml').services
    expect(frontend.environment.AGORA_GATEWAY).toBe(`agora:${port}`)
    expect(frontend.depends_on).toEqual({ agora: { condition: 'service_healthy' } })
    expect(agora.image).toMatch(/^agora:/)
  })

  test('passes every path on that Agora serves itself', () => {
    const [, prefixes = ''] = /location ~ \^\/\((api[^)]+)\)/.exec(text) ?? []
    expect(prefixes.split('|')).toEqual(expect.arrayContaining(['api', 'docs', 'health']))
  })
})
