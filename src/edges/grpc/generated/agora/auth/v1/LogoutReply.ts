// Original file: proto/auth.proto


export interface LogoutReply {
  'ended'?: (boolean);
  'id'?: (string);
  '_id'?: "id";
}

export interface LogoutReply__Output {
  'ended': (boolean);
  'id'?: (string);
}
