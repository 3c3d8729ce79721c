import type { News } from './wording.ts'

export const dispatchedNews: News = {
  type: 'order_shipped',
  subject: 'Your order is on its way',
  text: 'Your parcel has been handed over to the carrier. Your order shows its number.',
}

export const deliveredNews: News = {
  type: 'order_delivered',
  subject: 'Your order has arrived',
  text: 'The carrier has delivered your parcel.',
}

export const undeliveredNews: News = {
  type: 'order_undelivered',
  subject: 'Your parcel could not be delivered',
  text: 'The carrier could not deliver your parcel, and tries once more. If that fails as well, it comes back to us, and you get your money back.',
}

export const cameBackNews: News = {
  type: 'return_received',
  subject: 'Your parcel came back to us',
  text: 'The carrier could not deliver your parcel. We are giving your money back.',
}
