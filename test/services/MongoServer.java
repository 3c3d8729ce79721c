import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.List;
import org.h2.mvstore.MVStore;

/** Serves the wire protocol of MongoDB on 127.0.0.1, with its data in a file: {@code java MongoServer PORT FILE}. */
public class MongoServer {
    /** Wire version of MongoDB 5.0: the library's own versions end at 8, and drivers require 9. */
    static final MongoVersion VERSION = new MongoVersion() {
        public List<Integer> getVersionArray() { return List.of(5, 0, 0); }
        public int getWireVersion() { return 13; }
    };

    /**
     * Writes to the file before it answers, as MongoDB does for writes of a majority: a kill loses nothing that was answered.
     * One message at a time, and not in between: a kill leaves no half of one, which could not be read afterwards.
     */
    static final class DurableBackend extends H2Backend {
        DurableBackend(String file) { super(new MVStore.Builder().fileName(file).autoCommitDisabled().open()); }

        @Override public synchronized Document handleMessage(MongoMessage message) {
            var answer = super.handleMessage(message);
            commit();
            return answer;
        }
    }

    public static void main(String[] args) {
        var server = new de.bwaldvogel.mongo.MongoServer(new DurableBackend(args[1]).version(VERSION));
        server.bind("127.0.0.1", Integer.parseInt(args[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        System.out.println("listening on " + args[0]);
    }
}
