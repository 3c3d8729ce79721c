// Original file: proto/media.proto

import type { Media as _agora_media_v1_Media, Media__Output as _agora_media_v1_Media__Output } from '../../../agora/media/v1/Media.ts';

export interface MediaList {
  'media'?: (_agora_media_v1_Media)[];
  'total'?: (number);
  'page'?: (number);
  'limit'?: (number);
  'nextCursor'?: (string);
  '_nextCursor'?: "nextCursor";
}

export interface MediaList__Output {
  'media': (_agora_media_v1_Media__Output)[];
  'total': (number);
  'page': (number);
  'limit': (number);
  'nextCursor'?: (string);
}
