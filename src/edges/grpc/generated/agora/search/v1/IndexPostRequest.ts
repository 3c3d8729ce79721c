// Original file: proto/search.proto


export interface IndexPostRequest {
  'id'?: (string);
  '_id'?: "id";
}

export interface IndexPostRequest__Output {
  'id'?: (string);
}
