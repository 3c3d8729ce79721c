import { pushConformance } from './conformance.ts'
import { memoryPush } from './memory.ts'

pushConformance('memory', async () => {
  const push = memoryPush()
  const subscription = { endpoint: 'https://push.example/1', keys: { p256dh: 'a', auth: 'b' } }
  return {
    push,
    subscription,
    arrived: () => push.taken.map(({ payload }) => payload),
    end: () => void push.gone.add(subscription.endpoint),
    [Symbol.asyncDispose]: async () => undefined,
  }
})
