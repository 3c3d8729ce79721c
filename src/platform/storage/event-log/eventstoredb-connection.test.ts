import { expect, test } from 'vitest'
import { BadUrl, connect } from './eventstoredb-connection.ts'

test.each(['esdb://admin:s3cr3t@', 'esdb://admin:s3cr3t@a:2113?tls=s3cr3t'])(
  'the error of the invalid URL %s does not contain the URL',
  (url) => {
    let thrown: unknown
    try {
      connect(url)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(BadUrl)
    expect(thrown).toMatchObject({ message: expect.stringMatching(/expected .+/) })
    expect(JSON.stringify([thrown, String(thrown)])).not.toContain('s3cr3t')
    expect(thrown).not.toHaveProperty('cause')
  },
)
