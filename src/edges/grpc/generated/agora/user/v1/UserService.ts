// Original file: proto/user.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Account as _agora_user_v1_Account, Account__Output as _agora_user_v1_Account__Output } from '../../../agora/user/v1/Account.ts';
import type { FollowState as _agora_user_v1_FollowState, FollowState__Output as _agora_user_v1_FollowState__Output } from '../../../agora/user/v1/FollowState.ts';
import type { FollowUserRequest as _agora_user_v1_FollowUserRequest, FollowUserRequest__Output as _agora_user_v1_FollowUserRequest__Output } from '../../../agora/user/v1/FollowUserRequest.ts';
import type { GetFollowersReply as _agora_user_v1_GetFollowersReply, GetFollowersReply__Output as _agora_user_v1_GetFollowersReply__Output } from '../../../agora/user/v1/GetFollowersReply.ts';
import type { GetFollowersRequest as _agora_user_v1_GetFollowersRequest, GetFollowersRequest__Output as _agora_user_v1_GetFollowersRequest__Output } from '../../../agora/user/v1/GetFollowersRequest.ts';
import type { GetFollowingReply as _agora_user_v1_GetFollowingReply, GetFollowingReply__Output as _agora_user_v1_GetFollowingReply__Output } from '../../../agora/user/v1/GetFollowingReply.ts';
import type { GetFollowingRequest as _agora_user_v1_GetFollowingRequest, GetFollowingRequest__Output as _agora_user_v1_GetFollowingRequest__Output } from '../../../agora/user/v1/GetFollowingRequest.ts';
import type { GetUserByEmailRequest as _agora_user_v1_GetUserByEmailRequest, GetUserByEmailRequest__Output as _agora_user_v1_GetUserByEmailRequest__Output } from '../../../agora/user/v1/GetUserByEmailRequest.ts';
import type { GetUserByIdRequest as _agora_user_v1_GetUserByIdRequest, GetUserByIdRequest__Output as _agora_user_v1_GetUserByIdRequest__Output } from '../../../agora/user/v1/GetUserByIdRequest.ts';
import type { Profile as _agora_user_v1_Profile, Profile__Output as _agora_user_v1_Profile__Output } from '../../../agora/user/v1/Profile.ts';
import type { UnfollowUserRequest as _agora_user_v1_UnfollowUserRequest, UnfollowUserRequest__Output as _agora_user_v1_UnfollowUserRequest__Output } from '../../../agora/user/v1/UnfollowUserRequest.ts';
import type { UpdateProfileRequest as _agora_user_v1_UpdateProfileRequest, UpdateProfileRequest__Output as _agora_user_v1_UpdateProfileRequest__Output } from '../../../agora/user/v1/UpdateProfileRequest.ts';
import type { User as _agora_user_v1_User, User__Output as _agora_user_v1_User__Output } from '../../../agora/user/v1/User.ts';

