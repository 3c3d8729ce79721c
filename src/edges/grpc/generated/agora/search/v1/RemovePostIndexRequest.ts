// Original file: proto/search.proto


export interface RemovePostIndexRequest {
  'id'?: (string);
  '_id'?: "id";
}

export interface RemovePostIndexRequest__Output {
  'id'?: (string);
}
