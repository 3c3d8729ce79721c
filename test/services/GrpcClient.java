import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import org.agora.auth.v1.AuthServiceGrpc;
import org.agora.auth.v1.LoginRequest;
import org.agora.auth.v1.RegisterRequest;
import org.agora.auth.v1.SignedIn;
import org.agora.user.v1.GetUserByIdRequest;
import org.agora.user.v1.User;
import org.agora.user.v1.UserServiceGrpc;

/**
 * A client of Agora's gRPC: registers a user, signs in with a wrong and with the right password, and reads the profile.
 * Arguments: the address, and the signatures of Register, Login and GetUserById.
 */
public class GrpcClient {
  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static ClientInterceptor with(String signature, String token) {
    Metadata metadata = new Metadata();
    metadata.put(key("x-agora-internal"), signature);
    if (token != null) metadata.put(key("authorization"), "Bearer " + token);
    return MetadataUtils.newAttachHeadersInterceptor(metadata);
  }

  public static void main(String[] args) {
    Channel channel = ManagedChannelBuilder.forTarget(args[0]).usePlaintext().build();
    AuthServiceGrpc.AuthServiceBlockingStub auth = AuthServiceGrpc.newBlockingStub(channel);
    SignedIn registered =
        auth.withInterceptors(with(args[1], null))
            .register(
                RegisterRequest.newBuilder()
                    .setEmail("java@example.org")
                    .setUsername("java")
                    .setName("Jörg of Java")
                    .setPassword("a long password")
                    .build());
    System.out.println("registered " + registered.getUserId() + " " + registered.getRolesList());

    AuthServiceGrpc.AuthServiceBlockingStub signing = auth.withInterceptors(with(args[2], null));
    LoginRequest.Builder login = LoginRequest.newBuilder().setEmail("java@example.org");
    try {
      signing.login(login.setPassword("another password").build());
    } catch (StatusRuntimeException error) {
      System.out.println("refused " + error.getStatus().getCode());
    }
    SignedIn signedIn = signing.login(login.setPassword("a long password").build());
    System.out.println("signed in " + signedIn.getUserId());

    User user =
        UserServiceGrpc.newBlockingStub(channel)
            .withInterceptors(with(args[3], signedIn.getTokens().getAccessToken()))
            .getUserById(GetUserByIdRequest.newBuilder().setId(signedIn.getUserId()).build());
    System.out.println("read " + user.getUserId() + " " + user.getName() + " " + user.hasBio());
    System.exit(0);
  }
}
