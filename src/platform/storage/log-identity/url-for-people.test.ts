import { expect, test } from 'vitest'
import { withoutPassword } from './url-for-people.ts'

test.each([
  ['esdb://127.0.0.1:2113?tls=false', 'esdb://127.0.0.1:2113?tls=false'],
  ['esdb://admin:changeit@a:2113,b:2113', 'esdb://a:2113,b:2113'],
  ['esdb://admin:s3@cr3t@a:2113?tls=false', 'esdb://a:2113?tls=false'],
  ['postgres://u:s3/cr3t?@a/agora', 'postgres://a/agora'],
  ['postgres://a/agora?user=u&password=cr3t&ssl=1', 'postgres://a/agora?user=u&password=***&ssl=1'],
  ['.agora', '.agora'],
])('%s is shown without a password', (url, shown) => expect(withoutPassword(url)).toBe(shown))
