import { curlOf } from '../../../docs/open-api/code-sample.ts'
import { problemResponses, type Operation } from '../../../docs/open-api/operation.ts'

/** Description of the metrics, which are text, and no answer of a declared route. */
export const metricsOperation: Operation = {
  operationId: 'metrics',
  summary: 'Metrics for Prometheus',
  tags: ['system'],
  description:
    'For callers from a private network without a proxy, or with the token `METRICS_TOKEN`.',
  responses: {
    200: {
      description: 'Samples, one a line',
      content: { 'text/plain': { schema: { type: 'string' } } },
    },
    ...problemResponses([403, 500, 503]),
  },
  'x-codeSamples': [curlOf({ method: 'GET', path: '/api/v1/metrics', isPublic: true })],
}
