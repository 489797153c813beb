package dev.vigil.node;

import dev.vigil.node.console.Latencies;
import dev.vigil.node.console.OperatorDesk;
import dev.vigil.node.console.PolicyDesk;
import dev.vigil.node.console.StatusSource;
import dev.vigil.node.site.SiteConfig;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Quarkus' side of the node: starts it when the page listens, takes it apart when told to stop. */
public final class NodeApplication implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(NodeApplication.class);
    private static volatile @Nullable SiteConfig site;

    private final Vertx vertx;
    private final Console console;
    private final Ending ending;

    /** What people see it through. */
    record Console(
            StatusSource status, Latencies latencies, OperatorDesk desk, PolicyDesk policies) {}

    NodeApplication(
            Vertx vertx,
            StatusSource status,
            Latencies latencies,
            OperatorDesk desk,
            PolicyDesk policies,
            Ending ending) {
        this.vertx = vertx;
        this.ending = ending;
        this.console = new Console(status, latencies, desk, policies);
    }

    /** Called by the command line before Quarkus makes an object of this class. */
    static void prepare(SiteConfig config) {
        site = config;
    }

    @Override
    public int run(String... arguments) {
        SiteConfig config = Objects.requireNonNull(site, "prepare() comes before run()");
        ending.begun();
        try (Node _ = Node.start(config, vertx, console, Clock.systemUTC())) {
            Quarkus.waitForExit();
            return 0;
        } catch (StartFault e) {
            LOG.errorf("the node can't start: %s", e.getMessage());
            return 1;
        } finally {
            ending.ended();
        }
    }
}
