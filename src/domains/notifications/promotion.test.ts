import { test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { promotion } from './promotion.ts'

const [ada, eve] = [derivedId(UserId, 'ada'), derivedId(UserId, 'eve')]
const data = {
  segment: { role: 'buyer' as const },
  channel: 'email' as const,
  subject: 'Lamps',
  text: 'At half price.',
  recipients: 2,
  publishedBy: eve,
}
const publish = { type: 'PublishPromotion' as const, data }
const published = { type: 'PromotionPublished' as const, data }
const batch = (after: UserId, from?: UserId) => ({
  type: 'RecordBatch' as const,
  data: { after, requested: 1, ...(from && { from }) },
})
const progressed = (after: UserId) => ({
  type: 'PromotionProgressed' as const,
  data: { after, requested: 1 },
})
const pause = { type: 'PausePromotion' as const, data: {} }
const paused = { type: 'PromotionPaused' as const, data: {} }
const resume = { type: 'ResumePromotion' as const, data: {} }
const resumed = { type: 'PromotionResumed' as const, data: {} }
const finish = (from?: UserId) => ({
  type: 'FinishPromotion' as const,
  data: { ...(from && { from }) },
})
const finished = { type: 'PromotionFinished' as const, data: {} }

test('a promotion is published once; one to nobody has ended at once', () => {
  given(promotion).when(publish).yields(published)
  given(promotion, published).when(publish).yields()
  const toNobody = { ...data, recipients: 0 }
  given(promotion)
    .when({ ...publish, data: toNobody })
    .yields({ ...published, data: toNobody }, finished)
})

test('a batch continues where the last one ended, and only there', () => {
  given(promotion, published).when(batch(ada)).yields(progressed(ada))
  given(promotion, published, progressed(ada)).when(batch(ada)).yields()
  given(promotion, published, progressed(ada)).when(batch(eve, ada)).yields(progressed(eve))
  given(promotion, published).when(batch(eve, ada)).yields()
  // One that was on its way as the promotion was paused.
  given(promotion, published, paused).when(batch(ada)).yields(progressed(ada))
  given(promotion, published, finished).when(batch(ada)).yields()
  given(promotion).when(batch(ada)).refuses('NoSuchPromotion')
})

test('a promotion is paused and resumed until it has ended', () => {
  given(promotion, published).when(pause).yields(paused)
  given(promotion, published, paused).when(pause).yields()
  given(promotion, published, paused).when(resume).yields(resumed)
  given(promotion, published).when(resume).yields()
  given(promotion, published, paused, resumed).when(pause).yields(paused)
  for (const command of [pause, resume]) {
    given(promotion, published, finished).when(command).refuses('AlreadyFinished')
    given(promotion).when(command).refuses('NoSuchPromotion')
  }
})

test('a promotion ends where it has come to, unless it is paused', () => {
  given(promotion, published).when(finish()).yields(finished)
  given(promotion, published, progressed(ada)).when(finish()).yields()
  given(promotion, published, progressed(ada)).when(finish(ada)).yields(finished)
  given(promotion, published, paused).when(finish()).yields()
  given(promotion, published, finished).when(finish()).yields()
  given(promotion).when(finish()).refuses('NoSuchPromotion')
})
