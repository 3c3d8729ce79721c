import { expect, test } from 'vitest'
import { gigDetails, tagsOf } from './gig-values.ts'

const typed = (fields: Readonly<Record<string, string>>) => ({
  text: (name: string) => fields[name] ?? '',
  number: (name: string) => (fields[name] ? Number(fields[name]) : undefined),
})

test('tags are split at commas, each once', () =>
  expect(tagsOf(' vector,, branding ,vector')).toStrictEqual(['vector', 'branding']))

test('a form of two packages has their details, in one currency', () => {
  const details = gigDetails(
    typed({
      title: 'A logo',
      description: 'Drawn by hand',
      category: 'design',
      tags: 'vector',
      currency: 'EUR',
      'packages[0].name': 'Basic',
      'packages[0].description': 'One proposal',
      'packages[0].price': '49,90',
      'packages[0].deliveryDays': '3',
      'packages[0].revisions': '1',
      'packages[1].name': 'Plus',
      'packages[1].description': 'Three proposals',
      'packages[1].price': 'much',
      'packages[1].deliveryDays': '7',
      'packages[1].revisions': '0',
    }),
    2,
    ['one'],
  )
  expect(details).toStrictEqual({
    title: 'A logo',
    description: 'Drawn by hand',
    category: 'design',
    tags: ['vector'],
    mediaIds: ['one'],
    packages: [
      {
        name: 'Basic',
        description: 'One proposal',
        price: { amount: 4_990, currency: 'EUR' },
        deliveryDays: 3,
        revisions: 1,
      },
      {
        name: 'Plus',
        description: 'Three proposals',
        price: { amount: 0, currency: 'EUR' },
        deliveryDays: 7,
        revisions: 0,
      },
    ],
  })
})
