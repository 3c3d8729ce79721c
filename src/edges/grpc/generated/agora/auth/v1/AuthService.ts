// Original file: proto/auth.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { LoginRequest as _agora_auth_v1_LoginRequest, LoginRequest__Output as _agora_auth_v1_LoginRequest__Output } from '../../../agora/auth/v1/LoginRequest.ts';
import type { LogoutReply as _agora_auth_v1_LogoutReply, LogoutReply__Output as _agora_auth_v1_LogoutReply__Output } from '../../../agora/auth/v1/LogoutReply.ts';
import type { LogoutRequest as _agora_auth_v1_LogoutRequest, LogoutRequest__Output as _agora_auth_v1_LogoutRequest__Output } from '../../../agora/auth/v1/LogoutRequest.ts';
import type { RefreshTokenRequest as _agora_auth_v1_RefreshTokenRequest, RefreshTokenRequest__Output as _agora_auth_v1_RefreshTokenRequest__Output } from '../../../agora/auth/v1/RefreshTokenRequest.ts';
import type { RegisterRequest as _agora_auth_v1_RegisterRequest, RegisterRequest__Output as _agora_auth_v1_RegisterRequest__Output } from '../../../agora/auth/v1/RegisterRequest.ts';
import type { ResetPasswordReply as _agora_auth_v1_ResetPasswordReply, ResetPasswordReply__Output as _agora_auth_v1_ResetPasswordReply__Output } from '../../../agora/auth/v1/ResetPasswordReply.ts';
import type { ResetPasswordRequest as _agora_auth_v1_ResetPasswordRequest, ResetPasswordRequest__Output as _agora_auth_v1_ResetPasswordRequest__Output } from '../../../agora/auth/v1/ResetPasswordRequest.ts';
import type { SignedIn as _agora_auth_v1_SignedIn, SignedIn__Output as _agora_auth_v1_SignedIn__Output } from '../../../agora/auth/v1/SignedIn.ts';
import type { TokenClaims as _agora_auth_v1_TokenClaims, TokenClaims__Output as _agora_auth_v1_TokenClaims__Output } from '../../../agora/auth/v1/TokenClaims.ts';
import type { ValidateTokenRequest as _agora_auth_v1_ValidateTokenRequest, ValidateTokenRequest__Output as _agora_auth_v1_ValidateTokenRequest__Output } from '../../../agora/auth/v1/ValidateTokenRequest.ts';

