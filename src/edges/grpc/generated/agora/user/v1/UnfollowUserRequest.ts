// Original file: proto/user.proto


export interface UnfollowUserRequest {
  'id'?: (string);
  '_id'?: "id";
}

export interface UnfollowUserRequest__Output {
  'id'?: (string);
}
