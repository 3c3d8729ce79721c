import { randomInt } from 'node:crypto'
import { messageOf } from '#kernel/error-message'
import { routeOf } from './routes.ts'
import type { Stage } from './stage.ts'

const price = { amount: 1_999, currency: 'EUR' }
const pack = {
  name: 'Basic',
  description: 'One proposal',
  price,
  deliveryDays: 3,
  revisions: 1,
}
const address = {
  name: 'Ada',
  line1: '1 Main Street',
  city: 'London',
  postalCode: 'N1 9GU',
  country: 'GB',
}
const gig = {
  title: 'A logo for your workshop',
  description: 'Drawn by hand.',
  category: 'design',
  tags: ['logo'],
  packages: [pack],
}

/** A step of the seeds; a later one finds its result by its name. */
type Step = (stage: Stage) => Promise<void>

/** Read models that requests have paused follow the log again. */
const resume: Step = async ({ ask, must }) => {
  const { projections } = await must('admin', 'GET /admin/projections')
  const route = routeOf('POST /admin/projections/:name/resume')
  for (const { name, status } of projections)
    if (status === 'paused')
      await ask(route, { as: 'admin', params: { name }, segments: {}, query: [], headers: [] })
}

const sell: Step = async ({ must }) => {
  for (const name of ['Lamp', 'Chair']) {
    const { id } = await must('admin', 'POST /products', {}, { name, category: 'x', price })
    await must(
      'admin',
      'PUT /inventory/:productId',
      { productId: id },
      { quantity: 10_000, reason: 'delivery' },
    )
  }
}

/** An order of the buyer that has come as far as this; waits for it. */
const until = async ({ must }: Stage, id: string, ...wanted: readonly string[]): Promise<void> => {
  for (let turn = 0; turn < 400; turn += 1) {
    const { status } = await must('buyer', 'GET /orders/:id', { id })
    if (wanted.includes(status)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`The order ${id} did not become ${wanted.join(' or ')}`)
}

const orderOf = (item: object, further: object = {}) => ({
  items: [{ quantity: 2, ...item }],
  paymentMethod: { token: 'tok_ok' },
  ...further,
})

const buy: Step = async (stage) => {
  const { must, pool } = stage
  const refId = pool.idsOf('ProductId').at(-1)
  const order = orderOf({ kind: 'product', refId }, { shippingAddress: address })
  const [one, two] = [
    await must('buyer', 'POST /orders', {}, order),
    await must('buyer', 'POST /orders', {}, order),
  ]
  await until(stage, one.id, 'CONFIRMED')
  await must('buyer', 'GET /payments/order/:orderId', { orderId: one.id })
  const parcel = await must(
    'admin',
    'POST /shipping/shipments',
    {},
    { orderId: one.id, method: 'express' },
  )
  const path = { id: parcel.id }
  for (const status of ['DISPATCHED', 'DELIVERED'])
    await must('admin', 'PUT /shipping/shipments/:id/status', path, {
      status,
      ...(status === 'DISPATCHED' && { tracking: '1' }),
    })
  const lines = { items: [{ line: 0, quantity: 1 }], reason: 'too small' }
  await must('buyer', 'POST /orders/:id/returns', { id: one.id }, lines)
  await until(stage, two.id, 'CONFIRMED')
  const about = { subjectType: 'product', subjectId: refId, rating: 5, comment: 'Warm light.' }
  await must('buyer', 'POST /reviews', {}, about)
}

const offer: Step = async (stage) => {
  const { must } = stage
  const { id } = await must('seller', 'POST /gigs', {}, gig)
  await must('seller', 'POST /gigs/:id/publish', { id })
  const order = await must(
    'buyer',
    'POST /orders',
    {},
    orderOf({ kind: 'gig', refId: id, package: 'Basic', quantity: 1 }),
  )
  await until(stage, order.id, 'CONFIRMED', 'IN_PROGRESS')
  await must('seller', 'POST /orders/:id/deliver', { id: order.id }, { message: 'Here it is.' })
}

const post: Step = async ({ must, personOf }) => {
  const seller = personOf('seller')?.id ?? ''
  for (const as of ['buyer', 'seller'] as const) {
    const { id } = await must(as, 'POST /posts', {}, { content: 'A new #lamp' })
    await must(as, 'POST /posts/:id/comments', { id }, { content: 'It is warm.' })
    await must(as, 'POST /posts/:id/like', { id })
  }
  await must('buyer', 'POST /users/:id/follow', { id: seller })
  const settings = { theme: 'dark', timeZone: 'UTC', privacy: 'private' }
  await must('buyer', 'PUT /users/me/settings', {}, settings)
}

const talk: Step = async ({ must, personOf }) => {
  const talked = { participantId: personOf('seller')?.id }
  const { id } = await must('buyer', 'POST /chat/conversations', {}, talked)
  await must('buyer', 'POST /chat/conversations/:id/messages', { id }, { text: 'Is it there?' })
  await must('seller', 'POST /chat/conversations/:id/messages', { id }, { text: 'It is.' })
}

/** A PNG of one pixel. */
export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
)