export interface AuthServiceClient extends grpc.Client {
  Login(argument: _agora_auth_v1_LoginRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  Login(argument: _agora_auth_v1_LoginRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  Login(argument: _agora_auth_v1_LoginRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  Login(argument: _agora_auth_v1_LoginRequest, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  login(argument: _agora_auth_v1_LoginRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  login(argument: _agora_auth_v1_LoginRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  login(argument: _agora_auth_v1_LoginRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  login(argument: _agora_auth_v1_LoginRequest, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  
  Logout(argument: _agora_auth_v1_LogoutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_LogoutReply__Output>): grpc.ClientUnaryCall;
  Logout(argument: _agora_auth_v1_LogoutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_auth_v1_LogoutReply__Output>): grpc.ClientUnaryCall;
  Logout(argument: _agora_auth_v1_LogoutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_LogoutReply__Output>): grpc.ClientUnaryCall;
  Logout(argument: _agora_auth_v1_LogoutRequest, callback: grpc.requestCallback<_agora_auth_v1_LogoutReply__Output>): grpc.ClientUnaryCall;
  logout(argument: _agora_auth_v1_LogoutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_LogoutReply__Output>): grpc.ClientUnaryCall;
  logout(argument: _agora_auth_v1_LogoutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_auth_v1_LogoutReply__Output>): grpc.ClientUnaryCall;
  logout(argument: _agora_auth_v1_LogoutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_LogoutReply__Output>): grpc.ClientUnaryCall;
  logout(argument: _agora_auth_v1_LogoutRequest, callback: grpc.requestCallback<_agora_auth_v1_LogoutReply__Output>): grpc.ClientUnaryCall;
  
  RefreshToken(argument: _agora_auth_v1_RefreshTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  RefreshToken(argument: _agora_auth_v1_RefreshTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  RefreshToken(argument: _agora_auth_v1_RefreshTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  RefreshToken(argument: _agora_auth_v1_RefreshTokenRequest, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  refreshToken(argument: _agora_auth_v1_RefreshTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  refreshToken(argument: _agora_auth_v1_RefreshTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  refreshToken(argument: _agora_auth_v1_RefreshTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  refreshToken(argument: _agora_auth_v1_RefreshTokenRequest, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  
  Register(argument: _agora_auth_v1_RegisterRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  Register(argument: _agora_auth_v1_RegisterRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  Register(argument: _agora_auth_v1_RegisterRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  Register(argument: _agora_auth_v1_RegisterRequest, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  register(argument: _agora_auth_v1_RegisterRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  register(argument: _agora_auth_v1_RegisterRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  register(argument: _agora_auth_v1_RegisterRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  register(argument: _agora_auth_v1_RegisterRequest, callback: grpc.requestCallback<_agora_auth_v1_SignedIn__Output>): grpc.ClientUnaryCall;
  
  ResetPassword(argument: _agora_auth_v1_ResetPasswordRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_ResetPasswordReply__Output>): grpc.ClientUnaryCall;
  ResetPassword(argument: _agora_auth_v1_ResetPasswordRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_auth_v1_ResetPasswordReply__Output>): grpc.ClientUnaryCall;
  ResetPassword(argument: _agora_auth_v1_ResetPasswordRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_ResetPasswordReply__Output>): grpc.ClientUnaryCall;
  ResetPassword(argument: _agora_auth_v1_ResetPasswordRequest, callback: grpc.requestCallback<_agora_auth_v1_ResetPasswordReply__Output>): grpc.ClientUnaryCall;
  resetPassword(argument: _agora_auth_v1_ResetPasswordRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_ResetPasswordReply__Output>): grpc.ClientUnaryCall;
  resetPassword(argument: _agora_auth_v1_ResetPasswordRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_auth_v1_ResetPasswordReply__Output>): grpc.ClientUnaryCall;
  resetPassword(argument: _agora_auth_v1_ResetPasswordRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_ResetPasswordReply__Output>): grpc.ClientUnaryCall;
  resetPassword(argument: _agora_auth_v1_ResetPasswordRequest, callback: grpc.requestCallback<_agora_auth_v1_ResetPasswordReply__Output>): grpc.ClientUnaryCall;
  
  ValidateToken(argument: _agora_auth_v1_ValidateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_TokenClaims__Output>): grpc.ClientUnaryCall;
  ValidateToken(argument: _agora_auth_v1_ValidateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_auth_v1_TokenClaims__Output>): grpc.ClientUnaryCall;
  ValidateToken(argument: _agora_auth_v1_ValidateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_TokenClaims__Output>): grpc.ClientUnaryCall;
  ValidateToken(argument: _agora_auth_v1_ValidateTokenRequest, callback: grpc.requestCallback<_agora_auth_v1_TokenClaims__Output>): grpc.ClientUnaryCall;
  validateToken(argument: _agora_auth_v1_ValidateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_TokenClaims__Output>): grpc.ClientUnaryCall;
  validateToken(argument: _agora_auth_v1_ValidateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_auth_v1_TokenClaims__Output>): grpc.ClientUnaryCall;
  validateToken(argument: _agora_auth_v1_ValidateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_auth_v1_TokenClaims__Output>): grpc.ClientUnaryCall;
  validateToken(argument: _agora_auth_v1_ValidateTokenRequest, callback: grpc.requestCallback<_agora_auth_v1_TokenClaims__Output>): grpc.ClientUnaryCall;
  
}

export interface AuthServiceHandlers extends grpc.UntypedServiceImplementation {
  Login: grpc.handleUnaryCall<_agora_auth_v1_LoginRequest__Output, _agora_auth_v1_SignedIn>;
  
  Logout: grpc.handleUnaryCall<_agora_auth_v1_LogoutRequest__Output, _agora_auth_v1_LogoutReply>;
  
  RefreshToken: grpc.handleUnaryCall<_agora_auth_v1_RefreshTokenRequest__Output, _agora_auth_v1_SignedIn>;
  
  Register: grpc.handleUnaryCall<_agora_auth_v1_RegisterRequest__Output, _agora_auth_v1_SignedIn>;
  
  ResetPassword: grpc.handleUnaryCall<_agora_auth_v1_ResetPasswordRequest__Output, _agora_auth_v1_ResetPasswordReply>;
  
  ValidateToken: grpc.handleUnaryCall<_agora_auth_v1_ValidateTokenRequest__Output, _agora_auth_v1_TokenClaims>;
  
}

export interface AuthServiceDefinition extends grpc.ServiceDefinition {
  Login: MethodDefinition<_agora_auth_v1_LoginRequest, _agora_auth_v1_SignedIn, _agora_auth_v1_LoginRequest__Output, _agora_auth_v1_SignedIn__Output>
  Logout: MethodDefinition<_agora_auth_v1_LogoutRequest, _agora_auth_v1_LogoutReply, _agora_auth_v1_LogoutRequest__Output, _agora_auth_v1_LogoutReply__Output>
  RefreshToken: MethodDefinition<_agora_auth_v1_RefreshTokenRequest, _agora_auth_v1_SignedIn, _agora_auth_v1_RefreshTokenRequest__Output, _agora_auth_v1_SignedIn__Output>
  Register: MethodDefinition<_agora_auth_v1_RegisterRequest, _agora_auth_v1_SignedIn, _agora_auth_v1_RegisterRequest__Output, _agora_auth_v1_SignedIn__Output>
  ResetPassword: MethodDefinition<_agora_auth_v1_ResetPasswordRequest, _agora_auth_v1_ResetPasswordReply, _agora_auth_v1_ResetPasswordRequest__Output, _agora_auth_v1_ResetPasswordReply__Output>
  ValidateToken: MethodDefinition<_agora_auth_v1_ValidateTokenRequest, _agora_auth_v1_TokenClaims, _agora_auth_v1_ValidateTokenRequest__Output, _agora_auth_v1_TokenClaims__Output>
}
