import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.util.List;

/** Serves the wire protocol of MongoDB on 127.0.0.1, with its data in a file: {@code java MongoServer PORT FILE}. */
public class MongoServer {
    /** Wire version of MongoDB 5.0: the library's own versions end at 8, and drivers require 9. */
    static final MongoVersion VERSION = new MongoVersion() {
        public List<Integer> getVersionArray() { return List.of(5, 0, 0); }
        public int getWireVersion() { return 13; }
    };

    public static void main(String[] args) {
        var server = new de.bwaldvogel.mongo.MongoServer(new H2Backend(args[1]).version(VERSION));
        server.bind("127.0.0.1", Integer.parseInt(args[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        System.out.println("listening on " + args[0]);
    }
}
