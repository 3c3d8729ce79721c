// Original file: proto/media.proto


export interface _agora_media_v1_UploadMediaRequest_File {
  'name'?: (string);
  '_name'?: "name";
}

export interface _agora_media_v1_UploadMediaRequest_File__Output {
  'name'?: (string);
}

export interface UploadMediaRequest {
  'file'?: (_agora_media_v1_UploadMediaRequest_File | null);
  'chunk'?: (Buffer | Uint8Array | string);
  'part'?: "file"|"chunk";
}

export interface UploadMediaRequest__Output {
  'file'?: (_agora_media_v1_UploadMediaRequest_File__Output | null);
  'chunk'?: (Buffer);
}
