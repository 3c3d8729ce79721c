import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { DeleteMediaReply as _agora_media_v1_DeleteMediaReply, DeleteMediaReply__Output as _agora_media_v1_DeleteMediaReply__Output } from './agora/media/v1/DeleteMediaReply.ts';
import type { DeleteMediaRequest as _agora_media_v1_DeleteMediaRequest, DeleteMediaRequest__Output as _agora_media_v1_DeleteMediaRequest__Output } from './agora/media/v1/DeleteMediaRequest.ts';
import type { DownloadMediaReply as _agora_media_v1_DownloadMediaReply, DownloadMediaReply__Output as _agora_media_v1_DownloadMediaReply__Output } from './agora/media/v1/DownloadMediaReply.ts';
import type { DownloadMediaRequest as _agora_media_v1_DownloadMediaRequest, DownloadMediaRequest__Output as _agora_media_v1_DownloadMediaRequest__Output } from './agora/media/v1/DownloadMediaRequest.ts';
import type { GetMediaRequest as _agora_media_v1_GetMediaRequest, GetMediaRequest__Output as _agora_media_v1_GetMediaRequest__Output } from './agora/media/v1/GetMediaRequest.ts';
import type { GetUserMediaRequest as _agora_media_v1_GetUserMediaRequest, GetUserMediaRequest__Output as _agora_media_v1_GetUserMediaRequest__Output } from './agora/media/v1/GetUserMediaRequest.ts';
import type { Media as _agora_media_v1_Media, Media__Output as _agora_media_v1_Media__Output } from './agora/media/v1/Media.ts';
import type { MediaList as _agora_media_v1_MediaList, MediaList__Output as _agora_media_v1_MediaList__Output } from './agora/media/v1/MediaList.ts';
import type { MediaServiceClient as _agora_media_v1_MediaServiceClient, MediaServiceDefinition as _agora_media_v1_MediaServiceDefinition } from './agora/media/v1/MediaService.ts';
import type { UploadMediaReply as _agora_media_v1_UploadMediaReply, UploadMediaReply__Output as _agora_media_v1_UploadMediaReply__Output } from './agora/media/v1/UploadMediaReply.ts';
import type { UploadMediaRequest as _agora_media_v1_UploadMediaRequest, UploadMediaRequest__Output as _agora_media_v1_UploadMediaRequest__Output } from './agora/media/v1/UploadMediaRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  agora: {
    media: {
      v1: {
        DeleteMediaReply: MessageTypeDefinition<_agora_media_v1_DeleteMediaReply, _agora_media_v1_DeleteMediaReply__Output>
        DeleteMediaRequest: MessageTypeDefinition<_agora_media_v1_DeleteMediaRequest, _agora_media_v1_DeleteMediaRequest__Output>
        DownloadMediaReply: MessageTypeDefinition<_agora_media_v1_DownloadMediaReply, _agora_media_v1_DownloadMediaReply__Output>
        DownloadMediaRequest: MessageTypeDefinition<_agora_media_v1_DownloadMediaRequest, _agora_media_v1_DownloadMediaRequest__Output>
        GetMediaRequest: MessageTypeDefinition<_agora_media_v1_GetMediaRequest, _agora_media_v1_GetMediaRequest__Output>
        GetUserMediaRequest: MessageTypeDefinition<_agora_media_v1_GetUserMediaRequest, _agora_media_v1_GetUserMediaRequest__Output>
        Media: MessageTypeDefinition<_agora_media_v1_Media, _agora_media_v1_Media__Output>
        MediaList: MessageTypeDefinition<_agora_media_v1_MediaList, _agora_media_v1_MediaList__Output>
        MediaService: SubtypeConstructor<typeof grpc.Client, _agora_media_v1_MediaServiceClient> & { service: _agora_media_v1_MediaServiceDefinition }
        UploadMediaReply: MessageTypeDefinition<_agora_media_v1_UploadMediaReply, _agora_media_v1_UploadMediaReply__Output>
        UploadMediaRequest: MessageTypeDefinition<_agora_media_v1_UploadMediaRequest, _agora_media_v1_UploadMediaRequest__Output>
      }
    }
  }
}

