import { expect, test } from 'vitest'
import { checkBooks } from './books.ts'
import type { Found } from './found.ts'
import { emptyKept, type Kept, type KeptOrder } from './kept.ts'

const orderOf = (id: string, more: Partial<KeptOrder> = {}): KeptOrder => ({
  id,
  buyer: 'ada',
  kind: 'product',
  refId: 'lamp',
  pieces: 2,
  price: 700,
  isCancelled: false,
  refundedPieces: 0,
  restockedPieces: 0,
  refundedAmount: 0,
  ...more,
})

/** What two people and a guest were told. */
const keptBooks = (): Kept => {
  const kept = emptyKept()
  kept.people.push('ada', 'ben')
  kept.erased.add('eve')
  kept.delivered.set('lamp', 10)
  for (const order of [
    orderOf('sold'),
    orderOf('partly', { ends: 'PARTLY_REFUNDED', refundedPieces: 1, restockedPieces: 1 }),
    orderOf('cancelled', { isCancelled: true }),
    orderOf('rejected'),
    orderOf('logo', {
      kind: 'gig',
      seller: 'ben',
      refId: 'gig',
      pieces: 1,
      price: 5_000,
      refundedAmount: 1_000,
      ends: 'PARTLY_REFUNDED',
    }),
  ])
    kept.orders.set(order.id, order)
  const post = { author: 'ben', content: 'Seen: heron', isDeleted: false }
  kept.posts.set('p1', { id: 'p1', word: 'heron', ...post })
  kept.posts.set('p2', { id: 'p2', word: 'egret', ...post, isDeleted: true })
  kept.posts.set('p3', { id: 'p3', word: 'crane', ...post, author: 'eve' })
  kept.comments.set('c1', { id: 'c1', postId: 'p1', author: 'ada', isDeleted: false })
  kept.comments.set('c2', { id: 'c2', postId: 'p1', author: 'eve', isDeleted: false })
  kept.likes.add('p1 ada').add('p1 eve')
  kept.follows.add('ada ben').add('eve ben')
  kept.reviews.set('r1', {
    id: 'r1',
    productId: 'lamp',
    author: 'ada',
    rating: 4,
    isDeleted: false,
  })
  const messages = new Map([
    ['m1', 'Hello'],
    ['m2', 'Hello yourself'],
  ])
  kept.conversations.set('talk', { id: 'talk', participants: ['ada', 'ben'], messages })
  kept.files.set('f1', { id: 'f1', owner: 'ada', sha256: 'abc', isPicture: true, isDeleted: false })
  kept.files.set('f2', {
    id: 'f2',
    owner: 'ben',
    sha256: 'abc',
    isPicture: false,
    isDeleted: false,
  })
  kept.profiles.set('ada', { bio: 'Collects barometers' })
  return kept
}

const news = (type: string, orderId: string) =>
  ['in_app', 'email'].map((channel) => ({
    id: `${type}-${orderId}-${channel}`,
    type,
    channel,
    orderId,
  }))

/** What is there when all is well. */
const foundBooks: Found = {
  orders: [
    { id: 'sold', userId: 'ada', status: 'CONFIRMED', payment: 'pay-sold' },
    { id: 'partly', userId: 'ada', status: 'PARTLY_REFUNDED', payment: 'pay-partly' },
    { id: 'cancelled', userId: 'ada', status: 'CANCELLED', payment: 'pay-cancelled' },
    { id: 'rejected', userId: 'ada', status: 'REJECTED' },
    { id: 'logo', userId: 'ada', status: 'PARTLY_REFUNDED', payment: 'pay-logo' },
  ],
  charges: [
    { payment: 'pay-sold', amount: 1_400 },
    { payment: 'pay-partly', amount: 1_400 },
    { payment: 'pay-cancelled', amount: 1_400 },
    { payment: 'pay-logo', amount: 5_000 },
  ],
  refunds: [
    { payment: 'pay-partly', amount: 700 },
    { payment: 'pay-cancelled', amount: 1_400 },
    { payment: 'pay-logo', amount: 1_000 },
  ],
  stock: new Map([['lamp', { quantity: 7, reserved: 0 }]]),
  earnings: new Map([['ben', { held: 0, captured: 5_000, refunded: 1_000 }]]),
  posts: new Map([['p1', { content: 'Seen: heron', likeCount: 1, commentCount: 1 }]]),
  comments: new Map([['p1', ['c1']]]),
  followers: new Map([
    ['ada', { ids: [], count: 0 }],
    ['ben', { ids: ['ada'], count: 1 }],
  ]),
  feeds: new Map([
    ['ada', [{ id: 'p1', position: 1 }]],
    ['ben', [{ id: 'p1', position: 1 }]],
  ]),
  reviews: new Map([['lamp', { all: [{ id: 'r1', rating: 4 }], count: 1, average: 4 }]]),
  messages: new Map([
    [
      'talk',
      [
        { id: 'm1', text: 'Hello' },
        { id: 'm2', text: 'Hello yourself' },
      ],
    ],
  ]),
  heard: new Map([
    ['talk ada', ['m1', 'm2']],
    ['talk ben', ['m1', 'm2']],
  ]),
  files: new Map([
    ['f1', { sha256: 'cleaned', thumbnails: 2 }],
    ['f2', { sha256: 'abc', thumbnails: 0 }],
  ]),
  profiles: new Map([['ada', { bio: 'Collects barometers' }]]),
  notifications: new Map([
    ['ada', [...news('order_confirmed', 'sold'), ...news('order_rejected', 'rejected')]],
  ]),
  searches: new Map([
    ['heron', ['p1']],
    ['egret', []],
    ['crane', []],
  ]),
  erased: new Map([['eve', { erasure: 'forgotten', profile: 404 }]]),
  audits: [{ name: 'orders', state: 'audited', looked: 5, same: 5 }],
  deadLetters: [],
}

