// Original file: proto/auth.proto


export interface ResetPasswordRequest {
  'token'?: (string);
  'password'?: (string);
  '_token'?: "token";
  '_password'?: "password";
}

export interface ResetPasswordRequest__Output {
  'token'?: (string);
  'password'?: (string);
}
