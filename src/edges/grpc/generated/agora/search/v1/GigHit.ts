// Original file: proto/search.proto

import type { Gig as _agora_search_v1_Gig, Gig__Output as _agora_search_v1_Gig__Output } from '../../../agora/search/v1/Gig.ts';
import type { Highlight as _agora_search_v1_Highlight, Highlight__Output as _agora_search_v1_Highlight__Output } from '../../../agora/search/v1/Highlight.ts';

export interface GigHit {
  'id'?: (string);
  'document'?: (_agora_search_v1_Gig | null);
  'highlights'?: (_agora_search_v1_Highlight)[];
}

export interface GigHit__Output {
  'id': (string);
  'document': (_agora_search_v1_Gig__Output | null);
  'highlights': (_agora_search_v1_Highlight__Output)[];
}
