import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Account as _agora_user_v1_Account, Account__Output as _agora_user_v1_Account__Output } from './agora/user/v1/Account.ts';
import type { Follow as _agora_user_v1_Follow, Follow__Output as _agora_user_v1_Follow__Output } from './agora/user/v1/Follow.ts';
import type { FollowState as _agora_user_v1_FollowState, FollowState__Output as _agora_user_v1_FollowState__Output } from './agora/user/v1/FollowState.ts';
import type { FollowUserRequest as _agora_user_v1_FollowUserRequest, FollowUserRequest__Output as _agora_user_v1_FollowUserRequest__Output } from './agora/user/v1/FollowUserRequest.ts';
import type { GetFollowersReply as _agora_user_v1_GetFollowersReply, GetFollowersReply__Output as _agora_user_v1_GetFollowersReply__Output } from './agora/user/v1/GetFollowersReply.ts';
import type { GetFollowersRequest as _agora_user_v1_GetFollowersRequest, GetFollowersRequest__Output as _agora_user_v1_GetFollowersRequest__Output } from './agora/user/v1/GetFollowersRequest.ts';
import type { GetFollowingReply as _agora_user_v1_GetFollowingReply, GetFollowingReply__Output as _agora_user_v1_GetFollowingReply__Output } from './agora/user/v1/GetFollowingReply.ts';
import type { GetFollowingRequest as _agora_user_v1_GetFollowingRequest, GetFollowingRequest__Output as _agora_user_v1_GetFollowingRequest__Output } from './agora/user/v1/GetFollowingRequest.ts';
import type { GetUserByEmailRequest as _agora_user_v1_GetUserByEmailRequest, GetUserByEmailRequest__Output as _agora_user_v1_GetUserByEmailRequest__Output } from './agora/user/v1/GetUserByEmailRequest.ts';
import type { GetUserByIdRequest as _agora_user_v1_GetUserByIdRequest, GetUserByIdRequest__Output as _agora_user_v1_GetUserByIdRequest__Output } from './agora/user/v1/GetUserByIdRequest.ts';
import type { Profile as _agora_user_v1_Profile, Profile__Output as _agora_user_v1_Profile__Output } from './agora/user/v1/Profile.ts';
import type { Rating as _agora_user_v1_Rating, Rating__Output as _agora_user_v1_Rating__Output } from './agora/user/v1/Rating.ts';
import type { UnfollowUserRequest as _agora_user_v1_UnfollowUserRequest, UnfollowUserRequest__Output as _agora_user_v1_UnfollowUserRequest__Output } from './agora/user/v1/UnfollowUserRequest.ts';
import type { UpdateProfileRequest as _agora_user_v1_UpdateProfileRequest, UpdateProfileRequest__Output as _agora_user_v1_UpdateProfileRequest__Output } from './agora/user/v1/UpdateProfileRequest.ts';
import type { User as _agora_user_v1_User, User__Output as _agora_user_v1_User__Output } from './agora/user/v1/User.ts';
import type { UserServiceClient as _agora_user_v1_UserServiceClient, UserServiceDefinition as _agora_user_v1_UserServiceDefinition } from './agora/user/v1/UserService.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  agora: {
    user: {
      v1: {
        Account: MessageTypeDefinition<_agora_user_v1_Account, _agora_user_v1_Account__Output>
        Follow: MessageTypeDefinition<_agora_user_v1_Follow, _agora_user_v1_Follow__Output>
        FollowState: MessageTypeDefinition<_agora_user_v1_FollowState, _agora_user_v1_FollowState__Output>
        FollowUserRequest: MessageTypeDefinition<_agora_user_v1_FollowUserRequest, _agora_user_v1_FollowUserRequest__Output>
        GetFollowersReply: MessageTypeDefinition<_agora_user_v1_GetFollowersReply, _agora_user_v1_GetFollowersReply__Output>
        GetFollowersRequest: MessageTypeDefinition<_agora_user_v1_GetFollowersRequest, _agora_user_v1_GetFollowersRequest__Output>
        GetFollowingReply: MessageTypeDefinition<_agora_user_v1_GetFollowingReply, _agora_user_v1_GetFollowingReply__Output>
        GetFollowingRequest: MessageTypeDefinition<_agora_user_v1_GetFollowingRequest, _agora_user_v1_GetFollowingRequest__Output>
        GetUserByEmailRequest: MessageTypeDefinition<_agora_user_v1_GetUserByEmailRequest, _agora_user_v1_GetUserByEmailRequest__Output>
        GetUserByIdRequest: MessageTypeDefinition<_agora_user_v1_GetUserByIdRequest, _agora_user_v1_GetUserByIdRequest__Output>
        Profile: MessageTypeDefinition<_agora_user_v1_Profile, _agora_user_v1_Profile__Output>
        Rating: MessageTypeDefinition<_agora_user_v1_Rating, _agora_user_v1_Rating__Output>
        UnfollowUserRequest: MessageTypeDefinition<_agora_user_v1_UnfollowUserRequest, _agora_user_v1_UnfollowUserRequest__Output>
        UpdateProfileRequest: MessageTypeDefinition<_agora_user_v1_UpdateProfileRequest, _agora_user_v1_UpdateProfileRequest__Output>
        User: MessageTypeDefinition<_agora_user_v1_User, _agora_user_v1_User__Output>
        UserService: SubtypeConstructor<typeof grpc.Client, _agora_user_v1_UserServiceClient> & { service: _agora_user_v1_UserServiceDefinition }
      }
    }
  }
}

