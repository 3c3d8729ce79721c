// Original file: proto/user.proto


export interface GetUserByEmailRequest {
  'email'?: (string);
  '_email'?: "email";
}

export interface GetUserByEmailRequest__Output {
  'email'?: (string);
}
