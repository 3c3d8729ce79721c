// Original file: proto/media.proto

import type { Long } from '@grpc/proto-loader';

export interface DownloadMediaRequest {
  'id'?: (string);
  'expires'?: (number | string | Long);
  'signature'?: (string);
  '_id'?: "id";
  '_expires'?: "expires";
  '_signature'?: "signature";
}

export interface DownloadMediaRequest__Output {
  'id'?: (string);
  'expires'?: (number);
  'signature'?: (string);
}
