import type { Templates } from './template.ts'

const cancelled = {
  payment_declined: ' because the payment was declined',
  payment_unavailable: ' because the payment could not be made',
  payment_timeout: ' because it was not paid in time',
  payment_not_captured: ' because the money could not be taken',
  overdue: ' because it was overdue',
  cancelled_by_agreement: ' by agreement of both sides',
  cancelled_by_admin: ' by Agora',
  other: '',
}

/** English templates of notifications. They name nobody: texts of notifications are not sealed. */
export const english: Templates = {
  welcome: {
    subject: 'Welcome to Agora',
    text: 'Your account is open. Look around, and tell others in your profile who you are.',
  },
  order_confirmed: {
    subject: 'Your order is confirmed',
    text: 'Your order of {summary}, is confirmed.',
  },
  order_rejected: {
    subject: 'Your order could not be accepted',
    text: 'Your order of {summary}, could not be accepted: {reason}',
    words: {
      reason: {
        out_of_stock: 'something in it is sold out. You have not been charged.',
        payment_unavailable: 'the payment could not be made. You have not been charged.',
        payment_declined: 'the payment was declined. You have not been charged.',
      },
    },
  },
  order_cancelled: {
    subject: 'Your order was called off',
    text: 'Your order of {summary}, was called off{reason}. What you may have paid is given back.',
    words: { reason: { payment_timeout: ' because it was not paid in time', other: '' } },
  },
  order_shipped: {
    subject: 'Your order is on its way',
    text: 'Your parcel has been handed over to the carrier. Your order shows its number.',
  },
  order_delivered: {
    subject: 'Your order has arrived',
    text: 'The carrier has delivered your parcel.',
  },
  order_undelivered: {
    subject: 'Your parcel could not be delivered',
    text: 'The carrier could not deliver your parcel, and tries once more. If that fails as well, it comes back to us, and you get your money back.',
  },
  order_refunded: {
    subject: 'Your order is refunded',
    text: 'We have given back {amount} to the card that you paid with. Your bank may take some days to show it. Nothing more of this order is sent.',
  },
  'order_refunded.partly': {
    subject: 'A part of your order is refunded',
    text: 'We have given back {amount} to the card that you paid with. Your bank may take some days to show it.',
  },
  return_accepted: {
    subject: 'Your return is accepted',
    text: 'Please send the goods back to us. You get the money back when they have arrived.',
  },
  return_declined: {
    subject: 'Your return was not accepted',
    text: 'We cannot take these goods back.',
  },
  'return_declined.reason': {
    subject: 'Your return was not accepted',
    text: 'We cannot take these goods back: {reason}',
  },
  return_received: {
    subject: 'Your return has arrived',
    text: 'The goods that you sent back have arrived. We are giving your money back.',
  },
  'return_received.undelivered': {
    subject: 'Your parcel came back to us',
    text: 'The carrier could not deliver your parcel. We are giving your money back.',
  },
  gig_ordered: {
    subject: 'You have a new order',
    text: 'A buyer has ordered one of your gigs for {price}. The money is held until the work is accepted. Deliver by {dueOn}.',
  },
  gig_delivered: {
    subject: 'Your order is delivered',
    text: 'The seller has delivered your order. Accept the work or ask for a revision: without an answer within {days} days, it is accepted.',
  },
  gig_revision_requested: {
    subject: 'A revision is requested',
    text: 'The buyer asks for a revision of your delivery. Deliver it by {dueOn}.',
  },
  gig_overdue: {
    subject: 'Your order is overdue',
    text: 'The seller has not delivered in time. You may wait, or cancel the order; the money is not taken then.',
  },
  gig_completed: {
    subject: 'Your order is completed',
    text: 'The work is accepted, and {price} was taken for you.',
  },
  gig_accepted: {
    subject: 'Your order is completed',
    text: 'There was no answer, so the delivered work is accepted, and {price} was taken from your card.',
  },
  gig_cancellation_proposed: {
    subject: 'The other side asks to cancel an order',
    text: 'The other side of an order of a gig asks to cancel it. If you agree, cancel it as well; otherwise it goes on.',
  },
  gig_cancelled: {
    subject: 'An order of a gig is cancelled',
    text: 'An order of a gig was cancelled{reason}. No money is taken for it.',
    words: { reason: cancelled },
  },
  'review_received.gig': {
    subject: 'Your gig has a new review',
    text: 'A buyer has rated your gig {rating} of 5. You may answer the review once.',
  },
  'review_received.person': {
    subject: 'You have a new review',
    text: 'The other side of an order has rated you {rating} of 5. You may answer the review once.',
  },
  unread_messages: {
    subject: 'New messages',
    text: 'You have unread messages in a conversation.',
    several: 'New messages in {count} conversations',
  },
  post_commented: {
    subject: 'Your post has a new comment',
    text: 'Somebody has commented on your post.',
    several: '{count} new comments',
  },
  'mentioned.post': {
    subject: 'You were mentioned',
    text: 'A post mentions you.',
    several: 'You were mentioned {count} times',
  },
  'mentioned.comment': {
    subject: 'You were mentioned',
    text: 'A comment mentions you.',
    several: 'You were mentioned {count} times',
  },
  follow_requested: {
    subject: 'Somebody asks to follow you',
    text: 'Accept or decline the request to follow you.',
    several: '{count} users ask to follow you',
  },
  follow_accepted: {
    subject: 'Your request was accepted',
    text: 'A user whom you asked lets you follow now.',
  },
  followed: {
    subject: 'You have a new follower',
    text: 'Somebody follows you now.',
    several: 'You have {count} new followers',
  },
  media_rejected: {
    subject: 'A picture of yours was rejected',
    text: 'A picture that you have uploaded cannot be shown: {reason}',
    words: {
      reason: {
        unreadable: 'it cannot be read as a picture.',
        too_many_pixels: 'it has too many pixels. Upload a smaller one.',
        not_decodable: 'it is damaged, or of a kind that is not supported.',
      },
    },
  },
  announcement: {
    subject: 'A message from Agora',
    text: '{text}',
    sms: 'Agora: {text}',
  },
  alert_raised: {
    subject: 'Alert: {name}',
    text: '{detail}',
    sms: 'Agora: {name}. {detail}',
  },
}
