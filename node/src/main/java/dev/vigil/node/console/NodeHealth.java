package dev.vigil.node.console;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * {@code /q/health}. Stateless; called by Quarkus' threads.
 *
 * <ul>
 *   <li>started: the node was put together;
 *   <li>live: every needed part that runs on a thread of its own still does, so a restart would not
 *       help; before the start it is live;
 *   <li>ready: armed. A link that is down, a silent sensor or a policy that failed is named in the
 *       data and does not make it unready: the node watches on.
 * </ul>
 */
@ApplicationScoped
public class NodeHealth {
    private static final String PIPELINE = "pipeline";

    private final StatusSource source;

    @Inject
    NodeHealth(StatusSource source) {
        this.source = source;
    }

    @Produces
    @Startup
    @ApplicationScoped
    HealthCheck started() {
        return () ->
                HealthCheckResponse.named("started").status(source.current().isPresent()).build();
    }

    @Produces
    @Liveness
    @ApplicationScoped
    HealthCheck live() {
        return () -> {
            Optional<NodeStatus.Part> pipeline =
                    source.current().stream()
                            .flatMap(status -> status.parts().stream())
                            .filter(part -> part.name().equals(PIPELINE))
                            .findFirst();
            return HealthCheckResponse.named("live")
                    .status(pipeline.map(NodeStatus.Part::up).orElse(true))
                    .build();
        };
    }

    @Produces
    @Readiness
    @ApplicationScoped
    HealthCheck ready() {
        return () -> {
            HealthCheckResponseBuilder response = HealthCheckResponse.named("armed");
            Optional<Condition> condition = source.current().map(Condition::of);
            if (condition.isEmpty()) {
                return response.down().withData("missing", "the node is starting").build();
            }
            add(response, "missing", condition.get().missing());
            add(response, "degraded", condition.get().degraded());
            return response.status(condition.get().armed()).build();
        };
    }

    private static void add(HealthCheckResponseBuilder response, String name, List<String> texts) {
        if (!texts.isEmpty()) {
            response.withData(name, String.join("; ", texts));
        }
    }
}
