import { describe, test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { MediaId, UserId } from '../shared/index.ts'
import { gig } from './gig.ts'

const sellerId = derivedId(UserId, 'ada')
const euros = (amount: number) => ({ amount, currency: 'EUR' })
const basic = {
  name: 'Basic',
  description: 'One proposal',
  price: euros(5_000),
  deliveryDays: 3,
  revisions: 1,
}
const plus = { ...basic, name: 'Plus', price: euros(9_000) }
const offered = {
  title: 'A logo',
  description: 'Drawn by hand',
  category: 'design',
  packages: [basic, plus],
}
const create = { type: 'CreateGig' as const, data: { sellerId, ...offered } }
const createdData = { sellerId, ...offered, tags: [], mediaIds: [] }
const created = { type: 'GigCreated' as const, data: createdData }
const published = { type: 'GigPublished' as const, data: {} }
const paused = { type: 'GigPaused' as const, data: {} }
const deleted = { type: 'GigDeleted' as const, data: {} }
const [publish, pause, remove] = (['PublishGig', 'PauseGig', 'DeleteGig'] as const).map((type) => ({
  type,
  data: {},
})) as [
  { type: 'PublishGig'; data: object },
  { type: 'PauseGig'; data: object },
  { type: 'DeleteGig'; data: object },
]
const suspend = { type: 'SuspendGig' as const, data: {} }
const resume = { type: 'ResumeGig' as const, data: {} }
const suspended = { type: 'GigSuspended' as const, data: {} }
const resumed = { type: 'GigResumed' as const, data: {} }
const update = (data: object) => ({ type: 'UpdateGig' as const, data })

describe('a gig', () => {
  test('is created with its packages, without tags and pictures unless they are named', () => {
    given(gig).when(create).yields(created)
    const more = { tags: ['logo'], mediaIds: [derivedId(MediaId, 'picture')] }
    given(gig)
      .when({ type: 'CreateGig', data: { ...create.data, ...more } })
      .yields({ type: 'GigCreated', data: { ...createdData, ...more } })
  })

  test('is created once by a repeated command, and not replaced by another one', () => {
    given(gig, created).when(create).yields()
    for (const other of [
      { ...create.data, title: 'Another logo' },
      { ...create.data, sellerId: derivedId(UserId, 'eve') },
    ])
      given(gig, created).when({ type: 'CreateGig', data: other }).refuses('AlreadyCreated')
    given(gig, created, deleted).when(create).refuses('AlreadyCreated')
  })

  test.each(['Basic', 'BASIC', ' basic '])(
    'refuses two packages of one name, such as Basic and "%s"',
    (name) => {
      const packages = [basic, { ...plus, name }]
      given(gig)
        .when({ type: 'CreateGig', data: { ...create.data, packages } })
        .refuses('SamePackageName')
      given(gig, created).when(update({ packages })).refuses('SamePackageName')
    },
  )

  test('refuses prices in two currencies', () => {
    const packages = [basic, { ...plus, price: { amount: 9_000, currency: 'USD' } }]
    given(gig)
      .when({ type: 'CreateGig', data: { ...create.data, packages } })
      .refuses('MixedPackageCurrencies')
    given(gig, created).when(update({ packages })).refuses('MixedPackageCurrencies')
  })

  test('says which files it refers to, and no longer', () => {
    const [one, other] = [derivedId(MediaId, 'picture'), derivedId(MediaId, 'video')]
    given(gig, created)
      .when(update({ mediaIds: [one] }))
      .yields(
        { type: 'GigMediaChanged', data: { added: [one], dropped: [] } },
        { type: 'GigUpdated', data: { sellerId, mediaIds: [one] } },
      )
    const shown = { ...created, data: { ...createdData, mediaIds: [one] } }
    given(gig, shown)
      .when(update({ mediaIds: [other] }))
      .yields(
        { type: 'GigMediaChanged', data: { added: [other], dropped: [one] } },
        { type: 'GigUpdated', data: { sellerId, mediaIds: [other] } },
      )
    given(gig, shown)
      .when({ type: 'DeleteGig', data: {} })
      .yields(
        { type: 'GigMediaChanged', data: { added: [], dropped: [one], ended: true } },
        { type: 'GigDeleted', data: {} },
      )
  })

  test.each([
    { title: 'Another title' },
    { description: 'Another description' },
    { category: 'art' },
    { tags: ['logo'] },
    { packages: [basic] },
    { packages: [plus, basic] },
    { packages: [{ ...basic, description: 'Two proposals' }, plus] },
    { packages: [{ ...basic, price: euros(5_001) }, plus] },
    {
      packages: [
        { ...basic, price: { amount: 5_000, currency: 'USD' } },
        { ...plus, price: { amount: 9_000, currency: 'USD' } },
      ],
    },
    { packages: [basic, { ...plus, deliveryDays: 4 }] },
    { packages: [basic, { ...plus, revisions: 4 }] },
    { packages: [{ ...basic, name: 'Small' }, plus] },
  ])('records what changes: %j', (change) => {
    const changed = { type: 'GigUpdated' as const, data: { sellerId, ...change } }
    given(gig, created)
      .when(update({ ...offered, ...change }))
      .yields(changed)
    given(gig, created, changed).when(update(change)).yields()
  })

  test.each([
    [['vector', 'logo']],
    [['logo']],
    [['logo', 'vector', 'svg']],
    [['logo', 'svg']],
    [[]],
  ])('records other tags than logo and vector: %j', (tags) => {
    const tagged = {
      type: 'GigCreated' as const,
      data: { ...createdData, tags: ['logo', 'vector'] },
    }
    given(gig, tagged)
      .when(update({ tags }))
      .yields({ type: 'GigUpdated', data: { sellerId, tags } })
    given(gig, tagged)
      .when(update({ tags: ['logo', 'vector'] }))
      .yields()
  })

  test('records nothing when nothing changes', () => {
    given(gig, created).when(update({})).yields()
    given(gig, created, published)
      .when(update({ ...offered, tags: [], mediaIds: [] }))
      .yields()
  })

  test('is published, paused and published again, each once', () => {
    given(gig, created).when(publish).yields(published)
    given(gig, created, published).when(publish).yields()
    given(gig, created, published).when(pause).yields(paused)
    given(gig, created, published, paused).when(pause).yields()
    given(gig, created, published, paused).when(publish).yields(published)
  })

  test('cannot be paused while it is a draft', () =>
    given(gig, created).when(pause).refuses('NotPublished'))

  test('is suspended once with its seller, and offered as before afterwards', () => {
    given(gig, created, published).when(suspend).yields(suspended)
    given(gig, created, published, suspended).when(suspend).yields()
    given(gig, created, published, suspended).when(resume).yields(resumed)
    given(gig, created, published, suspended, resumed).when(resume).yields()
    given(gig, created, published, suspended, resumed).when(publish).yields()
    given(gig, created, published, paused, suspended, resumed).when(publish).yields(published)
    given(gig, created, published, suspended).when(remove).yields(deleted)
  })

  test('is neither published nor paused while it is suspended', () => {
    for (const command of [publish, pause])
      given(gig, created, published, suspended).when(command).refuses('SellerSuspended')
  })

  test('is not suspended as a draft, deleted or unknown, nor resumed without that', () => {
    for (const events of [[], [created], [created, deleted]]) {
      given(gig, ...events)
        .when(suspend)
        .yields()
      given(gig, ...events)
        .when(resume)
        .yields()
    }
  })

  test('is deleted once, whatever its status', () => {
    given(gig, created).when(remove).yields(deleted)
    given(gig, created, published, paused).when(remove).yields(deleted)
    given(gig, created, deleted).when(remove).yields()
  })

  test('refuses changes when it was deleted or never created', () => {
    for (const command of [update({ title: 'Late' }), publish, pause]) {
      given(gig).when(command).refuses('NoSuchGig')
      given(gig, created, deleted).when(command).refuses('NoSuchGig')
    }
    given(gig).when(remove).refuses('NoSuchGig')
  })
})
