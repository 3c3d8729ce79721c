// Original file: proto/search.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { IndexEntry as _agora_search_v1_IndexEntry, IndexEntry__Output as _agora_search_v1_IndexEntry__Output } from '../../../agora/search/v1/IndexEntry.ts';
import type { IndexPostRequest as _agora_search_v1_IndexPostRequest, IndexPostRequest__Output as _agora_search_v1_IndexPostRequest__Output } from '../../../agora/search/v1/IndexPostRequest.ts';
import type { IndexUserRequest as _agora_search_v1_IndexUserRequest, IndexUserRequest__Output as _agora_search_v1_IndexUserRequest__Output } from '../../../agora/search/v1/IndexUserRequest.ts';
import type { PostHits as _agora_search_v1_PostHits, PostHits__Output as _agora_search_v1_PostHits__Output } from '../../../agora/search/v1/PostHits.ts';
import type { RemovePostIndexRequest as _agora_search_v1_RemovePostIndexRequest, RemovePostIndexRequest__Output as _agora_search_v1_RemovePostIndexRequest__Output } from '../../../agora/search/v1/RemovePostIndexRequest.ts';
import type { RemoveUserIndexRequest as _agora_search_v1_RemoveUserIndexRequest, RemoveUserIndexRequest__Output as _agora_search_v1_RemoveUserIndexRequest__Output } from '../../../agora/search/v1/RemoveUserIndexRequest.ts';
import type { SearchAllReply as _agora_search_v1_SearchAllReply, SearchAllReply__Output as _agora_search_v1_SearchAllReply__Output } from '../../../agora/search/v1/SearchAllReply.ts';
import type { SearchAllRequest as _agora_search_v1_SearchAllRequest, SearchAllRequest__Output as _agora_search_v1_SearchAllRequest__Output } from '../../../agora/search/v1/SearchAllRequest.ts';
import type { SearchPostsRequest as _agora_search_v1_SearchPostsRequest, SearchPostsRequest__Output as _agora_search_v1_SearchPostsRequest__Output } from '../../../agora/search/v1/SearchPostsRequest.ts';
import type { SearchUsersRequest as _agora_search_v1_SearchUsersRequest, SearchUsersRequest__Output as _agora_search_v1_SearchUsersRequest__Output } from '../../../agora/search/v1/SearchUsersRequest.ts';
import type { UserHits as _agora_search_v1_UserHits, UserHits__Output as _agora_search_v1_UserHits__Output } from '../../../agora/search/v1/UserHits.ts';

