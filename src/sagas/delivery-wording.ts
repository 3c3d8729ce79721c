import { templated } from '../domains/notifications/language.ts'
import type { News } from './wording.ts'

export const dispatchedNews: News = templated('order_shipped')

export const deliveredNews: News = templated('order_delivered')

export const undeliveredNews: News = templated('order_undelivered')

export const cameBackNews: News = templated('return_received.undelivered')
