// Original file: proto/media.proto

import type { Long } from '@grpc/proto-loader';

export interface _agora_media_v1_Media_Thumbnail {
  'size'?: (number);
  'width'?: (number);
  'height'?: (number);
  'url'?: (string);
}

export interface _agora_media_v1_Media_Thumbnail__Output {
  'size': (number);
  'width': (number);
  'height': (number);
  'url': (string);
}

export interface Media {
  'id'?: (string);
  'userId'?: (string);
  'kind'?: (string);
  'mime'?: (string);
  'size'?: (number | string | Long);
  'width'?: (number);
  'height'?: (number);
  'name'?: (string);
  'status'?: (string);
  'reason'?: (string);
  'colour'?: (string);
  'url'?: (string);
  'thumbnails'?: (_agora_media_v1_Media_Thumbnail)[];
  'postIds'?: (string)[];
  'createdAt'?: (string);
  '_width'?: "width";
  '_height'?: "height";
  '_name'?: "name";
  '_reason'?: "reason";
  '_colour'?: "colour";
  '_url'?: "url";
  '_createdAt'?: "createdAt";
}

export interface Media__Output {
  'id': (string);
  'userId': (string);
  'kind': (string);
  'mime': (string);
  'size': (number);
  'width'?: (number);
  'height'?: (number);
  'name'?: (string);
  'status': (string);
  'reason'?: (string);
  'colour'?: (string);
  'url'?: (string);
  'thumbnails': (_agora_media_v1_Media_Thumbnail__Output)[];
  'postIds': (string)[];
  'createdAt'?: (string);
}
