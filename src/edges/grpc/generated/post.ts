import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Author as _agora_post_v1_Author, Author__Output as _agora_post_v1_Author__Output } from './agora/post/v1/Author.ts';
import type { Comment as _agora_post_v1_Comment, Comment__Output as _agora_post_v1_Comment__Output } from './agora/post/v1/Comment.ts';
import type { CommentList as _agora_post_v1_CommentList, CommentList__Output as _agora_post_v1_CommentList__Output } from './agora/post/v1/CommentList.ts';
import type { CreateCommentRequest as _agora_post_v1_CreateCommentRequest, CreateCommentRequest__Output as _agora_post_v1_CreateCommentRequest__Output } from './agora/post/v1/CreateCommentRequest.ts';
import type { CreatePostRequest as _agora_post_v1_CreatePostRequest, CreatePostRequest__Output as _agora_post_v1_CreatePostRequest__Output } from './agora/post/v1/CreatePostRequest.ts';
import type { DeleteCommentRequest as _agora_post_v1_DeleteCommentRequest, DeleteCommentRequest__Output as _agora_post_v1_DeleteCommentRequest__Output } from './agora/post/v1/DeleteCommentRequest.ts';
import type { DeletePostRequest as _agora_post_v1_DeletePostRequest, DeletePostRequest__Output as _agora_post_v1_DeletePostRequest__Output } from './agora/post/v1/DeletePostRequest.ts';
import type { Deleted as _agora_post_v1_Deleted, Deleted__Output as _agora_post_v1_Deleted__Output } from './agora/post/v1/Deleted.ts';
import type { GetCommentsRequest as _agora_post_v1_GetCommentsRequest, GetCommentsRequest__Output as _agora_post_v1_GetCommentsRequest__Output } from './agora/post/v1/GetCommentsRequest.ts';
import type { GetFeedRequest as _agora_post_v1_GetFeedRequest, GetFeedRequest__Output as _agora_post_v1_GetFeedRequest__Output } from './agora/post/v1/GetFeedRequest.ts';
import type { GetPostByIdRequest as _agora_post_v1_GetPostByIdRequest, GetPostByIdRequest__Output as _agora_post_v1_GetPostByIdRequest__Output } from './agora/post/v1/GetPostByIdRequest.ts';
import type { GetUserPostsRequest as _agora_post_v1_GetUserPostsRequest, GetUserPostsRequest__Output as _agora_post_v1_GetUserPostsRequest__Output } from './agora/post/v1/GetUserPostsRequest.ts';
import type { LikePostRequest as _agora_post_v1_LikePostRequest, LikePostRequest__Output as _agora_post_v1_LikePostRequest__Output } from './agora/post/v1/LikePostRequest.ts';
import type { LikeState as _agora_post_v1_LikeState, LikeState__Output as _agora_post_v1_LikeState__Output } from './agora/post/v1/LikeState.ts';
import type { Mention as _agora_post_v1_Mention, Mention__Output as _agora_post_v1_Mention__Output } from './agora/post/v1/Mention.ts';
import type { Post as _agora_post_v1_Post, Post__Output as _agora_post_v1_Post__Output } from './agora/post/v1/Post.ts';
import type { PostList as _agora_post_v1_PostList, PostList__Output as _agora_post_v1_PostList__Output } from './agora/post/v1/PostList.ts';
import type { PostServiceClient as _agora_post_v1_PostServiceClient, PostServiceDefinition as _agora_post_v1_PostServiceDefinition } from './agora/post/v1/PostService.ts';
import type { UnlikePostRequest as _agora_post_v1_UnlikePostRequest, UnlikePostRequest__Output as _agora_post_v1_UnlikePostRequest__Output } from './agora/post/v1/UnlikePostRequest.ts';
import type { UpdatePostRequest as _agora_post_v1_UpdatePostRequest, UpdatePostRequest__Output as _agora_post_v1_UpdatePostRequest__Output } from './agora/post/v1/UpdatePostRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  agora: {
    post: {
      v1: {
        Author: MessageTypeDefinition<_agora_post_v1_Author, _agora_post_v1_Author__Output>
        Comment: MessageTypeDefinition<_agora_post_v1_Comment, _agora_post_v1_Comment__Output>
        CommentList: MessageTypeDefinition<_agora_post_v1_CommentList, _agora_post_v1_CommentList__Output>
        CreateCommentRequest: MessageTypeDefinition<_agora_post_v1_CreateCommentRequest, _agora_post_v1_CreateCommentRequest__Output>
        CreatePostRequest: MessageTypeDefinition<_agora_post_v1_CreatePostRequest, _agora_post_v1_CreatePostRequest__Output>
        DeleteCommentRequest: MessageTypeDefinition<_agora_post_v1_DeleteCommentRequest, _agora_post_v1_DeleteCommentRequest__Output>
        DeletePostRequest: MessageTypeDefinition<_agora_post_v1_DeletePostRequest, _agora_post_v1_DeletePostRequest__Output>
        Deleted: MessageTypeDefinition<_agora_post_v1_Deleted, _agora_post_v1_Deleted__Output>
        GetCommentsRequest: MessageTypeDefinition<_agora_post_v1_GetCommentsRequest, _agora_post_v1_GetCommentsRequest__Output>
        GetFeedRequest: MessageTypeDefinition<_agora_post_v1_GetFeedRequest, _agora_post_v1_GetFeedRequest__Output>
        GetPostByIdRequest: MessageTypeDefinition<_agora_post_v1_GetPostByIdRequest, _agora_post_v1_GetPostByIdRequest__Output>
        GetUserPostsRequest: MessageTypeDefinition<_agora_post_v1_GetUserPostsRequest, _agora_post_v1_GetUserPostsRequest__Output>
        LikePostRequest: MessageTypeDefinition<_agora_post_v1_LikePostRequest, _agora_post_v1_LikePostRequest__Output>
        LikeState: MessageTypeDefinition<_agora_post_v1_LikeState, _agora_post_v1_LikeState__Output>
        Mention: MessageTypeDefinition<_agora_post_v1_Mention, _agora_post_v1_Mention__Output>
        Post: MessageTypeDefinition<_agora_post_v1_Post, _agora_post_v1_Post__Output>
        PostList: MessageTypeDefinition<_agora_post_v1_PostList, _agora_post_v1_PostList__Output>
        PostService: SubtypeConstructor<typeof grpc.Client, _agora_post_v1_PostServiceClient> & { service: _agora_post_v1_PostServiceDefinition }
        UnlikePostRequest: MessageTypeDefinition<_agora_post_v1_UnlikePostRequest, _agora_post_v1_UnlikePostRequest__Output>
        UpdatePostRequest: MessageTypeDefinition<_agora_post_v1_UpdatePostRequest, _agora_post_v1_UpdatePostRequest__Output>
      }
    }
  }
}

