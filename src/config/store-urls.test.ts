import { describe, expect, test } from 'vitest'
import { elasticsearchProblem, mongoProblem, postgresProblem, redisProblem } from './store-urls.ts'

describe('a prefix of indices', () => {
  const problem = (prefix: string) => elasticsearchProblem(`http://host:9200?prefix=${prefix}`)

  test.each(['shop_', 'eu-1_', '0', 'a'.repeat(100)])('may be %s', (prefix) => {
    expect(problem(prefix)).toBe(undefined)
  })

  test.each([
    'Shop_',
    ...['\\', '/', '*', '?', '"', '<', '>', '|', '%20', ',', '#', ':', '.', '%5F', 'é'].map(
      (sign) => `shop${sign}`,
    ),
    '_shop',
    '-shop',
    '+shop',
    '',
    'a'.repeat(101),
    'a&user=b',
  ])('may not be %s', (prefix) => {
    expect(problem(prefix)).toMatch(/^\?prefix= must have at most 100 lower-case letters/)
  })

  test('is the only parameter', () => {
    expect(elasticsearchProblem('http://ann:5ecret@host:9200?size=1')).toBe(
      'must have no parameter but ?prefix=',
    )
    expect(elasticsearchProblem('http://a:9200,http://b:9200/path')).toBe(undefined)
  })
})

describe('a Redis, or a cluster,', () => {
  test.each([
    'redis://host',
    'rediss://ann:5ecret@host:6379/3',
    'redis://a:6379,redis://b:6379/0,redis://c',
    'rediss://host:6379?cluster=true',
  ])('may be named by %s', (url) => {
    expect(redisProblem(url)).toBe(undefined)
  })

  test.for([
    ['redis://a:secret#@host', /^is no valid URL/],
    ['redis://a,redis://b:x', /^is no valid URL/],
    ['redis://a,redis://b/1', /no database but 0/],
    ['redis://a/1?cluster=true', /no database but 0/],
    ['redis://a?cluster=yes', /\?cluster=true/],
    ['redis://a,redis://b?cluster=true', /no parameter/],
  ] as const)('is not named by %s', ([url, problem]) => {
    expect(redisProblem(url)).toMatch(problem)
  })
})

describe('a database of MongoDB', () => {
  test.each([
    'mongodb://host',
    'mongodb://host/',
    'mongodb://ann:5ecret@a:27017,b:27017/shop?replicaSet=rs',
    'mongodb+srv://host/sh%C3%B6p',
    `mongodb://host/${'a'.repeat(63)}`,
  ])('may be named by %s', (url) => {
    expect(mongoProblem(url)).toBe(undefined)
  })

  test.each(['a.b', 'a b', 'a%20b', 'a/b', 'a%2Fb', 'a\\b', 'a"b', 'a$b', 'a*b', 'a%3Ab', 'a%00b'])(
    'may not be %s',
    (name) => {
      expect(mongoProblem(`mongodb://ann:5ecret@host/${name}`)).toMatch(
        /^must name a database without spaces/,
      )
    },
  )

  test('may be neither long nor one of MongoDB itself', () => {
    for (const name of ['a'.repeat(64), 'é'.repeat(32)])
      expect(mongoProblem(`mongodb://host/${name}`)).toMatch(/at most 63 bytes/)
    for (const name of ['admin', 'local', 'config'])
      expect(mongoProblem(`mongodb://host/${name}?w=1`)).toMatch(/must not name .* of MongoDB/)
    expect(mongoProblem('mongodb://host/%E4')).toMatch(/invalid percent-encoding/)
  })
})

describe('a database of PostgreSQL', () => {
  test.each([
    'postgres://host',
    'postgresql://ann:5ecret@host:5432/shop?sslmode=require',
    'postgres:///shop?host=/run/postgresql',
    'postgres://host/Shop%20%C3%9F',
    `postgres://host/${'a'.repeat(63)}`,
  ])('may be named by %s', (url) => {
    expect(postgresProblem(url)).toBe(undefined)
  })

  test('has a URL, and a name that PostgreSQL does not cut', () => {
    for (const url of ['localhost:5432/shop', 'mysql://host/shop', '/shop'])
      expect(postgresProblem(url)).toBe('must begin with postgres:// or postgresql://')
    for (const name of ['a'.repeat(64), '%C3%9F'.repeat(32)])
      expect(postgresProblem(`postgres://host/${name}`)).toMatch(/at most 63 bytes/)
    expect(postgresProblem('postgres://host/a/b')).toMatch(/must name one database/)
    expect(postgresProblem('postgres://host/a%00b')).toMatch(/must name one database/)
    expect(postgresProblem('postgres://host/%E4')).toMatch(/invalid percent-encoding/)
  })
})
