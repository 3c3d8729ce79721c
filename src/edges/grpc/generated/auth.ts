import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AuthServiceClient as _agora_auth_v1_AuthServiceClient, AuthServiceDefinition as _agora_auth_v1_AuthServiceDefinition } from './agora/auth/v1/AuthService.ts';
import type { LoginRequest as _agora_auth_v1_LoginRequest, LoginRequest__Output as _agora_auth_v1_LoginRequest__Output } from './agora/auth/v1/LoginRequest.ts';
import type { LogoutReply as _agora_auth_v1_LogoutReply, LogoutReply__Output as _agora_auth_v1_LogoutReply__Output } from './agora/auth/v1/LogoutReply.ts';
import type { LogoutRequest as _agora_auth_v1_LogoutRequest, LogoutRequest__Output as _agora_auth_v1_LogoutRequest__Output } from './agora/auth/v1/LogoutRequest.ts';
import type { RefreshTokenRequest as _agora_auth_v1_RefreshTokenRequest, RefreshTokenRequest__Output as _agora_auth_v1_RefreshTokenRequest__Output } from './agora/auth/v1/RefreshTokenRequest.ts';
import type { RegisterRequest as _agora_auth_v1_RegisterRequest, RegisterRequest__Output as _agora_auth_v1_RegisterRequest__Output } from './agora/auth/v1/RegisterRequest.ts';
import type { ResetPasswordReply as _agora_auth_v1_ResetPasswordReply, ResetPasswordReply__Output as _agora_auth_v1_ResetPasswordReply__Output } from './agora/auth/v1/ResetPasswordReply.ts';
import type { ResetPasswordRequest as _agora_auth_v1_ResetPasswordRequest, ResetPasswordRequest__Output as _agora_auth_v1_ResetPasswordRequest__Output } from './agora/auth/v1/ResetPasswordRequest.ts';
import type { SignedIn as _agora_auth_v1_SignedIn, SignedIn__Output as _agora_auth_v1_SignedIn__Output } from './agora/auth/v1/SignedIn.ts';
import type { TokenClaims as _agora_auth_v1_TokenClaims, TokenClaims__Output as _agora_auth_v1_TokenClaims__Output } from './agora/auth/v1/TokenClaims.ts';
import type { Tokens as _agora_auth_v1_Tokens, Tokens__Output as _agora_auth_v1_Tokens__Output } from './agora/auth/v1/Tokens.ts';
import type { ValidateTokenRequest as _agora_auth_v1_ValidateTokenRequest, ValidateTokenRequest__Output as _agora_auth_v1_ValidateTokenRequest__Output } from './agora/auth/v1/ValidateTokenRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  agora: {
    auth: {
      v1: {
        AuthService: SubtypeConstructor<typeof grpc.Client, _agora_auth_v1_AuthServiceClient> & { service: _agora_auth_v1_AuthServiceDefinition }
        LoginRequest: MessageTypeDefinition<_agora_auth_v1_LoginRequest, _agora_auth_v1_LoginRequest__Output>
        LogoutReply: MessageTypeDefinition<_agora_auth_v1_LogoutReply, _agora_auth_v1_LogoutReply__Output>
        LogoutRequest: MessageTypeDefinition<_agora_auth_v1_LogoutRequest, _agora_auth_v1_LogoutRequest__Output>
        RefreshTokenRequest: MessageTypeDefinition<_agora_auth_v1_RefreshTokenRequest, _agora_auth_v1_RefreshTokenRequest__Output>
        RegisterRequest: MessageTypeDefinition<_agora_auth_v1_RegisterRequest, _agora_auth_v1_RegisterRequest__Output>
        ResetPasswordReply: MessageTypeDefinition<_agora_auth_v1_ResetPasswordReply, _agora_auth_v1_ResetPasswordReply__Output>
        ResetPasswordRequest: MessageTypeDefinition<_agora_auth_v1_ResetPasswordRequest, _agora_auth_v1_ResetPasswordRequest__Output>
        SignedIn: MessageTypeDefinition<_agora_auth_v1_SignedIn, _agora_auth_v1_SignedIn__Output>
        TokenClaims: MessageTypeDefinition<_agora_auth_v1_TokenClaims, _agora_auth_v1_TokenClaims__Output>
        Tokens: MessageTypeDefinition<_agora_auth_v1_Tokens, _agora_auth_v1_Tokens__Output>
        ValidateTokenRequest: MessageTypeDefinition<_agora_auth_v1_ValidateTokenRequest, _agora_auth_v1_ValidateTokenRequest__Output>
      }
    }
  }
}

