// Original file: proto/post.proto


export interface UnlikePostRequest {
  'id'?: (string);
  '_id'?: "id";
}

export interface UnlikePostRequest__Output {
  'id'?: (string);
}
