// Original file: proto/media.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DeleteMediaReply as _agora_media_v1_DeleteMediaReply, DeleteMediaReply__Output as _agora_media_v1_DeleteMediaReply__Output } from '../../../agora/media/v1/DeleteMediaReply.ts';
import type { DeleteMediaRequest as _agora_media_v1_DeleteMediaRequest, DeleteMediaRequest__Output as _agora_media_v1_DeleteMediaRequest__Output } from '../../../agora/media/v1/DeleteMediaRequest.ts';
import type { DownloadMediaReply as _agora_media_v1_DownloadMediaReply, DownloadMediaReply__Output as _agora_media_v1_DownloadMediaReply__Output } from '../../../agora/media/v1/DownloadMediaReply.ts';
import type { DownloadMediaRequest as _agora_media_v1_DownloadMediaRequest, DownloadMediaRequest__Output as _agora_media_v1_DownloadMediaRequest__Output } from '../../../agora/media/v1/DownloadMediaRequest.ts';
import type { GetMediaRequest as _agora_media_v1_GetMediaRequest, GetMediaRequest__Output as _agora_media_v1_GetMediaRequest__Output } from '../../../agora/media/v1/GetMediaRequest.ts';
import type { GetUserMediaRequest as _agora_media_v1_GetUserMediaRequest, GetUserMediaRequest__Output as _agora_media_v1_GetUserMediaRequest__Output } from '../../../agora/media/v1/GetUserMediaRequest.ts';
import type { Media as _agora_media_v1_Media, Media__Output as _agora_media_v1_Media__Output } from '../../../agora/media/v1/Media.ts';
import type { MediaList as _agora_media_v1_MediaList, MediaList__Output as _agora_media_v1_MediaList__Output } from '../../../agora/media/v1/MediaList.ts';
import type { UploadMediaReply as _agora_media_v1_UploadMediaReply, UploadMediaReply__Output as _agora_media_v1_UploadMediaReply__Output } from '../../../agora/media/v1/UploadMediaReply.ts';
import type { UploadMediaRequest as _agora_media_v1_UploadMediaRequest, UploadMediaRequest__Output as _agora_media_v1_UploadMediaRequest__Output } from '../../../agora/media/v1/UploadMediaRequest.ts';

export interface MediaServiceClient extends grpc.Client {
  DeleteMedia(argument: _agora_media_v1_DeleteMediaRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_DeleteMediaReply__Output>): grpc.ClientUnaryCall;
  DeleteMedia(argument: _agora_media_v1_DeleteMediaRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_media_v1_DeleteMediaReply__Output>): grpc.ClientUnaryCall;
  DeleteMedia(argument: _agora_media_v1_DeleteMediaRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_DeleteMediaReply__Output>): grpc.ClientUnaryCall;
  DeleteMedia(argument: _agora_media_v1_DeleteMediaRequest, callback: grpc.requestCallback<_agora_media_v1_DeleteMediaReply__Output>): grpc.ClientUnaryCall;
  deleteMedia(argument: _agora_media_v1_DeleteMediaRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_DeleteMediaReply__Output>): grpc.ClientUnaryCall;
  deleteMedia(argument: _agora_media_v1_DeleteMediaRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_media_v1_DeleteMediaReply__Output>): grpc.ClientUnaryCall;
  deleteMedia(argument: _agora_media_v1_DeleteMediaRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_DeleteMediaReply__Output>): grpc.ClientUnaryCall;
  deleteMedia(argument: _agora_media_v1_DeleteMediaRequest, callback: grpc.requestCallback<_agora_media_v1_DeleteMediaReply__Output>): grpc.ClientUnaryCall;
  
