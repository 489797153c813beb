package dev.vigil.centre;

import dev.vigil.centre.CentreSettings.Role;
import dev.vigil.centre.bridge.Bridge;
import dev.vigil.centre.ledger.Ledger;
import dev.vigil.centre.ledger.LedgerCounters;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import java.util.HashMap;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Quarkus' side of the centre: starts the roles, takes them apart when told to stop. */
public final class CentreApplication implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(CentreApplication.class);
    private static volatile @Nullable CentreSettings settings;

    private final LedgerCounters counters;
    private final Bridge bridge;
    private final RoleStates states;

    CentreApplication(LedgerCounters counters, Bridge bridge, @Readiness RoleStates states) {
        this.counters = counters;
        this.bridge = bridge;
        this.states = states;
    }

    /** Called by the command line before Quarkus makes an object of this class. */
    static void prepare(CentreSettings parsed) {
        settings = parsed;
    }

    @Override
    public int run(String... arguments) {
        CentreSettings with = Objects.requireNonNull(settings, "prepare() comes before run()");
        try (Admin admin = Admin.create(new HashMap<>(with.kafka()))) {
            Topics.ensure(admin, with.topics().partitions(), with.topics().replication());
        } catch (KafkaException e) {
            LOG.errorf("the centre can't start: %s", reason(e));
            return 1;
        }
        LOG.infof("roles %s with Kafka %s", with.roles(), with.kafka().get("bootstrap.servers"));
        Optional<Ledger> ledger = Optional.empty();
        if (with.roles().contains(Role.LEDGER)) {
            ledger = Optional.of(Ledger.start(with, counters, () -> Quarkus.asyncExit(1)));
            states.put("ledger", ledger.get()::state);
        }
        if (with.roles().contains(Role.BRIDGE)) {
            with.mqtt().ifPresent(bridge::start);
            states.put("bridge", bridge::state);
        }
        try {
            Quarkus.waitForExit();
            return 0;
        } finally {
            bridge.close();
            ledger.ifPresent(Ledger::close);
        }
    }

    private static String reason(KafkaException e) {
        String why = e.getCause() == null ? null : e.getCause().getMessage();
        return why == null
                ? String.valueOf(e.getMessage())
                : "%s: %s".formatted(e.getMessage(), why);
    }
}
