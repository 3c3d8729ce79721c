/** Media type of an event in the structured mode of CloudEvents. */
export const cloudEventType = 'application/cloudevents+json'

/** Name of the event that tests an endpoint. */
export const testEvent = 'agora.webhooks.Test.v1'

/** The event that tests an endpoint. @param time ISO 8601 */
export const testCloudEvent = (id: string, webhookId: string, time: string) => ({
  specversion: '1.0',
  id,
  source: '/agora/webhooks',
  type: testEvent,
  time,
  datacontenttype: 'application/json',
  data: { webhookId },
})
