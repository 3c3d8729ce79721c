import { expect, test } from 'vitest'
import { BadConfig } from '../config.ts'
import { openDocuments } from './documents.ts'

test.each([
  ['MONGO_URL', { mongoUrl: 'mongodb://ann:5ecret@host:port/shop' }],
  ['MONGO_URL_BEFORE', { mongoUrlBefore: 'mongodb://ann:5ecret@host/shop?unknown=1' }],
])('an invalid %s is explained, without its password', async (variable, urls) => {
  await using parts = new AsyncDisposableStack()
  const opened = openDocuments(urls, {
    database: undefined as never,
    onChange: () => undefined,
    parts,
  })
  await expect(opened).rejects.toThrow(BadConfig)
  await expect(opened).rejects.toThrow(`The environment is invalid: ${variable}.`)
  await expect(opened).rejects.not.toThrow('5ecret')
})
