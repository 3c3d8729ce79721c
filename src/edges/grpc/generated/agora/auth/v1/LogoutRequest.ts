// Original file: proto/auth.proto


export interface LogoutRequest {
  'refreshToken'?: (string);
  '_refreshToken'?: "refreshToken";
}

export interface LogoutRequest__Output {
  'refreshToken'?: (string);
}
