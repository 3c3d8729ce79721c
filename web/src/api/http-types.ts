// Generated from the declared routes and channels by `npm run docs`.

/** Types of every operation, by path and method. */
export type paths = {
  '/api/v1/auth/register': {
    /** Open an account and sign in */
    post: { parameters: {}; requestBody: { content: { 'application/json': RegisterBody } }; responses: { 201: { content: { 'application/json': RegisterAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/login': {
    /** Sign in */
    post: { parameters: {}; requestBody: { content: { 'application/json': { readonly email: string; readonly password: string } } }; responses: { 200: { content: { 'application/json': RegisterAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/refresh': {
    /** Get a new access token, and a new refresh token */
    post: { parameters: {}; requestBody: { content: { 'application/json': { readonly refreshToken?: string } } }; responses: { 200: { content: { 'application/json': RegisterAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/logout': {
    /** End this session */
    post: { parameters: {}; requestBody: { content: { 'application/json': { readonly refreshToken?: string } } }; responses: { 200: { content: { 'application/json': LogoutAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/validate': {
    /** The user of an access token, if it is valid */
    post: { parameters: {}; requestBody: { content: { 'application/json': { readonly token?: string } } }; responses: { 200: { content: { 'application/json': ValidateTokenAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/sessions': {
    /** My sessions */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string } }; responses: { 200: { content: { 'application/json': ListSessionsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/users/{id}/sessions': {
    /** Open sessions of a user */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': ListSessionsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/sessions/{id}': {
    /** Revoke a session */
    delete: { parameters: { query?: { reason?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': RevokeSessionAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/password/forgot': {
    /** Request a mail with a link that sets a new password */
    post: { parameters: {}; requestBody: { content: { 'application/json': { readonly email: string } } }; responses: { 202: { content: { 'application/json': ForgotPasswordAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/password/reset': {
    /** Set a new password by a link from a mail; ends all sessions */
    post: { parameters: {}; requestBody: { content: { 'application/json': { readonly token: string; readonly password: string } } }; responses: { 200: { content: { 'application/json': ForgotPasswordAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/password/change': {
    /** Set a new password; ends all other sessions */
    post: { parameters: {}; requestBody: { content: { 'application/json': ChangePasswordBody } }; responses: { 200: { content: { 'application/json': ForgotPasswordAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/email/verify': {
    /** Verify an address by the link in a mail */
    post: { parameters: {}; requestBody: { content: { 'application/json': { readonly token: string } } }; responses: { 200: { content: { 'application/json': VerifyEmailAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/email/resend': {
    /** Request the mail that verifies the address again */
    post: { parameters: {}; responses: { 202: { content: { 'application/json': ResendVerificationAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/email/change': {
    /** Request a change of the address, which the link in the mail to the new one confirms */
    post: { parameters: {}; requestBody: { content: { 'application/json': { readonly email: string; readonly password: string } } }; responses: { 202: { content: { 'application/json': ResendVerificationAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/links/check': {
    /** Check the token of a link in a mail, without using it */
    post: { parameters: {}; requestBody: { content: { 'application/json': { readonly token: string } } }; responses: { 200: { content: { 'application/json': CheckLinkAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/users': {
    /** All user accounts */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt' | 'updatedAt' | '-updatedAt' | 'email' | '-email' | 'username' | '-username'; cursor?: string; minPosition?: string; status?: 'ACTIVE' | 'SUSPENDED' | 'CLOSED'; role?: 'buyer' | 'seller' | 'analyst' | 'admin'; q?: string } }; responses: { 200: { content: { 'application/json': ListUsersAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/users/{id}': {
    /** A user account */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetUserAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Set the roles of a user, or suspend them */
    patch: { parameters: { path: { id: string } }; requestBody: { content: { 'application/json': ChangeUserBody } }; responses: { 200: { content: { 'application/json': ChangeUserAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/service-accounts': {
    /** All service accounts, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string; status?: 'ACTIVE' | 'REVOKED' } }; responses: { 200: { content: { 'application/json': ListServiceAccountsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Create the account of another system; the answer has its secret */
    post: { parameters: {}; requestBody: { content: { 'application/json': CreateServiceAccountBody } }; responses: { 201: { content: { 'application/json': CreateServiceAccountAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/service-accounts/{id}': {
    /** A service account */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetServiceAccountAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Change name and rights of a service account */
    put: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': CreateServiceAccountBody } }; responses: { 200: { content: { 'application/json': ChangeServiceAccountAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Revoke a service account for good, with its secrets and tokens */
    delete: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': RevokeServiceAccountAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/service-accounts/{id}/rotate-secret': {
    /** Replace the secret of a service account; the answer has the new one */
    post: { parameters: { path: { id: string } }; requestBody: { content: { 'application/json': { readonly overlapHours?: number } } }; responses: { 200: { content: { 'application/json': RotateServiceSecretAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/service-token': {
    /** Exchange the secret of a service account for an access token */
    post: { parameters: {}; requestBody: { content: { 'application/json': { readonly id: string; readonly secret: string } } }; responses: { 200: { content: { 'application/json': GetServiceTokenAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/users/{user}/forget': {
    /** The receipt of an erasure: what was found and removed */
    get: { parameters: { path: { user: string } }; responses: { 200: { content: { 'application/json': ForgettingOfAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Erase a user for good */
    post: { parameters: { path: { user: string } }; responses: { 202: { content: { 'application/json': ForgetUserAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/keys/rotate': {
    /** Replace the key that access tokens are signed with */
    post: { parameters: {}; requestBody: { content: { 'application/json': { readonly revoke?: boolean } } }; responses: { 200: { content: { 'application/json': RotateKeysAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/.well-known/jwks.json': {
    /** The keys that verify access tokens */
    get: { parameters: {}; responses: { 200: { content: { 'application/json': { readonly keys: JwksAnswerKey[] } } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/oauth': {
    /** The identity providers */
    get: { parameters: {}; responses: { 200: { content: { 'application/json': ListProvidersAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/oauth/{provider}/link': {
    /** Link an identity at a provider */
    post: { parameters: { path: { provider: string } }; requestBody: { content: { 'application/json': { readonly password?: string; readonly returnTo?: string } } }; responses: { 200: { content: { 'application/json': LinkOAuthAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/oauth/{provider}': {
    /** Sign in at an identity provider */
    get: { parameters: { query?: { returnTo?: string }; path: { provider: string } }; responses: { default: { content: { 'application/problem+json': Problem } } } }
    /** Unlink an identity; ends all other sessions */
    delete: { parameters: { path: { provider: string } }; responses: { 200: { content: { 'application/json': UnlinkOAuthAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/auth/oauth/{provider}/callback': {
    /** Return from an identity provider */
    get: { parameters: { query?: { state?: string; code?: string; error?: string }; path: { provider: string } }; responses: { 200: { content: { 'application/json': FinishOAuthAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/notifications/user/{userId}': {
    /** Notifications of a user, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string; unread?: boolean; channel?: 'in_app' | 'email' | 'push' | 'sms' }; path: { userId: string } }; responses: { 200: { content: { 'application/json': ListNotificationsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/notifications/{id}/read': {
    /** Mark a notification as read */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': ReadNotificationAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/notifications/read-all': {
    /** Mark my notifications in the app as read, the oldest first */
    post: { parameters: { query?: { minPosition?: string } }; responses: { 200: { content: { 'application/json': ReadAllNotificationsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/notifications': {
    /** Notify a user */
    post: { parameters: {}; requestBody: { content: { 'application/json': SendNotificationBody } }; responses: { 202: { content: { 'application/json': ChangeServiceAccountAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/notifications/promotions': {
    /** Promotions with their progress, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string } }; responses: { 200: { content: { 'application/json': ListPromotionsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Send an advertisement to a segment of those who agreed to advertisements */
    post: { parameters: {}; requestBody: { content: { 'application/json': PublishPromotionBody } }; responses: { 202: { content: { 'application/json': PublishPromotionAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/notifications/promotions/recipients': {
    /** The number of users whom a promotion to a segment would reach now */
    get: { parameters: { query?: { role?: 'buyer' | 'seller' | 'analyst' | 'admin'; activeSince?: string; country?: string } }; responses: { 200: { content: { 'application/json': CountPromotionRecipientsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/notifications/promotions/{id}': {
    /** A promotion with its progress */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetPromotionAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/notifications/promotions/{id}/pause': {
    /** Pause a promotion after its present batch */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': PausePromotionAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/notifications/promotions/{id}/resume': {
    /** Continue a promotion where it was paused */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': PausePromotionAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/notifications/devices': {
    /** My devices, and the key by which browsers subscribe to push messages */
    get: { parameters: { query?: { minPosition?: string } }; responses: { 200: { content: { 'application/json': ListDevicesAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Register a browser for push messages, or a telephone for text messages */
    post: { parameters: {}; requestBody: { content: { 'application/json': RegisterDeviceBody } }; responses: { 201: { content: { 'application/json': RegisterDeviceAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Remove a browser of mine by the endpoint of its subscription, or a device by its id */
    delete: { parameters: {}; requestBody: { content: { 'application/json': { readonly endpoint?: string; readonly id?: string } } }; responses: { 200: { content: { 'application/json': ChangeServiceAccountAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/notifications/devices/{id}/confirm': {
    /** Confirm a telephone by the code that it was sent */
    post: { parameters: { path: { id: string } }; requestBody: { content: { 'application/json': { readonly code: string } } }; responses: { 200: { content: { 'application/json': ConfirmDeviceAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/notifications/devices/{id}': {
    /** Remove a device of mine; may be repeated */
    delete: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': ChangeServiceAccountAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/notifications/unsubscribe': {
    /** Get no more advertisements, by the link of one */
    post: { parameters: { query: { token: string } }; responses: { 200: { content: { 'application/json': UnsubscribeAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/me': {
    /** My profile */
    get: { parameters: { query?: { minPosition?: string } }; responses: { 200: { content: { 'application/json': MeAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/me/preferences': {
    /** In which language and by which channels I want to be notified */
    get: { parameters: {}; responses: { 200: { content: { 'application/json': GetPreferencesAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Change my preferences; omitted fields stay unchanged */
    put: { parameters: { header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': ChangePreferencesBody } }; responses: { 200: { content: { 'application/json': GetPreferencesAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/me/settings': {
    /** My settings, and who may see my profile */
    get: { parameters: {}; responses: { 200: { content: { 'application/json': GetSettingsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Change my settings and the privacy of my profile; omitted fields stay unchanged */
    put: { parameters: { header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': ChangeSettingsBody } }; responses: { 200: { content: { 'application/json': GetSettingsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/me/seller': {
    /** Become a seller, or change my details as a seller */
    post: { parameters: {}; requestBody: { content: { 'application/json': { readonly displayName: string; readonly about?: string } } }; responses: { 202: { content: { 'application/json': BecomeSellerAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/{id}': {
    /** The profile of a user, as far as you may see it */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetProfileAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Change the profile of a user */
    patch: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': UpdateProfileBody } }; responses: { 200: { content: { 'application/json': UpdateProfileAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Delete a user and erase their data */
    delete: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; responses: { 202: { content: { 'application/json': DeleteUserAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users': {
    /** Find the user of an e-mail address */
    get: { parameters: { query: { email: string } }; responses: { 200: { content: { 'application/json': FindUserByEmailAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/search': {
    /** Search users by words of their username, name or bio, with typing errors */
    get: { parameters: { query: { q: string; page?: number; limit?: number; cursor?: string; minPosition?: string } }; responses: { 200: { content: { 'application/json': SearchUsersAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/{id}/overview': {
    /** The profile of a user with counts, published gigs, posts and reviews; for the user and admins, with the latest orders */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetProfileOverviewAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/{id}/follow': {
    /** Follow a user; a private one is asked first */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': FollowUserAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Unfollow a user, or withdraw the request to follow */
    delete: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': FollowUserAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/{id}/followers': {
    /** The followers of a user, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'at' | '-at'; cursor?: string; minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': ListFollowersAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/{id}/following': {
    /** The users that a user follows, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'at' | '-at'; cursor?: string; minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': ListFollowingAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/me/follow-requests': {
    /** The users who ask to follow me, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'at' | '-at'; cursor?: string; minPosition?: string } }; responses: { 200: { content: { 'application/json': ListFollowRequestsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/me/follow-requests/{id}/accept': {
    /** Let a user follow me, and see my private profile and posts */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': AcceptFollowRequestAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/me/follow-requests/{id}/decline': {
    /** Decline the request of a user to follow me */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': AcceptFollowRequestAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/me/blocks': {
    /** The users that I block, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'at' | '-at'; cursor?: string; minPosition?: string } }; responses: { 200: { content: { 'application/json': ListBlocksAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/{id}/block': {
    /** Block a user */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': BlockUserAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Unblock a user */
    delete: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': BlockUserAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/products': {
    /** Products on sale */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt' | 'name' | '-name' | 'price' | '-price'; cursor?: string; minPosition?: string; category?: string; minPrice?: number; maxPrice?: number; inStock?: boolean; q?: string } }; responses: { 200: { content: { 'application/json': ListProductsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Put a product on sale */
    post: { parameters: {}; requestBody: { content: { 'application/json': CreateProductBody } }; responses: { 201: { content: { 'application/json': CreateProductAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/products/categories': {
    /** The categories, and how many products each has */
    get: { parameters: { query?: { minPosition?: string } }; responses: { 200: { content: { 'application/json': ListCategoriesAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/products/{id}': {
    /** One product, and how many pieces are available */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetProductAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Replace all details of a product */
    put: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': CreateProductBody } }; responses: { 200: { content: { 'application/json': CreateProductAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Take a product off sale for good */
    delete: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; responses: { 200: { content: { 'application/json': DeleteProductAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/inventory/{productId}': {
    /** The pieces of a product */
    get: { parameters: { query?: { minPosition?: string }; path: { productId: string } }; responses: { 200: { content: { 'application/json': GetStockAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Set or adjust the number of pieces */
    put: { parameters: { path: { productId: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': UpdateStockBody } }; responses: { 200: { content: { 'application/json': GetStockAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/inventory/check': {
    /** Whether that many pieces are available now */
    post: { parameters: {}; requestBody: { content: { 'application/json': CheckStockBody } }; responses: { 200: { content: { 'application/json': CheckStockAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/gigs': {
    /** Published gigs */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt' | 'price' | '-price' | 'rating' | '-rating'; cursor?: string; minPosition?: string; seller?: string; category?: string; minPrice?: number; maxPrice?: number; deliveryDays?: number; rating?: number } }; responses: { 200: { content: { 'application/json': ListGigsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Create a gig, as a draft */
    post: { parameters: {}; requestBody: { content: { 'application/json': CreateGigBody } }; responses: { 201: { content: { 'application/json': CreateGigAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/gigs/{id}': {
    /** One gig with its seller, rating and numbers of orders */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetGigAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Change details of my gig; omitted ones stay unchanged */
    patch: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': UpdateGigBody } }; responses: { 200: { content: { 'application/json': CreateGigAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Withdraw a gig for good */
    delete: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; responses: { 200: { content: { 'application/json': DeleteProductAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/gigs/{id}/publish': {
    /** Offer my gig to buyers */
    post: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; responses: { 200: { content: { 'application/json': CreateGigAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/gigs/{id}/pause': {
    /** Accept no more orders of my gig for now */
    post: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; responses: { 200: { content: { 'application/json': CreateGigAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/{id}/gigs': {
    /** Published gigs of a user; all of them, for the user and admins */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt' | 'price' | '-price' | 'rating' | '-rating'; cursor?: string; minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': ListGigsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/orders': {
    /** My orders, or those of my gigs; everybody’s, for an admin */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt' | 'updatedAt' | '-updatedAt'; cursor?: string; minPosition?: string; status?: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION'; as?: 'buyer' | 'seller'; from?: string; to?: string } }; responses: { 200: { content: { 'application/json': ListOrdersAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Place an order of products, or of one gig */
    post: { parameters: {}; requestBody: { content: { 'application/json': PlaceOrderBody } }; responses: { 202: { content: { 'application/json': PlaceOrderAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/orders/{id}': {
    /** One order: its lines, status and payment, and who has reviewed it */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetOrderAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Mark an order as shipped, delivered, completed or cancelled */
    put: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': MoveOrderBody } }; responses: { 200: { content: { 'application/json': PlaceOrderAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/orders/{id}/cancel': {
    /** Cancel an order that is not paid; an order of a gig, or propose that */
    post: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': { readonly reason?: string } } }; responses: { 200: { content: { 'application/json': PlaceOrderAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/orders/{id}/history': {
    /** The events of an order, and the moves of its sagas */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetOrderHistoryAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/{id}/orders': {
    /** Orders of a user, or of the user’s gigs; for the user and admins */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt' | 'updatedAt' | '-updatedAt'; cursor?: string; minPosition?: string; status?: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION'; as?: 'buyer' | 'seller'; from?: string; to?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': ListOrdersAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/orders/{id}/deliver': {
    /** Deliver an order of my gig */
    post: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': { readonly message: string; readonly mediaIds?: string[] } } }; responses: { 200: { content: { 'application/json': PlaceOrderAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/orders/{id}/revision': {
    /** Ask for a revision of the delivered work, while any are left */
    post: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': { readonly message: string } } }; responses: { 200: { content: { 'application/json': PlaceOrderAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/orders/{id}/complete': {
    /** Accept the delivered work */
    post: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; responses: { 202: { content: { 'application/json': PlaceOrderAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/me/earnings': {
    /** What my gigs have earned, by month and currency, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'month' | '-month'; cursor?: string; minPosition?: string } }; responses: { 200: { content: { 'application/json': ListMyEarningsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/orders/{id}/details': {
    /** One order with its payments and its history, as far as these are available */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetOrderDetailsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/orders/{id}/refund': {
    /** Refund an order: all that remains, or some pieces */
    post: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': RefundOrderBody } }; responses: { 202: { content: { 'application/json': RefundOrderAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/orders/{id}/returns': {
    /** Request a return of goods of my order */
    post: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': RequestReturnBody } }; responses: { 201: { content: { 'application/json': RequestReturnAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/orders/{id}/returns/{returnId}/accept': {
    /** Accept a return */
    post: { parameters: { path: { id: string; returnId: string }; header?: { 'if-match'?: string } }; responses: { 200: { content: { 'application/json': RequestReturnAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/orders/{id}/returns/{returnId}/decline': {
    /** Decline a return, also one that was accepted */
    post: { parameters: { path: { id: string; returnId: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': { readonly reason?: string } } }; responses: { 200: { content: { 'application/json': RequestReturnAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/orders/{id}/returns/{returnId}/receive': {
    /** Record that returned goods have arrived, and refund them */
    post: { parameters: { path: { id: string; returnId: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': { readonly restock?: boolean } } }; responses: { 200: { content: { 'application/json': RequestReturnAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/payments': {
    /** My payments; everybody’s, for an admin */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt' | 'updatedAt' | '-updatedAt'; cursor?: string; minPosition?: string; status?: 'PENDING' | 'AUTHORIZED' | 'COMPLETED' | 'FAILED' | 'VOIDED' | 'REFUND_PENDING' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'REFUND_FAILED'; from?: string; to?: string } }; responses: { 200: { content: { 'application/json': ListPaymentsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Pay an order that is not paid, or try again with another card */
    post: { parameters: {}; requestBody: { content: { 'application/json': PayOrderBody } }; responses: { 202: { content: { 'application/json': PayOrderAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/payments/order/{orderId}': {
    /** The payments of an order */
    get: { parameters: { query?: { minPosition?: string }; path: { orderId: string } }; responses: { 200: { content: { 'application/json': ListPaymentsOfOrderAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/payments/{id}': {
    /** One payment */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetPaymentAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/payments/{id}/refund': {
    /** Refund a payment, in full or in part */
    post: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': RefundPaymentBody } }; responses: { 202: { content: { 'application/json': PayOrderAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/payments/webhooks/{provider}': {
    /** For payment providers: a charge, refund or authorisation has an outcome */
    post: { parameters: { path: { provider: string } }; requestBody: { content: { 'application/json': ReportPaymentOutcomeBody } }; responses: { 200: { content: { 'application/json': ReportPaymentOutcomeAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/shipping/quotes': {
    /** What the delivery of items costs, by each method */
    post: { parameters: {}; requestBody: { content: { 'application/json': QuoteShippingBody } }; responses: { 200: { content: { 'application/json': QuoteShippingAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/shipping/shipments': {
    /** Create the shipment of an order, or change its method */
    post: { parameters: {}; requestBody: { content: { 'application/json': CreateShipmentBody } }; responses: { 200: { content: { 'application/json': CreateShipmentAnswer } }; 201: { content: { 'application/json': CreateShipmentAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/shipping/shipments/{id}/status': {
    /** Report what happened to a parcel: dispatched, in transit, delivered, or a failed attempt */
    put: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': ReportShipmentBody } }; responses: { 200: { content: { 'application/json': CreateShipmentAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/shipping/shipments/{id}': {
    /** One shipment, and where it goes */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetShipmentAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/shipping/order/{orderId}': {
    /** The shipments of an order */
    get: { parameters: { query?: { minPosition?: string }; path: { orderId: string } }; responses: { 200: { content: { 'application/json': ListShipmentsOfOrderAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/shipping/webhooks/{carrier}': {
    /** For carriers: what happened to a parcel */
    post: { parameters: { path: { carrier: string } }; requestBody: { content: { 'application/json': ReportShipmentByCarrierBody } }; responses: { 200: { content: { 'application/json': ReportPaymentOutcomeAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/search/products': {
    /** Search products by words of their name or description, with facets */
    get: { parameters: { query?: { q?: string; limit?: number; cursor?: string; minPosition?: string; category?: string; minPrice?: number; maxPrice?: number; inStock?: boolean } }; responses: { 200: { content: { 'application/json': SearchProductsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/search/gigs': {
    /** Search published gigs by words of their title, tags or description, with facets */
    get: { parameters: { query?: { q?: string; limit?: number; cursor?: string; minPosition?: string; category?: string; minPrice?: number; maxPrice?: number; deliveryDays?: number; rating?: number } }; responses: { 200: { content: { 'application/json': SearchGigsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/search/users': {
    /** Search users by words of their username, name or bio */
    get: { parameters: { query?: { q?: string; limit?: number; cursor?: string; minPosition?: string } }; responses: { 200: { content: { 'application/json': FindUsersAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/search/orders': {
    /** Search the caller’s orders by names of their items or by id; all orders, for an admin */
    get: { parameters: { query?: { q?: string; limit?: number; cursor?: string; minPosition?: string; status?: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION' } }; responses: { 200: { content: { 'application/json': SearchOrdersAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/search/posts': {
    /** Search posts by words of their text, or by a tag */
    get: { parameters: { query?: { q?: string; limit?: number; cursor?: string; minPosition?: string; tag?: string } }; responses: { 200: { content: { 'application/json': SearchPostsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/search/media': {
    /** Search your files by words of their names */
    get: { parameters: { query?: { q?: string; limit?: number; cursor?: string; minPosition?: string; kind?: 'image' | 'video' | 'document' } }; responses: { 200: { content: { 'application/json': SearchMediaAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/search': {
    /** Search several types at once */
    get: { parameters: { query?: { q?: string; limit?: number; minPosition?: string; category?: string; minPrice?: number; maxPrice?: number; inStock?: boolean; deliveryDays?: number; rating?: number; status?: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION'; tag?: string; kind?: 'image' | 'video' | 'document'; types?: string } }; responses: { 200: { content: { 'application/json': SearchAllAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/search/suggest': {
    /** Suggestions for a search, while it is typed */
    get: { parameters: { query: { q: string } }; responses: { 200: { content: { 'application/json': SuggestAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/search/index/{type}/{id}': {
    /** Request that a document is indexed anew from the events of the log */
    put: { parameters: { path: { type: string; id: string } }; responses: { 202: { content: { 'application/json': IndexDocumentAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Request that a document is dropped from its index */
    delete: { parameters: { path: { type: string; id: string } }; responses: { 202: { content: { 'application/json': IndexDocumentAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/search/index/rebuild': {
    /** Rebuild the index of a type, or all indices, from the log */
    post: { parameters: {}; requestBody: { content: { 'application/json': RebuildSearchIndexBody } }; responses: { 202: { content: { 'application/json': RebuildSearchIndexAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/streams': {
    /** The categories of streams, and the streams, oldest first */
    get: { parameters: { query?: { category?: string; limit?: number; cursor?: string } }; responses: { 200: { content: { 'application/json': ListStreamsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/streams/{streamId}/events': {
    /** The events of one stream */
    get: { parameters: { query?: { from?: number; limit?: number; direction?: 'forwards' | 'backwards' }; path: { streamId: string } }; responses: { 200: { content: { 'application/json': ReadStreamAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/events': {
    /** The events of the whole log, by category, type, position and time */
    get: { parameters: { query?: { category?: string; type?: string; fromPosition?: string; toPosition?: string; fromTime?: string; toTime?: string; direction?: 'forwards' | 'backwards'; cursor?: string; limit?: number } }; responses: { 200: { content: { 'application/json': ReadLogAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/streams/{streamId}/state': {
    /** The state of a stream at a revision or at a time */
    get: { parameters: { query?: { at?: string }; path: { streamId: string } }; responses: { 200: { content: { 'application/json': GetStreamStateAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/documents': {
    /** The read models whose documents can be explained */
    get: { parameters: {}; responses: { 200: { content: { 'application/json': ListDocumentModelsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/documents/{model}/{key}/why': {
    /** A document of a read model, and which events its fields have their values from */
    get: { parameters: { query?: { at?: string }; path: { model: string; key: string } }; responses: { 200: { content: { 'application/json': ExplainDocumentAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/replays': {
    /** All replays, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'startedAt' | '-startedAt' | 'updatedAt' | '-updatedAt'; cursor?: string; minPosition?: string; status?: 'RUNNING' | 'PAUSED' | 'STOPPED' | 'COMPLETED' } }; responses: { 200: { content: { 'application/json': ListReplaysAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Define a replay of a part of the log */
    post: { parameters: {}; requestBody: { content: { 'application/json': StartReplayBody } }; responses: { 201: { content: { 'application/json': StartReplayAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/replays/{id}': {
    /** One replay: its definition and status */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetReplayAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Stop a replay for all its listeners, for good */
    delete: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': StartReplayAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/replays/{id}/pause': {
    /** Pause a replay for all its listeners */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': StartReplayAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/replays/{id}/resume': {
    /** Resume a replay for all its listeners */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': StartReplayAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/event': {
    /** Report what the caller did at a client: one event, or up to 100 together */
    post: { parameters: {}; requestBody: { content: { 'application/json': TrackEventBody } }; responses: { 202: { content: { 'application/json': TrackEventAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/user/{userId}': {
    /** What one user did: events, active days, orders */
    get: { parameters: { query?: { from?: string; to?: string; timeZone?: string; minPosition?: string }; path: { userId: string } }; responses: { 200: { content: { 'application/json': GetUserAnalyticsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/dashboard': {
    /** Figures of a range of time: sales, orders, funnel, best sellers, active people */
    get: { parameters: { query?: { from?: string; to?: string; timeZone?: string; minPosition?: string } }; responses: { 200: { content: { 'application/json': GetDashboardAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/metrics': {
    /** A metric over time, by hour, day, week or month, and by one of its dimensions */
    get: { parameters: { query: { name: 'sales' | 'products_sold' | 'gigs_sold' | 'orders_placed' | 'orders_ended' | 'refunds' | 'payments_failed' | 'registrations' | 'sign_ins' | 'active_people' | 'activity' | 'searches' | 'products_created' | 'gigs_created' | 'reviews' | 'posts' | 'comments' | 'likes' | 'unlikes' | 'messages' | 'follows' | 'uploads'; groupBy?: string; bucket?: 'hour' | 'day' | 'week' | 'month'; from?: string; to?: string; timeZone?: string; minPosition?: string } }; responses: { 200: { content: { 'application/json': GetMetricAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/reports': {
    /** All reports, the newest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'requestedAt' | '-requestedAt'; cursor?: string; minPosition?: string; status?: 'REQUESTED' | 'COMPLETED' | 'FAILED' } }; responses: { 200: { content: { 'application/json': ListReportsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Request a report as a file: CSV, Parquet, or a page to be printed */
    post: { parameters: {}; requestBody: { content: { 'application/json': RequestReportBody } }; responses: { 202: { content: { 'application/json': RequestReportAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/reports/{id}': {
    /** One report, and whether it is made */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetReportAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Remove a report with its file */
    delete: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': RemoveReportAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/reports/{id}/file': {
    /** The file of a report */
    get: { parameters: { query?: { expires?: number; signature?: string }; path: { id: string } }; responses: { 200: { content: { '*/*': string } }; 206: { content: { '*/*': string } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/thresholds': {
    /** All limits of metrics, with their last breaches */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string } }; responses: { 200: { content: { 'application/json': ListThresholdsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Set a limit of a metric; admins are notified of its breach, once in a bucket */
    post: { parameters: {}; requestBody: { content: { 'application/json': SetThresholdBody } }; responses: { 201: { content: { 'application/json': SetThresholdAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/analytics/thresholds/{id}': {
    /** Remove a limit of a metric */
    delete: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': RemoveReportAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/chat/conversations': {
    /** My conversations, the one with the latest message first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'lastAt' | '-lastAt'; cursor?: string; minPosition?: string } }; responses: { 200: { content: { 'application/json': ListConversationsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Start a conversation, or find it */
    post: { parameters: {}; requestBody: { content: { 'application/json': StartConversationBody } }; responses: { 200: { content: { 'application/json': StartConversationAnswer } }; 201: { content: { 'application/json': StartConversationAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/chat/conversations/{id}': {
    /** One of my conversations */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetConversationAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/chat/conversations/{id}/read': {
    /** Mark the messages of a conversation as read */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': ReadConversationAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/chat/conversations/{id}/messages': {
    /** The messages of a conversation, the newest first */
    get: { parameters: { query?: { limit?: number; sort?: 'sentAt' | '-sentAt'; cursor?: string; minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': ListMessagesAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Send a message */
    post: { parameters: { path: { id: string } }; requestBody: { content: { 'application/json': { readonly text?: string; readonly mediaIds?: string[] } } }; responses: { 201: { content: { 'application/json': SendMessageAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/chat/messages/{id}': {
    /** Change the text of a message, within 15 minutes */
    patch: { parameters: { path: { id: string } }; requestBody: { content: { 'application/json': { readonly text: string } } }; responses: { 200: { content: { 'application/json': EditMessageAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Withdraw a message, within 15 minutes */
    delete: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': WithdrawMessageAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/reviews': {
    /** Reviews that I have written, sealed ones as well */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string } }; responses: { 200: { content: { 'application/json': ListMyReviewsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Review a product, a gig or a person */
    post: { parameters: {}; requestBody: { content: { 'application/json': CreateReviewBody } }; responses: { 201: { content: { 'application/json': CreateReviewAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/reviews/{id}': {
    /** One review */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetReviewAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Change my review; omitted details stay unchanged */
    put: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': { readonly rating?: number; readonly comment?: string } } }; responses: { 200: { content: { 'application/json': CreateReviewAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Delete a review: mine, or anybody’s, for an admin */
    delete: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; responses: { 200: { content: { 'application/json': DeleteProductAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/reviews/{id}/answer': {
    /** Answer a review of me or my gig, once */
    post: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': { readonly text: string } } }; responses: { 201: { content: { 'application/json': CreateReviewAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/reviews/product/{productId}': {
    /** Reviews of a product, with the average and the number of each rating */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string }; path: { productId: string } }; responses: { 200: { content: { 'application/json': ListReviewsOfProductAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/reviews/gig/{gigId}': {
    /** Reviews of a gig, with the average and the number of each rating */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string }; path: { gigId: string } }; responses: { 200: { content: { 'application/json': ListReviewsOfProductAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/reviews/order/{orderId}': {
    /** Reviews of an order by both sides, for its parties and admins */
    get: { parameters: { query?: { minPosition?: string }; path: { orderId: string } }; responses: { 200: { content: { 'application/json': ListReviewsOfOrderAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/{id}/reviews': {
    /** Reviews of a user and of the user’s gigs */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string; as?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': ListMyReviewsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/posts': {
    /** Publish a post: a text, files, or both */
    post: { parameters: {}; requestBody: { content: { 'application/json': CreatePostBody } }; responses: { 201: { content: { 'application/json': CreatePostAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/posts/{id}': {
    /** One post, if its author lets you read it */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetPostAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Change my post; omitted fields stay unchanged, and readers see that it was edited */
    patch: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; requestBody: { content: { 'application/json': UpdatePostBody } }; responses: { 200: { content: { 'application/json': CreatePostAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Delete a post: mine, or anybody’s, for an admin */
    delete: { parameters: { path: { id: string }; header?: { 'if-match'?: string } }; responses: { 200: { content: { 'application/json': DeleteProductAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/{id}/posts': {
    /** The posts of a user, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': ListPostsOfUserAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/posts/feed': {
    /** My feed: my posts and those of the users whom I follow, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; cursor?: string; minPosition?: string } }; responses: { 200: { content: { 'application/json': ListPostsOfUserAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/posts/{id}/like': {
    /** Like a post; once more changes nothing */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': LikePostAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Take back my like of a post; once more changes nothing */
    delete: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': LikePostAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/posts/{id}/comments': {
    /** The comments of a post and their answers, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string; parentId?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': ListCommentsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Comment on a post, or answer one of its comments */
    post: { parameters: { path: { id: string } }; requestBody: { content: { 'application/json': { readonly content: string; readonly parentId?: string } } }; responses: { 201: { content: { 'application/json': CreateCommentAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/comments/{id}': {
    /** Delete a comment: mine, or one of my post; anybody’s, for an admin */
    delete: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': DeleteProductAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/media/upload': {
    /** Upload files: pictures, videos, PDFs and plain texts */
    post: { parameters: {}; requestBody: { content: { 'multipart/form-data': FormData } }; responses: { 201: { content: { 'application/json': UploadMediaAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/media/{id}': {
    /** What is known of a file, with a URL of its bytes */
    get: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': GetMediaAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Delete a file, for its owner and admins */
    delete: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': ChangeServiceAccountAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/users/{userId}/media': {
    /** Files of a user whom you may see, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt' | 'size' | '-size'; cursor?: string; minPosition?: string; kind?: 'image' | 'video' | 'document' }; path: { userId: string } }; responses: { 200: { content: { 'application/json': ListMediaOfUserAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/media/{id}/content': {
    /** The bytes of a file */
    get: { parameters: { query?: { expires?: number; signature?: string }; path: { id: string } }; responses: { 200: { content: { '*/*': string } }; 206: { content: { '*/*': string } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/media/{id}/thumbnail': {
    /** A thumbnail of a picture, as WebP */
    get: { parameters: { query?: { size?: number; expires?: number; signature?: string }; path: { id: string } }; responses: { 200: { content: { '*/*': string } }; 206: { content: { '*/*': string } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/media/uploads': {
    /** Begin the upload of a large file to the store of files itself */
    post: { parameters: {}; requestBody: { content: { 'application/json': StartDirectUploadBody } }; responses: { 201: { content: { 'application/json': StartDirectUploadAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/media/uploads/{id}/complete': {
    /** Make a file of what you have sent to the store of files */
    post: { parameters: { path: { id: string } }; responses: { 201: { content: { 'application/json': GetMediaAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/media/sweep': {
    /** Delete files that nothing refers to, and remove bytes that no file has and that are older than a day */
    post: { parameters: {}; requestBody: { content: { 'application/json': { readonly dryRun?: boolean } } }; responses: { 200: { content: { 'application/json': SweepMediaAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/jobs': {
    /** All scheduled jobs, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string; status?: 'ACTIVE' | 'PAUSED' | 'DONE' | 'CANCELLED'; type?: string } }; responses: { 200: { content: { 'application/json': ListJobsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Schedule a job: once, by cron in a time zone, or in intervals */
    post: { parameters: {}; requestBody: { content: { 'application/json': ScheduleJobBody } }; responses: { 201: { content: { 'application/json': ScheduleJobAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/jobs/types': {
    /** The types of jobs that can be scheduled */
    get: { parameters: {}; responses: { 200: { content: { 'application/json': ListJobTypesAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/jobs/{id}': {
    /** A scheduled job with its newest runs, the latest first */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetJobAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Cancel a job for good, with its runs; an attempt under way ends by itself */
    delete: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': CancelJobAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/jobs/{id}/run': {
    /** Trigger a run now */
    post: { parameters: { path: { id: string } }; responses: { 202: { content: { 'application/json': RunJobAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/jobs/{id}/pause': {
    /** Pause a job: it is not due until it is resumed; its runs go on */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': CancelJobAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/jobs/{id}/resume': {
    /** Resume a paused job; what was due meanwhile is left out, unless it is due once */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': CancelJobAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/observability/logs': {
    /** Log lines of all processes, the latest first */
    get: { parameters: { query?: { service?: string; level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'; q?: string; traceId?: string; from?: string; to?: string; limit?: number; cursor?: string } }; responses: { 200: { content: { 'application/json': QueryLogsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/observability/alerts': {
    /** Alerts of all processes, the latest change first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'updatedAt' | '-updatedAt'; cursor?: string; minPosition?: string; state?: 'raised' | 'acknowledged' | 'resolved' | 'open' } }; responses: { 200: { content: { 'application/json': ListAlertsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/observability/alerts/{id}/ack': {
    /** Acknowledge an alert: somebody takes care of its cause */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': AcknowledgeAlertAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/observability/processes': {
    /** What each process measured of itself in the last minute */
    get: { parameters: {}; responses: { 200: { content: { 'application/json': ListProcessesAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/webhooks': {
    /** All webhooks, the latest first */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string } }; responses: { 200: { content: { 'application/json': ListWebhooksAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Subscribe an endpoint to event types; the answer has its signing secret */
    post: { parameters: {}; requestBody: { content: { 'application/json': SubscribeWebhookBody } }; responses: { 201: { content: { 'application/json': CreateServiceAccountAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/webhooks/events': {
    /** The event types that webhooks can be subscribed to */
    get: { parameters: {}; responses: { 200: { content: { 'application/json': ListWebhookEventsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/webhooks/{id}': {
    /** A webhook with its newest deliveries */
    get: { parameters: { query?: { minPosition?: string }; path: { id: string } }; responses: { 200: { content: { 'application/json': GetWebhookAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Change endpoint, event types and description of a webhook */
    put: { parameters: { path: { id: string } }; requestBody: { content: { 'application/json': SubscribeWebhookBody } }; responses: { 200: { content: { 'application/json': ChangeWebhookAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Delete a webhook; what waits is not delivered */
    delete: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': ChangeWebhookAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/webhooks/{id}/pause': {
    /** Pause a webhook: its deliveries wait until it is resumed */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': ChangeWebhookAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/webhooks/{id}/resume': {
    /** Resume a webhook that was paused, or disabled as its endpoint was gone */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': ChangeWebhookAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/webhooks/{id}/rotate-secret': {
    /** Sign with a new secret; the previous one signs as well for a day */
    post: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': RotateServiceSecretAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/webhooks/{id}/deliveries': {
    /** Deliveries of a webhook, the latest first, with state, attempts and last answer */
    get: { parameters: { query?: { page?: number; limit?: number; sort?: 'createdAt' | '-createdAt'; cursor?: string; minPosition?: string; state?: 'SENDING' | 'WAITING' | 'DELIVERED' | 'FAILED' | 'CANCELLED' }; path: { id: string } }; responses: { 200: { content: { 'application/json': ListWebhookDeliveriesAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/webhooks/{id}/test': {
    /** Send an event of the type agora.webhooks.Test.v1 to the endpoint, also of a paused webhook */
    post: { parameters: { path: { id: string } }; responses: { 202: { content: { 'application/json': TestWebhookAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/webhooks/{id}/deliveries/{deliveryId}/replay': {
    /** Deliver an event once more, with the same id */
    post: { parameters: { path: { id: string; deliveryId: string } }; responses: { 202: { content: { 'application/json': ReplayWebhookDeliveryAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/webhooks/{id}/replay': {
    /** Deliver once more what was given up since a time, the oldest first */
    post: { parameters: { path: { id: string } }; requestBody: { content: { 'application/json': { readonly since: string } } }; responses: { 202: { content: { 'application/json': ReplayFailedDeliveriesAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/projections': {
    /** Status of the read models, by default of all */
    get: { parameters: { query?: { page?: number; limit?: number } }; responses: { 200: { content: { 'application/json': ListProjectionsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/projections/{name}/rebuild': {
    /** Rebuild a read model as a new generation beside the live one, then switch */
    post: { parameters: { path: { name: string } }; requestBody: { content: { 'application/json': RebuildProjectionBody } }; responses: { 202: { content: { 'application/json': RebuildProjectionAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Discard the generation that is built */
    delete: { parameters: { path: { name: string } }; responses: { 202: { content: { 'application/json': RebuildProjectionAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/projections/{name}/rebuild/switch': {
    /** Switch to the generation that is built as soon as it is level */
    post: { parameters: { path: { name: string } }; responses: { 202: { content: { 'application/json': RebuildProjectionAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/projections/{name}/rebuild/compare': {
    /** Compare a waiting generation with the live one again */
    post: { parameters: { path: { name: string } }; responses: { 202: { content: { 'application/json': RebuildProjectionAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/projections/{name}/pause': {
    /** Pause a read model */
    post: { parameters: { path: { name: string } }; responses: { 202: { content: { 'application/json': RebuildProjectionAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/projections/{name}/resume': {
    /** Resume a read model */
    post: { parameters: { path: { name: string } }; responses: { 202: { content: { 'application/json': RebuildProjectionAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/bridges': {
    /** How far the bridges to brokers are behind the log */
    get: { parameters: { query?: { page?: number; limit?: number } }; responses: { 200: { content: { 'application/json': ListBridgesAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/dead-letters': {
    /** List the dead letters */
    get: { parameters: { query?: { page?: number; limit?: number } }; responses: { 200: { content: { 'application/json': ListDeadLettersAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/dead-letters/{id}': {
    /** A dead letter with the event that failed, and the document before it */
    get: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': GetDeadLetterAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/dead-letters/{id}/retry': {
    /** Retry a dead letter */
    post: { parameters: { path: { id: string } }; responses: { 202: { content: { 'application/json': RetryDeadLetterAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/dead-letters/{id}/skip': {
    /** Leave out an event that a broker refuses, and publish what waits behind it */
    post: { parameters: { path: { id: string } }; requestBody: { content: { 'application/json': { readonly position: string } } }; responses: { 202: { content: { 'application/json': RetryDeadLetterAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/consumer-groups': {
    /** The persistent subscriptions of the EventStoreDB endpoint */
    get: { parameters: { query?: { page?: number; limit?: number } }; responses: { 200: { content: { 'application/json': ListConsumerGroupsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/consumer-groups/replay': {
    /** Deliver the parked messages of a group to its consumers again */
    post: { parameters: {}; requestBody: { content: { 'application/json': ReplayConsumerGroupBody } }; responses: { 202: { content: { 'application/json': ReplayConsumerGroupAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/sagas': {
    /** Runs of sagas, latest change first */
    get: { parameters: { query?: { page?: number; limit?: number; state?: 'running' | 'ended' | 'parked' } }; responses: { 200: { content: { 'application/json': ListSagasAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/sagas/{id}': {
    /** The runs of sagas with one id, move by move, and what they wait for */
    get: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': GetSagaAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/sagas/{id}/retry': {
    /** What a retry of a parked saga would send */
    get: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': PreviewSagaRetryAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Retry a parked saga */
    post: { parameters: { path: { id: string } }; responses: { 202: { content: { 'application/json': RetryDeadLetterAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/audits': {
    /** Progress and findings of the audits of the read models */
    get: { parameters: {}; responses: { 200: { content: { 'application/json': ListAuditsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
    /** Request that read models are audited against the log */
    post: { parameters: {}; requestBody: { content: { 'application/json': { readonly names?: string[]; readonly all?: boolean } } }; responses: { 202: { content: { 'application/json': RequestAuditsAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/observability/traces/{traceId}': {
    /** What one request led to, by the causation in the log */
    get: { parameters: { query?: { before?: string }; path: { traceId: string } }; responses: { 200: { content: { 'application/json': TraceAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/observability/log-digests': {
    /** The signed digest of the log, to be stored elsewhere */
    get: { parameters: {}; responses: { 200: { content: { 'application/json': LastLogDigestAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/registry/services': {
    /** All services with their live instances */
    get: { parameters: { query?: { page?: number; limit?: number } }; responses: { 200: { content: { 'application/json': ListServicesAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/registry/services/{name}': {
    /** The live instances of a service */
    get: { parameters: { path: { name: string } }; responses: { 200: { content: { 'application/json': ServiceAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/registry/services/{name}/instances': {
    /** Registers an instance of a service for 10 s */
    post: { parameters: { path: { name: string } }; requestBody: { content: { 'application/json': { readonly instanceId: string; readonly url: string } } }; responses: { 201: { content: { 'application/json': RegisterInstanceAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/registry/services/{name}/instances/{instanceId}/heartbeat': {
    /** Renews the registration of an instance; to be sent every 2 s */
    put: { parameters: { path: { name: string; instanceId: string } }; responses: { 200: { content: { 'application/json': RegisterInstanceAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/registry/services/{name}/instances/{instanceId}': {
    /** Deregisters an instance */
    delete: { parameters: { path: { name: string; instanceId: string } }; responses: { 200: { content: { 'application/json': RegisterInstanceAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/admin/circuit-breakers': {
    /** The circuit breakers of this process: of instances, and of servers outside of Agora */
    get: { parameters: { query?: { page?: number; limit?: number } }; responses: { 200: { content: { 'application/json': CircuitBreakersAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/health': {
    /** Health of Agora and its dependencies */
    get: { parameters: {}; responses: { 200: { content: { 'application/json': HealthAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/health/live': {
    /** Whether this process runs */
    get: { parameters: {}; responses: { 200: { content: { 'application/json': LiveAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/health/ready': {
    /** Whether this process can serve; 503 when it cannot */
    get: { parameters: {}; responses: { 200: { content: { 'application/json': ReadyAnswer } }; default: { content: { 'application/problem+json': Problem } } } }
  }
  '/api/v1/metrics': {
    /** Metrics for Prometheus */
    get: { parameters: {}; responses: { 200: { content: { 'text/plain': string } }; default: { content: { 'application/problem+json': Problem } } } }
  }
}

export type Problem = { readonly success: false; readonly type: string; readonly title: string; readonly status: number; readonly detail: string; readonly code: string; readonly errors?: { readonly field: string; readonly message: string }[]; readonly traceId: string }

export type RegisterAnswerData = { readonly userId: string; readonly email: string; readonly emailVerified: boolean; readonly username: string; readonly name?: string; readonly roles: ('buyer' | 'seller' | 'analyst' | 'admin')[] }

export type RegisterAnswerTokens = { readonly accessToken: string; readonly refreshToken: string }

export type RegisterAnswer = { readonly success: true; readonly data: RegisterAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] }; readonly tokens: RegisterAnswerTokens }

export type RegisterBody = { readonly email: string; readonly username: string; readonly password: string; readonly name?: string }

export type LogoutAnswer = { readonly success: true; readonly data: { readonly ended: true; readonly id?: string }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ValidateTokenAnswerData = { readonly userId: string; readonly roles: ('buyer' | 'seller' | 'analyst' | 'admin')[]; readonly exp: number }

export type ValidateTokenAnswer = { readonly success: true; readonly data: ValidateTokenAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListSessionsAnswerDataSession = { readonly id: string; readonly userAgent?: string; readonly ip?: string; readonly createdAt: string; readonly refreshedAt: string; readonly expiresAt: string; readonly current: boolean }

export type ListSessionsAnswerData = { readonly sessions: ListSessionsAnswerDataSession[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListSessionsAnswer = { readonly success: true; readonly data: ListSessionsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RevokeSessionAnswer = { readonly success: true; readonly data: { readonly id: string; readonly ended: true }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ForgotPasswordAnswer = { readonly success: true; readonly data: { readonly done: true }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ChangePasswordBody = { readonly currentPassword: string; readonly newPassword: string }

export type VerifyEmailAnswer = { readonly success: true; readonly data: { readonly verified: true }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ResendVerificationAnswer = { readonly success: true; readonly data: { readonly mailed: boolean }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CheckLinkAnswer = { readonly success: true; readonly data: { readonly kind: 'verify' | 'change' | 'reset' }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListUsersAnswerDataUser = { readonly id: string; readonly email?: string; readonly emailVerified: boolean; readonly username?: string; readonly name?: string; readonly roles: ('buyer' | 'seller' | 'analyst' | 'admin')[]; readonly status: 'ACTIVE' | 'SUSPENDED' | 'CLOSED'; readonly createdAt: string; readonly updatedAt: string }

export type ListUsersAnswerData = { readonly users: ListUsersAnswerDataUser[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListUsersAnswer = { readonly success: true; readonly data: ListUsersAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetUserAnswer = { readonly success: true; readonly data: ListUsersAnswerDataUser; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ChangeUserAnswerData = { readonly id: string; readonly roles: ('buyer' | 'seller' | 'analyst' | 'admin')[]; readonly status: 'ACTIVE' | 'SUSPENDED' | 'CLOSED' }

export type ChangeUserAnswer = { readonly success: true; readonly data: ChangeUserAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ChangeUserBody = { readonly roles?: ('buyer' | 'seller' | 'analyst' | 'admin')[]; readonly suspended?: boolean; readonly reason?: string }

export type ListServiceAccountsAnswerDataServiceAccount = { readonly id: string; readonly name: string; readonly roles: ('buyer' | 'seller' | 'analyst' | 'admin')[]; readonly operations: string[]; readonly status: 'ACTIVE' | 'REVOKED'; readonly secretNumber: number; readonly previousSecretUntil?: string; readonly createdAt: string; readonly updatedAt: string; readonly revokedAt?: string }

export type ListServiceAccountsAnswerData = { readonly serviceAccounts: ListServiceAccountsAnswerDataServiceAccount[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListServiceAccountsAnswer = { readonly success: true; readonly data: ListServiceAccountsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CreateServiceAccountAnswer = { readonly success: true; readonly data: { readonly id: string; readonly secret: string }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CreateServiceAccountBody = { readonly name: string; readonly roles: ('buyer' | 'seller' | 'analyst' | 'admin')[]; readonly operations: string[] }

export type GetServiceAccountAnswer = { readonly success: true; readonly data: ListServiceAccountsAnswerDataServiceAccount; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ChangeServiceAccountAnswer = { readonly success: true; readonly data: { readonly id: string }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RevokeServiceAccountAnswer = { readonly success: true; readonly data: { readonly id: string; readonly revoked: true }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RotateServiceSecretAnswerData = { readonly id: string; readonly secret: string; readonly previousSecretUntil?: string }

export type RotateServiceSecretAnswer = { readonly success: true; readonly data: RotateServiceSecretAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetServiceTokenAnswerData = { readonly accessToken: string; readonly tokenType: 'Bearer'; readonly expiresIn: number }

export type GetServiceTokenAnswer = { readonly success: true; readonly data: GetServiceTokenAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ForgettingOfAnswerDataPlace = { readonly place: string; readonly found: number; readonly removed: number; readonly note?: string }

export type ForgettingOfAnswerData = { readonly userId: string; readonly status: 'pending' | 'forgotten'; readonly keyDestroyedAt?: string; readonly places?: ForgettingOfAnswerDataPlace[]; readonly beyond?: string[] }

export type ForgettingOfAnswer = { readonly success: true; readonly data: ForgettingOfAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ForgetUserAnswerData = { readonly userId: string; readonly status: 'pending' | 'forgotten'; readonly keyDestroyedAt?: string; readonly places?: ForgettingOfAnswerDataPlace[]; readonly beyond?: string[]; readonly orders: { readonly calledOff: string[]; readonly toShip: string[] } }

export type ForgetUserAnswer = { readonly success: true; readonly data: ForgetUserAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RotateKeysAnswerDataKey = { readonly kid: string; readonly createdAt: string; readonly signsFrom: string; readonly verifiesUntil?: string }

export type RotateKeysAnswer = { readonly success: true; readonly data: { readonly keys: RotateKeysAnswerDataKey[] }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type JwksAnswerKey = { readonly kty: string; readonly crv: string; readonly x: string; readonly kid: string; readonly use: string; readonly alg: string }

export type ListProvidersAnswer = { readonly success: true; readonly data: { readonly providers: string[] }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type LinkOAuthAnswer = { readonly success: true; readonly data: { readonly url: string }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type UnlinkOAuthAnswerData = { readonly password: boolean; readonly providers: { readonly provider: string; readonly addedAt: string }[] }

export type UnlinkOAuthAnswer = { readonly success: true; readonly data: UnlinkOAuthAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type FinishOAuthAnswer = { readonly success: true; readonly data: RegisterAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] }; readonly tokens?: RegisterAnswerTokens }

export type ListNotificationsAnswerDataNotification = { readonly id: string; readonly userId: string; readonly channel: 'in_app' | 'email' | 'push' | 'sms'; readonly type: string; readonly subject: string; readonly text: string; readonly orderId?: string; readonly postId?: string; readonly marketing?: true; readonly copyOf?: string; readonly status: 'PENDING' | 'DELAYED' | 'SENT' | 'FAILED' | 'SKIPPED'; readonly dueAt?: string; readonly read: boolean; readonly createdAt: string; readonly sentAt?: string; readonly readAt?: string }

export type ListNotificationsAnswerData = { readonly notifications: ListNotificationsAnswerDataNotification[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListNotificationsAnswer = { readonly success: true; readonly data: ListNotificationsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ReadNotificationAnswer = { readonly success: true; readonly data: { readonly id: string; readonly read: true }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ReadAllNotificationsAnswer = { readonly success: true; readonly data: { readonly read: number; readonly remaining: number }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type SendNotificationBody = { readonly userId: string; readonly channel: 'in_app' | 'email' | 'push' | 'sms'; readonly subject?: string; readonly text?: string; readonly template?: string; readonly data?: Readonly<Record<string, string | number>> }

export type ListPromotionsAnswerDataPromotionSegment = { readonly role?: 'buyer' | 'seller' | 'analyst' | 'admin'; readonly activeSince?: string; readonly country?: string }

export type ListPromotionsAnswerDataPromotion = { readonly id: string; readonly segment: ListPromotionsAnswerDataPromotionSegment; readonly channel: 'in_app' | 'email' | 'push' | 'sms'; readonly subject: string; readonly text: string; readonly publishedBy: string; readonly status: 'RUNNING' | 'PAUSED' | 'FINISHED'; readonly recipients: number; readonly requested: number; readonly createdAt: string; readonly updatedAt: string }

export type ListPromotionsAnswerData = { readonly promotions: ListPromotionsAnswerDataPromotion[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListPromotionsAnswer = { readonly success: true; readonly data: ListPromotionsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type PublishPromotionAnswer = { readonly success: true; readonly data: { readonly id: string; readonly recipients: number }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type PublishPromotionBody = { readonly segment: ListPromotionsAnswerDataPromotionSegment; readonly channel: 'in_app' | 'email' | 'push' | 'sms'; readonly subject?: string; readonly text: string }

export type CountPromotionRecipientsAnswer = { readonly success: true; readonly data: { readonly recipients: number }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetPromotionAnswer = { readonly success: true; readonly data: ListPromotionsAnswerDataPromotion; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type PausePromotionAnswerData = { readonly id: string; readonly status: 'RUNNING' | 'PAUSED' }

export type PausePromotionAnswer = { readonly success: true; readonly data: PausePromotionAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListDevicesAnswerDataDevice = { readonly id: string; readonly kind: 'webpush' | 'phone'; readonly host?: string; readonly number?: string; readonly confirmed: boolean; readonly createdAt: string }

export type ListDevicesAnswerData = { readonly publicKey: string; readonly devices: ListDevicesAnswerDataDevice[] }

export type ListDevicesAnswer = { readonly success: true; readonly data: ListDevicesAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RegisterDeviceAnswerData = { readonly id: string; readonly status: 'ACTIVE' | 'UNCONFIRMED' }

export type RegisterDeviceAnswer = { readonly success: true; readonly data: RegisterDeviceAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RegisterDeviceBodySubscription = { readonly endpoint: string; readonly keys: { readonly p256dh: string; readonly auth: string }; readonly expirationTime?: number | null }

export type RegisterDeviceBody = { readonly kind: 'webpush' | 'phone'; readonly subscription?: RegisterDeviceBodySubscription; readonly number?: string }

export type ConfirmDeviceAnswer = { readonly success: true; readonly data: { readonly id: string; readonly status: 'ACTIVE' }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type UnsubscribeAnswer = { readonly success: true; readonly data: { readonly marketing: false }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type MeAnswerData = { readonly userId: string; readonly email: string; readonly emailVerified: boolean; readonly username: string; readonly name?: string; readonly roles: ('buyer' | 'seller' | 'analyst' | 'admin')[]; readonly bio?: string; readonly avatarMediaId?: string; readonly privacy: 'public' | 'followers' | 'private'; readonly seller?: { readonly displayName: string; readonly about?: string }; readonly signIns: UnlinkOAuthAnswerData }

export type MeAnswer = { readonly success: true; readonly data: MeAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetPreferencesAnswerDataChannels = { readonly inApp: boolean; readonly email: boolean; readonly push: boolean; readonly sms: boolean }

export type GetPreferencesAnswerDataKindsValue = { readonly inApp?: boolean; readonly email?: boolean; readonly push?: boolean; readonly sms?: boolean }

export type GetPreferencesAnswerData = { readonly locale: string; readonly channels: GetPreferencesAnswerDataChannels; readonly kinds?: Readonly<Record<string, GetPreferencesAnswerDataKindsValue>>; readonly quietHours?: { readonly from: string; readonly to: string }; readonly marketing: boolean; readonly analytics?: boolean }

export type GetPreferencesAnswer = { readonly success: true; readonly data: GetPreferencesAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ChangePreferencesBody = { readonly locale?: string; readonly channels?: GetPreferencesAnswerDataKindsValue; readonly kinds?: Readonly<Record<string, GetPreferencesAnswerDataKindsValue | null>>; readonly quietHours?: { readonly from: string; readonly to: string } | null; readonly marketing?: boolean; readonly analytics?: boolean }

export type GetSettingsAnswerData = { readonly theme: 'system' | 'light' | 'dark'; readonly timeZone: string; readonly privacy: 'public' | 'followers' | 'private' }

export type GetSettingsAnswer = { readonly success: true; readonly data: GetSettingsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ChangeSettingsBody = { readonly theme?: 'system' | 'light' | 'dark'; readonly timeZone?: string; readonly privacy?: 'public' | 'followers' | 'private' }

export type BecomeSellerAnswerData = { readonly userId: string; readonly seller: { readonly displayName: string; readonly about?: string }; readonly status: 'PENDING' | 'ACTIVE' }

export type BecomeSellerAnswer = { readonly success: true; readonly data: BecomeSellerAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetProfileAnswerDataResponseTime = { readonly seconds: number; readonly conversations: number }

export type GetProfileAnswerData = { readonly userId: string; readonly username: string; readonly private: boolean; readonly name?: string; readonly bio?: string; readonly avatarMediaId?: string; readonly privacy?: 'public' | 'followers' | 'private'; readonly seller?: { readonly displayName: string; readonly about?: string }; readonly followers?: number; readonly following?: number; readonly createdAt?: string; readonly rating?: { readonly average: number; readonly count: number }; readonly ordersDone?: number; readonly responseTime?: GetProfileAnswerDataResponseTime }

export type GetProfileAnswer = { readonly success: true; readonly data: GetProfileAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type UpdateProfileAnswerData = { readonly userId: string; readonly username: string; readonly name?: string; readonly bio?: string; readonly avatarMediaId?: string }

export type UpdateProfileAnswer = { readonly success: true; readonly data: UpdateProfileAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type UpdateProfileBody = { readonly name?: string | null; readonly username?: string; readonly bio?: string | null; readonly avatarMediaId?: string | null }

export type DeleteUserAnswerData = { readonly userId: string; readonly status: 'PENDING' | 'COMPLETED'; readonly orders: { readonly calledOff: string[]; readonly toShip: string[] } }

export type DeleteUserAnswer = { readonly success: true; readonly data: DeleteUserAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type FindUserByEmailAnswerData = { readonly userId: string; readonly email: string; readonly username: string; readonly name?: string; readonly roles: ('buyer' | 'seller' | 'analyst' | 'admin')[]; readonly status: 'ACTIVE' | 'SUSPENDED' | 'CLOSED' }

export type FindUserByEmailAnswer = { readonly success: true; readonly data: FindUserByEmailAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type SearchUsersAnswerData = { readonly users: GetProfileAnswerData[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type SearchUsersAnswer = { readonly success: true; readonly data: SearchUsersAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetProfileOverviewAnswerDataRelation = { readonly following: boolean; readonly requested: boolean; readonly blocked: boolean }

export type GetProfileOverviewAnswerDataCounts = { readonly followers?: number; readonly following?: number; readonly orders?: number; readonly ordersDone?: number; readonly gigs?: number; readonly posts?: number; readonly reviews?: number }

export type GetProfileOverviewAnswerDataLatestGigSeller = { readonly id: string; readonly username?: string; readonly name?: string; readonly displayName?: string }

export type GetProfileOverviewAnswerDataLatestGigPackage = { readonly name: string; readonly description: string; readonly price: { readonly amount: number; readonly currency: string }; readonly deliveryDays: number; readonly revisions: number }

export type GetProfileOverviewAnswerDataLatestGig = { readonly id: string; readonly seller: GetProfileOverviewAnswerDataLatestGigSeller; readonly title: string; readonly description: string; readonly category: string; readonly tags: string[]; readonly packages: GetProfileOverviewAnswerDataLatestGigPackage[]; readonly mediaIds: string[]; readonly status: 'DRAFT' | 'PUBLISHED' | 'PAUSED'; readonly from: { readonly amount: number; readonly currency: string }; readonly deliveryDays: number; readonly rating: { readonly average: number; readonly count: number }; readonly orders: { readonly active: number; readonly completed: number }; readonly createdAt: string; readonly updatedAt: string }

export type GetProfileOverviewAnswerDataLatestPostMention = { readonly userId: string; readonly start: number; readonly end: number }

export type GetProfileOverviewAnswerDataLatestPostAuthor = { readonly id: string; readonly username?: string; readonly name?: string }

export type GetProfileOverviewAnswerDataLatestPost = { readonly id: string; readonly postId: string; readonly userId: string; readonly content: string; readonly media: { readonly id: string; readonly url: string }[]; readonly tags: string[]; readonly mentions: GetProfileOverviewAnswerDataLatestPostMention[]; readonly likeCount: number; readonly commentCount: number; readonly createdAt: string; readonly editedAt?: string; readonly author: GetProfileOverviewAnswerDataLatestPostAuthor; readonly liked: boolean }

export type GetProfileOverviewAnswerDataLatestReview = { readonly id: string; readonly subjectType: 'product' | 'gig' | 'user'; readonly subjectId: string; readonly orderId?: string; readonly role?: 'buyer' | 'seller'; readonly verified: boolean; readonly rating: number; readonly comment?: string; readonly answer?: { readonly text: string; readonly at: string }; readonly sealed: boolean; readonly author?: GetProfileOverviewAnswerDataLatestPostAuthor; readonly createdAt: string; readonly updatedAt: string }

export type GetProfileOverviewAnswerDataLatestOrderItem = { readonly kind: 'product' | 'gig'; readonly refId: string; readonly quantity: number; readonly name: string; readonly package?: string; readonly price: { readonly amount: number; readonly currency: string }; readonly refunded?: number; readonly returned?: number }

export type GetProfileOverviewAnswerDataLatestOrderShipping = { readonly carrier: string; readonly method: string; readonly cost: { readonly amount: number; readonly currency: string } }

export type GetProfileOverviewAnswerDataLatestOrderRefundLine = { readonly line: number; readonly refId: string; readonly quantity: number }

export type GetProfileOverviewAnswerDataLatestOrderRefund = { readonly id: string; readonly status: 'PENDING' | 'DONE' | 'FAILED'; readonly lines: GetProfileOverviewAnswerDataLatestOrderRefundLine[]; readonly amount: { readonly amount: number; readonly currency: string }; readonly reason: string; readonly restocked: number; readonly returnId?: string; readonly at: string }

export type GetProfileOverviewAnswerDataLatestOrderReturn = { readonly id: string; readonly status: 'REQUESTED' | 'ACCEPTED' | 'DECLINED' | 'RECEIVED'; readonly lines: GetProfileOverviewAnswerDataLatestOrderRefundLine[]; readonly reason?: string; readonly answer?: string; readonly restocked: number; readonly at: string }

export type GetProfileOverviewAnswerDataLatestOrderPayment = { readonly id: string; readonly status: 'PENDING' | 'AUTHORIZED' | 'COMPLETED' | 'FAILED' | 'VOIDED' | 'REFUND_PENDING' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'REFUND_FAILED'; readonly refunded?: { readonly amount: number; readonly currency: string }; readonly refunding?: { readonly amount: number; readonly currency: string } }

export type GetProfileOverviewAnswerDataLatestOrderShipment = { readonly id: string; readonly status: 'CREATED' | 'DISPATCHED' | 'IN_TRANSIT' | 'DELIVERED' | 'FAILED' | 'RETURNED' | 'CANCELLED' }

export type GetProfileOverviewAnswerDataLatestOrderShippingAddress = { readonly name?: string; readonly line1: string; readonly line2?: string; readonly city: string; readonly postalCode: string; readonly country: string }

export type GetProfileOverviewAnswerDataLatestOrderWorkDelivery = { readonly number: number; readonly message?: string; readonly mediaIds: string[]; readonly at: string }

export type GetProfileOverviewAnswerDataLatestOrderWorkRequest = { readonly delivery: number; readonly message?: string; readonly at: string }

export type GetProfileOverviewAnswerDataLatestOrderWorkCancellation = { readonly proposedBy?: 'buyer' | 'seller'; readonly personId: string; readonly words?: string; readonly at: string }

export type GetProfileOverviewAnswerDataLatestOrderWork = { readonly deliveryDays: number; readonly revisions: number; readonly revisionsLeft: number; readonly requirements?: string; readonly dueAt?: string; readonly overdue?: true; readonly acceptedAt?: string; readonly deliveries: GetProfileOverviewAnswerDataLatestOrderWorkDelivery[]; readonly requests: GetProfileOverviewAnswerDataLatestOrderWorkRequest[]; readonly cancellation?: GetProfileOverviewAnswerDataLatestOrderWorkCancellation }

export type GetProfileOverviewAnswerDataLatestOrder = { readonly id: string; readonly userId: string; readonly sellerId?: string; readonly status: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION'; readonly items: GetProfileOverviewAnswerDataLatestOrderItem[]; readonly shipping?: GetProfileOverviewAnswerDataLatestOrderShipping; readonly total: { readonly amount: number; readonly currency: string }; readonly refunded?: { readonly amount: number; readonly currency: string }; readonly refunds?: GetProfileOverviewAnswerDataLatestOrderRefund[]; readonly returns?: GetProfileOverviewAnswerDataLatestOrderReturn[]; readonly reason?: string; readonly payment?: GetProfileOverviewAnswerDataLatestOrderPayment; readonly shipment?: GetProfileOverviewAnswerDataLatestOrderShipment; readonly shippingAddress?: GetProfileOverviewAnswerDataLatestOrderShippingAddress; readonly work?: GetProfileOverviewAnswerDataLatestOrderWork; readonly revision: number; readonly createdAt: string; readonly updatedAt: string }

export type GetProfileOverviewAnswerData = { readonly profile: GetProfileAnswerData; readonly relation?: GetProfileOverviewAnswerDataRelation; readonly counts: GetProfileOverviewAnswerDataCounts; readonly latestGigs?: GetProfileOverviewAnswerDataLatestGig[]; readonly latestPosts?: GetProfileOverviewAnswerDataLatestPost[]; readonly latestReviews?: GetProfileOverviewAnswerDataLatestReview[]; readonly latestOrders?: GetProfileOverviewAnswerDataLatestOrder[] }

export type GetProfileOverviewAnswer = { readonly success: true; readonly data: GetProfileOverviewAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type FollowUserAnswerData = { readonly followerId: string; readonly followeeId: string; readonly following: boolean; readonly requested?: true }

export type FollowUserAnswer = { readonly success: true; readonly data: FollowUserAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListFollowersAnswerDataFollower = { readonly user: GetProfileAnswerData; readonly since: string }

export type ListFollowersAnswerData = { readonly followers: ListFollowersAnswerDataFollower[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListFollowersAnswer = { readonly success: true; readonly data: ListFollowersAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListFollowingAnswerData = { readonly following: ListFollowersAnswerDataFollower[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListFollowingAnswer = { readonly success: true; readonly data: ListFollowingAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListFollowRequestsAnswerDataRequest = { readonly id: string; readonly user: GetProfileAnswerData; readonly at: string }

export type ListFollowRequestsAnswerData = { readonly requests: ListFollowRequestsAnswerDataRequest[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListFollowRequestsAnswer = { readonly success: true; readonly data: ListFollowRequestsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type AcceptFollowRequestAnswer = { readonly success: true; readonly data: { readonly followerId: string; readonly accepted: boolean }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListBlocksAnswerDataBlock = { readonly userId: string; readonly username?: string; readonly since: string }

export type ListBlocksAnswerData = { readonly blocks: ListBlocksAnswerDataBlock[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListBlocksAnswer = { readonly success: true; readonly data: ListBlocksAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type BlockUserAnswerData = { readonly blockerId: string; readonly blockedId: string; readonly blocked: boolean }

export type BlockUserAnswer = { readonly success: true; readonly data: BlockUserAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListProductsAnswerDataProductRating = { readonly average: number; readonly count: number; readonly sum: number }

export type ListProductsAnswerDataProduct = { readonly id: string; readonly name: string; readonly description?: string; readonly price: { readonly amount: number; readonly currency: string }; readonly stock: number; readonly image?: string; readonly category: string; readonly weight?: number; readonly rating: ListProductsAnswerDataProductRating; readonly revision: number; readonly createdAt: string; readonly updatedAt: string }

export type ListProductsAnswerData = { readonly products: ListProductsAnswerDataProduct[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListProductsAnswer = { readonly success: true; readonly data: ListProductsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CreateProductAnswerData = { readonly id: string; readonly name: string; readonly description?: string; readonly price: { readonly amount: number; readonly currency: string }; readonly category: string; readonly image?: string; readonly weight?: number }

export type CreateProductAnswer = { readonly success: true; readonly data: CreateProductAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CreateProductBody = { readonly name: string; readonly description?: string; readonly category: string; readonly image?: string; readonly weight?: number; readonly price: { readonly amount: number; readonly currency: string } }

export type ListCategoriesAnswerData = { readonly categories: { readonly name: string; readonly products: number }[] }

export type ListCategoriesAnswer = { readonly success: true; readonly data: ListCategoriesAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetProductAnswer = { readonly success: true; readonly data: ListProductsAnswerDataProduct; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type DeleteProductAnswer = { readonly success: true; readonly data: { readonly id: string; readonly deleted: true }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetStockAnswerData = { readonly productId: string; readonly quantity: number; readonly reserved: number; readonly available: number }

export type GetStockAnswer = { readonly success: true; readonly data: GetStockAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type UpdateStockBody = { readonly quantity?: number; readonly delta?: number; readonly reason: string }

export type CheckStockAnswerDataItem = { readonly productId: string; readonly requested: number; readonly available: number; readonly ok: boolean }

export type CheckStockAnswerData = { readonly available: boolean; readonly items: CheckStockAnswerDataItem[] }

export type CheckStockAnswer = { readonly success: true; readonly data: CheckStockAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CheckStockBody = { readonly items: { readonly productId: string; readonly quantity: number }[] }

export type ListGigsAnswerData = { readonly gigs: GetProfileOverviewAnswerDataLatestGig[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListGigsAnswer = { readonly success: true; readonly data: ListGigsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CreateGigAnswerData = { readonly id: string; readonly seller: { readonly id: string }; readonly title: string; readonly description: string; readonly category: string; readonly tags: string[]; readonly packages: GetProfileOverviewAnswerDataLatestGigPackage[]; readonly mediaIds: string[]; readonly status: 'DRAFT' | 'PUBLISHED' | 'PAUSED'; readonly from: { readonly amount: number; readonly currency: string }; readonly deliveryDays: number }

export type CreateGigAnswer = { readonly success: true; readonly data: CreateGigAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CreateGigBody = { readonly title: string; readonly description: string; readonly category: string; readonly packages: GetProfileOverviewAnswerDataLatestGigPackage[]; readonly tags?: string[]; readonly mediaIds?: string[] }

export type GetGigAnswer = { readonly success: true; readonly data: GetProfileOverviewAnswerDataLatestGig; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type UpdateGigBody = { readonly title?: string; readonly description?: string; readonly category?: string; readonly packages?: GetProfileOverviewAnswerDataLatestGigPackage[]; readonly tags?: string[]; readonly mediaIds?: string[] }

export type ListOrdersAnswerData = { readonly orders: GetProfileOverviewAnswerDataLatestOrder[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListOrdersAnswer = { readonly success: true; readonly data: ListOrdersAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type PlaceOrderAnswerDataItem = { readonly kind: 'product' | 'gig'; readonly refId: string; readonly quantity: number; readonly name: string; readonly package?: string; readonly price: { readonly amount: number; readonly currency: string } }

export type PlaceOrderAnswerData = { readonly id: string; readonly userId: string; readonly sellerId?: string; readonly status: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION'; readonly items: PlaceOrderAnswerDataItem[]; readonly shipping?: GetProfileOverviewAnswerDataLatestOrderShipping; readonly total: { readonly amount: number; readonly currency: string }; readonly refunded?: { readonly amount: number; readonly currency: string }; readonly dueAt?: string; readonly revisionsLeft?: number; readonly accepted?: true; readonly cancellationProposedBy?: 'buyer' | 'seller' }

export type PlaceOrderAnswer = { readonly success: true; readonly data: PlaceOrderAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type PlaceOrderBodyItem = { readonly kind: 'product' | 'gig'; readonly refId: string; readonly package?: string; readonly quantity: number }

export type PlaceOrderBody = { readonly items: PlaceOrderBodyItem[]; readonly shippingAddress?: GetProfileOverviewAnswerDataLatestOrderShippingAddress; readonly requirements?: string; readonly shipping?: { readonly quoteId: string }; readonly agreedTotal?: { readonly amount: number; readonly currency: string }; readonly paymentMethod: { readonly token: string } }

export type GetOrderAnswerData = { readonly id: string; readonly userId: string; readonly sellerId?: string; readonly status: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION'; readonly items: GetProfileOverviewAnswerDataLatestOrderItem[]; readonly shipping?: GetProfileOverviewAnswerDataLatestOrderShipping; readonly total: { readonly amount: number; readonly currency: string }; readonly refunded?: { readonly amount: number; readonly currency: string }; readonly refunds?: GetProfileOverviewAnswerDataLatestOrderRefund[]; readonly returns?: GetProfileOverviewAnswerDataLatestOrderReturn[]; readonly reason?: string; readonly payment?: GetProfileOverviewAnswerDataLatestOrderPayment; readonly shipment?: GetProfileOverviewAnswerDataLatestOrderShipment; readonly shippingAddress?: GetProfileOverviewAnswerDataLatestOrderShippingAddress; readonly work?: GetProfileOverviewAnswerDataLatestOrderWork; readonly revision: number; readonly createdAt: string; readonly updatedAt: string; readonly reviewed?: { readonly buyer: boolean; readonly seller: boolean } }

export type GetOrderAnswer = { readonly success: true; readonly data: GetOrderAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type MoveOrderBody = { readonly status: 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED'; readonly reason?: string }

export type GetOrderHistoryAnswerDataEvent = { readonly type: string; readonly at: string; readonly revision: number; readonly position: string; readonly data: unknown }

export type GetOrderHistoryAnswerDataSagaInput = { readonly kind: string; readonly type: string; readonly reason?: string }

export type GetOrderHistoryAnswerDataSagaCommand = { readonly type: string; readonly to: string; readonly target: string; readonly wait: number }

export type GetOrderHistoryAnswerDataSaga = { readonly step: string; readonly at: string; readonly position: string; readonly input: GetOrderHistoryAnswerDataSagaInput; readonly commands: GetOrderHistoryAnswerDataSagaCommand[]; readonly ended: boolean }

export type GetOrderHistoryAnswerData = { readonly events: GetOrderHistoryAnswerDataEvent[]; readonly saga: GetOrderHistoryAnswerDataSaga[] }

export type GetOrderHistoryAnswer = { readonly success: true; readonly data: GetOrderHistoryAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListMyEarningsAnswerDataEarning = { readonly month: string; readonly currency: string; readonly held: { readonly amount: number; readonly currency: string }; readonly captured: { readonly amount: number; readonly currency: string }; readonly refunded: { readonly amount: number; readonly currency: string } }

export type ListMyEarningsAnswerData = { readonly earnings: ListMyEarningsAnswerDataEarning[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListMyEarningsAnswer = { readonly success: true; readonly data: ListMyEarningsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetOrderDetailsAnswerDataPayment = { readonly id: string; readonly orderId: string; readonly userId: string; readonly amount: { readonly amount: number; readonly currency: string }; readonly status: 'PENDING' | 'AUTHORIZED' | 'COMPLETED' | 'FAILED' | 'VOIDED' | 'REFUND_PENDING' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'REFUND_FAILED'; readonly refunded?: { readonly amount: number; readonly currency: string }; readonly refunding?: { readonly amount: number; readonly currency: string }; readonly provider?: string; readonly providerRef?: string; readonly reason?: string; readonly revision: number; readonly createdAt: string; readonly updatedAt: string }

export type GetOrderDetailsAnswerData = { readonly order: PlaceOrderAnswerData; readonly summary?: GetProfileOverviewAnswerDataLatestOrder; readonly payments?: GetOrderDetailsAnswerDataPayment[]; readonly history?: GetOrderHistoryAnswerData }

export type GetOrderDetailsAnswer = { readonly success: true; readonly data: GetOrderDetailsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RefundOrderAnswerDataOrder = { readonly status: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION' }

export type RefundOrderAnswerData = { readonly id: string; readonly orderId: string; readonly status: 'PENDING' | 'DONE' | 'FAILED'; readonly amount: { readonly amount: number; readonly currency: string }; readonly items: GetProfileOverviewAnswerDataLatestOrderRefundLine[]; readonly reason: string; readonly restock: boolean; readonly order: RefundOrderAnswerDataOrder }

export type RefundOrderAnswer = { readonly success: true; readonly data: RefundOrderAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RefundOrderBodyItem = { readonly line?: number; readonly refId?: string; readonly quantity: number }

export type RefundOrderBody = { readonly items?: RefundOrderBodyItem[]; readonly reason?: string; readonly restock?: boolean }

export type RequestReturnAnswerData = { readonly id: string; readonly orderId: string; readonly status: 'REQUESTED' | 'ACCEPTED' | 'DECLINED' | 'RECEIVED'; readonly items: GetProfileOverviewAnswerDataLatestOrderRefundLine[]; readonly restock: boolean; readonly order: RefundOrderAnswerDataOrder }

export type RequestReturnAnswer = { readonly success: true; readonly data: RequestReturnAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RequestReturnBody = { readonly items?: RefundOrderBodyItem[]; readonly reason?: string }

export type ListPaymentsAnswerData = { readonly payments: GetOrderDetailsAnswerDataPayment[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListPaymentsAnswer = { readonly success: true; readonly data: ListPaymentsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type PayOrderAnswerData = { readonly id: string; readonly orderId: string; readonly status: 'PENDING' | 'AUTHORIZED' | 'COMPLETED' | 'FAILED' | 'VOIDED' | 'REFUND_PENDING' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'REFUND_FAILED'; readonly amount: { readonly amount: number; readonly currency: string } }

export type PayOrderAnswer = { readonly success: true; readonly data: PayOrderAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type PayOrderBody = { readonly orderId: string; readonly method: { readonly token: string }; readonly amount: { readonly amount: number; readonly currency: string } }

export type ListPaymentsOfOrderAnswer = { readonly success: true; readonly data: { readonly payments: GetOrderDetailsAnswerDataPayment[] }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetPaymentAnswer = { readonly success: true; readonly data: GetOrderDetailsAnswerDataPayment; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RefundPaymentBody = { readonly amount?: { readonly amount: number; readonly currency: string }; readonly reason?: string; readonly restock?: boolean }

export type ReportPaymentOutcomeAnswer = { readonly success: true; readonly data: { readonly received: true; readonly applied: boolean }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ReportPaymentOutcomeBody = { readonly id: string; readonly paymentId?: string; readonly key?: string }

export type QuoteShippingAnswerDataQuote = { readonly id: string; readonly carrier: string; readonly method: string; readonly cost: { readonly amount: number; readonly currency: string }; readonly days: number; readonly expiresAt: string }

export type QuoteShippingAnswer = { readonly success: true; readonly data: { readonly quotes: QuoteShippingAnswerDataQuote[] }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type QuoteShippingBodyItem = { readonly kind?: 'product'; readonly refId: string; readonly quantity: number }

export type QuoteShippingBody = { readonly items: QuoteShippingBodyItem[]; readonly destination: { readonly country: string; readonly postalCode: string } }

export type CreateShipmentAnswerData = { readonly id: string; readonly orderId: string; readonly userId: string; readonly carrier: string; readonly method: string; readonly cost: { readonly amount: number; readonly currency: string }; readonly tracking?: string; readonly status: 'CREATED' | 'DISPATCHED' | 'IN_TRANSIT' | 'DELIVERED' | 'FAILED' | 'RETURNED' | 'CANCELLED'; readonly failures: number }

export type CreateShipmentAnswer = { readonly success: true; readonly data: CreateShipmentAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CreateShipmentBody = { readonly orderId: string; readonly method: string; readonly tracking?: string }

export type ReportShipmentBody = { readonly status: 'DISPATCHED' | 'IN_TRANSIT' | 'DELIVERED' | 'FAILED'; readonly tracking?: string; readonly note?: string }

export type GetShipmentAnswerData = { readonly id: string; readonly orderId: string; readonly userId: string; readonly carrier: string; readonly method: string; readonly cost: { readonly amount: number; readonly currency: string }; readonly tracking?: string; readonly status: 'CREATED' | 'DISPATCHED' | 'IN_TRANSIT' | 'DELIVERED' | 'FAILED' | 'RETURNED' | 'CANCELLED'; readonly failures: number; readonly note?: string; readonly happenedAt: string; readonly revision: number; readonly createdAt: string; readonly updatedAt: string; readonly address?: GetProfileOverviewAnswerDataLatestOrderShippingAddress }

export type GetShipmentAnswer = { readonly success: true; readonly data: GetShipmentAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListShipmentsOfOrderAnswerDataShipment = { readonly id: string; readonly orderId: string; readonly userId: string; readonly carrier: string; readonly method: string; readonly cost: { readonly amount: number; readonly currency: string }; readonly tracking?: string; readonly status: 'CREATED' | 'DISPATCHED' | 'IN_TRANSIT' | 'DELIVERED' | 'FAILED' | 'RETURNED' | 'CANCELLED'; readonly failures: number; readonly note?: string; readonly happenedAt: string; readonly revision: number; readonly createdAt: string; readonly updatedAt: string }

export type ListShipmentsOfOrderAnswerData = { readonly shipments: ListShipmentsOfOrderAnswerDataShipment[] }

export type ListShipmentsOfOrderAnswer = { readonly success: true; readonly data: ListShipmentsOfOrderAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ReportShipmentByCarrierBody = { readonly id: string; readonly shipmentId?: string; readonly tracking?: string; readonly status: 'DISPATCHED' | 'IN_TRANSIT' | 'DELIVERED' | 'FAILED'; readonly occurredAt?: string; readonly note?: string }

export type SearchProductsAnswerDataHitDocument = { readonly id: string; readonly name: string; readonly description?: string; readonly price: { readonly amount: number; readonly currency: string }; readonly stock: number; readonly inStock: boolean; readonly image?: string; readonly category: string; readonly createdAt: string; readonly updatedAt: string }

export type SearchProductsAnswerDataHit = { readonly id: string; readonly document: SearchProductsAnswerDataHitDocument; readonly highlights: { readonly field: string; readonly ranges: number[][] }[] }

export type SearchProductsAnswerDataFacetsPrice = { readonly from?: number; readonly to?: number; readonly count: number }

export type SearchProductsAnswerDataFacets = { readonly category: { readonly value: string; readonly count: number }[]; readonly price: SearchProductsAnswerDataFacetsPrice[]; readonly inStock: { readonly value: boolean; readonly count: number }[] }

export type SearchProductsAnswerData = { readonly hits: SearchProductsAnswerDataHit[]; readonly total: number; readonly facets: SearchProductsAnswerDataFacets; readonly nextCursor?: string }

export type SearchProductsAnswer = { readonly success: true; readonly data: SearchProductsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type SearchGigsAnswerDataHitDocument = { readonly id: string; readonly seller: GetProfileOverviewAnswerDataLatestGigSeller; readonly title: string; readonly description: string; readonly category: string; readonly tags: string[]; readonly mediaIds: string[]; readonly from: { readonly amount: number; readonly currency: string }; readonly deliveryDays: number; readonly rating: { readonly average: number; readonly count: number }; readonly createdAt: string; readonly updatedAt: string }

export type SearchGigsAnswerDataHit = { readonly id: string; readonly document: SearchGigsAnswerDataHitDocument; readonly highlights: { readonly field: string; readonly ranges: number[][] }[] }

export type SearchGigsAnswerDataFacets = { readonly category: { readonly value: string; readonly count: number }[]; readonly price: SearchProductsAnswerDataFacetsPrice[]; readonly deliveryDays: SearchProductsAnswerDataFacetsPrice[]; readonly rating: SearchProductsAnswerDataFacetsPrice[] }

export type SearchGigsAnswerData = { readonly hits: SearchGigsAnswerDataHit[]; readonly total: number; readonly facets: SearchGigsAnswerDataFacets; readonly nextCursor?: string }

export type SearchGigsAnswer = { readonly success: true; readonly data: SearchGigsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type FindUsersAnswerDataHit = { readonly id: string; readonly document: GetProfileAnswerData; readonly highlights: { readonly field: string; readonly ranges: number[][] }[] }

export type FindUsersAnswerData = { readonly hits: FindUsersAnswerDataHit[]; readonly total: number; readonly nextCursor?: string }

export type FindUsersAnswer = { readonly success: true; readonly data: FindUsersAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type SearchOrdersAnswerDataHitDocument = { readonly id: string; readonly userId: string; readonly sellerId?: string; readonly status: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION'; readonly items: PlaceOrderAnswerDataItem[]; readonly itemNames: string; readonly total: { readonly amount: number; readonly currency: string }; readonly createdAt: string; readonly updatedAt: string }

export type SearchOrdersAnswerDataHit = { readonly id: string; readonly document: SearchOrdersAnswerDataHitDocument; readonly highlights: { readonly field: string; readonly ranges: number[][] }[] }

export type SearchOrdersAnswerData = { readonly hits: SearchOrdersAnswerDataHit[]; readonly total: number; readonly nextCursor?: string }

export type SearchOrdersAnswer = { readonly success: true; readonly data: SearchOrdersAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type SearchPostsAnswerDataHit = { readonly id: string; readonly document: GetProfileOverviewAnswerDataLatestPost; readonly highlights: { readonly field: string; readonly ranges: number[][] }[] }

export type SearchPostsAnswerData = { readonly hits: SearchPostsAnswerDataHit[]; readonly total: number; readonly nextCursor?: string }

export type SearchPostsAnswer = { readonly success: true; readonly data: SearchPostsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type SearchMediaAnswerDataHitDocumentThumbnail = { readonly size: number; readonly width: number; readonly height: number; readonly url: string }

export type SearchMediaAnswerDataHitDocument = { readonly id: string; readonly userId: string; readonly kind: 'image' | 'video' | 'document'; readonly mime: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif' | 'image/avif' | 'video/mp4' | 'video/webm' | 'application/pdf' | 'text/plain'; readonly size: number; readonly width?: number; readonly height?: number; readonly name?: string; readonly status: 'READY' | 'PROCESSING' | 'REJECTED'; readonly reason?: 'unreadable' | 'too_many_pixels' | 'not_decodable'; readonly colour?: string; readonly url?: string; readonly thumbnails?: SearchMediaAnswerDataHitDocumentThumbnail[]; readonly postIds?: string[] }

export type SearchMediaAnswerDataHit = { readonly id: string; readonly document: SearchMediaAnswerDataHitDocument; readonly highlights: { readonly field: string; readonly ranges: number[][] }[] }

export type SearchMediaAnswerData = { readonly hits: SearchMediaAnswerDataHit[]; readonly total: number; readonly nextCursor?: string }

export type SearchMediaAnswer = { readonly success: true; readonly data: SearchMediaAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type SearchAllAnswerDataProducts = { readonly hits: SearchProductsAnswerDataHit[]; readonly total: number }

export type SearchAllAnswerDataUsers = { readonly hits: FindUsersAnswerDataHit[]; readonly total: number }

export type SearchAllAnswerDataGigs = { readonly hits: SearchGigsAnswerDataHit[]; readonly total: number }

export type SearchAllAnswerDataOrders = { readonly hits: SearchOrdersAnswerDataHit[]; readonly total: number }

export type SearchAllAnswerDataPosts = { readonly hits: SearchPostsAnswerDataHit[]; readonly total: number }

export type SearchAllAnswerDataMedia = { readonly hits: SearchMediaAnswerDataHit[]; readonly total: number }

export type SearchAllAnswerData = { readonly products?: SearchAllAnswerDataProducts; readonly users?: SearchAllAnswerDataUsers; readonly gigs?: SearchAllAnswerDataGigs; readonly orders?: SearchAllAnswerDataOrders; readonly posts?: SearchAllAnswerDataPosts; readonly media?: SearchAllAnswerDataMedia }

export type SearchAllAnswer = { readonly success: true; readonly data: SearchAllAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type SuggestAnswerDataSuggestion = { readonly type: 'products' | 'users' | 'gigs' | 'orders' | 'posts' | 'media'; readonly text: string; readonly id?: string }

export type SuggestAnswer = { readonly success: true; readonly data: { readonly suggestions: SuggestAnswerDataSuggestion[] }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type IndexDocumentAnswerData = { readonly type: 'products' | 'users' | 'gigs' | 'orders' | 'posts' | 'media'; readonly id: string }

export type IndexDocumentAnswer = { readonly success: true; readonly data: IndexDocumentAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RebuildSearchIndexAnswerData = { readonly types: ('products' | 'users' | 'gigs' | 'orders' | 'posts' | 'media')[] }

export type RebuildSearchIndexAnswer = { readonly success: true; readonly data: RebuildSearchIndexAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RebuildSearchIndexBody = { readonly type?: 'products' | 'users' | 'gigs' | 'orders' | 'posts' | 'media' }

export type ListStreamsAnswerDataCategory = { readonly category: string; readonly streams: number; readonly events: number }

export type ListStreamsAnswerDataStream = { readonly stream: string; readonly category: string; readonly events: number; readonly startedAt: string; readonly position: string }

export type ListStreamsAnswerData = { readonly categories: ListStreamsAnswerDataCategory[]; readonly streams: ListStreamsAnswerDataStream[]; readonly nextCursor?: string }

export type ListStreamsAnswer = { readonly success: true; readonly data: ListStreamsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ReadStreamAnswerDataEvent = { readonly eventId: string; readonly stream: string; readonly type: string; readonly revision: number; readonly position: string; readonly at: string; readonly data: unknown; readonly metadata: unknown }

export type ReadStreamAnswerData = { readonly events: ReadStreamAnswerDataEvent[]; readonly nextFrom?: number }

export type ReadStreamAnswer = { readonly success: true; readonly data: ReadStreamAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ReadLogAnswerData = { readonly events: ReadStreamAnswerDataEvent[]; readonly nextCursor: string; readonly caughtUp: boolean; readonly head: string }

export type ReadLogAnswer = { readonly success: true; readonly data: ReadLogAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetStreamStateAnswerData = { readonly streamId: string; readonly revision: number; readonly at: string; readonly events: number; readonly state: unknown }

export type GetStreamStateAnswer = { readonly success: true; readonly data: GetStreamStateAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListDocumentModelsAnswerData = { readonly models: { readonly name: string; readonly types: string[] }[] }

export type ListDocumentModelsAnswer = { readonly success: true; readonly data: ListDocumentModelsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ExplainDocumentAnswerDataEvent = { readonly eventId: string; readonly type: string; readonly stream: string; readonly revision: number; readonly position: string; readonly at: string }

export type ExplainDocumentAnswerData = { readonly model: string; readonly key: string; readonly exists: boolean; readonly document: unknown; readonly events: ExplainDocumentAnswerDataEvent[]; readonly fields: { readonly path: string; readonly changedBy: number[] }[] }

export type ExplainDocumentAnswer = { readonly success: true; readonly data: ExplainDocumentAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListReplaysAnswerDataReplay = { readonly id: string; readonly categories?: string[]; readonly types?: string[]; readonly stream?: string; readonly fromPosition: string; readonly untilPosition: string; readonly fromTime?: string; readonly untilTime?: string; readonly speed: number | 'max'; readonly status: 'RUNNING' | 'PAUSED' | 'STOPPED' | 'COMPLETED'; readonly startedBy: string; readonly startedAt: string; readonly updatedAt: string; readonly completedAt?: string; readonly events?: number; readonly lastPosition?: string }

export type ListReplaysAnswerData = { readonly replays: ListReplaysAnswerDataReplay[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListReplaysAnswer = { readonly success: true; readonly data: ListReplaysAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type StartReplayAnswerDataFilter = { readonly categories?: string[]; readonly types?: string[]; readonly stream?: string }

export type StartReplayAnswerData = { readonly id: string; readonly filter: StartReplayAnswerDataFilter; readonly fromPosition: string; readonly untilPosition: string; readonly fromTime?: string; readonly untilTime?: string; readonly speed: number | 'max'; readonly status: 'RUNNING' | 'PAUSED' | 'STOPPED' | 'COMPLETED'; readonly startedBy: string }

export type StartReplayAnswer = { readonly success: true; readonly data: StartReplayAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type StartReplayBody = { readonly filter?: StartReplayAnswerDataFilter; readonly fromPosition?: string; readonly fromTime?: string; readonly until?: string; readonly speed?: number | 'max' }

export type GetReplayAnswer = { readonly success: true; readonly data: ListReplaysAnswerDataReplay; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type TrackEventAnswer = { readonly success: true; readonly data: { readonly id?: string; readonly accepted: number }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type TrackEventBodyEvent = { readonly eventType: string; readonly metadata?: Readonly<Record<string, unknown>>; readonly timestamp?: string }

export type TrackEventBody = { readonly eventType?: string; readonly metadata?: Readonly<Record<string, unknown>>; readonly timestamp?: string; readonly events?: TrackEventBodyEvent[]; readonly userId?: string }

export type GetUserAnalyticsAnswerDataEvents = { readonly total: number; readonly byType: Readonly<Record<string, number>> }

export type GetUserAnalyticsAnswerDataOrders = { readonly placed: number; readonly paid: number; readonly spent: { readonly currency: string; readonly amount: number }[] }

export type GetUserAnalyticsAnswerDataLatest = { readonly eventType: string; readonly name?: string; readonly timestamp: string; readonly metadata?: Readonly<Record<string, unknown>> }

export type GetUserAnalyticsAnswerData = { readonly userId: string; readonly from: string; readonly to: string; readonly timeZone: string; readonly events: GetUserAnalyticsAnswerDataEvents; readonly activeDays: number; readonly orders: GetUserAnalyticsAnswerDataOrders; readonly latest: GetUserAnalyticsAnswerDataLatest[] }

export type GetUserAnalyticsAnswer = { readonly success: true; readonly data: GetUserAnalyticsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetDashboardAnswerDataSale = { readonly day: string; readonly currency: string; readonly amount: number; readonly orders: number }

export type GetDashboardAnswerDataStep = { readonly from: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION'; readonly to: 'PENDING' | 'STOCK_RESERVED' | 'PAID' | 'CONFIRMED' | 'SHIPPED' | 'DELIVERED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED' | 'IN_PROGRESS' | 'IN_REVISION'; readonly orders: number; readonly medianMs: number; readonly meanMs: number }

export type GetDashboardAnswerDataFunnel = { readonly view: number; readonly basket: number; readonly order: number; readonly paid: number }

export type GetDashboardAnswerDataTopProduct = { readonly productId: string; readonly quantity: number; readonly amounts: { readonly currency: string; readonly amount: number }[] }

export type GetDashboardAnswerDataTopGig = { readonly gigId: string; readonly orders: number; readonly amounts: { readonly currency: string; readonly amount: number }[] }

export type GetDashboardAnswerDataTop = { readonly products: GetDashboardAnswerDataTopProduct[]; readonly gigs: GetDashboardAnswerDataTopGig[] }

export type GetDashboardAnswerDataActive = { readonly day: { readonly bucket: string; readonly people: number }[]; readonly week: { readonly bucket: string; readonly people: number }[]; readonly month: { readonly bucket: string; readonly people: number }[] }

export type GetDashboardAnswerDataPeople = { readonly active: number; readonly new: number; readonly returning: number }

export type GetDashboardAnswerDataSellers = { readonly answers: number; readonly medianSeconds?: number }

export type GetDashboardAnswerData = { readonly from: string; readonly to: string; readonly timeZone: string; readonly sales: GetDashboardAnswerDataSale[]; readonly ordersByStatus: Readonly<Record<string, number>>; readonly steps: GetDashboardAnswerDataStep[]; readonly funnel: GetDashboardAnswerDataFunnel; readonly top: GetDashboardAnswerDataTop; readonly active: GetDashboardAnswerDataActive; readonly people: GetDashboardAnswerDataPeople; readonly searches: { readonly total: number; readonly withoutResult: number }; readonly sellers: GetDashboardAnswerDataSellers }

export type GetDashboardAnswer = { readonly success: true; readonly data: GetDashboardAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetMetricAnswerDataSery = { readonly bucket: string; readonly start: string; readonly group?: string; readonly count: number; readonly currency?: string; readonly amount?: number }

export type GetMetricAnswerData = { readonly name: 'sales' | 'products_sold' | 'gigs_sold' | 'orders_placed' | 'orders_ended' | 'refunds' | 'payments_failed' | 'registrations' | 'sign_ins' | 'active_people' | 'activity' | 'searches' | 'products_created' | 'gigs_created' | 'reviews' | 'posts' | 'comments' | 'likes' | 'unlikes' | 'messages' | 'follows' | 'uploads'; readonly bucket: 'hour' | 'day' | 'week' | 'month'; readonly groupBy?: string; readonly from: string; readonly to: string; readonly timeZone: string; readonly series: GetMetricAnswerDataSery[] }

export type GetMetricAnswer = { readonly success: true; readonly data: GetMetricAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListReportsAnswerDataReport = { readonly id: string; readonly kind: 'sales' | 'orders' | 'products' | 'gigs' | 'people' | 'activity' | 'dashboard'; readonly format: 'csv' | 'html' | 'parquet'; readonly from: string; readonly to: string; readonly timeZone: string; readonly requestedBy: string; readonly status: 'REQUESTED' | 'COMPLETED' | 'FAILED'; readonly requestedAt: string; readonly finishedAt?: string; readonly size?: number; readonly reason?: string }

export type ListReportsAnswerData = { readonly reports: ListReportsAnswerDataReport[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListReportsAnswer = { readonly success: true; readonly data: ListReportsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RequestReportAnswer = { readonly success: true; readonly data: { readonly id: string; readonly status: 'REQUESTED' }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RequestReportBody = { readonly kind: 'sales' | 'orders' | 'products' | 'gigs' | 'people' | 'activity' | 'dashboard'; readonly format: 'csv' | 'html' | 'parquet'; readonly from?: string; readonly to?: string; readonly timeZone?: string; readonly mail?: boolean }

export type GetReportAnswer = { readonly success: true; readonly data: ListReportsAnswerDataReport; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RemoveReportAnswer = { readonly success: true; readonly data: { readonly id: string; readonly removed: true }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListThresholdsAnswerDataThreshold = { readonly id: string; readonly metric: string; readonly when: 'above' | 'below'; readonly value: number; readonly currency?: string; readonly bucket: 'hour' | 'day'; readonly createdBy: string; readonly createdAt: string; readonly breach?: { readonly bucketStart: string; readonly measured: number } }

export type ListThresholdsAnswerData = { readonly thresholds: ListThresholdsAnswerDataThreshold[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListThresholdsAnswer = { readonly success: true; readonly data: ListThresholdsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type SetThresholdAnswerData = { readonly id: string; readonly metric: 'sales' | 'products_sold' | 'gigs_sold' | 'orders_placed' | 'orders_ended' | 'refunds' | 'payments_failed' | 'registrations' | 'sign_ins' | 'active_people' | 'activity' | 'searches' | 'products_created' | 'gigs_created' | 'reviews' | 'posts' | 'comments' | 'likes' | 'unlikes' | 'messages' | 'follows' | 'uploads'; readonly when: 'above' | 'below'; readonly value: number; readonly currency?: string; readonly bucket: 'hour' | 'day' }

export type SetThresholdAnswer = { readonly success: true; readonly data: SetThresholdAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type SetThresholdBody = { readonly metric: 'sales' | 'products_sold' | 'gigs_sold' | 'orders_placed' | 'orders_ended' | 'refunds' | 'payments_failed' | 'registrations' | 'sign_ins' | 'active_people' | 'activity' | 'searches' | 'products_created' | 'gigs_created' | 'reviews' | 'posts' | 'comments' | 'likes' | 'unlikes' | 'messages' | 'follows' | 'uploads'; readonly when: 'above' | 'below'; readonly value: number; readonly currency?: string; readonly bucket: 'hour' | 'day' }

export type ListConversationsAnswerDataConversationParticipant = { readonly id: string; readonly username?: string; readonly name?: string; readonly avatarMediaId?: string; readonly hasLeft: boolean }

export type ListConversationsAnswerDataConversationLastMessage = { readonly id: string; readonly conversationId: string; readonly senderId: string; readonly text?: string; readonly mediaIds?: string[]; readonly sentAt: string; readonly editedAt?: string; readonly withdrawnAt?: string; readonly position: string }

export type ListConversationsAnswerDataConversation = { readonly id: string; readonly participant: ListConversationsAnswerDataConversationParticipant; readonly gigId?: string; readonly orderId?: string; readonly startedAt: string; readonly lastAt: string; readonly lastMessage?: ListConversationsAnswerDataConversationLastMessage; readonly unread: number; readonly readUpTo?: string; readonly participantReadUpTo?: string; readonly participantReceivedUpTo?: string }

export type ListConversationsAnswerData = { readonly conversations: ListConversationsAnswerDataConversation[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListConversationsAnswer = { readonly success: true; readonly data: ListConversationsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type StartConversationAnswerData = { readonly id: string; readonly participantId: string; readonly gigId?: string; readonly orderId?: string }

export type StartConversationAnswer = { readonly success: true; readonly data: StartConversationAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type StartConversationBody = { readonly participantId: string; readonly gigId?: string; readonly orderId?: string }

export type GetConversationAnswer = { readonly success: true; readonly data: ListConversationsAnswerDataConversation; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ReadConversationAnswer = { readonly success: true; readonly data: { readonly id: string; readonly unread: 0 }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListMessagesAnswerData = { readonly messages: ListConversationsAnswerDataConversationLastMessage[]; readonly nextCursor?: string }

export type ListMessagesAnswer = { readonly success: true; readonly data: ListMessagesAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type SendMessageAnswerData = { readonly id: string; readonly conversationId: string; readonly senderId: string; readonly text?: string; readonly mediaIds?: string[]; readonly sentAt: string }

export type SendMessageAnswer = { readonly success: true; readonly data: SendMessageAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type EditMessageAnswer = { readonly success: true; readonly data: { readonly id: string; readonly text: string }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type WithdrawMessageAnswer = { readonly success: true; readonly data: { readonly id: string; readonly withdrawn: true }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListMyReviewsAnswerData = { readonly reviews: GetProfileOverviewAnswerDataLatestReview[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListMyReviewsAnswer = { readonly success: true; readonly data: ListMyReviewsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CreateReviewAnswerData = { readonly id: string; readonly subjectType: 'product' | 'gig' | 'user'; readonly subjectId: string; readonly orderId?: string; readonly role?: 'buyer' | 'seller'; readonly verified: boolean; readonly rating: number; readonly comment?: string; readonly answer?: { readonly text: string; readonly at: string }; readonly sealed: boolean; readonly authorId: string }

export type CreateReviewAnswer = { readonly success: true; readonly data: CreateReviewAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CreateReviewBody = { readonly subjectType: 'product' | 'gig' | 'user'; readonly subjectId: string; readonly orderId?: string; readonly rating: number; readonly comment?: string }

export type GetReviewAnswer = { readonly success: true; readonly data: GetProfileOverviewAnswerDataLatestReview; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListReviewsOfProductAnswerDataHistogram = { readonly '1': number; readonly '2': number; readonly '3': number; readonly '4': number; readonly '5': number }

export type ListReviewsOfProductAnswerData = { readonly average: number; readonly histogram: ListReviewsOfProductAnswerDataHistogram }

export type ListReviewsOfProductAnswer = { readonly success: true; readonly data: ListMyReviewsAnswerData & ListReviewsOfProductAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListReviewsOfOrderAnswerData = { readonly reviews: GetProfileOverviewAnswerDataLatestReview[] }

export type ListReviewsOfOrderAnswer = { readonly success: true; readonly data: ListReviewsOfOrderAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CreatePostAnswerData = { readonly id: string; readonly postId: string; readonly userId: string; readonly content: string; readonly media: { readonly id: string; readonly url: string }[]; readonly tags: string[]; readonly mentions: GetProfileOverviewAnswerDataLatestPostMention[]; readonly likeCount: number; readonly commentCount: number; readonly createdAt: string; readonly editedAt?: string }

export type CreatePostAnswer = { readonly success: true; readonly data: CreatePostAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CreatePostBody = { readonly content?: string; readonly mediaIds?: string[]; readonly mediaUrls?: string[] }

export type GetPostAnswer = { readonly success: true; readonly data: GetProfileOverviewAnswerDataLatestPost; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type UpdatePostBody = { readonly content?: string | null; readonly mediaIds?: string[]; readonly mediaUrls?: string[] }

export type ListPostsOfUserAnswerData = { readonly posts: GetProfileOverviewAnswerDataLatestPost[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListPostsOfUserAnswer = { readonly success: true; readonly data: ListPostsOfUserAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type LikePostAnswer = { readonly success: true; readonly data: { readonly liked: boolean; readonly likeCount: number }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListCommentsAnswerDataComment = { readonly id: string; readonly postId: string; readonly parentId?: string; readonly userId?: string; readonly author?: GetProfileOverviewAnswerDataLatestPostAuthor; readonly content: string; readonly mentions: GetProfileOverviewAnswerDataLatestPostMention[]; readonly deleted?: true; readonly answers: number; readonly createdAt: string }

export type ListCommentsAnswerData = { readonly comments: ListCommentsAnswerDataComment[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListCommentsAnswer = { readonly success: true; readonly data: ListCommentsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CreateCommentAnswerData = { readonly id: string; readonly postId: string; readonly parentId?: string; readonly userId: string; readonly content: string; readonly mentions: GetProfileOverviewAnswerDataLatestPostMention[]; readonly createdAt: string }

export type CreateCommentAnswer = { readonly success: true; readonly data: CreateCommentAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type UploadMediaAnswer = { readonly success: true; readonly data: { readonly media: SearchMediaAnswerDataHitDocument[] }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetMediaAnswer = { readonly success: true; readonly data: SearchMediaAnswerDataHitDocument; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListMediaOfUserAnswerDataMedia = { readonly id: string; readonly userId: string; readonly kind: 'image' | 'video' | 'document'; readonly mime: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif' | 'image/avif' | 'video/mp4' | 'video/webm' | 'application/pdf' | 'text/plain'; readonly size: number; readonly width?: number; readonly height?: number; readonly name?: string; readonly status: 'READY' | 'PROCESSING' | 'REJECTED'; readonly reason?: 'unreadable' | 'too_many_pixels' | 'not_decodable'; readonly colour?: string; readonly url?: string; readonly thumbnails?: SearchMediaAnswerDataHitDocumentThumbnail[]; readonly postIds?: string[]; readonly createdAt: string }

export type ListMediaOfUserAnswerData = { readonly media: ListMediaOfUserAnswerDataMedia[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListMediaOfUserAnswer = { readonly success: true; readonly data: ListMediaOfUserAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type StartDirectUploadAnswerData = { readonly id: string; readonly method: 'PUT'; readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly expiresAt: string }

export type StartDirectUploadAnswer = { readonly success: true; readonly data: StartDirectUploadAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type StartDirectUploadBody = { readonly name?: string; readonly size: number; readonly mime: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif' | 'image/avif' | 'video/mp4' | 'video/webm' | 'application/pdf' | 'text/plain' }

export type SweepMediaAnswerData = { readonly files: number; readonly blobs: number; readonly bytes: number; readonly dryRun: boolean }

export type SweepMediaAnswer = { readonly success: true; readonly data: SweepMediaAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListJobsAnswerDataJob = { readonly id: string; readonly type: string; readonly payload: Readonly<Record<string, unknown>>; readonly runAt?: string; readonly cron?: string; readonly timeZone?: string; readonly everyMs?: number; readonly overlap: 'skip' | 'queue' | 'allow'; readonly missed: 'once' | 'skip'; readonly attempts: number; readonly timeLimitMs: number; readonly scheduledBy: string; readonly status: 'ACTIVE' | 'PAUSED' | 'DONE' | 'CANCELLED'; readonly nextRunAt?: string; readonly createdAt: string; readonly updatedAt: string }

export type ListJobsAnswerData = { readonly jobs: ListJobsAnswerDataJob[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListJobsAnswer = { readonly success: true; readonly data: ListJobsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ScheduleJobAnswer = { readonly success: true; readonly data: { readonly id: string; readonly nextRunAt: string }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ScheduleJobBody = { readonly type: string; readonly payload?: Readonly<Record<string, unknown>>; readonly runAt?: string; readonly cron?: string; readonly timeZone?: string; readonly everyMs?: number; readonly overlap?: 'skip' | 'queue' | 'allow'; readonly missed?: 'once' | 'skip'; readonly attempts?: number; readonly timeLimitMs?: number }

export type ListJobTypesAnswerDataType = { readonly name: string; readonly about: string; readonly payload: Readonly<Record<string, unknown>>; readonly example: Readonly<Record<string, unknown>> }

export type ListJobTypesAnswer = { readonly success: true; readonly data: { readonly types: ListJobTypesAnswerDataType[] }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetJobAnswerDataRun = { readonly id: string; readonly state: 'QUEUED' | 'WAITING' | 'RUNNING' | 'RETRYING' | 'COMPLETED' | 'FAILED' | 'SKIPPED' | 'CANCELLED'; readonly cause: 'due' | 'manual' | 'queue'; readonly dueAt: string; readonly startedAt?: string; readonly endedAt?: string; readonly attempt: number; readonly progress?: number; readonly retryAt?: string; readonly output?: Readonly<Record<string, unknown>>; readonly error?: string; readonly skipped?: 'missed' | 'overlap' | 'too_many' }

export type GetJobAnswerData = { readonly id: string; readonly type: string; readonly payload: Readonly<Record<string, unknown>>; readonly runAt?: string; readonly cron?: string; readonly timeZone?: string; readonly everyMs?: number; readonly overlap: 'skip' | 'queue' | 'allow'; readonly missed: 'once' | 'skip'; readonly attempts: number; readonly timeLimitMs: number; readonly scheduledBy: string; readonly status: 'ACTIVE' | 'PAUSED' | 'DONE' | 'CANCELLED'; readonly nextRunAt?: string; readonly createdAt: string; readonly updatedAt: string; readonly runs: GetJobAnswerDataRun[] }

export type GetJobAnswer = { readonly success: true; readonly data: GetJobAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CancelJobAnswerData = { readonly id: string; readonly status: 'ACTIVE' | 'PAUSED' | 'CANCELLED'; readonly nextRunAt?: string }

export type CancelJobAnswer = { readonly success: true; readonly data: CancelJobAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RunJobAnswer = { readonly success: true; readonly data: { readonly id: string; readonly runId: string }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type QueryLogsAnswerDataEntryErrorCause = { readonly type: string; readonly message: string; readonly code?: string; readonly stack?: string }

export type QueryLogsAnswerDataEntryError = { readonly type: string; readonly message: string; readonly code?: string; readonly stack?: string; readonly causes: QueryLogsAnswerDataEntryErrorCause[] }

export type QueryLogsAnswerDataEntry = { readonly id: string; readonly time: string; readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'; readonly service: string; readonly process: string; readonly message: string; readonly traceId?: string; readonly error?: QueryLogsAnswerDataEntryError; readonly details?: Readonly<Record<string, unknown>> }

export type QueryLogsAnswerData = { readonly entries: QueryLogsAnswerDataEntry[]; readonly nextCursor?: string }

export type QueryLogsAnswer = { readonly success: true; readonly data: QueryLogsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListAlertsAnswerDataAlert = { readonly id: string; readonly rule: string; readonly subject: string; readonly severity: 'warning' | 'critical'; readonly summary: string; readonly value: number; readonly threshold: number; readonly state: 'raised' | 'acknowledged' | 'resolved'; readonly raisedAt: string; readonly acknowledgedAt?: string; readonly acknowledgedBy?: string; readonly resolvedAt?: string; readonly times: number; readonly updatedAt: string }

export type ListAlertsAnswerData = { readonly alerts: ListAlertsAnswerDataAlert[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListAlertsAnswer = { readonly success: true; readonly data: ListAlertsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type AcknowledgeAlertAnswer = { readonly success: true; readonly data: { readonly id: string; readonly state: 'acknowledged' }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListProcessesAnswerDataProcesse = { readonly name: string; readonly requests: number; readonly failed: number; readonly commands?: number; readonly stores: { readonly name: string; readonly ok: boolean }[]; readonly breakers: { readonly name: string; readonly ok: boolean }[]; readonly diskUsed?: number; readonly clockSkew: number }

export type ListProcessesAnswer = { readonly success: true; readonly data: { readonly processes: ListProcessesAnswerDataProcesse[] }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListWebhooksAnswerDataWebhook = { readonly id: string; readonly url: string; readonly events: string[]; readonly description?: string; readonly status: 'ACTIVE' | 'PAUSED' | 'DISABLED'; readonly previousSecretUntil?: string; readonly resumedAt?: string; readonly lastSuccessAt?: string; readonly lastFailureAt?: string; readonly lastError?: string; readonly failuresInARow: number; readonly givenUp: number; readonly createdAt: string; readonly updatedAt: string; readonly nextTrialAt?: string }

export type ListWebhooksAnswerData = { readonly webhooks: ListWebhooksAnswerDataWebhook[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListWebhooksAnswer = { readonly success: true; readonly data: ListWebhooksAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type SubscribeWebhookBody = { readonly url: string; readonly events: string[]; readonly description?: string }

export type ListWebhookEventsAnswerDataEvent = { readonly name: string; readonly context: string; readonly data: Readonly<Record<string, unknown>> }

export type ListWebhookEventsAnswer = { readonly success: true; readonly data: { readonly events: ListWebhookEventsAnswerDataEvent[] }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetWebhookAnswerDataDelivery = { readonly id: string; readonly webhookId: string; readonly eventId: string; readonly event: string; readonly state: 'SENDING' | 'WAITING' | 'DELIVERED' | 'FAILED' | 'CANCELLED'; readonly attempt: number; readonly status?: number; readonly error?: string; readonly tookMs?: number; readonly dueAt?: string; readonly since: string; readonly endedAt?: string; readonly createdAt: string; readonly updatedAt: string }

export type GetWebhookAnswerData = { readonly webhook: ListWebhooksAnswerDataWebhook; readonly deliveries: GetWebhookAnswerDataDelivery[] }

export type GetWebhookAnswer = { readonly success: true; readonly data: GetWebhookAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ChangeWebhookAnswerData = { readonly id: string; readonly status: 'ACTIVE' | 'PAUSED' | 'DISABLED' | 'DELETED' }

export type ChangeWebhookAnswer = { readonly success: true; readonly data: ChangeWebhookAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListWebhookDeliveriesAnswerData = { readonly deliveries: GetWebhookAnswerDataDelivery[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListWebhookDeliveriesAnswer = { readonly success: true; readonly data: ListWebhookDeliveriesAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type TestWebhookAnswer = { readonly success: true; readonly data: { readonly deliveryId: string; readonly eventId: string }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ReplayWebhookDeliveryAnswer = { readonly success: true; readonly data: { readonly deliveryId: string }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ReplayFailedDeliveriesAnswer = { readonly success: true; readonly data: { readonly replayed: number; readonly remaining: number }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListProjectionsAnswerDataProjectionPromise = { readonly within: number; readonly events?: { readonly met: number; readonly missed: number }; readonly reads?: { readonly met: number; readonly missed: number } }

export type ListProjectionsAnswerDataProjectionRebuildGate = { readonly maxDifferences?: number; readonly ignoredFields: string[] }

export type ListProjectionsAnswerDataProjectionRebuildReportFieldSampleOldEvent = { readonly position: string; readonly type: string; readonly id: string }

export type ListProjectionsAnswerDataProjectionRebuildReportFieldSample = { readonly key: string; readonly old?: unknown; readonly new?: unknown; readonly oldEvent?: ListProjectionsAnswerDataProjectionRebuildReportFieldSampleOldEvent; readonly newEvent?: ListProjectionsAnswerDataProjectionRebuildReportFieldSampleOldEvent }

export type ListProjectionsAnswerDataProjectionRebuildReportField = { readonly path: string; readonly documents: number; readonly ignored: boolean; readonly samples: ListProjectionsAnswerDataProjectionRebuildReportFieldSample[] }

export type ListProjectionsAnswerDataProjectionRebuildReport = { readonly same: number; readonly different: number; readonly onlyOld: number; readonly onlyNew: number; readonly at: string; readonly position: string; readonly counted: number; readonly fields: ListProjectionsAnswerDataProjectionRebuildReportField[]; readonly furtherFields: number; readonly onlyOldKeys: string[]; readonly onlyNewKeys: string[]; readonly isOldLost?: true }

export type ListProjectionsAnswerDataProjectionRebuild = { readonly progress: number; readonly total: number; readonly etaSeconds?: number; readonly generation?: number; readonly gate?: ListProjectionsAnswerDataProjectionRebuildGate; readonly state?: 'building' | 'comparing' | 'waiting' | 'switching'; readonly report?: ListProjectionsAnswerDataProjectionRebuildReport }

export type ListProjectionsAnswerDataProjectionComparison = { readonly same: number; readonly different: number; readonly onlyOld: number; readonly onlyNew: number }

export type ListProjectionsAnswerDataProjection = { readonly name: string; readonly version: number; readonly generation: number; readonly store: 'postgres' | 'mongo' | 'elasticsearch'; readonly declaredStore?: 'postgres' | 'mongo' | 'elasticsearch'; readonly remainsIn?: ('postgres' | 'mongo' | 'elasticsearch')[]; readonly status: 'live' | 'paused' | 'building' | 'elsewhere'; readonly position: string; readonly head: string; readonly lagEvents: number; readonly lagSeconds: number; readonly promise: ListProjectionsAnswerDataProjectionPromise; readonly parked: number; readonly rebuild?: ListProjectionsAnswerDataProjectionRebuild; readonly comparison?: ListProjectionsAnswerDataProjectionComparison; readonly report?: ListProjectionsAnswerDataProjectionRebuildReport }

export type ListProjectionsAnswerData = { readonly projections: ListProjectionsAnswerDataProjection[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListProjectionsAnswer = { readonly success: true; readonly data: ListProjectionsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RebuildProjectionAnswer = { readonly success: true; readonly data: { readonly name: string; readonly accepted: true }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RebuildProjectionBody = { readonly shadow?: true; readonly allowDiff?: number; readonly ignoreFields?: string[] }

export type ListBridgesAnswerDataBridge = { readonly name: string; readonly position: string; readonly head: string; readonly lagEvents: number; readonly lagSeconds: number; readonly parked: number }

export type ListBridgesAnswerData = { readonly bridges: ListBridgesAnswerDataBridge[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListBridgesAnswer = { readonly success: true; readonly data: ListBridgesAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListDeadLettersAnswerDataDeadLetter = { readonly id: string; readonly kind: 'projection' | 'saga' | 'job' | 'bridge'; readonly name: string; readonly key: string; readonly position?: string; readonly type?: string; readonly error: string; readonly attempts: number; readonly at: string }

export type ListDeadLettersAnswerData = { readonly deadLetters: ListDeadLettersAnswerDataDeadLetter[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListDeadLettersAnswer = { readonly success: true; readonly data: ListDeadLettersAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetDeadLetterAnswerDataDocument = { readonly before: Readonly<Record<string, unknown>> | null }

export type GetDeadLetterAnswerData = { readonly id: string; readonly kind: 'projection' | 'saga' | 'job' | 'bridge'; readonly name: string; readonly key: string; readonly position?: string; readonly type?: string; readonly error: string; readonly attempts: number; readonly at: string; readonly event?: ReadStreamAnswerDataEvent; readonly document?: GetDeadLetterAnswerDataDocument }

export type GetDeadLetterAnswer = { readonly success: true; readonly data: GetDeadLetterAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RetryDeadLetterAnswer = { readonly success: true; readonly data: { readonly id: string; readonly accepted: true }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListConsumerGroupsAnswerDataGroupMeasured = { readonly at: string; readonly lag?: number; readonly consumers: number; readonly inFlight: number; readonly waiting: number; readonly toRetry: number; readonly delivered: number; readonly done: number; readonly retried: number }

export type ListConsumerGroupsAnswerDataGroup = { readonly source: string; readonly name: string; readonly strategy: string; readonly view: 'full' | 'masked'; readonly state: 'live' | 'behind' | 'idle' | 'unknown'; readonly checkpoint: string; readonly parked: number; readonly replaying: number; readonly measured?: ListConsumerGroupsAnswerDataGroupMeasured }

export type ListConsumerGroupsAnswerData = { readonly groups: ListConsumerGroupsAnswerDataGroup[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListConsumerGroupsAnswer = { readonly success: true; readonly data: ListConsumerGroupsAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ReplayConsumerGroupAnswer = { readonly success: true; readonly data: { readonly messages: number }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ReplayConsumerGroupBody = { readonly source: string; readonly name: string; readonly limit?: number }

export type ListSagasAnswerDataSaga = { readonly saga: string; readonly id: string; readonly state: 'running' | 'ended' | 'parked'; readonly startedAt: string; readonly updatedAt: string; readonly steps: number }

export type ListSagasAnswerData = { readonly sagas: ListSagasAnswerDataSaga[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListSagasAnswer = { readonly success: true; readonly data: ListSagasAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type GetSagaAnswerDataSagaMoveInput = { readonly kind: 'event' | 'refusal' | 'timer'; readonly type: string; readonly eventId?: string; readonly commandId?: string; readonly reason?: string }

export type GetSagaAnswerDataSagaMoveCommand = { readonly id: string; readonly type: string; readonly to: string; readonly target: string; readonly wait: number }

export type GetSagaAnswerDataSagaMove = { readonly eventId: string; readonly type: string; readonly at: string; readonly position: string; readonly correlationId: string; readonly input: GetSagaAnswerDataSagaMoveInput; readonly commands: GetSagaAnswerDataSagaMoveCommand[]; readonly ended: boolean }

export type GetSagaAnswerDataSagaWait = { readonly kind: 'timer' | 'answer' | 'operator'; readonly type: string; readonly commandId?: string; readonly to?: string; readonly target?: string; readonly since: string; readonly dueAt?: string; readonly events?: string[]; readonly error?: string }

export type GetSagaAnswerDataSaga = { readonly saga: string; readonly id: string; readonly state: 'running' | 'ended' | 'parked'; readonly startedAt: string; readonly updatedAt: string; readonly steps: number; readonly moves: GetSagaAnswerDataSagaMove[]; readonly waits: GetSagaAnswerDataSagaWait[] }

export type GetSagaAnswer = { readonly success: true; readonly data: { readonly sagas: GetSagaAnswerDataSaga[] }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type PreviewSagaRetryAnswerDataPreviewCommand = { readonly id: string; readonly type: string; readonly to: string; readonly target: string; readonly wait: number; readonly input: GetSagaAnswerDataSagaMoveInput; readonly again: boolean }

export type PreviewSagaRetryAnswerDataPreview = { readonly saga: string; readonly id: string; readonly commands: PreviewSagaRetryAnswerDataPreviewCommand[]; readonly events: number; readonly ended: boolean; readonly failure?: { readonly type: string; readonly error: string }; readonly isWhole: boolean }

export type PreviewSagaRetryAnswer = { readonly success: true; readonly data: { readonly previews: PreviewSagaRetryAnswerDataPreview[] }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListAuditsAnswerDataAuditProgress = { readonly position: string; readonly head: string; readonly share: number }

export type ListAuditsAnswerDataAuditFindingsSum = { readonly name: string; readonly ledger: Readonly<Record<string, number>>; readonly documents: Readonly<Record<string, number>> }

export type ListAuditsAnswerDataAuditFindings = { readonly generation: number; readonly store: 'postgres' | 'mongo' | 'elasticsearch'; readonly position: string; readonly isWhole: boolean; readonly looked: number; readonly same: number; readonly different: number; readonly missing: number; readonly orphans: number; readonly sumsOnly: number; readonly inconclusive: number; readonly parked: number; readonly orphansSought: boolean; readonly sums: ListAuditsAnswerDataAuditFindingsSum[] }

export type ListAuditsAnswerDataAuditOpen = { readonly key: string; readonly kind: 'different' | 'missing' | 'orphan' | 'sum'; readonly fields: string[] }

export type ListAuditsAnswerDataAudit = { readonly name: string; readonly state: 'never' | 'requested' | 'running' | 'audited' | 'superseded' | 'failed'; readonly progress?: ListAuditsAnswerDataAuditProgress; readonly at?: string; readonly detail?: string; readonly findings?: ListAuditsAnswerDataAuditFindings; readonly open: ListAuditsAnswerDataAuditOpen[]; readonly mend?: { readonly method: 'POST'; readonly path: string } }

export type ListAuditsAnswer = { readonly success: true; readonly data: { readonly audits: ListAuditsAnswerDataAudit[] }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RequestAuditsAnswer = { readonly success: true; readonly data: { readonly names: string[]; readonly accepted: true }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type TraceAnswerDataEvent = { readonly eventId: string; readonly type: string; readonly stream: string; readonly revision: number; readonly position: string; readonly at: string; readonly actor: string; readonly commandId: string; readonly causedBy?: string }

export type TraceAnswerData = { readonly traceId: string; readonly correlationId: string; readonly url?: string; readonly events: TraceAnswerDataEvent[]; readonly searchedFrom: string; readonly before?: string }

export type TraceAnswer = { readonly success: true; readonly data: TraceAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type LastLogDigestAnswerDataLatest = { readonly log: 'postgres' | 'eventstoredb'; readonly position: string; readonly events: string; readonly digest: string; readonly signature: string }

export type LastLogDigestAnswerDataKey = { readonly kty: string; readonly crv: string; readonly x: string; readonly kid: string }

export type LastLogDigestAnswerData = { readonly latest?: LastLogDigestAnswerDataLatest; readonly key: LastLogDigestAnswerDataKey }

export type LastLogDigestAnswer = { readonly success: true; readonly data: LastLogDigestAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ListServicesAnswerDataServiceInstance = { readonly id: string; readonly url: string; readonly roles: string[]; readonly startedAt: string; readonly heardAt: string }

export type ListServicesAnswerDataService = { readonly name: string; readonly instances: ListServicesAnswerDataServiceInstance[] }

export type ListServicesAnswerData = { readonly services: ListServicesAnswerDataService[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type ListServicesAnswer = { readonly success: true; readonly data: ListServicesAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ServiceAnswer = { readonly success: true; readonly data: ListServicesAnswerDataService; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type RegisterInstanceAnswer = { readonly success: true; readonly data: { readonly name: string; readonly instanceId: string }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type CircuitBreakersAnswerDataBreaker = { readonly instance: string; readonly url: string; readonly state: 'closed' | 'open' | 'half-open'; readonly pending: number }

export type CircuitBreakersAnswerData = { readonly breakers: CircuitBreakersAnswerDataBreaker[]; readonly total: number; readonly page: number; readonly limit: number; readonly nextCursor?: string }

export type CircuitBreakersAnswerDataClientPolicy = { readonly answerMs: number; readonly connectMs?: number; readonly attempts: number; readonly repeatedBy: string; readonly failures: number; readonly restMs: number }

export type CircuitBreakersAnswerDataClient = { readonly name: string; readonly state: 'closed' | 'open' | 'half-open'; readonly failed: number; readonly rejected: number; readonly policy: CircuitBreakersAnswerDataClientPolicy }

export type CircuitBreakersAnswer = { readonly success: true; readonly data: CircuitBreakersAnswerData & { readonly clients: CircuitBreakersAnswerDataClient[] }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type HealthAnswerDataCheck = { readonly name: string; readonly ok: boolean; readonly detail?: string }

export type HealthAnswerData = { readonly status: 'ok' | 'degraded'; readonly checks: HealthAnswerDataCheck[] }

export type HealthAnswer = { readonly success: true; readonly data: HealthAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type LiveAnswer = { readonly success: true; readonly data: { readonly status: 'live'; readonly uptime: number }; readonly meta: { readonly position?: string; readonly partial?: string[] } }

export type ReadyAnswerData = { readonly status: 'ready'; readonly checks: HealthAnswerDataCheck[] }

export type ReadyAnswer = { readonly success: true; readonly data: ReadyAnswerData; readonly meta: { readonly position?: string; readonly partial?: string[] } }

/** Paths whose queries take `?minPosition=`. */
export const freshPaths: ReadonlySet<string> = new Set([
  '/api/v1/auth/sessions',
  '/api/v1/admin/users/{id}/sessions',
  '/api/v1/admin/users',
  '/api/v1/admin/users/{id}',
  '/api/v1/admin/service-accounts',
  '/api/v1/admin/service-accounts/{id}',
  '/api/v1/notifications/user/{userId}',
  '/api/v1/notifications/promotions',
  '/api/v1/notifications/promotions/{id}',
  '/api/v1/notifications/devices',
  '/api/v1/users/me',
  '/api/v1/users/{id}',
  '/api/v1/users/search',
  '/api/v1/users/{id}/overview',
  '/api/v1/users/{id}/followers',
  '/api/v1/users/{id}/following',
  '/api/v1/users/me/follow-requests',
  '/api/v1/users/me/blocks',
  '/api/v1/products',
  '/api/v1/products/categories',
  '/api/v1/products/{id}',
  '/api/v1/inventory/{productId}',
  '/api/v1/gigs',
  '/api/v1/gigs/{id}',
  '/api/v1/users/{id}/gigs',
  '/api/v1/orders',
  '/api/v1/orders/{id}',
  '/api/v1/orders/{id}/history',
  '/api/v1/users/{id}/orders',
  '/api/v1/users/me/earnings',
  '/api/v1/orders/{id}/details',
  '/api/v1/payments',
  '/api/v1/payments/order/{orderId}',
  '/api/v1/payments/{id}',
  '/api/v1/shipping/shipments/{id}',
  '/api/v1/shipping/order/{orderId}',
  '/api/v1/search/products',
  '/api/v1/search/gigs',
  '/api/v1/search/users',
  '/api/v1/search/orders',
  '/api/v1/search/posts',
  '/api/v1/search/media',
  '/api/v1/search',
  '/api/v1/analytics/replays',
  '/api/v1/analytics/replays/{id}',
  '/api/v1/analytics/user/{userId}',
  '/api/v1/analytics/dashboard',
  '/api/v1/analytics/metrics',
  '/api/v1/analytics/reports',
  '/api/v1/analytics/reports/{id}',
  '/api/v1/analytics/thresholds',
  '/api/v1/chat/conversations',
  '/api/v1/chat/conversations/{id}',
  '/api/v1/chat/conversations/{id}/messages',
  '/api/v1/reviews',
  '/api/v1/reviews/{id}',
  '/api/v1/reviews/product/{productId}',
  '/api/v1/reviews/gig/{gigId}',
  '/api/v1/reviews/order/{orderId}',
  '/api/v1/users/{id}/reviews',
  '/api/v1/posts/{id}',
  '/api/v1/users/{id}/posts',
  '/api/v1/posts/feed',
  '/api/v1/posts/{id}/comments',
  '/api/v1/users/{userId}/media',
  '/api/v1/jobs',
  '/api/v1/jobs/{id}',
  '/api/v1/observability/alerts',
  '/api/v1/admin/webhooks',
  '/api/v1/admin/webhooks/{id}',
  '/api/v1/admin/webhooks/{id}/deliveries',
])