export interface SearchServiceClient extends grpc.Client {
  IndexPost(argument: _agora_search_v1_IndexPostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  IndexPost(argument: _agora_search_v1_IndexPostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  IndexPost(argument: _agora_search_v1_IndexPostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  IndexPost(argument: _agora_search_v1_IndexPostRequest, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  indexPost(argument: _agora_search_v1_IndexPostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  indexPost(argument: _agora_search_v1_IndexPostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  indexPost(argument: _agora_search_v1_IndexPostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  indexPost(argument: _agora_search_v1_IndexPostRequest, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  
  IndexUser(argument: _agora_search_v1_IndexUserRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  IndexUser(argument: _agora_search_v1_IndexUserRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  IndexUser(argument: _agora_search_v1_IndexUserRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  IndexUser(argument: _agora_search_v1_IndexUserRequest, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  indexUser(argument: _agora_search_v1_IndexUserRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  indexUser(argument: _agora_search_v1_IndexUserRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  indexUser(argument: _agora_search_v1_IndexUserRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  indexUser(argument: _agora_search_v1_IndexUserRequest, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  
  RemovePostIndex(argument: _agora_search_v1_RemovePostIndexRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  RemovePostIndex(argument: _agora_search_v1_RemovePostIndexRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  RemovePostIndex(argument: _agora_search_v1_RemovePostIndexRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  RemovePostIndex(argument: _agora_search_v1_RemovePostIndexRequest, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  removePostIndex(argument: _agora_search_v1_RemovePostIndexRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  removePostIndex(argument: _agora_search_v1_RemovePostIndexRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  removePostIndex(argument: _agora_search_v1_RemovePostIndexRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  removePostIndex(argument: _agora_search_v1_RemovePostIndexRequest, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  
  RemoveUserIndex(argument: _agora_search_v1_RemoveUserIndexRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  RemoveUserIndex(argument: _agora_search_v1_RemoveUserIndexRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  RemoveUserIndex(argument: _agora_search_v1_RemoveUserIndexRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  RemoveUserIndex(argument: _agora_search_v1_RemoveUserIndexRequest, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  removeUserIndex(argument: _agora_search_v1_RemoveUserIndexRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  removeUserIndex(argument: _agora_search_v1_RemoveUserIndexRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  removeUserIndex(argument: _agora_search_v1_RemoveUserIndexRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  removeUserIndex(argument: _agora_search_v1_RemoveUserIndexRequest, callback: grpc.requestCallback<_agora_search_v1_IndexEntry__Output>): grpc.ClientUnaryCall;
  
  SearchAll(argument: _agora_search_v1_SearchAllRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_SearchAllReply__Output>): grpc.ClientUnaryCall;
  SearchAll(argument: _agora_search_v1_SearchAllRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_search_v1_SearchAllReply__Output>): grpc.ClientUnaryCall;
  SearchAll(argument: _agora_search_v1_SearchAllRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_SearchAllReply__Output>): grpc.ClientUnaryCall;
  SearchAll(argument: _agora_search_v1_SearchAllRequest, callback: grpc.requestCallback<_agora_search_v1_SearchAllReply__Output>): grpc.ClientUnaryCall;
  searchAll(argument: _agora_search_v1_SearchAllRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_SearchAllReply__Output>): grpc.ClientUnaryCall;
  searchAll(argument: _agora_search_v1_SearchAllRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_search_v1_SearchAllReply__Output>): grpc.ClientUnaryCall;
  searchAll(argument: _agora_search_v1_SearchAllRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_SearchAllReply__Output>): grpc.ClientUnaryCall;
  searchAll(argument: _agora_search_v1_SearchAllRequest, callback: grpc.requestCallback<_agora_search_v1_SearchAllReply__Output>): grpc.ClientUnaryCall;
  
  SearchPosts(argument: _agora_search_v1_SearchPostsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_PostHits__Output>): grpc.ClientUnaryCall;
  SearchPosts(argument: _agora_search_v1_SearchPostsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_search_v1_PostHits__Output>): grpc.ClientUnaryCall;
  SearchPosts(argument: _agora_search_v1_SearchPostsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_PostHits__Output>): grpc.ClientUnaryCall;
  SearchPosts(argument: _agora_search_v1_SearchPostsRequest, callback: grpc.requestCallback<_agora_search_v1_PostHits__Output>): grpc.ClientUnaryCall;
  searchPosts(argument: _agora_search_v1_SearchPostsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_PostHits__Output>): grpc.ClientUnaryCall;
  searchPosts(argument: _agora_search_v1_SearchPostsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_search_v1_PostHits__Output>): grpc.ClientUnaryCall;
  searchPosts(argument: _agora_search_v1_SearchPostsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_PostHits__Output>): grpc.ClientUnaryCall;
  searchPosts(argument: _agora_search_v1_SearchPostsRequest, callback: grpc.requestCallback<_agora_search_v1_PostHits__Output>): grpc.ClientUnaryCall;
  
  SearchUsers(argument: _agora_search_v1_SearchUsersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_UserHits__Output>): grpc.ClientUnaryCall;
  SearchUsers(argument: _agora_search_v1_SearchUsersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_search_v1_UserHits__Output>): grpc.ClientUnaryCall;
  SearchUsers(argument: _agora_search_v1_SearchUsersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_UserHits__Output>): grpc.ClientUnaryCall;
  SearchUsers(argument: _agora_search_v1_SearchUsersRequest, callback: grpc.requestCallback<_agora_search_v1_UserHits__Output>): grpc.ClientUnaryCall;
  searchUsers(argument: _agora_search_v1_SearchUsersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_UserHits__Output>): grpc.ClientUnaryCall;
  searchUsers(argument: _agora_search_v1_SearchUsersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_search_v1_UserHits__Output>): grpc.ClientUnaryCall;
  searchUsers(argument: _agora_search_v1_SearchUsersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_search_v1_UserHits__Output>): grpc.ClientUnaryCall;
  searchUsers(argument: _agora_search_v1_SearchUsersRequest, callback: grpc.requestCallback<_agora_search_v1_UserHits__Output>): grpc.ClientUnaryCall;
  
}

export interface SearchServiceHandlers extends grpc.UntypedServiceImplementation {
  IndexPost: grpc.handleUnaryCall<_agora_search_v1_IndexPostRequest__Output, _agora_search_v1_IndexEntry>;
  
  IndexUser: grpc.handleUnaryCall<_agora_search_v1_IndexUserRequest__Output, _agora_search_v1_IndexEntry>;
  
  RemovePostIndex: grpc.handleUnaryCall<_agora_search_v1_RemovePostIndexRequest__Output, _agora_search_v1_IndexEntry>;
  
  RemoveUserIndex: grpc.handleUnaryCall<_agora_search_v1_RemoveUserIndexRequest__Output, _agora_search_v1_IndexEntry>;
  
  SearchAll: grpc.handleUnaryCall<_agora_search_v1_SearchAllRequest__Output, _agora_search_v1_SearchAllReply>;
  
  SearchPosts: grpc.handleUnaryCall<_agora_search_v1_SearchPostsRequest__Output, _agora_search_v1_PostHits>;
  
  SearchUsers: grpc.handleUnaryCall<_agora_search_v1_SearchUsersRequest__Output, _agora_search_v1_UserHits>;
  
}

export interface SearchServiceDefinition extends grpc.ServiceDefinition {
  IndexPost: MethodDefinition<_agora_search_v1_IndexPostRequest, _agora_search_v1_IndexEntry, _agora_search_v1_IndexPostRequest__Output, _agora_search_v1_IndexEntry__Output>
  IndexUser: MethodDefinition<_agora_search_v1_IndexUserRequest, _agora_search_v1_IndexEntry, _agora_search_v1_IndexUserRequest__Output, _agora_search_v1_IndexEntry__Output>
  RemovePostIndex: MethodDefinition<_agora_search_v1_RemovePostIndexRequest, _agora_search_v1_IndexEntry, _agora_search_v1_RemovePostIndexRequest__Output, _agora_search_v1_IndexEntry__Output>
  RemoveUserIndex: MethodDefinition<_agora_search_v1_RemoveUserIndexRequest, _agora_search_v1_IndexEntry, _agora_search_v1_RemoveUserIndexRequest__Output, _agora_search_v1_IndexEntry__Output>
  SearchAll: MethodDefinition<_agora_search_v1_SearchAllRequest, _agora_search_v1_SearchAllReply, _agora_search_v1_SearchAllRequest__Output, _agora_search_v1_SearchAllReply__Output>
  SearchPosts: MethodDefinition<_agora_search_v1_SearchPostsRequest, _agora_search_v1_PostHits, _agora_search_v1_SearchPostsRequest__Output, _agora_search_v1_PostHits__Output>
  SearchUsers: MethodDefinition<_agora_search_v1_SearchUsersRequest, _agora_search_v1_UserHits, _agora_search_v1_SearchUsersRequest__Output, _agora_search_v1_UserHits__Output>
}
