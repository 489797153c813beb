package dev.vigil.centre;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * {@code /q/health/ready}: up when every role of this instance works. Any thread.
 *
 * <p>A role that takes over partitions from another instance is not ready for as long as that
 * takes.
 */
@Readiness
@ApplicationScoped
public class RoleStates implements HealthCheck {
    static final String WORKING = "RUNNING";

    private final Map<String, Supplier<String>> roles = new ConcurrentHashMap<>();

    void put(String role, Supplier<String> state) {
        roles.put(role, state);
    }

    @Override
    public HealthCheckResponse call() {
        var states = new TreeMap<String, String>();
        roles.forEach((role, state) -> states.put(role, state.get()));
        var response = HealthCheckResponse.named("roles");
        states.forEach(response::withData);
        return response.status(
                        !states.isEmpty() && states.values().stream().allMatch(WORKING::equals))
                .build();
    }
}