/** A form with a file. */
export const formOf = (bytes: Buffer, name = 'a.png', type = 'image/png') => ({
  type: 'multipart/form-data; boundary=fuzz',
  content: Buffer.concat([
    Buffer.from(
      `--fuzz\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`,
    ),
    bytes,
    Buffer.from('\r\n--fuzz--\r\n'),
  ]),
})

const upload: Step = async ({ ask, must, personOf }) => {
  const route = routeOf('POST /media/upload')
  for (const as of ['buyer', 'seller'] as const) {
    const described = { as, params: {}, segments: {}, query: [], headers: [], raw: formOf(pixel) }
    const answered = await ask(route, described)
    if (answered.status !== 201) throw new Error(`POST /media/upload: ${answered.text}`)
    await must(as, 'GET /users/:userId/media', { userId: personOf(as)?.id ?? '' })
  }
}

const manage: Step = async ({ must }) => {
  const hook = { url: 'https://shop.example/hooks', events: ['agora.ordering.OrderPlaced.v1'] }
  const webhook = await must('admin', 'POST /admin/webhooks', {}, hook)
  await must('admin', 'POST /admin/webhooks/:id/pause', { id: webhook.id })
  const job = { type: 'session-cleanup', cron: '30 2 1 1 *', timeZone: 'UTC' }
  await must('admin', 'POST /jobs', {}, job)
  const promotion = {
    segment: { country: 'DE' },
    channel: 'in_app',
    subject: 'Lamps',
    text: 'Now.',
  }
  await must('admin', 'POST /notifications/promotions', {}, promotion)
}

const analyse: Step = async ({ must }) => {
  await must('analyst', 'POST /analytics/replays', {}, { fromPosition: '1', speed: 10 })
  const report = { kind: 'sales', format: 'csv', from: '2030-01-01', to: '2030-01-31' }
  await must('analyst', 'POST /analytics/reports', {}, report)
  const threshold = { metric: 'payments_failed', when: 'above', value: 20, bucket: 'hour' }
  await must('analyst', 'POST /analytics/thresholds', {}, threshold)
}

/** A new number, as codes are sent to one a few times a day only. */
const someNumber = (): string => `+49151${randomInt(1_000_000, 9_999_999)}`

const look: Step = async ({ must, personOf }) => {
  for (const as of ['buyer', 'seller'] as const) {
    await must(as, 'POST /notifications/devices', {}, { kind: 'phone', number: someNumber() })
    await must(as, 'GET /notifications/user/:userId', { userId: personOf(as)?.id ?? '' })
    for (const path of [
      '/auth/sessions',
      '/payments',
      '/orders',
      '/reviews',
      '/notifications/devices',
    ])
      await must(as, `GET ${path}`)
  }
}

const steps: Readonly<Record<string, Step>> = {
  resume,
  sell,
  buy,
  offer,
  post,
  talk,
  upload,
  manage,
  analyse,
  look,
}

/**
 * Brings what requests may be about: orders, gigs, posts, conversations, files and so on, of the buyer and the seller.
 * @returns the steps that failed, with the reason
 */
export const seed = async (stage: Stage): Promise<readonly string[]> => {
  const failures: string[] = []
  for (const [name, step] of Object.entries(steps))
    await step(stage).catch((error: unknown) => failures.push(`${name}: ${messageOf(error)}`))
  return failures
}
