import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { DeleteMediaReply as _agora_media_v1_DeleteMediaReply, DeleteMediaReply__Output as _agora_media_v1_DeleteMediaReply__Output } from './agora/media/v1/DeleteMediaReply.ts';
import type { DeleteMediaRequest as _agora_media_v1_DeleteMediaRequest, DeleteMediaRequest__Output as _agora_media_v1_DeleteMediaRequest__Output } from './agora/media/v1/DeleteMediaRequest.ts';
import type { DownloadMediaReply as _agora_media_v1_DownloadMediaReply, DownloadMediaReply__Output as _agora_media_v1_DownloadMediaReply__Output } from './agora/media/v1/DownloadMediaReply.ts';
import type { DownloadMediaRequest as _agora_media_v1_DownloadMediaRequest, DownloadMediaRequest__Output as _agora_media_v1_DownloadMediaRequest__Output } from './agora/media/v1/DownloadMediaRequest.ts';
import type { GetMediaRequest as _agora_media_v1_GetMediaRequest, GetMediaRequest__Output as _agora_media_v1_GetMediaRequest__Output } from './agora/media/v1/GetMediaRequest.ts';
import type { GetUserMediaRequest as _agora_media_v1_GetUserMediaRequest, GetUserMediaRequest__Output as _agora_media_v1_GetUserMediaRequest__Output } from './agora/media/v1/GetUserMediaRequest.ts';
import type { Media as _agora_media_v1_Media, Media__Output as _agora_media_v1_Media__Output } from './agora/media/v1/Media.ts';
import type { MediaList as _agora_media_v1_MediaList, MediaList__Output as _agora_media_v1_MediaList__Output } from './agora/media/v1/MediaList.ts';
import type { MediaServiceClient as _agora_media_v1_MediaServiceClient, MediaServiceDefinition as _agora_media_v1_MediaServiceDefinition } from './agora/media/v1/MediaService.ts';
import type { UploadMediaReply as _agora_media_v1_UploadMediaReply, UploadMediaReply__Output as _agora_media_v1_UploadMediaReply__Output } from './agora/media/v1/UploadMediaReply.ts';
import type { UploadMediaRequest as _agora_media_v1_UploadMediaRequest, UploadMediaRequest__Output as _agora_media_v1_UploadMediaRequest__Output } from './agora/media/v1/UploadMediaRequest.ts';
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
import type { Gig as _agora_search_v1_Gig, Gig__Output as _agora_search_v1_Gig__Output } from './agora/search/v1/Gig.ts';
import type { GigHit as _agora_search_v1_GigHit, GigHit__Output as _agora_search_v1_GigHit__Output } from './agora/search/v1/GigHit.ts';
import type { GigHits as _agora_search_v1_GigHits, GigHits__Output as _agora_search_v1_GigHits__Output } from './agora/search/v1/GigHits.ts';
import type { Highlight as _agora_search_v1_Highlight, Highlight__Output as _agora_search_v1_Highlight__Output } from './agora/search/v1/Highlight.ts';
import type { IndexEntry as _agora_search_v1_IndexEntry, IndexEntry__Output as _agora_search_v1_IndexEntry__Output } from './agora/search/v1/IndexEntry.ts';
import type { IndexPostRequest as _agora_search_v1_IndexPostRequest, IndexPostRequest__Output as _agora_search_v1_IndexPostRequest__Output } from './agora/search/v1/IndexPostRequest.ts';
import type { IndexUserRequest as _agora_search_v1_IndexUserRequest, IndexUserRequest__Output as _agora_search_v1_IndexUserRequest__Output } from './agora/search/v1/IndexUserRequest.ts';
import type { MediaHit as _agora_search_v1_MediaHit, MediaHit__Output as _agora_search_v1_MediaHit__Output } from './agora/search/v1/MediaHit.ts';
import type { MediaHits as _agora_search_v1_MediaHits, MediaHits__Output as _agora_search_v1_MediaHits__Output } from './agora/search/v1/MediaHits.ts';
import type { Money as _agora_search_v1_Money, Money__Output as _agora_search_v1_Money__Output } from './agora/search/v1/Money.ts';
import type { Order as _agora_search_v1_Order, Order__Output as _agora_search_v1_Order__Output } from './agora/search/v1/Order.ts';
import type { OrderHit as _agora_search_v1_OrderHit, OrderHit__Output as _agora_search_v1_OrderHit__Output } from './agora/search/v1/OrderHit.ts';
import type { OrderHits as _agora_search_v1_OrderHits, OrderHits__Output as _agora_search_v1_OrderHits__Output } from './agora/search/v1/OrderHits.ts';
import type { PostHit as _agora_search_v1_PostHit, PostHit__Output as _agora_search_v1_PostHit__Output } from './agora/search/v1/PostHit.ts';
import type { PostHits as _agora_search_v1_PostHits, PostHits__Output as _agora_search_v1_PostHits__Output } from './agora/search/v1/PostHits.ts';
import type { Product as _agora_search_v1_Product, Product__Output as _agora_search_v1_Product__Output } from './agora/search/v1/Product.ts';
import type { ProductHit as _agora_search_v1_ProductHit, ProductHit__Output as _agora_search_v1_ProductHit__Output } from './agora/search/v1/ProductHit.ts';
import type { ProductHits as _agora_search_v1_ProductHits, ProductHits__Output as _agora_search_v1_ProductHits__Output } from './agora/search/v1/ProductHits.ts';
import type { RemovePostIndexRequest as _agora_search_v1_RemovePostIndexRequest, RemovePostIndexRequest__Output as _agora_search_v1_RemovePostIndexRequest__Output } from './agora/search/v1/RemovePostIndexRequest.ts';
import type { RemoveUserIndexRequest as _agora_search_v1_RemoveUserIndexRequest, RemoveUserIndexRequest__Output as _agora_search_v1_RemoveUserIndexRequest__Output } from './agora/search/v1/RemoveUserIndexRequest.ts';
import type { SearchAllReply as _agora_search_v1_SearchAllReply, SearchAllReply__Output as _agora_search_v1_SearchAllReply__Output } from './agora/search/v1/SearchAllReply.ts';
import type { SearchAllRequest as _agora_search_v1_SearchAllRequest, SearchAllRequest__Output as _agora_search_v1_SearchAllRequest__Output } from './agora/search/v1/SearchAllRequest.ts';
import type { SearchPostsRequest as _agora_search_v1_SearchPostsRequest, SearchPostsRequest__Output as _agora_search_v1_SearchPostsRequest__Output } from './agora/search/v1/SearchPostsRequest.ts';
import type { SearchServiceClient as _agora_search_v1_SearchServiceClient, SearchServiceDefinition as _agora_search_v1_SearchServiceDefinition } from './agora/search/v1/SearchService.ts';
import type { SearchUsersRequest as _agora_search_v1_SearchUsersRequest, SearchUsersRequest__Output as _agora_search_v1_SearchUsersRequest__Output } from './agora/search/v1/SearchUsersRequest.ts';
import type { UserHit as _agora_search_v1_UserHit, UserHit__Output as _agora_search_v1_UserHit__Output } from './agora/search/v1/UserHit.ts';
import type { UserHits as _agora_search_v1_UserHits, UserHits__Output as _agora_search_v1_UserHits__Output } from './agora/search/v1/UserHits.ts';
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
    media: {
      v1: {
        DeleteMediaReply: MessageTypeDefinition<_agora_media_v1_DeleteMediaReply, _agora_media_v1_DeleteMediaReply__Output>
        DeleteMediaRequest: MessageTypeDefinition<_agora_media_v1_DeleteMediaRequest, _agora_media_v1_DeleteMediaRequest__Output>
        DownloadMediaReply: MessageTypeDefinition<_agora_media_v1_DownloadMediaReply, _agora_media_v1_DownloadMediaReply__Output>
        DownloadMediaRequest: MessageTypeDefinition<_agora_media_v1_DownloadMediaRequest, _agora_media_v1_DownloadMediaRequest__Output>
        GetMediaRequest: MessageTypeDefinition<_agora_media_v1_GetMediaRequest, _agora_media_v1_GetMediaRequest__Output>
        GetUserMediaRequest: MessageTypeDefinition<_agora_media_v1_GetUserMediaRequest, _agora_media_v1_GetUserMediaRequest__Output>
        Media: MessageTypeDefinition<_agora_media_v1_Media, _agora_media_v1_Media__Output>
        MediaList: MessageTypeDefinition<_agora_media_v1_MediaList, _agora_media_v1_MediaList__Output>
        MediaService: SubtypeConstructor<typeof grpc.Client, _agora_media_v1_MediaServiceClient> & { service: _agora_media_v1_MediaServiceDefinition }
        UploadMediaReply: MessageTypeDefinition<_agora_media_v1_UploadMediaReply, _agora_media_v1_UploadMediaReply__Output>
        UploadMediaRequest: MessageTypeDefinition<_agora_media_v1_UploadMediaRequest, _agora_media_v1_UploadMediaRequest__Output>
      }
    }
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
    search: {
      v1: {
        Gig: MessageTypeDefinition<_agora_search_v1_Gig, _agora_search_v1_Gig__Output>
        GigHit: MessageTypeDefinition<_agora_search_v1_GigHit, _agora_search_v1_GigHit__Output>
        GigHits: MessageTypeDefinition<_agora_search_v1_GigHits, _agora_search_v1_GigHits__Output>
        Highlight: MessageTypeDefinition<_agora_search_v1_Highlight, _agora_search_v1_Highlight__Output>
        IndexEntry: MessageTypeDefinition<_agora_search_v1_IndexEntry, _agora_search_v1_IndexEntry__Output>
        IndexPostRequest: MessageTypeDefinition<_agora_search_v1_IndexPostRequest, _agora_search_v1_IndexPostRequest__Output>
        IndexUserRequest: MessageTypeDefinition<_agora_search_v1_IndexUserRequest, _agora_search_v1_IndexUserRequest__Output>
        MediaHit: MessageTypeDefinition<_agora_search_v1_MediaHit, _agora_search_v1_MediaHit__Output>
        MediaHits: MessageTypeDefinition<_agora_search_v1_MediaHits, _agora_search_v1_MediaHits__Output>
        Money: MessageTypeDefinition<_agora_search_v1_Money, _agora_search_v1_Money__Output>
        Order: MessageTypeDefinition<_agora_search_v1_Order, _agora_search_v1_Order__Output>
        OrderHit: MessageTypeDefinition<_agora_search_v1_OrderHit, _agora_search_v1_OrderHit__Output>
        OrderHits: MessageTypeDefinition<_agora_search_v1_OrderHits, _agora_search_v1_OrderHits__Output>
        PostHit: MessageTypeDefinition<_agora_search_v1_PostHit, _agora_search_v1_PostHit__Output>
        PostHits: MessageTypeDefinition<_agora_search_v1_PostHits, _agora_search_v1_PostHits__Output>
        Product: MessageTypeDefinition<_agora_search_v1_Product, _agora_search_v1_Product__Output>
        ProductHit: MessageTypeDefinition<_agora_search_v1_ProductHit, _agora_search_v1_ProductHit__Output>
        ProductHits: MessageTypeDefinition<_agora_search_v1_ProductHits, _agora_search_v1_ProductHits__Output>
        RemovePostIndexRequest: MessageTypeDefinition<_agora_search_v1_RemovePostIndexRequest, _agora_search_v1_RemovePostIndexRequest__Output>
        RemoveUserIndexRequest: MessageTypeDefinition<_agora_search_v1_RemoveUserIndexRequest, _agora_search_v1_RemoveUserIndexRequest__Output>
        SearchAllReply: MessageTypeDefinition<_agora_search_v1_SearchAllReply, _agora_search_v1_SearchAllReply__Output>
        SearchAllRequest: MessageTypeDefinition<_agora_search_v1_SearchAllRequest, _agora_search_v1_SearchAllRequest__Output>
        SearchPostsRequest: MessageTypeDefinition<_agora_search_v1_SearchPostsRequest, _agora_search_v1_SearchPostsRequest__Output>
        SearchService: SubtypeConstructor<typeof grpc.Client, _agora_search_v1_SearchServiceClient> & { service: _agora_search_v1_SearchServiceDefinition }
        SearchUsersRequest: MessageTypeDefinition<_agora_search_v1_SearchUsersRequest, _agora_search_v1_SearchUsersRequest__Output>
        UserHit: MessageTypeDefinition<_agora_search_v1_UserHit, _agora_search_v1_UserHit__Output>
        UserHits: MessageTypeDefinition<_agora_search_v1_UserHits, _agora_search_v1_UserHits__Output>
      }
    }
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

