// Original file: proto/auth.proto


export interface RefreshTokenRequest {
  'refreshToken'?: (string);
  '_refreshToken'?: "refreshToken";
}

export interface RefreshTokenRequest__Output {
  'refreshToken'?: (string);
}
