// Original file: proto/post.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Comment as _agora_post_v1_Comment, Comment__Output as _agora_post_v1_Comment__Output } from '../../../agora/post/v1/Comment.ts';
import type { CommentList as _agora_post_v1_CommentList, CommentList__Output as _agora_post_v1_CommentList__Output } from '../../../agora/post/v1/CommentList.ts';
import type { CreateCommentRequest as _agora_post_v1_CreateCommentRequest, CreateCommentRequest__Output as _agora_post_v1_CreateCommentRequest__Output } from '../../../agora/post/v1/CreateCommentRequest.ts';
import type { CreatePostRequest as _agora_post_v1_CreatePostRequest, CreatePostRequest__Output as _agora_post_v1_CreatePostRequest__Output } from '../../../agora/post/v1/CreatePostRequest.ts';
import type { DeleteCommentRequest as _agora_post_v1_DeleteCommentRequest, DeleteCommentRequest__Output as _agora_post_v1_DeleteCommentRequest__Output } from '../../../agora/post/v1/DeleteCommentRequest.ts';
import type { DeletePostRequest as _agora_post_v1_DeletePostRequest, DeletePostRequest__Output as _agora_post_v1_DeletePostRequest__Output } from '../../../agora/post/v1/DeletePostRequest.ts';
import type { Deleted as _agora_post_v1_Deleted, Deleted__Output as _agora_post_v1_Deleted__Output } from '../../../agora/post/v1/Deleted.ts';
import type { GetCommentsRequest as _agora_post_v1_GetCommentsRequest, GetCommentsRequest__Output as _agora_post_v1_GetCommentsRequest__Output } from '../../../agora/post/v1/GetCommentsRequest.ts';
import type { GetFeedRequest as _agora_post_v1_GetFeedRequest, GetFeedRequest__Output as _agora_post_v1_GetFeedRequest__Output } from '../../../agora/post/v1/GetFeedRequest.ts';
import type { GetPostByIdRequest as _agora_post_v1_GetPostByIdRequest, GetPostByIdRequest__Output as _agora_post_v1_GetPostByIdRequest__Output } from '../../../agora/post/v1/GetPostByIdRequest.ts';
import type { GetUserPostsRequest as _agora_post_v1_GetUserPostsRequest, GetUserPostsRequest__Output as _agora_post_v1_GetUserPostsRequest__Output } from '../../../agora/post/v1/GetUserPostsRequest.ts';
import type { LikePostRequest as _agora_post_v1_LikePostRequest, LikePostRequest__Output as _agora_post_v1_LikePostRequest__Output } from '../../../agora/post/v1/LikePostRequest.ts';
import type { LikeState as _agora_post_v1_LikeState, LikeState__Output as _agora_post_v1_LikeState__Output } from '../../../agora/post/v1/LikeState.ts';
import type { Post as _agora_post_v1_Post, Post__Output as _agora_post_v1_Post__Output } from '../../../agora/post/v1/Post.ts';
import type { PostList as _agora_post_v1_PostList, PostList__Output as _agora_post_v1_PostList__Output } from '../../../agora/post/v1/PostList.ts';
import type { UnlikePostRequest as _agora_post_v1_UnlikePostRequest, UnlikePostRequest__Output as _agora_post_v1_UnlikePostRequest__Output } from '../../../agora/post/v1/UnlikePostRequest.ts';
import type { UpdatePostRequest as _agora_post_v1_UpdatePostRequest, UpdatePostRequest__Output as _agora_post_v1_UpdatePostRequest__Output } from '../../../agora/post/v1/UpdatePostRequest.ts';

export interface PostServiceClient extends grpc.Client {
  CreateComment(argument: _agora_post_v1_CreateCommentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Comment__Output>): grpc.ClientUnaryCall;
  CreateComment(argument: _agora_post_v1_CreateCommentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_Comment__Output>): grpc.ClientUnaryCall;
  CreateComment(argument: _agora_post_v1_CreateCommentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Comment__Output>): grpc.ClientUnaryCall;
  CreateComment(argument: _agora_post_v1_CreateCommentRequest, callback: grpc.requestCallback<_agora_post_v1_Comment__Output>): grpc.ClientUnaryCall;
  createComment(argument: _agora_post_v1_CreateCommentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Comment__Output>): grpc.ClientUnaryCall;
  createComment(argument: _agora_post_v1_CreateCommentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_Comment__Output>): grpc.ClientUnaryCall;
  createComment(argument: _agora_post_v1_CreateCommentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Comment__Output>): grpc.ClientUnaryCall;
  createComment(argument: _agora_post_v1_CreateCommentRequest, callback: grpc.requestCallback<_agora_post_v1_Comment__Output>): grpc.ClientUnaryCall;
  