export interface UserServiceClient extends grpc.Client {
  FollowUser(argument: _agora_user_v1_FollowUserRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  FollowUser(argument: _agora_user_v1_FollowUserRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  FollowUser(argument: _agora_user_v1_FollowUserRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  FollowUser(argument: _agora_user_v1_FollowUserRequest, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  followUser(argument: _agora_user_v1_FollowUserRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  followUser(argument: _agora_user_v1_FollowUserRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  followUser(argument: _agora_user_v1_FollowUserRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  followUser(argument: _agora_user_v1_FollowUserRequest, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  
  GetFollowers(argument: _agora_user_v1_GetFollowersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_GetFollowersReply__Output>): grpc.ClientUnaryCall;
  GetFollowers(argument: _agora_user_v1_GetFollowersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_user_v1_GetFollowersReply__Output>): grpc.ClientUnaryCall;
  GetFollowers(argument: _agora_user_v1_GetFollowersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_GetFollowersReply__Output>): grpc.ClientUnaryCall;
  GetFollowers(argument: _agora_user_v1_GetFollowersRequest, callback: grpc.requestCallback<_agora_user_v1_GetFollowersReply__Output>): grpc.ClientUnaryCall;
  getFollowers(argument: _agora_user_v1_GetFollowersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_GetFollowersReply__Output>): grpc.ClientUnaryCall;
  getFollowers(argument: _agora_user_v1_GetFollowersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_user_v1_GetFollowersReply__Output>): grpc.ClientUnaryCall;
  getFollowers(argument: _agora_user_v1_GetFollowersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_GetFollowersReply__Output>): grpc.ClientUnaryCall;
  getFollowers(argument: _agora_user_v1_GetFollowersRequest, callback: grpc.requestCallback<_agora_user_v1_GetFollowersReply__Output>): grpc.ClientUnaryCall;
  
  GetFollowing(argument: _agora_user_v1_GetFollowingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_GetFollowingReply__Output>): grpc.ClientUnaryCall;
  GetFollowing(argument: _agora_user_v1_GetFollowingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_user_v1_GetFollowingReply__Output>): grpc.ClientUnaryCall;
  GetFollowing(argument: _agora_user_v1_GetFollowingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_GetFollowingReply__Output>): grpc.ClientUnaryCall;
  GetFollowing(argument: _agora_user_v1_GetFollowingRequest, callback: grpc.requestCallback<_agora_user_v1_GetFollowingReply__Output>): grpc.ClientUnaryCall;
  getFollowing(argument: _agora_user_v1_GetFollowingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_GetFollowingReply__Output>): grpc.ClientUnaryCall;
  getFollowing(argument: _agora_user_v1_GetFollowingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_user_v1_GetFollowingReply__Output>): grpc.ClientUnaryCall;
  getFollowing(argument: _agora_user_v1_GetFollowingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_GetFollowingReply__Output>): grpc.ClientUnaryCall;
  getFollowing(argument: _agora_user_v1_GetFollowingRequest, callback: grpc.requestCallback<_agora_user_v1_GetFollowingReply__Output>): grpc.ClientUnaryCall;
  
  GetUserByEmail(argument: _agora_user_v1_GetUserByEmailRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_Account__Output>): grpc.ClientUnaryCall;
  GetUserByEmail(argument: _agora_user_v1_GetUserByEmailRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_user_v1_Account__Output>): grpc.ClientUnaryCall;
  GetUserByEmail(argument: _agora_user_v1_GetUserByEmailRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_Account__Output>): grpc.ClientUnaryCall;
  GetUserByEmail(argument: _agora_user_v1_GetUserByEmailRequest, callback: grpc.requestCallback<_agora_user_v1_Account__Output>): grpc.ClientUnaryCall;
  getUserByEmail(argument: _agora_user_v1_GetUserByEmailRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_Account__Output>): grpc.ClientUnaryCall;
  getUserByEmail(argument: _agora_user_v1_GetUserByEmailRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_user_v1_Account__Output>): grpc.ClientUnaryCall;
  getUserByEmail(argument: _agora_user_v1_GetUserByEmailRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_Account__Output>): grpc.ClientUnaryCall;
  getUserByEmail(argument: _agora_user_v1_GetUserByEmailRequest, callback: grpc.requestCallback<_agora_user_v1_Account__Output>): grpc.ClientUnaryCall;
  
  GetUserById(argument: _agora_user_v1_GetUserByIdRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_User__Output>): grpc.ClientUnaryCall;
  GetUserById(argument: _agora_user_v1_GetUserByIdRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_user_v1_User__Output>): grpc.ClientUnaryCall;
  GetUserById(argument: _agora_user_v1_GetUserByIdRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_User__Output>): grpc.ClientUnaryCall;
  GetUserById(argument: _agora_user_v1_GetUserByIdRequest, callback: grpc.requestCallback<_agora_user_v1_User__Output>): grpc.ClientUnaryCall;
  getUserById(argument: _agora_user_v1_GetUserByIdRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_User__Output>): grpc.ClientUnaryCall;
  getUserById(argument: _agora_user_v1_GetUserByIdRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_user_v1_User__Output>): grpc.ClientUnaryCall;
  getUserById(argument: _agora_user_v1_GetUserByIdRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_User__Output>): grpc.ClientUnaryCall;
  getUserById(argument: _agora_user_v1_GetUserByIdRequest, callback: grpc.requestCallback<_agora_user_v1_User__Output>): grpc.ClientUnaryCall;
  
  UnfollowUser(argument: _agora_user_v1_UnfollowUserRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  UnfollowUser(argument: _agora_user_v1_UnfollowUserRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  UnfollowUser(argument: _agora_user_v1_UnfollowUserRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  UnfollowUser(argument: _agora_user_v1_UnfollowUserRequest, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  unfollowUser(argument: _agora_user_v1_UnfollowUserRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  unfollowUser(argument: _agora_user_v1_UnfollowUserRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  unfollowUser(argument: _agora_user_v1_UnfollowUserRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  unfollowUser(argument: _agora_user_v1_UnfollowUserRequest, callback: grpc.requestCallback<_agora_user_v1_FollowState__Output>): grpc.ClientUnaryCall;
  
  UpdateProfile(argument: _agora_user_v1_UpdateProfileRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_Profile__Output>): grpc.ClientUnaryCall;
  UpdateProfile(argument: _agora_user_v1_UpdateProfileRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_user_v1_Profile__Output>): grpc.ClientUnaryCall;
  UpdateProfile(argument: _agora_user_v1_UpdateProfileRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_Profile__Output>): grpc.ClientUnaryCall;
  UpdateProfile(argument: _agora_user_v1_UpdateProfileRequest, callback: grpc.requestCallback<_agora_user_v1_Profile__Output>): grpc.ClientUnaryCall;
  updateProfile(argument: _agora_user_v1_UpdateProfileRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_Profile__Output>): grpc.ClientUnaryCall;
  updateProfile(argument: _agora_user_v1_UpdateProfileRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_user_v1_Profile__Output>): grpc.ClientUnaryCall;
  updateProfile(argument: _agora_user_v1_UpdateProfileRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_user_v1_Profile__Output>): grpc.ClientUnaryCall;
  updateProfile(argument: _agora_user_v1_UpdateProfileRequest, callback: grpc.requestCallback<_agora_user_v1_Profile__Output>): grpc.ClientUnaryCall;
  
}

export interface UserServiceHandlers extends grpc.UntypedServiceImplementation {
  FollowUser: grpc.handleUnaryCall<_agora_user_v1_FollowUserRequest__Output, _agora_user_v1_FollowState>;
  
  GetFollowers: grpc.handleUnaryCall<_agora_user_v1_GetFollowersRequest__Output, _agora_user_v1_GetFollowersReply>;
  
  GetFollowing: grpc.handleUnaryCall<_agora_user_v1_GetFollowingRequest__Output, _agora_user_v1_GetFollowingReply>;
  
  GetUserByEmail: grpc.handleUnaryCall<_agora_user_v1_GetUserByEmailRequest__Output, _agora_user_v1_Account>;
  
  GetUserById: grpc.handleUnaryCall<_agora_user_v1_GetUserByIdRequest__Output, _agora_user_v1_User>;
  
  UnfollowUser: grpc.handleUnaryCall<_agora_user_v1_UnfollowUserRequest__Output, _agora_user_v1_FollowState>;
  
  UpdateProfile: grpc.handleUnaryCall<_agora_user_v1_UpdateProfileRequest__Output, _agora_user_v1_Profile>;
  
}

export interface UserServiceDefinition extends grpc.ServiceDefinition {
  FollowUser: MethodDefinition<_agora_user_v1_FollowUserRequest, _agora_user_v1_FollowState, _agora_user_v1_FollowUserRequest__Output, _agora_user_v1_FollowState__Output>
  GetFollowers: MethodDefinition<_agora_user_v1_GetFollowersRequest, _agora_user_v1_GetFollowersReply, _agora_user_v1_GetFollowersRequest__Output, _agora_user_v1_GetFollowersReply__Output>
  GetFollowing: MethodDefinition<_agora_user_v1_GetFollowingRequest, _agora_user_v1_GetFollowingReply, _agora_user_v1_GetFollowingRequest__Output, _agora_user_v1_GetFollowingReply__Output>
  GetUserByEmail: MethodDefinition<_agora_user_v1_GetUserByEmailRequest, _agora_user_v1_Account, _agora_user_v1_GetUserByEmailRequest__Output, _agora_user_v1_Account__Output>
  GetUserById: MethodDefinition<_agora_user_v1_GetUserByIdRequest, _agora_user_v1_User, _agora_user_v1_GetUserByIdRequest__Output, _agora_user_v1_User__Output>
  UnfollowUser: MethodDefinition<_agora_user_v1_UnfollowUserRequest, _agora_user_v1_FollowState, _agora_user_v1_UnfollowUserRequest__Output, _agora_user_v1_FollowState__Output>
  UpdateProfile: MethodDefinition<_agora_user_v1_UpdateProfileRequest, _agora_user_v1_Profile, _agora_user_v1_UpdateProfileRequest__Output, _agora_user_v1_Profile__Output>
}
