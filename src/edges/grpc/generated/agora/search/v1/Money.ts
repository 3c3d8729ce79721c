// Original file: proto/search.proto

import type { Long } from '@grpc/proto-loader';

export interface Money {
  'amount'?: (number | string | Long);
  'currency'?: (string);
}

export interface Money__Output {
  'amount': (number);
  'currency': (string);
}
