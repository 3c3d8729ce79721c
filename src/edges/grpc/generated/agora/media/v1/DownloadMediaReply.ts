// Original file: proto/media.proto

import type { Long } from '@grpc/proto-loader';

export interface _agora_media_v1_DownloadMediaReply_File {
  'mime'?: (string);
  'size'?: (number | string | Long);
}

export interface _agora_media_v1_DownloadMediaReply_File__Output {
  'mime': (string);
  'size': (number);
}

export interface DownloadMediaReply {
  'file'?: (_agora_media_v1_DownloadMediaReply_File | null);
  'chunk'?: (Buffer | Uint8Array | string);
  'part'?: "file"|"chunk";
}

export interface DownloadMediaReply__Output {
  'file'?: (_agora_media_v1_DownloadMediaReply_File__Output | null);
  'chunk'?: (Buffer);
}
