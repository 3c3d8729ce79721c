// Original file: proto/search.proto

import type { OrderHit as _agora_search_v1_OrderHit, OrderHit__Output as _agora_search_v1_OrderHit__Output } from '../../../agora/search/v1/OrderHit.ts';

export interface OrderHits {
  'hits'?: (_agora_search_v1_OrderHit)[];
  'total'?: (number);
}

export interface OrderHits__Output {
  'hits': (_agora_search_v1_OrderHit__Output)[];
  'total': (number);
}
