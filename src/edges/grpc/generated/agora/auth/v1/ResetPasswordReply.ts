// Original file: proto/auth.proto


export interface ResetPasswordReply {
  'done'?: (boolean);
}

export interface ResetPasswordReply__Output {
  'done': (boolean);
}
