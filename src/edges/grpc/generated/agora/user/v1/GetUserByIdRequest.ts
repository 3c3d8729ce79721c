// Original file: proto/user.proto


export interface GetUserByIdRequest {
  'id'?: (string);
  'minPosition'?: (string);
  '_id'?: "id";
  '_minPosition'?: "minPosition";
}

export interface GetUserByIdRequest__Output {
  'id'?: (string);
  'minPosition'?: (string);
}
