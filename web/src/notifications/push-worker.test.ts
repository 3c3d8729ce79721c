import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { notificationAddress } from './notification-address.ts'

const source = readFileSync(join(import.meta.dirname, '../../public/push-worker.js'), 'utf8')

type Shown = { readonly title: string; readonly options: Readonly<Record<string, unknown>> }

/** Runs the worker in a browser with some windows, and records what it does. */
const worker = (windows: readonly string[] = []) => {
  const listeners = new Map<string, (event: object) => void>()
  const shown: Shown[] = []
  const opened: string[] = []
  const focused: string[] = []
  const self = {
    location: { origin: 'https://agora.example' },
    addEventListener: (type: string, listener: (event: object) => void) =>
      listeners.set(type, listener),
    registration: {
      showNotification: async (title: string, options: Shown['options']) =>
        void shown.push({ title, options }),
    },
    clients: {
      matchAll: async () => windows.map((url) => ({ url, focus: () => focused.push(url) })),
      openWindow: async (url: string) => void opened.push(url),
    },
  }
  runInNewContext(source, { self, URL })
  /** Sends an event, and waits for what it began. */
  const receive = async (type: string, event: object): Promise<void> => {
    const begun: unknown[] = []
    listeners.get(type)?.({ ...event, waitUntil: (work: unknown) => begun.push(work) })
    await Promise.all(begun)
  }
  const push = (payload: object) => receive('push', { data: { json: () => payload } })
  const click = (address: string) =>
    receive('notificationclick', { notification: { close: () => {}, data: { address } } })
  return { shown, opened, focused, receive, push, click }
}

describe('the worker of push messages', () => {
  test('shows a pushed message', async () => {
    const { shown, push } = worker()
    await push({
      id: 'n1',
      type: 'order_confirmed',
      title: 'Confirmed',
      body: 'It is',
      orderId: 'o1',
    })
    expect(shown).toEqual([
      {
        title: 'Confirmed',
        options: { body: 'It is', icon: '/icon.svg', tag: 'n1', data: { address: '/orders/o1' } },
      },
    ])
  })

  test('shows something for a payload that cannot be read, or none', async () => {
    const { shown, receive } = worker()
    const data = {
      json: () => {
        throw new SyntaxError('no JSON')
      },
    }
    await receive('push', { data })
    await receive('push', { data: null })
    expect(shown.map(({ title, options }) => [title, options['data']])).toEqual([
      ['Agora', { address: '/notifications' }],
      ['Agora', { address: '/notifications' }],
    ])
  })

  test('leads to the same addresses as the list of notifications', async () => {
    const { shown, push } = worker()
    const subjects = [
      { type: 'order_shipped', orderId: 'o/1' },
      { type: 'post_commented', postId: 'p1' },
      ...['welcome', 'unread_messages', 'follow_requested', 'alert_raised', 'alert_resolved'].map(
        (type) => ({ type }),
      ),
      ...['report_completed', 'report_failed', 'metric_threshold_breached', 'toString'].map(
        (type) => ({ type }),
      ),
    ]
    for (const subject of subjects) await push({ id: 'n', title: 'T', body: 'B', ...subject })
    expect(shown.map(({ options }) => options['data'])).toEqual(
      subjects.map((subject) => ({ address: notificationAddress(subject) ?? '/notifications' })),
    )
  })

  test('opens the page on a click, or the window that shows it', async () => {
    const { opened, click } = worker(['https://agora.example/'])
    await click('/orders/o1')
    expect(opened).toEqual(['https://agora.example/orders/o1'])
    const other = worker(['https://agora.example/orders/o1'])
    await other.click('/orders/o1')
    expect([other.opened, other.focused]).toEqual([[], ['https://agora.example/orders/o1']])
  })
})
