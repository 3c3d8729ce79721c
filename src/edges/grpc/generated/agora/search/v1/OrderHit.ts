// Original file: proto/search.proto

import type { Order as _agora_search_v1_Order, Order__Output as _agora_search_v1_Order__Output } from '../../../agora/search/v1/Order.ts';
import type { Highlight as _agora_search_v1_Highlight, Highlight__Output as _agora_search_v1_Highlight__Output } from '../../../agora/search/v1/Highlight.ts';

export interface OrderHit {
  'id'?: (string);
  'document'?: (_agora_search_v1_Order | null);
  'highlights'?: (_agora_search_v1_Highlight)[];
}

export interface OrderHit__Output {
  'id': (string);
  'document': (_agora_search_v1_Order__Output | null);
  'highlights': (_agora_search_v1_Highlight__Output)[];
}
