// Original file: proto/user.proto


export interface FollowUserRequest {
  'id'?: (string);
  '_id'?: "id";
}

export interface FollowUserRequest__Output {
  'id'?: (string);
}
