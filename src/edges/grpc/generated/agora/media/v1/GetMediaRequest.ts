// Original file: proto/media.proto


export interface GetMediaRequest {
  'id'?: (string);
  '_id'?: "id";
}

export interface GetMediaRequest__Output {
  'id'?: (string);
}
