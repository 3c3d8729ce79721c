import { expect, test } from 'vitest'
import { upstreamsOf } from './upstreams.ts'

test('upstreams are parsed as contexts and addresses', () => {
  expect(
    upstreamsOf(
      'ordering,payments=http://a:3000, http://B:80/; profiles=dns+srv://_http._tcp.api.example ;*=dns://api.example:3000;',
    ),
  ).toEqual([
    { services: ['ordering', 'payments'], addresses: ['http://a:3000', 'http://b'] },
    { services: ['profiles'], addresses: ['dns+srv://_http._tcp.api.example'] },
    { services: ['*'], addresses: ['dns://api.example:3000'] },
  ])
})

test.for([
  ['http://a:3000', /before each =/],
  ['*=', /addresses like .*; not $/],
  ['Ordering=http://a', /before each =.*not Ordering/],
  ['ordering,*=http://a', /before each =/],
  ['ordering=http://a;payments,ordering=http://b', /names ordering twice/],
  ['ordering=a:3000', /not a:3000/],
  ['ordering=http://a:3000/api', /not http:\/\/a:3000\/api/],
  ['ordering=http://me:secret@a', /addresses like/],
  ['ordering=http://a:99999', /not http:\/\/a:99999/],
  ['ordering=dns://a', /not dns:\/\/a/],
  ['ordering=dns+srv://a:3000', /not dns\+srv/],
  [';', /names no context/],
] as const)('invalid upstreams are explained: %s', ([text, message]) => {
  expect(upstreamsOf(text)).toMatch(message)
})
