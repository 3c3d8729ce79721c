// Original file: proto/auth.proto


export interface ValidateTokenRequest {
  'token'?: (string);
  '_token'?: "token";
}

export interface ValidateTokenRequest__Output {
  'token'?: (string);
}