  DownloadMedia(argument: _agora_media_v1_DownloadMediaRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_agora_media_v1_DownloadMediaReply__Output>;
  DownloadMedia(argument: _agora_media_v1_DownloadMediaRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_agora_media_v1_DownloadMediaReply__Output>;
  downloadMedia(argument: _agora_media_v1_DownloadMediaRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_agora_media_v1_DownloadMediaReply__Output>;
  downloadMedia(argument: _agora_media_v1_DownloadMediaRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_agora_media_v1_DownloadMediaReply__Output>;
  
  GetMedia(argument: _agora_media_v1_GetMediaRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_Media__Output>): grpc.ClientUnaryCall;
  GetMedia(argument: _agora_media_v1_GetMediaRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_media_v1_Media__Output>): grpc.ClientUnaryCall;
  GetMedia(argument: _agora_media_v1_GetMediaRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_Media__Output>): grpc.ClientUnaryCall;
  GetMedia(argument: _agora_media_v1_GetMediaRequest, callback: grpc.requestCallback<_agora_media_v1_Media__Output>): grpc.ClientUnaryCall;
  getMedia(argument: _agora_media_v1_GetMediaRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_Media__Output>): grpc.ClientUnaryCall;
  getMedia(argument: _agora_media_v1_GetMediaRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_media_v1_Media__Output>): grpc.ClientUnaryCall;
  getMedia(argument: _agora_media_v1_GetMediaRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_Media__Output>): grpc.ClientUnaryCall;
  getMedia(argument: _agora_media_v1_GetMediaRequest, callback: grpc.requestCallback<_agora_media_v1_Media__Output>): grpc.ClientUnaryCall;
  
  GetUserMedia(argument: _agora_media_v1_GetUserMediaRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_MediaList__Output>): grpc.ClientUnaryCall;
  GetUserMedia(argument: _agora_media_v1_GetUserMediaRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_media_v1_MediaList__Output>): grpc.ClientUnaryCall;
  GetUserMedia(argument: _agora_media_v1_GetUserMediaRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_MediaList__Output>): grpc.ClientUnaryCall;
  GetUserMedia(argument: _agora_media_v1_GetUserMediaRequest, callback: grpc.requestCallback<_agora_media_v1_MediaList__Output>): grpc.ClientUnaryCall;
  getUserMedia(argument: _agora_media_v1_GetUserMediaRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_MediaList__Output>): grpc.ClientUnaryCall;
  getUserMedia(argument: _agora_media_v1_GetUserMediaRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_media_v1_MediaList__Output>): grpc.ClientUnaryCall;
  getUserMedia(argument: _agora_media_v1_GetUserMediaRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_MediaList__Output>): grpc.ClientUnaryCall;
  getUserMedia(argument: _agora_media_v1_GetUserMediaRequest, callback: grpc.requestCallback<_agora_media_v1_MediaList__Output>): grpc.ClientUnaryCall;
  
  UploadMedia(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_UploadMediaReply__Output>): grpc.ClientWritableStream<_agora_media_v1_UploadMediaRequest>;
  UploadMedia(metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_media_v1_UploadMediaReply__Output>): grpc.ClientWritableStream<_agora_media_v1_UploadMediaRequest>;
  UploadMedia(options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_UploadMediaReply__Output>): grpc.ClientWritableStream<_agora_media_v1_UploadMediaRequest>;
  UploadMedia(callback: grpc.requestCallback<_agora_media_v1_UploadMediaReply__Output>): grpc.ClientWritableStream<_agora_media_v1_UploadMediaRequest>;
  uploadMedia(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_UploadMediaReply__Output>): grpc.ClientWritableStream<_agora_media_v1_UploadMediaRequest>;
  uploadMedia(metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_media_v1_UploadMediaReply__Output>): grpc.ClientWritableStream<_agora_media_v1_UploadMediaRequest>;
  uploadMedia(options: grpc.CallOptions, callback: grpc.requestCallback<_agora_media_v1_UploadMediaReply__Output>): grpc.ClientWritableStream<_agora_media_v1_UploadMediaRequest>;
  uploadMedia(callback: grpc.requestCallback<_agora_media_v1_UploadMediaReply__Output>): grpc.ClientWritableStream<_agora_media_v1_UploadMediaRequest>;
  
}

export interface MediaServiceHandlers extends grpc.UntypedServiceImplementation {
  DeleteMedia: grpc.handleUnaryCall<_agora_media_v1_DeleteMediaRequest__Output, _agora_media_v1_DeleteMediaReply>;
  
  DownloadMedia: grpc.handleServerStreamingCall<_agora_media_v1_DownloadMediaRequest__Output, _agora_media_v1_DownloadMediaReply>;
  
  GetMedia: grpc.handleUnaryCall<_agora_media_v1_GetMediaRequest__Output, _agora_media_v1_Media>;
  
  GetUserMedia: grpc.handleUnaryCall<_agora_media_v1_GetUserMediaRequest__Output, _agora_media_v1_MediaList>;
  
  UploadMedia: grpc.handleClientStreamingCall<_agora_media_v1_UploadMediaRequest__Output, _agora_media_v1_UploadMediaReply>;
  
}

export interface MediaServiceDefinition extends grpc.ServiceDefinition {
  DeleteMedia: MethodDefinition<_agora_media_v1_DeleteMediaRequest, _agora_media_v1_DeleteMediaReply, _agora_media_v1_DeleteMediaRequest__Output, _agora_media_v1_DeleteMediaReply__Output>
  DownloadMedia: MethodDefinition<_agora_media_v1_DownloadMediaRequest, _agora_media_v1_DownloadMediaReply, _agora_media_v1_DownloadMediaRequest__Output, _agora_media_v1_DownloadMediaReply__Output>
  GetMedia: MethodDefinition<_agora_media_v1_GetMediaRequest, _agora_media_v1_Media, _agora_media_v1_GetMediaRequest__Output, _agora_media_v1_Media__Output>
  GetUserMedia: MethodDefinition<_agora_media_v1_GetUserMediaRequest, _agora_media_v1_MediaList, _agora_media_v1_GetUserMediaRequest__Output, _agora_media_v1_MediaList__Output>
  UploadMedia: MethodDefinition<_agora_media_v1_UploadMediaRequest, _agora_media_v1_UploadMediaReply, _agora_media_v1_UploadMediaRequest__Output, _agora_media_v1_UploadMediaReply__Output>
}
