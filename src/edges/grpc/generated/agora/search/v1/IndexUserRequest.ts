// Original file: proto/search.proto


export interface IndexUserRequest {
  'id'?: (string);
  '_id'?: "id";
}

export interface IndexUserRequest__Output {
  'id'?: (string);
}