  CreatePost(argument: _agora_post_v1_CreatePostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  CreatePost(argument: _agora_post_v1_CreatePostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  CreatePost(argument: _agora_post_v1_CreatePostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  CreatePost(argument: _agora_post_v1_CreatePostRequest, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  createPost(argument: _agora_post_v1_CreatePostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  createPost(argument: _agora_post_v1_CreatePostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  createPost(argument: _agora_post_v1_CreatePostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  createPost(argument: _agora_post_v1_CreatePostRequest, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  
  DeleteComment(argument: _agora_post_v1_DeleteCommentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  DeleteComment(argument: _agora_post_v1_DeleteCommentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  DeleteComment(argument: _agora_post_v1_DeleteCommentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  DeleteComment(argument: _agora_post_v1_DeleteCommentRequest, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  deleteComment(argument: _agora_post_v1_DeleteCommentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  deleteComment(argument: _agora_post_v1_DeleteCommentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  deleteComment(argument: _agora_post_v1_DeleteCommentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  deleteComment(argument: _agora_post_v1_DeleteCommentRequest, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  
  DeletePost(argument: _agora_post_v1_DeletePostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  DeletePost(argument: _agora_post_v1_DeletePostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  DeletePost(argument: _agora_post_v1_DeletePostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  DeletePost(argument: _agora_post_v1_DeletePostRequest, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  deletePost(argument: _agora_post_v1_DeletePostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  deletePost(argument: _agora_post_v1_DeletePostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  deletePost(argument: _agora_post_v1_DeletePostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  deletePost(argument: _agora_post_v1_DeletePostRequest, callback: grpc.requestCallback<_agora_post_v1_Deleted__Output>): grpc.ClientUnaryCall;
  
  GetComments(argument: _agora_post_v1_GetCommentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_CommentList__Output>): grpc.ClientUnaryCall;
  GetComments(argument: _agora_post_v1_GetCommentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_CommentList__Output>): grpc.ClientUnaryCall;
  GetComments(argument: _agora_post_v1_GetCommentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_CommentList__Output>): grpc.ClientUnaryCall;
  GetComments(argument: _agora_post_v1_GetCommentsRequest, callback: grpc.requestCallback<_agora_post_v1_CommentList__Output>): grpc.ClientUnaryCall;
  getComments(argument: _agora_post_v1_GetCommentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_CommentList__Output>): grpc.ClientUnaryCall;
  getComments(argument: _agora_post_v1_GetCommentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_CommentList__Output>): grpc.ClientUnaryCall;
  getComments(argument: _agora_post_v1_GetCommentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_CommentList__Output>): grpc.ClientUnaryCall;
  getComments(argument: _agora_post_v1_GetCommentsRequest, callback: grpc.requestCallback<_agora_post_v1_CommentList__Output>): grpc.ClientUnaryCall;
  
  GetFeed(argument: _agora_post_v1_GetFeedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  GetFeed(argument: _agora_post_v1_GetFeedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  GetFeed(argument: _agora_post_v1_GetFeedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  GetFeed(argument: _agora_post_v1_GetFeedRequest, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  getFeed(argument: _agora_post_v1_GetFeedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  getFeed(argument: _agora_post_v1_GetFeedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  getFeed(argument: _agora_post_v1_GetFeedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  getFeed(argument: _agora_post_v1_GetFeedRequest, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  
  GetPostById(argument: _agora_post_v1_GetPostByIdRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  GetPostById(argument: _agora_post_v1_GetPostByIdRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  GetPostById(argument: _agora_post_v1_GetPostByIdRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  GetPostById(argument: _agora_post_v1_GetPostByIdRequest, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  getPostById(argument: _agora_post_v1_GetPostByIdRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  getPostById(argument: _agora_post_v1_GetPostByIdRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  getPostById(argument: _agora_post_v1_GetPostByIdRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  getPostById(argument: _agora_post_v1_GetPostByIdRequest, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  
  GetUserPosts(argument: _agora_post_v1_GetUserPostsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  GetUserPosts(argument: _agora_post_v1_GetUserPostsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  GetUserPosts(argument: _agora_post_v1_GetUserPostsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  GetUserPosts(argument: _agora_post_v1_GetUserPostsRequest, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  getUserPosts(argument: _agora_post_v1_GetUserPostsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  getUserPosts(argument: _agora_post_v1_GetUserPostsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  getUserPosts(argument: _agora_post_v1_GetUserPostsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  getUserPosts(argument: _agora_post_v1_GetUserPostsRequest, callback: grpc.requestCallback<_agora_post_v1_PostList__Output>): grpc.ClientUnaryCall;
  
  LikePost(argument: _agora_post_v1_LikePostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  LikePost(argument: _agora_post_v1_LikePostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  LikePost(argument: _agora_post_v1_LikePostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  LikePost(argument: _agora_post_v1_LikePostRequest, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  likePost(argument: _agora_post_v1_LikePostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  likePost(argument: _agora_post_v1_LikePostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  likePost(argument: _agora_post_v1_LikePostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  likePost(argument: _agora_post_v1_LikePostRequest, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  
  UnlikePost(argument: _agora_post_v1_UnlikePostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  UnlikePost(argument: _agora_post_v1_UnlikePostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  UnlikePost(argument: _agora_post_v1_UnlikePostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  UnlikePost(argument: _agora_post_v1_UnlikePostRequest, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  unlikePost(argument: _agora_post_v1_UnlikePostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  unlikePost(argument: _agora_post_v1_UnlikePostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  unlikePost(argument: _agora_post_v1_UnlikePostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  unlikePost(argument: _agora_post_v1_UnlikePostRequest, callback: grpc.requestCallback<_agora_post_v1_LikeState__Output>): grpc.ClientUnaryCall;
  
  UpdatePost(argument: _agora_post_v1_UpdatePostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  UpdatePost(argument: _agora_post_v1_UpdatePostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  UpdatePost(argument: _agora_post_v1_UpdatePostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  UpdatePost(argument: _agora_post_v1_UpdatePostRequest, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  updatePost(argument: _agora_post_v1_UpdatePostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  updatePost(argument: _agora_post_v1_UpdatePostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  updatePost(argument: _agora_post_v1_UpdatePostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  updatePost(argument: _agora_post_v1_UpdatePostRequest, callback: grpc.requestCallback<_agora_post_v1_Post__Output>): grpc.ClientUnaryCall;
  
}

export interface PostServiceHandlers extends grpc.UntypedServiceImplementation {
  CreateComment: grpc.handleUnaryCall<_agora_post_v1_CreateCommentRequest__Output, _agora_post_v1_Comment>;
  
  CreatePost: grpc.handleUnaryCall<_agora_post_v1_CreatePostRequest__Output, _agora_post_v1_Post>;
  
  DeleteComment: grpc.handleUnaryCall<_agora_post_v1_DeleteCommentRequest__Output, _agora_post_v1_Deleted>;
  
  DeletePost: grpc.handleUnaryCall<_agora_post_v1_DeletePostRequest__Output, _agora_post_v1_Deleted>;
  
  GetComments: grpc.handleUnaryCall<_agora_post_v1_GetCommentsRequest__Output, _agora_post_v1_CommentList>;
  
  GetFeed: grpc.handleUnaryCall<_agora_post_v1_GetFeedRequest__Output, _agora_post_v1_PostList>;
  
  GetPostById: grpc.handleUnaryCall<_agora_post_v1_GetPostByIdRequest__Output, _agora_post_v1_Post>;
  
  GetUserPosts: grpc.handleUnaryCall<_agora_post_v1_GetUserPostsRequest__Output, _agora_post_v1_PostList>;
  
  LikePost: grpc.handleUnaryCall<_agora_post_v1_LikePostRequest__Output, _agora_post_v1_LikeState>;
  
  UnlikePost: grpc.handleUnaryCall<_agora_post_v1_UnlikePostRequest__Output, _agora_post_v1_LikeState>;
  
  UpdatePost: grpc.handleUnaryCall<_agora_post_v1_UpdatePostRequest__Output, _agora_post_v1_Post>;
  
}

export interface PostServiceDefinition extends grpc.ServiceDefinition {
  CreateComment: MethodDefinition<_agora_post_v1_CreateCommentRequest, _agora_post_v1_Comment, _agora_post_v1_CreateCommentRequest__Output, _agora_post_v1_Comment__Output>
  CreatePost: MethodDefinition<_agora_post_v1_CreatePostRequest, _agora_post_v1_Post, _agora_post_v1_CreatePostRequest__Output, _agora_post_v1_Post__Output>
  DeleteComment: MethodDefinition<_agora_post_v1_DeleteCommentRequest, _agora_post_v1_Deleted, _agora_post_v1_DeleteCommentRequest__Output, _agora_post_v1_Deleted__Output>
  DeletePost: MethodDefinition<_agora_post_v1_DeletePostRequest, _agora_post_v1_Deleted, _agora_post_v1_DeletePostRequest__Output, _agora_post_v1_Deleted__Output>
  GetComments: MethodDefinition<_agora_post_v1_GetCommentsRequest, _agora_post_v1_CommentList, _agora_post_v1_GetCommentsRequest__Output, _agora_post_v1_CommentList__Output>
  GetFeed: MethodDefinition<_agora_post_v1_GetFeedRequest, _agora_post_v1_PostList, _agora_post_v1_GetFeedRequest__Output, _agora_post_v1_PostList__Output>
  GetPostById: MethodDefinition<_agora_post_v1_GetPostByIdRequest, _agora_post_v1_Post, _agora_post_v1_GetPostByIdRequest__Output, _agora_post_v1_Post__Output>
  GetUserPosts: MethodDefinition<_agora_post_v1_GetUserPostsRequest, _agora_post_v1_PostList, _agora_post_v1_GetUserPostsRequest__Output, _agora_post_v1_PostList__Output>
  LikePost: MethodDefinition<_agora_post_v1_LikePostRequest, _agora_post_v1_LikeState, _agora_post_v1_LikePostRequest__Output, _agora_post_v1_LikeState__Output>
  UnlikePost: MethodDefinition<_agora_post_v1_UnlikePostRequest, _agora_post_v1_LikeState, _agora_post_v1_UnlikePostRequest__Output, _agora_post_v1_LikeState__Output>
  UpdatePost: MethodDefinition<_agora_post_v1_UpdatePostRequest, _agora_post_v1_Post, _agora_post_v1_UpdatePostRequest__Output, _agora_post_v1_Post__Output>
}
