// Original file: proto/media.proto

import type { Media as _agora_media_v1_Media, Media__Output as _agora_media_v1_Media__Output } from '../../../agora/media/v1/Media.ts';

export interface UploadMediaReply {
  'media'?: (_agora_media_v1_Media)[];
}

export interface UploadMediaReply__Output {
  'media': (_agora_media_v1_Media__Output)[];
}
