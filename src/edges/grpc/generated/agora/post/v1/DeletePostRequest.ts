// Original file: proto/post.proto


export interface DeletePostRequest {
  'id'?: (string);
  '_id'?: "id";
}

export interface DeletePostRequest__Output {
  'id'?: (string);
}
