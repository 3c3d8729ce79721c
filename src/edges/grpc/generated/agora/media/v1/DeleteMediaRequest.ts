// Original file: proto/media.proto


export interface DeleteMediaRequest {
  'id'?: (string);
  '_id'?: "id";
}

export interface DeleteMediaRequest__Output {
  'id'?: (string);
}
