// Original file: proto/search.proto


export interface RemoveUserIndexRequest {
  'id'?: (string);
  '_id'?: "id";
}

export interface RemoveUserIndexRequest__Output {
  'id'?: (string);
}