const faultsOf = (changes: Partial<Found>, keep: (kept: Kept) => void = () => undefined) => {
  const kept = keptBooks()
  keep(kept)
  return checkBooks(kept, { ...foundBooks, ...changes }).flatMap(({ faults }) => faults)
}

test('books that are right have no faults, and everything is compared', () => {
  const books = checkBooks(keptBooks(), foundBooks)
  expect(books.flatMap(({ faults }) => faults)).toEqual([])
  expect(books.filter(({ compared }) => compared === 0).map(({ name }) => name)).toEqual([
    'dead letters',
  ])
})

const [first, ...others] = foundBooks.orders
const post = foundBooks.posts.get('p1')!
const [charge, ...charges] = foundBooks.charges

test.each<readonly [string, Partial<Found>, string]>([
  ['a lost order', { orders: others }, 'Orders: sold is missing'],
  [
    'a doubled order',
    { orders: [...foundBooks.orders, first!] },
    'Orders: sold is there more than once',
  ],
  [
    'an order of nobody',
    { orders: [...foundBooks.orders, { ...first!, id: 'more' }] },
    'Orders: more is too many',
  ],
  [
    'an order of another',
    { orders: [{ ...first!, userId: 'ben' }, ...others] },
    'Order sold belongs to ben, not ada',
  ],
  [
    'an order that hangs',
    { orders: [{ ...first!, status: 'PAID' }, ...others] },
    'Order sold has not ended: PAID',
  ],
  [
    'a refund that was forgotten',
    {
      orders: foundBooks.orders.map((one) =>
        one.id === 'partly' ? { ...one, status: 'CONFIRMED' } : one,
      ),
    },
    'Order partly is CONFIRMED, not PARTLY_REFUNDED',
  ],
  [
    'a cancellation that was lost',
    {
      orders: foundBooks.orders.map((one) =>
        one.id === 'cancelled' ? { ...one, status: 'CONFIRMED' } : one,
      ),
    },
    'Order cancelled was cancelled, and is CONFIRMED',
  ],
  [
    'a second charge',
    { charges: [...foundBooks.charges, charge!] },
    'Order sold was charged 2 times',
  ],
  ['no charge', { charges }, 'Order sold is paid with 0, and 1400 are owed'],
  [
    'a refund too many',
    { refunds: [...foundBooks.refunds, charge!] },
    'Order sold is paid with 0, and 1400 are owed',
  ],
  [
    'a charge of nothing',
    { charges: [...foundBooks.charges, { payment: 'stray', amount: 1 }] },
    'Payment stray of the bank is of no order',
  ],
  [
    'earnings that are wrong',
    { earnings: new Map([['ben', { held: 0, captured: 4_000, refunded: 1_000 }]]) },
    'The bank has 6100: not the sales of 2100 and the earnings of 3000',
  ],
  [
    'money that is still held',
    { earnings: new Map([['ben', { held: 5, captured: 5_000, refunded: 1_000 }]]) },
    '5 are still held for seller ben',
  ],
  [
    'a lost piece',
    { stock: new Map([['lamp', { quantity: 6, reserved: 0 }]]) },
    'Product lamp has 6 pieces, not 7',
  ],
  [
    'a reservation',
    { stock: new Map([['lamp', { quantity: 7, reserved: 2 }]]) },
    'Product lamp has 2 pieces reserved',
  ],
  ['a lost post', { posts: new Map() }, 'Posts: p1 is missing'],
  [
    'a deleted post',
    { posts: new Map([...foundBooks.posts, ['p2', post]]) },
    'Posts: p2 is too many',
  ],
  [
    'a post of a forgotten user',
    { posts: new Map([...foundBooks.posts, ['p3', post]]) },
    'Posts: p3 is too many',
  ],
  [
    'another text',
    { posts: new Map([['p1', { ...post, content: '' }]]) },
    'Post p1 has another text',
  ],
  [
    'a like too many',
    { posts: new Map([['p1', { ...post, likeCount: 2 }]]) },
    'Post p1 has 2 likes, not 1',
  ],
  [
    'a lost count',
    { posts: new Map([['p1', { ...post, commentCount: 0 }]]) },
    'Post p1 counts 0 comments, not 1',
  ],
  [
    'a comment twice',
    { comments: new Map([['p1', ['c1', 'c1']]]) },
    'Comments of post p1: c1 is there more than once',
  ],
  [
    'a lost follower',
    { followers: new Map([['ben', { ids: [], count: 1 }]]) },
    'Followers of ben: ada is missing',
  ],
  [
    'followers counted wrongly',
    { followers: new Map([['ben', { ids: ['ada'], count: 2 }]]) },
    'User ben counts 2 followers, not 1',
  ],
  ['a gap in a feed', { feeds: new Map([['ada', []]]) }, 'Feed of ada: p1 is missing'],
  [
    'a post twice in a feed',
    { feeds: new Map([['ada', Array(2).fill({ id: 'p1', position: 1 })]]) },
    'Feed of ada: p1 is there more than once',
  ],
  [
    'a post of somebody else in a feed',
    {
      feeds: new Map([['ada', [...foundBooks.feeds.get('ada')!, { id: 'p3', position: 0 }]]]),
    },
    'Feed of ada: p3 is too many',
  ],
  [
    'a feed out of order',
    {
      feeds: new Map([['ada', [{ id: 'p0', position: 0 }, ...foundBooks.feeds.get('ada')!]]]),
    },
    'Feed of ada is out of order',
  ],
  ['a lost review', { reviews: new Map() }, 'Reviews of product lamp: r1 is missing'],
  [
    'a rating of before',
    { reviews: new Map([['lamp', { all: [{ id: 'r1', rating: 5 }], count: 1, average: 4 }]]) },
    'Review r1 gives 5 points, not 4',
  ],
  [
    'an average that is wrong',
    { reviews: new Map([['lamp', { all: [{ id: 'r1', rating: 4 }], count: 2, average: 4 }]]) },
    'Product lamp is rated 4 by 2, not 4 by 1',
  ],
  [
    'a lost message',
    { messages: new Map([['talk', foundBooks.messages.get('talk')!.slice(1)]]) },
    'Messages of conversation talk: m1 is missing',
  ],
  [
    'a message pushed twice',
    { heard: new Map([['talk ada', ['m1', 'm2', 'm1']]]) },
    'Messages pushed to ada in talk: m1 is there more than once',
  ],
  [
    'a message not pushed',
    { heard: new Map([['talk ada', ['m1']]]) },
    'Messages pushed to ada in talk: m2 is missing',
  ],
  [
    'pushes out of order',
    { heard: new Map([['talk ada', ['m2', 'm1']]]) },
    'Messages pushed to ada in talk are out of order',
  ],
  ['a lost file', { files: new Map() }, 'Files: f1 is missing'],
  [
    'other bytes',
    { files: new Map([['f2', { sha256: 'x', thumbnails: 0 }]]) },
    'File f2 has other bytes',
  ],
  [
    'no small pictures',
    { files: new Map([['f1', { sha256: 'abc', thumbnails: 0 }]]) },
    'Picture f1 has no small ones',
  ],
  [
    'an old profile',
    { profiles: new Map([['ada', { bio: '' }]]) },
    'The profile of ada is not as it was acknowledged last',
  ],
  [
    'no notification',
    { notifications: new Map([['ada', news('order_confirmed', 'sold')]]) },
    'User ada was not notified: order_rejected in_app rejected',
  ],
  [
    'a second notification',
    {
      notifications: new Map([
        [
          'ada',
          [
            ...foundBooks.notifications.get('ada')!,
            { ...news('order_confirmed', 'sold')[0]!, id: 'again' },
          ],
        ],
      ]),
    },
    'User ada was notified more than once: order_confirmed in_app sold',
  ],
  [
    'a search without a hit',
    { searches: new Map([['heron', []]]) },
    'Search for heron: p1 is missing',
  ],
  [
    'a search that finds a deleted post',
    { searches: new Map([['egret', ['p2']]]) },
    'Search for egret: p2 is too many',
  ],
  [
    'an erasure that hangs',
    { erased: new Map([['eve', { erasure: 'started', profile: 404 }]]) },
    'The erasure of eve is started',
  ],
  [
    'a profile that is left',
    { erased: new Map([['eve', { erasure: 'forgotten', profile: 200 }]]) },
    'The profile of eve, who was erased, is answered with 200',
  ],
  [
    'a read model that differs',
    { audits: [{ name: 'orders', state: 'audited', looked: 5, same: 4 }] },
    'Read model orders: audited, 1 of 5 documents differ',
  ],
  ['no audit', { audits: [] }, 'No read model was audited'],
  ['a dead letter', { deadLetters: ['mail'] }, 'Dead letter: mail'],
])('%s is found', (_, changes, fault) => {
  expect(faultsOf(changes)).toContain(fault)
})

test('pieces that are sold too often are found, even where the stock agrees', () => {
  expect(
    faultsOf({ stock: new Map([['lamp', { quantity: -1, reserved: 0 }]]) }, (kept) => {
      kept.delivered.set('lamp', 2)
    }),
  ).toEqual(['Product lamp was sold 1 times too often'])
})
