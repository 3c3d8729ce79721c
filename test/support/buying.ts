import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ledgerOf, type AgoraHere, type Env } from './agora.ts'
import { allSettled, type Person, type Shop } from './shop.ts'
import { until } from './until.ts'

/**
 * Purchases from end to end, by single buyers, admins and many buyers at once.
 * @param on the store of the log
 * @param start starts an Agora on that store
 * @param options.each orders of each of four buyers, of whom half get what they want; default 15
 */
export const buying = (
  on: string,
  start: (env?: Env) => Promise<AgoraHere>,
  { each = 15 }: { readonly each?: number } = {},
) =>
  describe(`buying, with the log in ${on}`, () => {
    let agora: AgoraHere
    let shop: Shop
    beforeAll(async () => {
      agora = await start()
      shop = agora.shop
    })
    afterAll(() => agora[Symbol.asyncDispose]())

    /** A user's notifications about orders, the newest first. */
    const orderNotificationsOf = async ({
      id,
      call,
    }: Person): Promise<{ orderId: string; type: string; channel: string; status: string }[]> => {
      const { body } = await call('GET', `/notifications/user/${id}`)
      return body.data.notifications.filter(({ type }: { type: string }) => type !== 'welcome')
    }

    /** The types of a stream's events, with their data. */
    const eventsOf = async (
      stream: string,
    ): Promise<{ type: string; data: Record<string, number> }[]> => {
      const { call } = await shop.admin()
      const { body } = await call('GET', `/analytics/streams/${stream}/events?count=1000`)
      return body.data.events
    }

    /** A payment of an order, once it has this status. */
    const paymentOf = (person: { call: Shop['anyone'] }, orderId: string, status: string) =>
      until(
        async () => (await person.call('GET', `/payments/order/${orderId}`)).body.data.payments[0],
        (payment) => payment?.status === status,
      )

    describe('somebody who buys a lamp and two chairs', () => {
      test('gets socket messages, a mail and a notification, and reads the confirmed order', async () => {
        const ada = await shop.register('ada')
        const lamp = await shop.sell(10, 1999, 'Lamp')
        const chair = await shop.sell(5, 5000, 'Chair')

        const listen = (namespace: string): Socket =>
          io(`${shop.url}/${namespace}`, { auth: { token: ada.token }, forceNew: true })
        const sockets = ['orders', 'notifications', 'inventory'].map(listen)
        const [orders, notifications, inventory] = sockets as [Socket, Socket, Socket]
        const pushes: { orderId: string; status: string; position: string }[] = []
        const paid: { orderId: string; status: string }[] = []
        const news: { orderId: string; channel: string }[] = []
        const stocks: { productId: string; available: number }[] = []
        orders.on('order:status', (message) => void pushes.push(message))
        orders.on('payment:status', (message) => void paid.push(message))
        notifications.on('notification:new', (message) => void news.push(message))
        inventory.on('stock:changed', (message) => void stocks.push(message))
        const watched = await inventory.emitWithAck('product:subscribe', { productId: lamp })
        expect(watched).toMatchObject({ ok: true, available: 10 })
        await until(
          () => sockets.every(({ connected }) => connected),
          (connected) => connected,
        )

        const placed = await ada.order({ [lamp]: 1, [chair]: 2 })
        expect(placed.status).toBe(202)
        const id: string = placed.body.data.id
        expect(placed.body.data).toMatchObject({
          status: 'PENDING',
          total: { amount: 1999 + 2 * 5000, currency: 'EUR' },
        })
        expect(placed.headers['location']).toBe(`/api/v1/orders/${id}`)
        const asked = await orders.emitWithAck('order:subscribe', { orderId: id })
        expect(asked).toMatchObject({ ok: true, position: expect.stringMatching(/^\d+$/) })

        const confirmed = await until(
          () => pushes.find(({ status }) => status === 'CONFIRMED'),
          (message) => message !== undefined,
        )
        // The pushed state can be read at its position.
        const at = await ada.call('GET', `/orders/${id}?minPosition=${confirmed?.position}`)
        expect(at.body.data).toMatchObject({
          status: 'CONFIRMED',
          payment: { status: 'COMPLETED' },
        })
        expect(Number(at.body.meta.position)).toBeGreaterThanOrEqual(Number(confirmed?.position))
        await until(
          () => paid.at(-1),
          (last) => last?.orderId === id && last.status === 'COMPLETED',
        )
        await until(
          () => news.filter(({ orderId }) => orderId === id).map(({ channel }) => channel),
          (channels) => channels.includes('in_app') && channels.includes('email'),
        )
        await until(
          () => stocks.at(-1),
          (last) => last?.productId === lamp && last.available === 9,
        )
        for (const socket of sockets) socket.disconnect()

        const payments = await ada.call('GET', `/payments/order/${id}`)
        expect(payments.body.data.payments).toMatchObject([
          { status: 'COMPLETED', amount: { amount: 11_999, currency: 'EUR' }, orderId: id },
        ])
        expect(await shop.stockOf(lamp)).toEqual({ quantity: 9, reserved: 0, available: 9 })
        expect(await shop.stockOf(chair)).toEqual({ quantity: 3, reserved: 0, available: 3 })
        const product = await shop.anyone('GET', `/products/${lamp}`)
        expect(product.body.data).toMatchObject({ stock: 9 })

        const sent = await until(
          () => orderNotificationsOf(ada),
          (all) => all.length === 2 && all.every(({ status }) => status === 'SENT'),
        )
        expect(sent.map(({ channel }) => channel).toSorted()).toEqual(['email', 'in_app'])
        for (const one of sent) expect(one).toMatchObject({ orderId: id, type: 'order_confirmed' })

        const outbox = join(agora.data, 'outbox')
        // There are mails about the account as well.
        const files = (await readdir(outbox)).filter((name) => name.endsWith('.eml'))
        const mails = await Promise.all(files.map((name) => readFile(join(outbox, name), 'utf8')))
        const confirmations = mails.filter((mail) => mail.includes('Your order is confirmed'))
        expect(confirmations).toHaveLength(1)
        expect(confirmations[0]).toContain(`To: ${ada.email}`)
        expect(confirmations[0]).toContain('Subject: Your order is confirmed')
        for (const name of files) expect((await stat(join(outbox, name))).mode & 0o077).toBe(0)
      })

      test('reads the events and saga steps of the order in its history', async () => {
        const ada = await shop.register()
        const lamp = await shop.sell(1)
        const id = await ada.buy({ [lamp]: 1 })
        await ada.settled(id)
        const { body } = await ada.call('GET', `/orders/${id}/history`)
        expect(body.data.events.map(({ type }: { type: string }) => type)).toEqual([
          'OrderPlaced',
          'OrderStockConfirmed',
          'OrderPaid',
          'OrderConfirmed',
        ])
        expect(body.data.events[0]).toMatchObject({
          at: expect.stringMatching(/Z$/),
          revision: 0,
          position: expect.stringMatching(/^\d+$/),
        })
        expect(body.data.events[0].data.paymentToken).toBe('***')
        const steps: { step: string; at: string; ended: boolean }[] = body.data.saga
        expect(steps[0]).toMatchObject({ step: 'OrderSagaStarted', ended: false })
        expect(steps.at(-1)).toMatchObject({ step: 'OrderSagaCompleted', ended: true })
        expect(JSON.stringify(body)).not.toContain('tok_ok')
      })

      test('reads their own writes, also while the read model lags', async () => {
        const ada = await shop.register()
        const lamp = await shop.sell(20)
        for (let count = 1; count <= 10; count++) {
          const placed = await ada.order({ [lamp]: 1 })
          const { position } = placed.body.meta
          const { body } = await ada.call('GET', `/orders?minPosition=${position}`)
          expect(body.data.total).toBe(count)
          expect(BigInt(body.meta.position)).toBeGreaterThanOrEqual(BigInt(position))
        }
      })

      test('pays the price of the catalogue, not one in the request', async () => {
        const ada = await shop.register()
        const lamp = await shop.sell(5, 1999)
        const reply = await ada.call('POST', '/orders', {
          items: [
            { kind: 'product', refId: lamp, quantity: 1, price: { amount: 1, currency: 'EUR' } },
          ],
          paymentMethod: { token: 'tok_ok' },
        })
        expect(reply).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
        const order = await ada.settled(await ada.buy({ [lamp]: 2 }))
        expect(order.total).toEqual({ amount: 3998, currency: 'EUR' })
      })
    })

    describe('an order that fails', () => {
      test('for lack of stock for one line is rejected, and releases its other lines', async () => {
        const ada = await shop.register()
        const [lamp, chair, table] = await Promise.all([shop.sell(3), shop.sell(1), shop.sell(3)])
        const id = await ada.buy({ [lamp]: 2, [chair]: 2, [table]: 2 })
        expect(await ada.settled(id)).toMatchObject({ status: 'REJECTED', reason: 'out_of_stock' })
        for (const [product, quantity] of [
          [lamp, 3],
          [chair, 1],
          [table, 3],
        ] as const)
          await until(
            () => shop.stockOf(product),
            ({ available, reserved }) => available === quantity && reserved === 0,
          )
        const { body } = await ada.call('GET', `/payments/order/${id}`)
        expect(body.data.payments).toEqual([])
        const sent = await until(
          () => orderNotificationsOf(ada),
          (all) => all.length === 2,
        )
        expect(sent[0]).toMatchObject({ type: 'order_rejected', orderId: id })
      })

      test.each(['tok_declined', 'tok_insufficient_funds', 'tok_nobody_knows'])(
        'for a declined payment (%s) is rejected, and releases its stock',
        async (card) => {
          const ada = await shop.register()
          const lamp = await shop.sell(2)
          const id = await ada.buy({ [lamp]: 2 }, card)
          expect(await ada.settled(id)).toMatchObject({
            status: 'REJECTED',
            reason: 'payment_declined',
          })
          await until(
            () => shop.stockOf(lamp),
            ({ quantity, available }) => quantity === 2 && available === 2,
          )
          expect((await paymentOf(ada, id, 'FAILED')).amount.amount).toBe(3998)
          const { charges } = await ledgerOf(agora.postgresUrl)
          expect(charges.get((await paymentOf(ada, id, 'FAILED')).id)).toBeUndefined()
        },
      )
    })

    describe('an order that costs nothing', () => {
      test('is paid at once and confirmed, and refunded, without a call to the provider', async () => {
        const ada = await shop.register()
        const { call: admin } = await shop.admin()
        const sample = await shop.sell(5, 0, 'Sample')
        const id = await ada.buy({ [sample]: 2 }, 'tok_declined')
        expect((await ada.settled(id)).status).toBe('CONFIRMED')
        await until(
          () => shop.stockOf(sample),
          ({ quantity, reserved }) => quantity === 3 && reserved === 0,
        )
        const payment = await paymentOf(ada, id, 'COMPLETED')
        expect(payment).toMatchObject({ amount: { amount: 0 }, provider: 'none' })
        const { charges } = await ledgerOf(agora.postgresUrl)
        expect(charges.get(payment.id)).toBeUndefined()
        const refund = await admin('POST', `/payments/${payment.id}/refund`, { reason: 'broken' })
        expect(refund.status).toBe(202)
        await paymentOf(ada, id, 'REFUNDED')
      })
    })

    describe('a payment', () => {
      test('that is slow, or fails technically twice, is charged once', async () => {
        const ada = await shop.register()
        const lamp = await shop.sell(10)
        const ids = await Promise.all(
          ['tok_slow', 'tok_unavailable'].map((card) => ada.buy({ [lamp]: 1 }, card)),
        )
        for (const id of ids) expect((await ada.settled(id)).status).toBe('CONFIRMED')
        const { charges } = await ledgerOf(agora.postgresUrl)
        for (const id of ids) {
          const { payment } = await ada.settled(id)
          expect(charges.get(payment?.id ?? '')).toHaveLength(1)
        }
      })

      test('is refunded once by an admin, and not by other users', async () => {
        const ada = await shop.register()
        const { call: admin } = await shop.admin()
        const lamp = await shop.sell(1, 700)
        const id = await ada.buy({ [lamp]: 1 })
        const { payment } = await ada.settled(id)
        const path = `/payments/${payment?.id}/refund`
        expect((await ada.call('POST', path, { reason: 'mine' })).status).toBe(403)
        expect((await admin('POST', path, { reason: 'arrived broken' })).status).toBe(202)
        expect((await admin('POST', path, { reason: 'arrived broken' })).status).toBe(202)
        await paymentOf(ada, id, 'REFUNDED')
        const { refunds } = await ledgerOf(agora.postgresUrl)
        expect(refunds.get(payment?.id ?? '')).toMatchObject([{ amount: 700 }])
      })

      test('is refused for a rejected order', async () => {
        const ada = await shop.register()
        const lamp = await shop.sell(1, 700)
        const id = await ada.buy({ [lamp]: 1 }, 'tok_declined')
        await ada.settled(id)
        const late = {
          orderId: id,
          method: { token: 'tok_ok' },
          amount: { amount: 700, currency: 'EUR' },
        }
        const reply = await ada.call('POST', '/payments', late)
        expect(reply).toMatchObject({ status: 409, body: { code: 'not_payable' } })
      })
    })

    describe('an order that is cancelled', () => {
      test('in time returns its stock and its money', async () => {
        const ada = await shop.register()
        const lamp = await shop.sell(2)
        const id = await ada.buy({ [lamp]: 2 }, 'tok_slow')
        const reply = await ada.call('POST', `/orders/${id}/cancel`, { reason: 'too dear' })
        expect(reply).toMatchObject({ status: 200, body: { data: { status: 'CANCELLED' } } })
        expect(await ada.settled(id)).toMatchObject({ status: 'CANCELLED', reason: 'too dear' })
        await until(
          () => shop.stockOf(lamp),
          ({ quantity, available }) => quantity === 2 && available === 2,
        )
        // Whether the card was charged by then or not, no payment remains.
        const { body } = await ada.call('GET', `/payments/order/${id}`)
        for (const { id: payment } of body.data.payments)
          await until(
            async () => {
              const { charges, refunds } = await ledgerOf(agora.postgresUrl)
              return [charges.get(payment)?.length ?? 0, refunds.get(payment)?.length ?? 0]
            },
            ([charged, refunded]) => charged === refunded,
          )
      })

      test('too late is unchanged, and the refusal has a reason', async () => {
        const ada = await shop.register()
        const lamp = await shop.sell(1)
        const id = await ada.buy({ [lamp]: 1 })
        await ada.settled(id)
        const reply = await ada.call('POST', `/orders/${id}/cancel`, {})
        expect(reply).toMatchObject({ status: 409, body: { code: 'already_confirmed' } })
        expect((await ada.settled(id)).status).toBe('CONFIRMED')
      })

      test('by the payment timeout returns its stock and its money', async () => {
        await using hasty = await start({ ORDER_TIMEOUT: '300ms' })
        const ada = await hasty.shop.register()
        const lamp = await hasty.shop.sell(2)
        const id = await ada.buy({ [lamp]: 2 }, 'tok_slow')
        expect(await ada.settled(id)).toMatchObject({
          status: 'CANCELLED',
          reason: 'payment_timeout',
        })
        await until(
          () => hasty.shop.stockOf(lamp),
          ({ quantity, available }) => quantity === 2 && available === 2,
        )
        // The charge was in flight; it succeeds and is refunded.
        await paymentOf(ada, id, 'REFUNDED')
        expect(await ledgerOf(hasty.postgresUrl)).toMatchObject({ balance: 0 })

        // An order that was paid in time does not time out.
        const quick = await ada.buy({ [lamp]: 1 })
        const { createdAt } = (await ada.call('GET', `/orders/${quick}`)).body.data
        await until(
          () => Date.now() - Date.parse(createdAt),
          (age) => age > 600,
        )
        expect((await ada.settled(quick)).status).toBe('CONFIRMED')
      })
    })

    describe('many who want the same', () => {
      test('two buyers of the last lamp: exactly one gets it', async () => {
        const [ada, bob] = await Promise.all([shop.register(), shop.register()])
        for (let round = 0; round < 3; round++) {
          const lamp = await shop.sell(1)
          const ids = await Promise.all([ada.buy({ [lamp]: 1 }), bob.buy({ [lamp]: 1 })])
          const ends = [await ada.settled(ids[0]), await bob.settled(ids[1])]
          expect(ends.map(({ status }) => status).toSorted()).toEqual(['CONFIRMED', 'REJECTED'])
          expect(ends.find(({ status }) => status === 'REJECTED')?.reason).toBe('out_of_stock')
          expect(await shop.stockOf(lamp)).toEqual({ quantity: 0, reserved: 0, available: 0 })
        }
      })

      test('many orders at once for half as many lamps: exactly half of them get one', async () => {
        const lamp = await shop.sell(2 * each)
        const crowd = await Promise.all(Array.from({ length: 4 }, () => shop.register()))
        const ids = await Promise.all(
          crowd.flatMap((person) => Array.from({ length: each }, () => person.buy({ [lamp]: 1 }))),
        )
        const settled = await Promise.all(
          crowd.map((person, nth) =>
            allSettled(person, { among: ids.slice(each * nth, each * (nth + 1)) }),
          ),
        )
        const orders = settled.flat()
        expect(orders.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
        const count = (status: string) => orders.filter((order) => order.status === status).length
        expect({ confirmed: count('CONFIRMED'), rejected: count('REJECTED') }).toEqual({
          confirmed: 2 * each,
          rejected: 2 * each,
        })
        expect(await shop.stockOf(lamp)).toEqual({ quantity: 0, reserved: 0, available: 0 })

        let [quantity, reserved] = [0, 0]
        for (const { type, data } of await eventsOf(`inventory-${lamp}`)) {
          const pieces = data['quantity'] ?? 0
          if (type === 'StockInitialized' || type === 'StockAdjusted') quantity = pieces
          if (type === 'StockReserved') reserved += pieces
          if (type === 'StockReservationReleased') reserved -= pieces
          if (type === 'StockCommitted')
            [quantity, reserved] = [quantity - pieces, reserved - pieces]
          expect(reserved).toBeGreaterThanOrEqual(0)
          expect(quantity - reserved).toBeGreaterThanOrEqual(0)
        }
        expect([quantity, reserved]).toEqual([0, 0])
        const { charges } = await ledgerOf(agora.postgresUrl)
        for (const { status, payment } of orders)
          expect(charges.get(payment?.id ?? '')?.length ?? 0).toBe(status === 'CONFIRMED' ? 1 : 0)
      })
    })

    test('no warning was logged, except for the unavailable cards', () => {
      const worth = agora.written.filter(
        (line) => !line.includes('The payment simulator simulates an outage'),
      )
      expect(worth).toEqual([])
    })
  })
