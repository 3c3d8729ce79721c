// Original file: proto/search.proto

import type { Media as _agora_media_v1_Media, Media__Output as _agora_media_v1_Media__Output } from '../../../agora/media/v1/Media.ts';
import type { Highlight as _agora_search_v1_Highlight, Highlight__Output as _agora_search_v1_Highlight__Output } from '../../../agora/search/v1/Highlight.ts';

export interface MediaHit {
  'id'?: (string);
  'document'?: (_agora_media_v1_Media | null);
  'highlights'?: (_agora_search_v1_Highlight)[];
}

export interface MediaHit__Output {
  'id': (string);
  'document': (_agora_media_v1_Media__Output | null);
  'highlights': (_agora_search_v1_Highlight__Output)[];
}
